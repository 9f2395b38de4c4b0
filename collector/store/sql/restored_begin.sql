-- `restored`, last: every chain goes on in the new epoch. $1: the epoch.
INSERT INTO tonghop.district_head AS h (district_id, epoch, sequence, hash, accepted_at)
SELECT d.district_id, $1::integer, 0, decode(repeat('00', 32), 'hex'),
       timestamptz '1970-01-01 00:00:00+00'
FROM tonghop.district AS d
ON CONFLICT (district_id) DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence

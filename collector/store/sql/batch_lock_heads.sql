-- Each batch: locks the heads of its districts in one order, and makes those that are
-- missing, in the epoch that the last restoration began. Writes a row version a district,
-- so that even a batch of duplicates waits at COMMIT until earlier ones are durable. The last
-- column: how often `rebuild` repaired the district. $1: district ids.
INSERT INTO tonghop.district_head AS h (district_id, epoch, sequence, hash, accepted_at)
SELECT u.district_id, (SELECT coalesce(max(r.epoch), 1) FROM tonghop.restoration AS r), 0,
       decode(repeat('00', 32), 'hex'), timestamptz '1970-01-01 00:00:00+00'
FROM unnest($1::integer[]) AS u (district_id)
ORDER BY u.district_id
ON CONFLICT (district_id) DO UPDATE SET epoch = h.epoch
RETURNING h.district_id, h.epoch, h.sequence, h.hash, h.accepted_at,
          (SELECT x.times FROM tonghop.derivation AS x WHERE x.district_id = h.district_id)

-- Each Welcome, and `verify` once a district: every restoration, oldest first, and the
-- entry of the district's chain that its epoch continues (zeros: the chain was empty, or
-- not there yet). A few rows. $1: district id.
SELECT r.epoch, coalesce(h.epoch, 0), coalesce(h.sequence, 0),
       coalesce(h.hash, decode(repeat('00', 32), 'hex')), r.at, r.number, h.lost_epoch,
       h.lost_sequence, r.event_sequence
FROM tonghop.restoration AS r
LEFT JOIN tonghop.restoration_head AS h ON h.number = r.number AND h.district_id = $1::integer
ORDER BY r.epoch

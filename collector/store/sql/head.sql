-- Each Welcome; one row of an index, and the newest restoration. $1: district id.
SELECT coalesce(h.epoch, e.epoch), coalesce(h.sequence, 0),
       coalesce(h.hash, decode(repeat('00', 32), 'hex'))
FROM (SELECT coalesce(max(epoch), 1) AS epoch FROM tonghop.restoration) AS e
LEFT JOIN tonghop.district_head AS h ON h.district_id = $1::integer

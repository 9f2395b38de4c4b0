-- `restored`, under the lock of imports: the last entry of every district's chain (zeros:
-- none), by code; of a chain without an entry in its epoch the one that it continues.
-- $1: the number of the last restoration.
SELECT d.district_id, d.code,
       CASE WHEN h.sequence > 0 THEN h.epoch ELSE coalesce(p.epoch, 0) END,
       CASE WHEN h.sequence > 0 THEN h.sequence ELSE coalesce(p.sequence, 0) END,
       coalesce(h.hash, decode(repeat('00', 32), 'hex'))
FROM tonghop.district AS d
LEFT JOIN tonghop.district_head AS h ON h.district_id = d.district_id
LEFT JOIN tonghop.restoration_head AS p
       ON p.district_id = d.district_id AND p.number = $1::integer
ORDER BY d.code COLLATE "C"

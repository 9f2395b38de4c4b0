-- `verify`: a page of the province's chain; an index range. $1 the sequence after which
-- they begin, $2 how many.
SELECT sequence, at, kind, payload, hash
FROM tonghop.province_event
WHERE sequence > $1::bigint
ORDER BY sequence
LIMIT $2::bigint

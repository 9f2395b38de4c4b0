-- `verify` and `rebuild`: a page of the province's chain, of which only acts on reports
-- count; an index range. $1 the sequence after which they begin, $2 how many.
SELECT sequence, payload
FROM tonghop.province_event
WHERE kind = 'state' AND sequence > $1::bigint
ORDER BY sequence
LIMIT $2::bigint

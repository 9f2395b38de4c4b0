-- `verify`, each final assessment: the act that froze it; one row of an index. $1 the
-- sequence in the province's chain.
SELECT payload, at
FROM tonghop.province_event
WHERE sequence = $1::bigint AND kind = 'assessment'

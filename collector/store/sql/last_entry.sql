-- `heads`: the last entry of a district's chain; one row of an index. $1 district id.
SELECT epoch, sequence, hash
FROM tonghop.report
WHERE district_id = $1::integer
ORDER BY epoch DESC, sequence DESC
LIMIT 1

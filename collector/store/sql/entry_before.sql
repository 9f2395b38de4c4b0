-- The hash that an entry continues: of the last entry before it, in its epoch or an
-- earlier one; one row of an index. No row: it is the first. $1 district id, $2 epoch,
-- $3 its sequence.
SELECT hash
FROM tonghop.report
WHERE district_id = $1::integer AND (epoch, sequence) < ($2::integer, $3::bigint)
ORDER BY epoch DESC, sequence DESC
LIMIT 1

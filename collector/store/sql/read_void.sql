-- Each question as of an instant: the restorations that it fell victim to, a few rows in
-- all. Answers as of $1 that were given before the second instant are void.
SELECT min(r.restored_to), max(r.at)
FROM tonghop.restoration AS r
WHERE r.restored_to < $1::timestamptz AND r.at >= $1::timestamptz

-- Each assessment: the head of the province's own chain at an instant; an index walked
-- backwards. $1: the instant (NULL: the latest commit).
SELECT sequence, hash
FROM tonghop.province_event
WHERE $1::timestamptz IS NULL OR at <= $1::timestamptz
ORDER BY sequence DESC
LIMIT 1

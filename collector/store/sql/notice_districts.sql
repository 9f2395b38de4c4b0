-- Each collector, when the province's chain has grown: the districts that its new acts are
-- about; an index range. A code has no character that JSON would escape, and nothing of a
-- text can look like this member. $1 the act after which they begin, $2 the last.
SELECT DISTINCT d.district_id
FROM tonghop.province_event AS e
JOIN tonghop.district AS d
  ON d.code = substring(e.payload FROM '"district":"([A-Za-z0-9._-]+)"')
WHERE e.sequence > $1::bigint AND e.sequence <= $2::bigint
ORDER BY d.district_id

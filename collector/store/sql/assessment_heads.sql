-- Each assessment: the last entry of every district's chain that had been accepted by an
-- instant; walks an index backwards a district, past what was accepted later. $1: the
-- instant (NULL: the latest commit).
SELECT d.code, e.epoch, e.sequence, e.hash
FROM tonghop.district_head AS h
CROSS JOIN LATERAL (
    SELECT r.epoch, r.sequence, r.hash
    FROM tonghop.report AS r
    WHERE r.district_id = h.district_id
      AND ($1::timestamptz IS NULL OR r.accepted_at <= $1::timestamptz)
    ORDER BY r.epoch DESC, r.sequence DESC
    LIMIT 1) AS e
JOIN tonghop.district AS d ON d.district_id = h.district_id
ORDER BY d.code COLLATE "C"

-- Each consolidation as of an instant: as read_cells, of the revisions that were current
-- then. Looks at every revision of the keys once without its arrays. $1 form id, $2 first
-- ordinal, $3 last ordinal, $4 the instant.
WITH chosen AS (
    SELECT c.district_id, c.period, max(r.revision) AS revision
    FROM tonghop.current_report AS c
    JOIN tonghop.report AS r
      ON r.district_id = c.district_id AND r.form_id = c.form_id AND r.period = c.period
    WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer
      AND r.accepted_at <= $4::timestamptz
    GROUP BY c.district_id, c.period)
SELECT r.district_id, r.period, r.criterion_id, r.num, r.den, r.scale, r.answer
FROM chosen AS c
JOIN tonghop.report AS r
  ON r.district_id = c.district_id AND r.period = c.period AND r.revision = c.revision
WHERE r.form_id = $1::integer

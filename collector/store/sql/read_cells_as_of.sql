-- Each consolidation as of an instant: as read_cells, of the revisions that were current
-- then. Looks at every revision of the keys once without its arrays, and, when only what
-- was approved then is wanted, at every act about them. $1 form id, $2 first ordinal,
-- $3 last ordinal, $4 the instant, $5 approved only.
WITH chosen AS (
    SELECT c.district_id, c.period, max(r.revision) AS revision
    FROM tonghop.current_report AS c
    JOIN tonghop.report AS r
      ON r.district_id = c.district_id AND r.form_id = c.form_id AND r.period = c.period
    WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer
      AND r.accepted_at <= $4::timestamptz
    GROUP BY c.district_id, c.period),
stated AS (
    SELECT c.district_id, c.period, s.revision,
           (array_agg(s.to_state ORDER BY s.event_sequence DESC))[1] AS state
    FROM tonghop.current_report AS c
    JOIN tonghop.state_change AS s
      ON s.district_id = c.district_id AND s.form_id = c.form_id AND s.period = c.period
    WHERE $5::boolean AND c.form_id = $1::integer
      AND c.period BETWEEN $2::integer AND $3::integer AND s.at <= $4::timestamptz
    GROUP BY c.district_id, c.period, s.revision)
SELECT r.district_id, r.period, r.criterion_id, r.num, r.den, r.scale, r.answer
FROM chosen AS c
JOIN tonghop.report AS r
  ON r.district_id = c.district_id AND r.period = c.period AND r.revision = c.revision
LEFT JOIN stated AS s
       ON s.district_id = c.district_id AND s.period = c.period AND s.revision = c.revision
WHERE r.form_id = $1::integer AND (NOT $5::boolean OR s.state = 'approved')

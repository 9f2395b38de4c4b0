-- Each consolidation as of an instant: as read_cells, of the revisions that were current
-- then. Of each key an index look-up, newest revision first, which nearly always ends at the
-- first; and, when only what was approved then is wanted, another for the last act about the
-- revision. Never reads what is not asked for, however long the history is. $1 form id,
-- $2 first ordinal, $3 last ordinal, $4 the instant, $5 approved only.
SELECT c.district_id, c.period, r.criterion_id, r.num, r.den, r.scale, r.answer
FROM tonghop.current_report AS c
CROSS JOIN LATERAL (
    SELECT v.revision, v.criterion_id, v.num, v.den, v.scale, v.answer
    FROM tonghop.report AS v
    WHERE v.district_id = c.district_id AND v.form_id = c.form_id AND v.period = c.period
      AND v.accepted_at <= $4::timestamptz
    ORDER BY v.revision DESC LIMIT 1) AS r
WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer
  AND (NOT $5::boolean OR (
      SELECT s.to_state
      FROM tonghop.state_change AS s
      WHERE s.district_id = c.district_id AND s.form_id = c.form_id AND s.period = c.period
        AND s.revision = r.revision AND s.at <= $4::timestamptz
      ORDER BY s.event_sequence DESC LIMIT 1) = 'approved')

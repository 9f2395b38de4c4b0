-- Completeness and ranking as of an instant: as read_arrivals, of the revisions that were
-- current then, in the states of then; a district that was enrolled later was not yet.
-- Looks at every revision of the keys once, without its arrays and bodies, and up the acts
-- about each that was current. $1 form id, $2 first ordinal, $3 last ordinal, $4 the instant.
WITH then_current AS (
    SELECT r.district_id, r.period, max(r.revision) AS revision,
           (array_agg(CASE WHEN r.imported THEN coalesce(r.received_at, r.accepted_at)
                           ELSE r.accepted_at END ORDER BY r.revision)
                FILTER (WHERE r.complete))[1] AS complete_at
    FROM tonghop.current_report AS c
    JOIN tonghop.report AS r
      ON r.district_id = c.district_id AND r.form_id = c.form_id AND r.period = c.period
    WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer
      AND r.accepted_at <= $4::timestamptz
    GROUP BY r.district_id, r.period),
acted AS (
    SELECT s.district_id, s.period, s.revision,
           (array_agg(s.to_state ORDER BY s.event_sequence DESC))[1] AS state
    FROM tonghop.state_change AS s
    WHERE s.form_id = $1::integer AND s.period BETWEEN $2::integer AND $3::integer
      AND s.at <= $4::timestamptz
    GROUP BY s.district_id, s.period, s.revision)
SELECT t.district_id, t.period, coalesce(a.state, 'received'), t.complete_at, r.received_at,
       r.imported, r.complete, r.value_count = 0,
       CASE WHEN d.first_enrolled_at <= $4::timestamptz THEN d.first_enrolled_at END
FROM then_current AS t
JOIN tonghop.report AS r
  ON r.district_id = t.district_id AND r.form_id = $1::integer AND r.period = t.period
 AND r.revision = t.revision
JOIN tonghop.district AS d ON d.district_id = t.district_id
LEFT JOIN acted AS a
       ON a.district_id = t.district_id AND a.period = t.period AND a.revision = t.revision

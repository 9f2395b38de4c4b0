-- Each assessment, twice when it is frozen: of every key of a form the state, at an
-- instant, of the revision that was current then: that of the last act about it, else
-- received. Looks at every revision of the keys once without its arrays, and at the acts
-- about them. $1 form id, $2 first ordinal, $3 last ordinal, $4 the instant (NULL: the
-- latest commit).
WITH chosen AS (
    SELECT c.district_id, c.period, max(r.revision) AS revision
    FROM tonghop.current_report AS c
    JOIN tonghop.report AS r
      ON r.district_id = c.district_id AND r.form_id = c.form_id AND r.period = c.period
    WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer
      AND ($4::timestamptz IS NULL OR r.accepted_at <= $4::timestamptz)
    GROUP BY c.district_id, c.period),
acts AS (
    SELECT DISTINCT ON (s.district_id, s.period, s.revision)
           s.district_id, s.period, s.revision, s.to_state
    FROM tonghop.state_change AS s
    WHERE s.form_id = $1::integer AND s.period BETWEEN $2::integer AND $3::integer
      AND ($4::timestamptz IS NULL OR s.at <= $4::timestamptz)
    ORDER BY s.district_id, s.period, s.revision, s.event_sequence DESC)
SELECT c.district_id, c.period, coalesce(a.to_state, 'received')
FROM chosen AS c
LEFT JOIN acts AS a
  ON a.district_id = c.district_id AND a.period = c.period AND a.revision = c.revision

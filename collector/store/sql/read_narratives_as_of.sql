-- As read_narratives, of the revisions that were current at an instant, with their states of
-- then. Looks at every revision of the keys once without its arrays, and at every act about
-- them. $1 to $7 as there, $8 the instant.
WITH chosen AS (
    SELECT c.district_id, c.period, max(r.revision) AS revision
    FROM tonghop.current_report AS c
    JOIN tonghop.report AS r
      ON r.district_id = c.district_id AND r.form_id = c.form_id AND r.period = c.period
    WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer
      AND r.accepted_at <= $8::timestamptz
    GROUP BY c.district_id, c.period),
stated AS (
    SELECT c.district_id, c.period, s.revision,
           (array_agg(s.to_state ORDER BY s.event_sequence DESC))[1] AS state
    FROM tonghop.current_report AS c
    JOIN tonghop.state_change AS s
      ON s.district_id = c.district_id AND s.form_id = c.form_id AND s.period = c.period
    WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer
      AND s.at <= $8::timestamptz
    GROUP BY c.district_id, c.period, s.revision)
SELECT r.district_id, r.period, o.criterion_id, o.scale = -1, o.answer,
       coalesce(s.state, 'received'),
       CASE WHEN $6::boolean THEN r.body END
FROM chosen AS c
JOIN tonghop.report AS r
  ON r.district_id = c.district_id AND r.period = c.period AND r.revision = c.revision
LEFT JOIN stated AS s
       ON s.district_id = c.district_id AND s.period = c.period AND s.revision = c.revision
JOIN unnest($4::integer[]) WITH ORDINALITY AS d (district_id, position)
  ON d.district_id = c.district_id
CROSS JOIN LATERAL unnest(r.criterion_id, r.scale, r.answer) AS o (criterion_id, scale, answer)
JOIN unnest($5::integer[]) WITH ORDINALITY AS k (criterion_id, position)
  ON k.criterion_id = o.criterion_id
WHERE r.form_id = $1::integer AND ($6::boolean OR o.scale <> -1)
  AND (NOT $7::boolean OR s.state = 'approved')
ORDER BY k.position, d.position, r.period

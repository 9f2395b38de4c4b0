-- As read_narratives, of the revisions that were current at an instant; states are not told.
-- Looks at every revision of the keys once without its arrays. $1 to $6 as there, $7 the
-- instant.
WITH chosen AS (
    SELECT c.district_id, c.period, max(r.revision) AS revision
    FROM tonghop.current_report AS c
    JOIN tonghop.report AS r
      ON r.district_id = c.district_id AND r.form_id = c.form_id AND r.period = c.period
    WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer
      AND r.accepted_at <= $7::timestamptz
    GROUP BY c.district_id, c.period)
SELECT r.district_id, r.period, o.criterion_id, o.scale = -1, o.answer, NULL::text,
       CASE WHEN $6::boolean THEN r.body END
FROM chosen AS c
JOIN tonghop.report AS r
  ON r.district_id = c.district_id AND r.period = c.period AND r.revision = c.revision
JOIN unnest($4::integer[]) WITH ORDINALITY AS d (district_id, position)
  ON d.district_id = c.district_id
CROSS JOIN LATERAL unnest(r.criterion_id, r.scale, r.answer) AS o (criterion_id, scale, answer)
JOIN unnest($5::integer[]) WITH ORDINALITY AS k (criterion_id, position)
  ON k.criterion_id = o.criterion_id
WHERE r.form_id = $1::integer AND ($6::boolean OR o.scale <> -1)
ORDER BY k.position, d.position, r.period

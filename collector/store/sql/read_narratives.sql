-- Each question for narratives: the wanted answers of the current reports of a form, in the
-- order that people read them in. Sorts what it gives, on disk when that is much: the
-- narratives, or with notes a report's body for each of its answers. $1 form id, $2 first
-- ordinal, $3 last ordinal, $4 district ids and $5 criterion ids, both in the catalogue's
-- order, $6 with notes and reasons of n/a, $7 approved only.
SELECT c.district_id, c.period, o.criterion_id, o.scale = -1, o.answer, c.state,
       CASE WHEN $6::boolean THEN r.body END
FROM tonghop.current_report AS c
JOIN tonghop.report AS r ON r.district_id = c.district_id AND r.report_id = c.report_id
JOIN unnest($4::integer[]) WITH ORDINALITY AS d (district_id, position)
  ON d.district_id = c.district_id
CROSS JOIN LATERAL unnest(r.criterion_id, r.scale, r.answer) AS o (criterion_id, scale, answer)
JOIN unnest($5::integer[]) WITH ORDINALITY AS k (criterion_id, position)
  ON k.criterion_id = o.criterion_id
WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer
  AND (NOT $7::boolean OR c.state = 'approved')
  AND ($6::boolean OR o.scale <> -1)
ORDER BY k.position, d.position, c.period

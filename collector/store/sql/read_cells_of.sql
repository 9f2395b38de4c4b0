-- As read_cells, of some districts: those whose chains have grown since their figures were
-- kept. An index range a district. $1 form id, $2 first ordinal, $3 last ordinal,
-- $4 district ids, $5 approved only.
SELECT c.district_id, c.period, r.criterion_id, r.num, r.den, r.scale, r.answer
FROM unnest($4::integer[]) AS u (district_id)
JOIN tonghop.current_report AS c ON c.district_id = u.district_id
JOIN tonghop.report AS r ON r.district_id = c.district_id AND r.report_id = c.report_id
WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer
  AND (NOT $5::boolean OR c.state = 'approved')

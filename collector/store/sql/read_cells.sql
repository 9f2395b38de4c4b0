-- Each consolidation: the observations of the current revisions of a form, an index
-- range and a look-up a report; 8,400 reports (699 districts, 12 months) are some
-- 10 MB of arrays. $1 form id, $2 first ordinal, $3 last ordinal, $4 approved only.
SELECT c.district_id, c.period, r.criterion_id, r.num, r.den, r.scale, r.answer
FROM tonghop.current_report AS c
JOIN tonghop.report AS r ON r.district_id = c.district_id AND r.report_id = c.report_id
WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer
  AND (NOT $4::boolean OR c.state = 'approved')

-- Each question about completeness, and each ranking: state and arrival of the current
-- reports of a form, an index range and a look-up a report, without observations or
-- bodies. $1 form id, $2 first ordinal, $3 last ordinal.
SELECT c.district_id, c.period, c.state, c.complete_at, r.received_at, r.imported, r.complete,
       r.value_count = 0, d.first_enrolled_at
FROM tonghop.current_report AS c
JOIN tonghop.report AS r ON r.district_id = c.district_id AND r.report_id = c.report_id
JOIN tonghop.district AS d ON d.district_id = c.district_id
WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer

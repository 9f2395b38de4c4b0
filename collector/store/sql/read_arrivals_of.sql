-- As read_arrivals, of some districts: those whose chains have grown, or that acts were about,
-- since their arrivals were kept. An index range a district, a look-up a report. $1 form id,
-- $2 first ordinal, $3 last ordinal, $4 district ids.
SELECT c.district_id, c.period, c.state, c.complete_at, r.received_at, r.imported, r.complete,
       r.value_count = 0, d.first_enrolled_at
FROM unnest($4::integer[]) AS u (district_id)
JOIN tonghop.district AS d ON d.district_id = u.district_id
JOIN tonghop.current_report AS c ON c.district_id = u.district_id
JOIN tonghop.report AS r ON r.district_id = c.district_id AND r.report_id = c.report_id
WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer

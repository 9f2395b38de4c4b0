-- A batch that knows too little of what districts reported before: the current reports of one
-- form around a base period of each, for `value.departs_tenfold`. Once a district and form as
-- long as the writer keeps it; two index ranges of at most $4 reports a district. $1 form id,
-- $2 district ids (each once), $3 ordinals of their base periods, $4 how many before it and how
-- many from it on. The last column tells those before.
SELECT u.district_id, c.period, r.criterion_id, r.num, r.den, r.scale,
       array_fill(NULL::text, ARRAY[cardinality(r.criterion_id)]), c.period < u.period
FROM unnest($2::integer[], $3::integer[]) AS u (district_id, period)
CROSS JOIN LATERAL (
    (SELECT b.period, b.report_id FROM tonghop.current_report AS b
     WHERE b.district_id = u.district_id AND b.form_id = $1::integer AND b.period < u.period
     ORDER BY b.period DESC LIMIT $4::integer)
    UNION ALL
    (SELECT a.period, a.report_id FROM tonghop.current_report AS a
     WHERE a.district_id = u.district_id AND a.form_id = $1::integer AND a.period >= u.period
     ORDER BY a.period LIMIT $4::integer)) AS c
JOIN tonghop.report AS r ON r.district_id = u.district_id AND r.report_id = c.report_id

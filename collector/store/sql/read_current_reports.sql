-- Lists of reports and exports: the current reports of a form and a range of base
-- periods, in the catalogue's order of districts; sorts them (without their bodies when
-- those are not asked for). $1 form id, $2 first ordinal, $3 last ordinal, $4 district
-- id (NULL: all), $5 district ids in the catalogue's order, $6 with bodies.
SELECT r.district_id, d.code, r.period, r.revision, r.epoch, r.sequence, r.catalogue_version,
       r.accepted_at, r.received_at, r.imported, r.complete, true, c.state, r.digest, r.hash,
       CASE WHEN $6::boolean THEN r.body END
FROM tonghop.current_report AS c
JOIN tonghop.report AS r ON r.district_id = c.district_id AND r.report_id = c.report_id
JOIN tonghop.district AS d ON d.district_id = c.district_id
LEFT JOIN unnest($5::integer[]) WITH ORDINALITY AS o (district_id, position)
       ON o.district_id = c.district_id
WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer
  AND ($4::integer IS NULL OR c.district_id = $4::integer)
ORDER BY o.position NULLS LAST, c.district_id, c.period

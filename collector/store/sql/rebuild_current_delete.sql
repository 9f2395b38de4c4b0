-- `rebuild`: a key without any report has no current one; one row. $1 district id,
-- $2 form id, $3 ordinal.
DELETE FROM tonghop.current_report
WHERE district_id = $1::integer AND form_id = $2::integer AND period = $3::integer

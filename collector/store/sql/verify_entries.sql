-- `verify` and `rebuild`: a page of a district's chain with everything in its rows; an
-- index range, some kilobytes a row. $1 district id, $2 epoch and $3 sequence after
-- which they begin, $4 how many.
SELECT r.epoch, r.sequence, r.report_id, f.code, f.frequency, r.period, r.revision,
       r.accepted_at, r.received_at, r.imported, r.complete, r.catalogue_version, r.value_count, r.na_count,
       r.criterion_id, r.num, r.den, r.scale, r.answer, r.digest, r.hash, r.body
FROM tonghop.report AS r
LEFT JOIN tonghop.form AS f ON f.form_id = r.form_id
WHERE r.district_id = $1::integer AND (r.epoch, r.sequence) > ($2::integer, $3::bigint)
ORDER BY r.epoch, r.sequence
LIMIT $4::bigint

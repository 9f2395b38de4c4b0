-- Each EntriesRequest; an index range of at most 500 rows. $1 district id, $2 epoch,
-- $3 the sequence after which they begin, $4 limit.
SELECT r.sequence, r.report_id, f.code, f.frequency, r.period, r.revision, r.digest,
       r.accepted_at, r.hash, d.code
FROM tonghop.report AS r
JOIN tonghop.form AS f USING (form_id)
JOIN tonghop.district AS d USING (district_id)
WHERE r.district_id = $1::integer AND r.epoch = $2::integer AND r.sequence > $3::bigint
ORDER BY r.sequence
LIMIT $4::bigint

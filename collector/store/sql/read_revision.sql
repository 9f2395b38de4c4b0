-- One stored revision of a key, current or not; an index look-up a base period.
-- Parameters as in read_current_reports, $7 the revision.
SELECT r.district_id, d.code, r.period, r.revision, r.epoch, r.sequence, r.catalogue_version,
       r.accepted_at, r.received_at, r.imported, r.complete, c.report_id IS NOT NULL, c.state,
       r.digest, r.hash, CASE WHEN $6::boolean THEN r.body END
FROM tonghop.report AS r
JOIN tonghop.district AS d ON d.district_id = r.district_id
LEFT JOIN unnest($5::integer[]) WITH ORDINALITY AS o (district_id, position)
       ON o.district_id = r.district_id
LEFT JOIN tonghop.current_report AS c
       ON c.district_id = r.district_id AND c.form_id = r.form_id AND c.period = r.period
      AND c.report_id = r.report_id
WHERE r.form_id = $1::integer AND r.period BETWEEN $2::integer AND $3::integer
  AND ($4::integer IS NULL OR r.district_id = $4::integer) AND r.revision = $7::integer
ORDER BY o.position NULLS LAST, r.district_id, r.period

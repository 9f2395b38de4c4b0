-- The bytes of reports that validation found good and the database refused stand in a column
-- of their own (docs/security.md, "Poison"). Run by `tonghop-collector migrate` as the owner,
-- once, in one transaction.

ALTER TABLE tonghop.rejection ADD COLUMN body bytea;
COMMENT ON COLUMN tonghop.rejection.body IS 'Exact bytes of a report that passed every check and that the database refused (report.not_stored); NULL: any other rejection';

-- Until now they stood in `problems`, in hexadecimal.
UPDATE tonghop.rejection AS j
SET body = kept.body, problems = kept.problems
FROM (SELECT r.district_id, r.report_id, r.digest,
             decode(max(p.problem ->> 'bytes'), 'hex') AS body,
             jsonb_agg(p.problem - 'bytes' ORDER BY p.position)::text AS problems
      FROM tonghop.rejection AS r,
           jsonb_array_elements(r.problems::jsonb) WITH ORDINALITY AS p (problem, position)
      WHERE 'report.not_stored' = ANY (string_to_array(r.codes, ','))
      GROUP BY r.district_id, r.report_id, r.digest) AS kept
WHERE j.district_id = kept.district_id AND j.report_id = kept.report_id
  AND j.digest = kept.digest AND kept.body IS NOT NULL;

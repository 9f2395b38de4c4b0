-- Each act on a report, under the lock of the district's head: what the key becomes by it;
-- one row. $1 district id, $2 form id, $3 ordinal, $4 revision, $5 state, $6 open until.
UPDATE tonghop.current_report
SET state = $5::text, open_until = $6::timestamptz
WHERE district_id = $1::integer AND form_id = $2::integer AND period = $3::integer
  AND revision = $4::integer
RETURNING revision

-- `rebuild`: the current revision of one key, as its revisions say; one row. The state
-- of a key that has one stays. $1 district id, $2 form id, $3 ordinal, $4 report id,
-- $5 revision, $6 complete_at.
INSERT INTO tonghop.current_report AS c (district_id, form_id, period, report_id, revision,
                                         state, complete_at)
VALUES ($1::integer, $2::integer, $3::integer, $4::uuid, $5::integer, 'received',
        $6::timestamptz)
ON CONFLICT (district_id, form_id, period) DO UPDATE
SET report_id = excluded.report_id, revision = excluded.revision,
    complete_at = excluded.complete_at

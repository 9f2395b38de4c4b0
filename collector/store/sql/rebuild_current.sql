-- `rebuild`: the current revision of one key, as its revisions and the acts on them say; one
-- row. $1 district id, $2 form id, $3 ordinal, $4 report id, $5 revision, $6 complete_at,
-- $7 state, $8 open_until, $9 whether the acts are proved: else those two stay as they are.
INSERT INTO tonghop.current_report AS c (district_id, form_id, period, report_id, revision,
                                         state, complete_at, open_until)
VALUES ($1::integer, $2::integer, $3::integer, $4::uuid, $5::integer, $7::text,
        $6::timestamptz, $8::timestamptz)
ON CONFLICT (district_id, form_id, period) DO UPDATE
SET report_id = excluded.report_id, revision = excluded.revision,
    complete_at = excluded.complete_at,
    state = CASE WHEN $9::boolean THEN excluded.state ELSE c.state END,
    open_until = CASE WHEN $9::boolean THEN excluded.open_until ELSE c.open_until END

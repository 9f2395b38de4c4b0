-- Each batch: the new current revision of each key, a row a key. The first complete
-- arrival stays for ever. $1 district ids, $2 form ids, $3 ordinals, $4 report ids,
-- $5 revisions, $6 complete_at (NULL: not complete).
WITH written AS (
    INSERT INTO tonghop.current_report AS c (district_id, form_id, period, report_id, revision,
                                             state, complete_at)
    SELECT u.district_id, u.form_id, u.period, u.report_id, u.revision, 'received', u.complete_at
    FROM unnest($1::integer[], $2::integer[], $3::integer[], $4::uuid[], $5::integer[],
                $6::timestamptz[])
         AS u (district_id, form_id, period, report_id, revision, complete_at)
    ON CONFLICT (district_id, form_id, period) DO UPDATE
    SET report_id = excluded.report_id, revision = excluded.revision, state = excluded.state,
        complete_at = coalesce(c.complete_at, excluded.complete_at)
    RETURNING 1)
SELECT count(*), 1 / (count(*) = cardinality($1::integer[]))::integer FROM written

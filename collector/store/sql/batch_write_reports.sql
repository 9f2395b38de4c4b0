-- Each batch: its accepted reports, whole rows in one array of the table's own type
-- (twice as fast as slices of concatenated arrays). ON CONFLICT only for Citus, which
-- reports errors of a plain INSERT .. SELECT as XX000; under the lock of the heads no
-- row can conflict, and if one did, the division fails the transaction: all or nothing.
WITH written AS (
    INSERT INTO tonghop.report (district_id, report_id, form_id, period, revision, epoch,
        sequence, accepted_at, received_at, imported, complete, catalogue_version, value_count,
        na_count, criterion_id, num, den, scale, answer, digest, hash, body)
    SELECT u.district_id, u.report_id, u.form_id, u.period, u.revision, u.epoch,
        u.sequence, u.accepted_at, u.received_at, u.imported, u.complete, u.catalogue_version,
        u.value_count, u.na_count, u.criterion_id, u.num, u.den, u.scale, u.answer, u.digest,
        u.hash, u.body
    FROM unnest($1::tonghop.report[]) AS u
    ON CONFLICT DO NOTHING
    RETURNING 1)
SELECT count(*), 1 / (count(*) = cardinality($1::tonghop.report[]))::integer FROM written

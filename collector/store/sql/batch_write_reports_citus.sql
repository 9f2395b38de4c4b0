-- batch_write_reports.sql where Citus is: it reports errors of a plain INSERT .. SELECT as
-- XX000, which says nothing of whose fault they are; with ON CONFLICT, which costs an eighth
-- of the batch, it reports them as they are. A row that did conflict is not written, and the
-- division fails the transaction. $1 the rows.
WITH written AS (
    INSERT INTO tonghop.report SELECT u.* FROM unnest($1::tonghop.report[]) AS u
    ON CONFLICT DO NOTHING
    RETURNING 1)
SELECT count(*), 1 / (count(*) = cardinality($1::tonghop.report[]))::integer FROM written

-- Each batch: its accepted reports, whole rows in one array of the table's own type
-- (twice as fast as slices of concatenated arrays). Under the lock of the heads no row can
-- conflict; if one did, the unique keys would fail the transaction. Not where Citus is: see
-- batch_write_reports_citus.sql. $1 the rows.
INSERT INTO tonghop.report SELECT u.* FROM unnest($1::tonghop.report[]) AS u

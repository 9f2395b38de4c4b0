-- Once a connection, before its first batch: the number of the row type that reports
-- are sent in, and whether they are written by batch_write_reports_citus.sql.
SELECT 'tonghop.report'::regtype::oid::bigint,
       EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus')

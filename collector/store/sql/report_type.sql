-- Once a connection, before its first batch: the number of the row type that reports
-- are sent in.
SELECT 'tonghop.report'::regtype::oid::bigint

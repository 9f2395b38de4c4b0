-- `status`: all notices, and the unread ones. Reads the table, which people fill.
SELECT count(*), coalesce(sum(read_us = 0), 0) FROM notice;

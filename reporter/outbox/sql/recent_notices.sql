-- `status`: unread notices first, the newest of each before older ones. Reads the table,
-- which people fill; gives at most ?1 rows.
SELECT notice_id, kind, form, period, revision, text, comments, at_us, until_us, read_us FROM notice
ORDER BY read_us <> 0, notice_id DESC LIMIT ?1;

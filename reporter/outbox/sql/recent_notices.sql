-- `status`: the newest notices. At most ?1 rows by primary key.
SELECT notice_id, kind, form, period, revision, text, comments, at_us FROM notice
ORDER BY notice_id DESC LIMIT ?1;

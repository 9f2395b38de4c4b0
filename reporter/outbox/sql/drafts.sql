-- `status`: what waits for sign-off, newest first, without the bytes. Reads the table.
SELECT d.draft_id, d.form, d.period, d.file, d.state, d.created_us, d.prepared_us, d.content
FROM draft d ORDER BY d.created_us DESC, d.form, d.period;

-- `status`: what waits or was rejected, then what was accepted, newest first. Reads
-- every report's row but not its body; at most ?1 rows leave.
SELECT r.ordinal, r.report_id, r.form, r.period, r.revision, r.digest, r.content, r.file,
       r.state, r.created_us, r.answered_us, r.epoch, r.sequence, r.problems
FROM report r ORDER BY r.state = 'accepted', r.ordinal DESC LIMIT ?1;

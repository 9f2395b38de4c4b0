-- `resubmit ID`: reports whose id begins with the given digits. Reads every report's
-- id; two rows are enough to know that the beginning is ambiguous.
SELECT r.ordinal, r.report_id, r.form, r.period, r.revision, r.digest, r.content, r.file,
       r.state, r.created_us, r.answered_us, r.epoch, r.sequence, r.problems
FROM report r WHERE substr(lower(hex(r.report_id)), 1, length(?1)) = ?1
ORDER BY r.ordinal LIMIT 2;

-- `resubmit --all-rejected`: rejected reports of a key, oldest revision first.
SELECT r.ordinal, r.report_id, r.form, r.period, r.revision, r.digest, r.content, r.file,
       r.state, r.created_us, r.answered_us, r.epoch, r.sequence, r.problems
FROM report r WHERE r.form = ?1 AND r.period = ?2 AND r.state = 'rejected'
ORDER BY r.revision;

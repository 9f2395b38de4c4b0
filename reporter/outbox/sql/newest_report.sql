-- `submit` and `template`: the newest revision of a key that is queued or accepted,
-- unless the chain holds a newer one that another made (an import). Index look-ups.
SELECT r.ordinal, r.report_id, r.form, r.period, r.revision, r.digest, r.content, r.file,
       r.state, r.created_us, r.answered_us, r.epoch, r.sequence, r.problems, r.body
FROM report r
WHERE r.form = ?1 AND r.period = ?2 AND r.state <> 'rejected'
  AND r.revision >= (SELECT coalesce(max(e.revision), 0) FROM entry e
                     WHERE e.form = ?1 AND e.period = ?2
                       AND NOT EXISTS (SELECT 1 FROM report o
                                       WHERE o.report_id = e.report_id AND o.state = 'rejected'))
ORDER BY r.revision DESC LIMIT 1;

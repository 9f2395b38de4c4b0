-- `template`, `check`, `submit`: the newest revision of each earlier period of a form,
-- newest period first. Periods of one form sort as their identifiers do. At most ?3
-- bodies.
SELECT r.ordinal, r.report_id, r.form, r.period, r.revision, r.digest, r.content, r.file,
       r.state, r.created_us, r.answered_us, r.epoch, r.sequence, r.problems, r.body
FROM report r
WHERE r.form = ?1 AND r.period < ?2 AND r.state <> 'rejected'
  AND NOT EXISTS (SELECT 1 FROM report n
                  WHERE n.form = r.form AND n.period = r.period AND n.state <> 'rejected'
                    AND n.revision > r.revision)
ORDER BY r.period DESC LIMIT ?3;

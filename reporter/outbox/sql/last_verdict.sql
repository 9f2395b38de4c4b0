-- `status` (a report) and check (a key): the last approval, return or reopening of a form
-- ?1 and period ?2, of revision ?3 (0: of any). An index range.
SELECT notice_id, kind, revision, until_us FROM notice
WHERE form = ?1 AND period = ?2 AND (?3 = 0 OR revision = ?3)
  AND kind IN ('report.approved', 'report.returned', 'report.reopened')
ORDER BY notice_id DESC LIMIT 1;

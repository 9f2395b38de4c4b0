-- `status` (a report) and check (a key): the last approval, return or reopening of a form
-- ?1 and period ?2, of revision ?3 (0: of any), but for what a
-- restoration took back (ids: th_notice_id). An index range.
SELECT notice_id, kind, revision, until_us FROM notice
WHERE form = ?1 AND period = ?2 AND (?3 = 0 OR revision = ?3)
  AND kind IN ('report.approved', 'report.returned', 'report.reopened')
  AND NOT EXISTS (SELECT 1 FROM setting s
                  WHERE s.name LIKE 'notice_start.%' AND notice_id < CAST(s.value AS INTEGER)
                    AND (notice_id & 1099511627775) >= (CAST(s.value AS INTEGER) & 1099511627775))
ORDER BY notice_id DESC LIMIT 1;

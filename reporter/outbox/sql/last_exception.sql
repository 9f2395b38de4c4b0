-- check, a key: until when the last exception of form ?1 and period ?2 is in force; 0 when
-- it was ended; not what a restoration took back. An index range.
SELECT until_us FROM notice
WHERE form = ?1 AND period = ?2 AND kind IN ('exception.opened', 'exception.ended')
  AND NOT EXISTS (SELECT 1 FROM setting s
                  WHERE s.name LIKE 'notice_start.%' AND notice_id < CAST(s.value AS INTEGER)
                    AND (notice_id & 1099511627775) >= (CAST(s.value AS INTEGER) & 1099511627775))
ORDER BY notice_id DESC LIMIT 1;

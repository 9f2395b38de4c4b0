-- check, a key: until when the last exception of form ?1 and period ?2 is in force; 0 when
-- it was ended. An index range.
SELECT until_us FROM notice
WHERE form = ?1 AND period = ?2 AND kind IN ('exception.opened', 'exception.ended')
ORDER BY notice_id DESC LIMIT 1;

-- `prepare`, `release`, `withdraw`: the draft of form ?2 and period ?3, or those whose id
-- begins with the digits ?1. Reads the table, which holds what waits for sign-off; two rows
-- are enough to know that the beginning is ambiguous.
SELECT d.draft_id, d.form, d.period, d.file, d.state, d.created_us, d.prepared_us, d.content,
       d.body
FROM draft d
WHERE (d.form = ?2 AND d.period = ?3)
   OR (?1 <> '' AND substr(lower(hex(d.draft_id)), 1, length(?1)) = ?1)
LIMIT 2;

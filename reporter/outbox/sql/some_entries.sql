-- Delivery, after a restoration: the entries that one signature covers, from one on. An
-- index range.
SELECT e.epoch, e.sequence, e.report_id, e.form, e.period, e.revision, e.digest,
       e.accepted_at_us, e.hash, NULL, NULL
FROM entry e WHERE e.epoch = ?1 AND e.sequence BETWEEN ?2 AND ?3 ORDER BY e.sequence;

-- Delivery, once a report that a restoration in the province lost: the entry that first
-- acknowledged it. A look-up by key.
SELECT epoch, sequence FROM entry
WHERE form = ?1 AND period = ?2 AND revision = ?3 AND report_id = ?4
ORDER BY epoch, sequence LIMIT 1;

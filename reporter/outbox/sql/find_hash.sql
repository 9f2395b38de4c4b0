-- Delivery, once an epoch (after a restore in the province): does the chain hold this
-- hash before epoch ?2? Reads every entry.
SELECT 1 FROM entry WHERE hash = ?1 AND epoch < ?2 LIMIT 1;

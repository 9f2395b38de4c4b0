-- `receipts verify`: signatures whose entry is not there. Reads every signature.
SELECT s.epoch, s.last_sequence FROM receipt_run s
LEFT JOIN entry e ON e.epoch = s.epoch AND e.sequence = s.last_sequence
WHERE e.epoch IS NULL ORDER BY 1, 2 LIMIT 1;

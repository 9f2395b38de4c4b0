-- `receipts verify`, once an epoch: the hash that its first entry follows. One look-up.
SELECT previous_hash FROM receipt_run WHERE epoch = ?1 ORDER BY last_sequence LIMIT 1;

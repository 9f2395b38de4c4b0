-- Delivery, once a run of receipts that is sent along after a restoration: the signature
-- that covers an entry. One look-up.
SELECT first_sequence, last_sequence, previous_hash, key_id, signature FROM receipt_run
WHERE epoch = ?1 AND last_sequence >= ?2 ORDER BY last_sequence LIMIT 1;

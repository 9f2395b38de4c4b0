-- Delivery, once a signed run of entries. One row.
INSERT INTO receipt_run (epoch, last_sequence, first_sequence, previous_hash, key_id,
                         signature, received_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

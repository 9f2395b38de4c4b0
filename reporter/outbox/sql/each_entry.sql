-- `receipts` and `receipts verify`: the chain in order, each entry with the signature
-- that ends at it, if one does. Reads the whole chain.
SELECT e.epoch, e.sequence, e.report_id, e.form, e.period, e.revision, e.digest,
       e.accepted_at_us, e.hash, s.key_id, s.signature
FROM entry e
LEFT JOIN receipt_run s ON s.epoch = e.epoch AND s.last_sequence = e.sequence
ORDER BY e.epoch, e.sequence;

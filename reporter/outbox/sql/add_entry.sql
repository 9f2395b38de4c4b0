-- Delivery, once a new entry. One row and one index entry.
INSERT INTO entry (epoch, sequence, report_id, form, period, revision, digest,
                   accepted_at_us, hash)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

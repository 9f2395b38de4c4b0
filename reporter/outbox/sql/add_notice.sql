-- Delivery, once a notice; the same one again changes nothing. One row.
INSERT INTO notice (notice_id, kind, form, period, revision, text, comments, at_us, until_us,
                    received_us)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (notice_id) DO NOTHING;

-- Delivery, once a rejection: the signed message itself is kept. One row.
INSERT INTO rejection (report_id, rejected_at_us, message, received_us)
VALUES (?1, ?2, ?3, ?4);

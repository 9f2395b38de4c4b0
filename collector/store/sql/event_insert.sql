-- Appends to the province's chain; one row. $1 sequence, $2 at, $3 kind, $4 payload,
-- $5 actor, $6 hash.
INSERT INTO tonghop.province_event (sequence, at, kind, payload, actor, hash)
VALUES ($1::bigint, $2::timestamptz, $3::text, $4::text, $5::text, $6::bytea)

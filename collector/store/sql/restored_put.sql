-- `restored`: the record. $1 number, $2 epoch, $3 sequence of the act, $4 at, $5 restored
-- to, $6 reason.
INSERT INTO tonghop.restoration (number, epoch, event_sequence, at, restored_to, reason)
VALUES ($1::integer, $2::integer, $3::bigint, $4::timestamptz, $5::timestamptz, $6::text)

-- When an office greets with another announcement than is recorded; one row by its key.
-- $1 public key, $2 instant of the announcement.
UPDATE tonghop.enrolment SET announced_at = $2::timestamptz
WHERE public_key = $1::bytea AND announced_at IS DISTINCT FROM $2::timestamptz

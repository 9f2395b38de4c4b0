-- revoke; one row of an index. $1 public_key, $2 revoked_at.
UPDATE tonghop.enrolment SET revoked_at = $2::timestamptz
WHERE public_key = $1::bytea AND revoked_at IS NULL

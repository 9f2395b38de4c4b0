-- enrol; one row. $1 public_key, $2 name, $3 role, $4 portal, $5 district_id (NULL: a
-- client), $6 enrolled_at.
INSERT INTO tonghop.enrolment (public_key, name, role, portal, district_id, enrolled_at)
VALUES ($1::bytea, $2::text, $3::text, $4::boolean, $5::integer, $6::timestamptz)

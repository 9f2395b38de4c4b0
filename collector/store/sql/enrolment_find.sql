-- enrol and revoke, under the lock of the province's chain; one row of an index.
SELECT public_key, name, role, portal, coalesce(district_id, 0), enrolled_at, revoked_at,
       announced_at
FROM tonghop.enrolment
WHERE public_key = $1::bytea

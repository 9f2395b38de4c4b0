-- Read by each collector after an administrative act, and by `enrol list`; the whole
-- table (some thousand rows).
SELECT public_key, name, role, portal, coalesce(district_id, 0), enrolled_at, revoked_at,
       announced_at
FROM tonghop.enrolment
ORDER BY enrolled_at, public_key

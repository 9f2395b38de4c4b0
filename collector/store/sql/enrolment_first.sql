-- enrol of a district: the first time is kept for ever. $1 district_id, $2 enrolled_at.
UPDATE tonghop.district SET first_enrolled_at = $2::timestamptz
WHERE district_id = $1::integer AND first_enrolled_at IS NULL

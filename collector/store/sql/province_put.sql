-- Run by migrate as the owner; one row. The caller has compared the code before.
-- $1 code, $2 name_vi, $3 name_en, $4 time_zone.
INSERT INTO tonghop.province (code, name_vi, name_en, time_zone)
VALUES ($1::text, $2::text, $3::text, $4::text)
ON CONFLICT (code) DO UPDATE
SET name_vi = excluded.name_vi, name_en = excluded.name_en, time_zone = excluded.time_zone

-- One import of a catalogue; see put_districts_changed. $1 codes, $2 name_vi,
-- $3 name_en, $4 frequencies, $5 filled_by.
UPDATE tonghop.form AS f
SET name_vi = u.name_vi, name_en = u.name_en, frequency = u.frequency, filled_by = u.filled_by
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
     AS u (code, name_vi, name_en, frequency, filled_by)
WHERE f.code = u.code
  AND (f.name_vi, f.name_en, f.frequency, f.filled_by)
      IS DISTINCT FROM (u.name_vi, u.name_en, u.frequency, u.filled_by)

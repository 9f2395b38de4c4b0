-- One import of a catalogue: forms that are not there yet. Parameters as in
-- put_forms_changed.
INSERT INTO tonghop.form (code, name_vi, name_en, frequency, filled_by)
SELECT u.code, u.name_vi, u.name_en, u.frequency, u.filled_by
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY
     AS u (code, name_vi, name_en, frequency, filled_by, position)
LEFT JOIN tonghop.form AS f ON f.code = u.code
WHERE f.code IS NULL
ORDER BY u.position

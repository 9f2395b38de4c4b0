-- One import of a catalogue: rows that are not there yet, in the catalogue's order.
-- Parameters as in put_districts_changed.
INSERT INTO tonghop.district (code, name_vi, name_en, kind, successor)
SELECT u.code, u.name_vi, u.name_en, u.kind, u.successor
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY
     AS u (code, name_vi, name_en, kind, successor, position)
LEFT JOIN tonghop.district AS d ON d.code = u.code
WHERE d.code IS NULL
ORDER BY u.position

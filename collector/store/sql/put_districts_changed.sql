-- One import of a catalogue: rows that are there and read differently now. A separate
-- statement from the insertion, because an upsert would use up a number of the
-- identity column for every row. $1 codes, $2 name_vi, $3 name_en, $4 kind,
-- $5 successors (NULL: none).
UPDATE tonghop.district AS d
SET name_vi = u.name_vi, name_en = u.name_en, kind = u.kind, successor = u.successor
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
     AS u (code, name_vi, name_en, kind, successor)
WHERE d.code = u.code
  AND (d.name_vi, d.name_en, d.kind, d.successor)
      IS DISTINCT FROM (u.name_vi, u.name_en, u.kind, u.successor)

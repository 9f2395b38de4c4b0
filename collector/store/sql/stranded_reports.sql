-- An import of a catalogue counts what a change would strand: reports of a form, of a
-- district, or of both, about base periods within a range (by frequency, since ordinals
-- mean different spans). Reads the whole of `report` once a change; imports are rare.
-- $1 form code (NULL: every form), $2 district code (NULL: every district),
-- $3 frequencies, $4 first ordinals, $5 last ordinals.
SELECT count(*)
FROM tonghop.report AS r
JOIN tonghop.form AS f USING (form_id)
JOIN tonghop.district AS d USING (district_id)
JOIN unnest($3::text[], $4::integer[], $5::integer[]) AS span (frequency, first, last)
  ON span.frequency = f.frequency AND r.period BETWEEN span.first AND span.last
WHERE ($1::text IS NULL OR f.code = $1::text)
  AND ($2::text IS NULL OR d.code = $2::text)

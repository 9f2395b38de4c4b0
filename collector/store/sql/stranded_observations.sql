-- An import of a catalogue counts the observations of one criterion that a change would
-- strand. Reads the whole of `report` once a change; imports are rare. $1 form code,
-- $2 criterion code, $3 first ordinal, $4 last ordinal, $5 with those marked n/a,
-- $6 answer (a choice; NULL: any), $7 digits after the point that stay allowed
-- (NULL: not about digits).
SELECT count(*)
FROM tonghop.form AS f
JOIN tonghop.criterion AS k ON k.form_id = f.form_id
JOIN tonghop.report AS r ON r.form_id = f.form_id
CROSS JOIN LATERAL unnest(r.criterion_id, r.scale, r.answer) AS o (criterion_id, scale, answer)
WHERE f.code = $1::text AND k.code = $2::text
  AND r.period BETWEEN $3::integer AND $4::integer
  AND o.criterion_id = k.criterion_id
  AND ($5::boolean OR o.scale >= 0)
  AND ($6::text IS NULL OR o.answer = $6::text)
  AND ($7::integer IS NULL OR o.scale % 16 > $7::integer OR o.scale / 16 > $7::integer)

-- Run after each load of a catalogue; the whole table (some hundred rows).
SELECT k.criterion_id, f.code, k.code
FROM tonghop.criterion AS k
JOIN tonghop.form AS f USING (form_id)

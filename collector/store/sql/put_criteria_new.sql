-- One import of a catalogue: criteria that are not there yet. Parameters as in
-- put_criteria_changed.
INSERT INTO tonghop.criterion (form_id, code, group_code, name_vi, name_en, kind, unit_vi,
                               unit_en, time_agg, district_agg)
SELECT f.form_id, u.code, u.group_code, u.name_vi, u.name_en, u.kind, u.unit_vi, u.unit_en,
       u.time_agg, u.district_agg
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::text[], $9::text[], $10::text[]) WITH ORDINALITY
     AS u (form, code, group_code, name_vi, name_en, kind, unit_vi, unit_en, time_agg,
           district_agg, position)
JOIN tonghop.form AS f ON f.code = u.form
LEFT JOIN tonghop.criterion AS k ON k.form_id = f.form_id AND k.code = u.code
WHERE k.code IS NULL
ORDER BY u.position

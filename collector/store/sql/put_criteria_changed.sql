-- One import of a catalogue; see put_districts_changed. $1 form codes, $2 codes,
-- $3 groups, $4 name_vi, $5 name_en, $6 kinds, $7 unit_vi, $8 unit_en, $9 time_agg,
-- $10 district_agg.
UPDATE tonghop.criterion AS k
SET group_code = u.group_code, name_vi = u.name_vi, name_en = u.name_en, kind = u.kind,
    unit_vi = u.unit_vi, unit_en = u.unit_en, time_agg = u.time_agg,
    district_agg = u.district_agg
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::text[], $9::text[], $10::text[])
     AS u (form, code, group_code, name_vi, name_en, kind, unit_vi, unit_en, time_agg,
           district_agg)
JOIN tonghop.form AS f ON f.code = u.form
WHERE k.form_id = f.form_id AND k.code = u.code
  AND (k.group_code, k.name_vi, k.name_en, k.kind, k.unit_vi, k.unit_en, k.time_agg,
       k.district_agg)
      IS DISTINCT FROM (u.group_code, u.name_vi, u.name_en, u.kind, u.unit_vi, u.unit_en,
                        u.time_agg, u.district_agg)

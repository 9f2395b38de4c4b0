-- `rebuild`: what is derived from a report's bytes, of one report; one row. $1 district
-- id, $2 report id, $3 value_count, $4 na_count, $5 complete, $6 criterion_id, $7 num,
-- $8 den, $9 scale, $10 answer, $11 imported.
UPDATE tonghop.report
SET value_count = $3::integer::smallint, na_count = $4::integer::smallint,
    complete = $5::boolean, criterion_id = $6::integer[], num = $7::bigint[],
    den = $8::bigint[], scale = $9::smallint[], answer = $10::text[],
    imported = $11::boolean
WHERE district_id = $1::integer AND report_id = $2::uuid

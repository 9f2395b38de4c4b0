-- `rebuild`: keeps a district's writers waiting until its transaction ends; one row.
-- $1 district id.
SELECT district_id FROM tonghop.district_head WHERE district_id = $1::integer FOR UPDATE

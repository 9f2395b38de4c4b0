-- enrol of a district; one row of an index. $1: its code.
SELECT district_id FROM tonghop.district WHERE code = $1::text

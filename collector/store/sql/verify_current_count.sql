-- `verify`: the rows of current_report of one district; an index range. $1 district id.
SELECT count(*) FROM tonghop.current_report WHERE district_id = $1::integer

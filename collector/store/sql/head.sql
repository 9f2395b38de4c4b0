-- Each Welcome; one row of an index. $1: district id.
SELECT epoch, sequence, hash FROM tonghop.district_head WHERE district_id = $1::integer

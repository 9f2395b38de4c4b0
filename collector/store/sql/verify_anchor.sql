-- `verify --against`: the hash that a district's chain has at one place; an index
-- look-up. $1 district code, $2 epoch, $3 sequence.
SELECT r.hash
FROM tonghop.district AS d
JOIN tonghop.report AS r ON r.district_id = d.district_id
WHERE d.code = $1::text AND r.epoch = $2::integer AND r.sequence = $3::bigint

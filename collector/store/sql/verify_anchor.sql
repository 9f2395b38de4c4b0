-- `verify --against`: the hash that a district's chain has at one place (NULL: nothing is
-- there); an index look-up. $1 district code, $2 epoch, $3 sequence.
SELECT d.district_id, r.hash
FROM tonghop.district AS d
LEFT JOIN tonghop.report AS r
       ON r.district_id = d.district_id AND r.epoch = $2::integer AND r.sequence = $3::bigint
WHERE d.code = $1::text

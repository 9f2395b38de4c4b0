-- `verify --against`: the hash that the province's chain has at one place; an index
-- look-up. $1 sequence.
SELECT hash FROM tonghop.province_event WHERE sequence = $1::bigint

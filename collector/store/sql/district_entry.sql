-- Each Welcome to an office that holds receipts: the hash of the entry that it names last;
-- an index look-up. $1 district id, $2 epoch, $3 sequence.
SELECT hash
FROM tonghop.report
WHERE district_id = $1::integer AND epoch = $2::integer AND sequence = $3::bigint

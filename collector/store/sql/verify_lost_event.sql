-- `verify --against`, for a head of the province's chain that is not there: the first
-- restoration after the head's export before which the chain lost it. $1 epoch of the last
-- restoration at the export (0: none), $2 sequence of the act.
SELECT number, at, event_sequence
FROM tonghop.restoration
WHERE epoch > $1::integer AND event_sequence <= $2::bigint
ORDER BY epoch
LIMIT 1

-- Waits for an advisory lock that the transaction holds to its end: migrations, imports
-- of a catalogue, appending to the province's chain. $1: the lock's number.
SELECT pg_advisory_xact_lock($1::bigint)

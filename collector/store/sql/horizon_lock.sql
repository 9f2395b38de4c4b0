-- Before horizon_raise and horizon_publish: one collector at a time, so that neither
-- waits for the row and then goes by what it looked at before. A collector that stops
-- in between loses the lock after five seconds. $1: the lock of the horizon.
SELECT pg_advisory_xact_lock($1::bigint),
       set_config('idle_in_transaction_session_timeout', '5s', true)

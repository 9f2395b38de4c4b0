-- First of each batch: waits out an import of a catalogue, and keeps the planner to
-- index look-ups (a table that was just made has no statistics yet, and a cached plan
-- would go on scanning it as it grows). A collector that stops in mid-batch loses its
-- locks after a minute. $1: the lock of imports.
SELECT pg_advisory_xact_lock_shared($1::bigint),
       set_config('plan_cache_mode', 'force_generic_plan', true),
       set_config('enable_seqscan', 'off', true),
       set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true),
       set_config('idle_in_transaction_session_timeout', '60s', true)

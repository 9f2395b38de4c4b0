-- First of each query: fixes its snapshot, and tells when; the horizon as this snapshot
-- has it. A standby shows what it has replayed, so its instant is that of the last commit
-- that it replayed, by the primary's clock; collectors commit every second. Before the
-- first (NULL, which greatest passes over) it is the horizon.
-- For this transaction: no machine code is made, and nothing memoized that is asked for once
-- only (each costs the questions of a large province more than the reading).
SELECT CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_xact_replay_timestamp(), h.published)
            ELSE clock_timestamp() END,
       h.published, set_config('jit', 'off', true), set_config('enable_memoize', 'off', true)
FROM tonghop.horizon AS h

-- First of each query: fixes its snapshot, and tells when; the horizon as this snapshot
-- has it. For this transaction: no machine code is made, and nothing memoized that is asked
-- for once only (each costs the questions of a large province more than the reading).
SELECT clock_timestamp(), h.published, set_config('jit', 'off', true),
       set_config('enable_memoize', 'off', true)
FROM tonghop.horizon AS h

-- Each transaction that accepts reports or catalogues, before it reads the horizon's
-- ceiling: tells everybody, by an advisory lock that bears the clock, that nothing will
-- be accepted by it before then. The lock is shared and nobody wants it alone, so it
-- waits for nobody; every role sees it in pg_locks, and it goes with the transaction.
-- The key: 0x74, then 56 bits of microseconds since 1970. No row: the lock table is full.
WITH start AS MATERIALIZED (SELECT clock_timestamp() AS at)
SELECT at
FROM start
WHERE pg_try_advisory_xact_lock_shared(
    (116::bigint << 56) | (extract(epoch FROM at) * 1000000)::bigint)

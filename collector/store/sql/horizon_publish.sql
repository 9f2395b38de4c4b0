-- Every second by each collector, in a transaction after that of horizon_raise, under the
-- lock of the horizon: the ceiling, committed before this began, unless a writer that
-- registered before it is still open (see writer_register). One row, and a look at the
-- lock table; why it is right stands in docs/architecture.md.
WITH writers AS MATERIALIZED (
    SELECT min(((l.classid::bigint << 32) | l.objid::bigint) & ((1::bigint << 56) - 1)) AS oldest_us
    FROM pg_locks AS l
    WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.classid::bigint >> 24 = 116
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
UPDATE tonghop.horizon AS h
SET published = greatest(h.published, least(h.ceiling,
        timestamptz '1970-01-01 00:00:00+00' + (w.oldest_us - 1) * interval '1 microsecond'))
FROM writers AS w

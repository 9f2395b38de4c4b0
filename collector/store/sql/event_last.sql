-- Run under the lock of the province's chain by every administrative act, registered as
-- a writer, and by `heads`; the last entry of an index. The clock is read here so that it
-- is never before the lock, and is later than the horizon's ceiling.
SELECT e.sequence, e.hash, e.at, greatest(clock_timestamp(), h.ceiling + interval '1 microsecond')
FROM tonghop.horizon AS h
LEFT JOIN (SELECT sequence, hash, at FROM tonghop.province_event
           ORDER BY sequence DESC LIMIT 1) AS e ON true

-- Run under the lock of the province's chain by every administrative act, and by
-- `heads`; the last entry of an index. The clock is read here so that it is never before
-- the lock.
SELECT e.sequence, e.hash, e.at, clock_timestamp()
FROM (SELECT 1) AS always
LEFT JOIN (SELECT sequence, hash, at FROM tonghop.province_event
           ORDER BY sequence DESC LIMIT 1) AS e ON true

-- `restored`, under the lock of imports: the last restoration, the highest epoch of any
-- chain, and the horizon as the older moment had it.
SELECT (SELECT coalesce(max(number), 0) FROM tonghop.restoration),
       greatest((SELECT coalesce(max(epoch), 1) FROM tonghop.restoration),
                (SELECT coalesce(max(epoch), 1) FROM tonghop.district_head)),
       h.published
FROM tonghop.horizon AS h

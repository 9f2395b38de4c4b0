-- `restored`, under the lock of imports: the last restoration, the highest epoch of any
-- chain, and up to when the restored data are surely whole: the horizon that they came
-- with, but not later than the last acceptance or act, as a collector that ran meanwhile
-- by mistake has moved the horizon on.
SELECT (SELECT coalesce(max(number), 0) FROM tonghop.restoration),
       greatest((SELECT coalesce(max(epoch), 1) FROM tonghop.restoration),
                (SELECT coalesce(max(epoch), 1) FROM tonghop.district_head)),
       least(h.published,
             greatest((SELECT max(accepted_at) FROM tonghop.district_head),
                      (SELECT max(at) FROM tonghop.province_event)))
FROM tonghop.horizon AS h

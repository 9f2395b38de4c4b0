-- `verify`, `rebuild` and `heads`, once: every district with its head (NULLs: none), by
-- code.
SELECT d.district_id, d.code, h.epoch, h.sequence, h.hash, h.accepted_at
FROM tonghop.district AS d
LEFT JOIN tonghop.district_head AS h ON h.district_id = d.district_id
ORDER BY d.code COLLATE "C"

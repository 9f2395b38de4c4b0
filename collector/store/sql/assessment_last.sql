-- Each freezing, under the lock of the province's chain: the highest number (0: none),
-- and up to which instant figures are settled.
SELECT (SELECT coalesce(max(a.number), 0) FROM tonghop.assessment AS a), h.published
FROM tonghop.horizon AS h

-- Each question that kept figures may answer: where every district's chain ends. The
-- whole table, a small row a district.
SELECT h.district_id, h.epoch, h.sequence, coalesce(d.times, 0)
FROM tonghop.district_head AS h
LEFT JOIN tonghop.derivation AS d ON d.district_id = h.district_id

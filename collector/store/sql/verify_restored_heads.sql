-- `verify`, once a restoration: the heads that its act covers, by code. $1: its number.
SELECT d.district_id, d.code, h.epoch, h.sequence, h.hash, h.lost_epoch, h.lost_sequence,
       h.lost_hash
FROM tonghop.restoration_head AS h
JOIN tonghop.district AS d ON d.district_id = h.district_id
WHERE h.number = $1::integer
ORDER BY d.code COLLATE "C"

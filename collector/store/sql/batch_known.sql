-- Each batch, after its locks: which of its reports are stored already, with their
-- entries and the hashes before (NULL: first of an epoch). Two index look-ups a report
-- that is. $1 district ids, $2 report ids.
SELECT r.district_id, r.report_id, r.digest, r.epoch, r.sequence, r.revision, r.accepted_at,
       r.hash, p.hash
FROM unnest($1::integer[], $2::uuid[]) AS u (district_id, report_id)
JOIN tonghop.report AS r ON r.district_id = u.district_id AND r.report_id = u.report_id
LEFT JOIN tonghop.report AS p
       ON p.district_id = r.district_id AND p.epoch = r.epoch AND p.sequence = r.sequence - 1

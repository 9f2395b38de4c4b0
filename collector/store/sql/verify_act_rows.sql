-- `verify` and `rebuild`: which of these events of the province's chain have their row; an
-- index look-up each. $1 codes of the districts that they name, $2 their sequences.
SELECT s.event_sequence
FROM unnest($1::text[], $2::bigint[]) AS u (district, sequence)
JOIN tonghop.district AS d ON d.code = u.district
JOIN tonghop.state_change AS s
  ON s.district_id = d.district_id AND s.event_sequence = u.sequence
ORDER BY 1

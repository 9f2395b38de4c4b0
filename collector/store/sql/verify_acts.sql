-- `verify` and `rebuild`: a page of the acts on one district's reports, with the events of
-- the province's chain that have to prove them; an index range. $1 district id, $2 the
-- event after which they begin, $3 how many.
SELECT s.event_sequence, f.code, f.frequency, s.period, s.revision, s.from_state, s.to_state,
       s.at, s.open_until, s.account, s.role, s.acting_key, s.comment,
       ARRAY(SELECT k.code
             FROM unnest(s.criterion_id) WITH ORDINALITY AS u (criterion_id, position)
             JOIN tonghop.criterion AS k
               ON k.criterion_id = u.criterion_id AND k.form_id = s.form_id
             ORDER BY u.position),
       s.criterion_comment, e.kind, e.payload, e.at
FROM tonghop.state_change AS s
LEFT JOIN tonghop.form AS f ON f.form_id = s.form_id
LEFT JOIN tonghop.province_event AS e ON e.sequence = s.event_sequence
WHERE s.district_id = $1::integer AND s.event_sequence > $2::bigint
ORDER BY s.event_sequence
LIMIT $3::bigint

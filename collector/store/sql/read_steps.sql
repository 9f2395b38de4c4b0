-- The history of a report: the acts about its key by an instant, oldest first; an index
-- range. $1 district id, $2 form id, $3 ordinal, $4 the instant (9999-12-31: now).
SELECT s.revision, s.to_state, s.at, s.open_until, s.account, s.role, s.comment,
       ARRAY(SELECT k.code
             FROM unnest(s.criterion_id) WITH ORDINALITY AS u (criterion_id, position)
             JOIN tonghop.criterion AS k ON k.criterion_id = u.criterion_id
             ORDER BY u.position),
       s.criterion_comment
FROM tonghop.state_change AS s
WHERE s.district_id = $1::integer AND s.form_id = $2::integer AND s.period = $3::integer
  AND s.at <= $4::timestamptz
ORDER BY s.event_sequence

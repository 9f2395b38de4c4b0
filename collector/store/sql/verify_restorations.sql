-- `verify`, once: every restoration beside the act that records it (NULL: none such, or of
-- another kind), and the acts of that kind without a restoration; few. By number.
SELECT r.number, r.epoch, coalesce(r.event_sequence, e.sequence), r.at, r.restored_to, r.reason,
       e.at, e.payload
FROM tonghop.restoration AS r
FULL JOIN (SELECT sequence, at, payload FROM tonghop.province_event WHERE kind = 'restored') AS e
       ON e.sequence = r.event_sequence
ORDER BY r.number

-- `verify`: every exception beside the act of the province's chain that proves it; either
-- may be lacking. Reads both tables once; administrative acts are few.
SELECT coalesce(e.sequence, x.event_sequence), e.sequence IS NOT NULL,
       x.event_sequence IS NOT NULL, e.at, e.actor, e.payload, d.code, f.code, f.frequency,
       x.period, x.at, x.until, x.reason, x.account
FROM (SELECT sequence, at, actor, payload FROM tonghop.province_event
      WHERE kind = 'exception') AS e
FULL JOIN tonghop.lock_exception AS x ON x.event_sequence = e.sequence
LEFT JOIN tonghop.district AS d ON d.district_id = x.district_id
LEFT JOIN tonghop.form AS f ON f.form_id = x.form_id
ORDER BY 1, d.code

-- `unlock --list`: every exception, oldest act first, whether it is in force now, and
-- whether the office has acknowledged its notice. Reads the whole table, which only people
-- fill. $1 form's code, $2 districts' codes (NULL: all).
SELECT x.event_sequence, d.code, f.code, f.frequency, x.period, x.at, x.until, x.reason,
       x.account, coalesce(a.event_sequence >= x.event_sequence, false),
       CASE WHEN x.until <= x.at THEN 'end'
            WHEN EXISTS (SELECT FROM tonghop.lock_exception AS l
                         WHERE l.district_id = x.district_id AND l.form_id = x.form_id
                           AND l.period = x.period AND l.event_sequence > x.event_sequence)
            THEN 'replaced'
            WHEN x.until > clock_timestamp() THEN 'in_force'
            ELSE 'past' END
FROM tonghop.lock_exception AS x
JOIN tonghop.district AS d ON d.district_id = x.district_id
JOIN tonghop.form AS f ON f.form_id = x.form_id
LEFT JOIN tonghop.notice_ack AS a ON a.district_id = x.district_id
WHERE ($1::text IS NULL OR f.code = $1::text) AND ($2::text[] IS NULL OR d.code = ANY ($2::text[]))
ORDER BY x.event_sequence, d.code

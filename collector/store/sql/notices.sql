-- Each greeting of an office, and each act about its district while it is connected: the
-- acts that it is told of, oldest first; two index ranges. An exception that was ended
-- tells no end. The last column is the epoch that the last restoration before the act began. $1
-- district id, $2 the act after which they begin, $3 how many, $4 the epoch of act $2: a
-- restoration since then took back what followed the act that it stands after.
SELECT n.event_sequence, n.kind, f.code, f.frequency, n.period, n.revision, n.comment, n.at,
       n.until, n.criteria, n.criterion_comment,
       coalesce((SELECT max(r.epoch) FROM tonghop.restoration AS r
                 WHERE r.event_sequence <= n.event_sequence), 1)
FROM (SELECT least($2::bigint, (SELECT min(r.event_sequence) FROM tonghop.restoration AS r
                                WHERE r.epoch > $4::integer)) AS act) AS after
CROSS JOIN LATERAL
     ((SELECT s.event_sequence,
              CASE s.to_state WHEN 'approved' THEN 'report.approved'
                              WHEN 'returned' THEN 'report.returned'
                              ELSE 'report.reopened' END AS kind,
              s.form_id, s.period, s.revision, s.comment, s.at, s.open_until AS until,
              ARRAY(SELECT coalesce(c.code, '')
                    FROM unnest(s.criterion_id) WITH ORDINALITY AS u (criterion_id, place)
                    LEFT JOIN tonghop.criterion AS c ON c.criterion_id = u.criterion_id
                    ORDER BY u.place) AS criteria,
              s.criterion_comment
       FROM tonghop.state_change AS s
       WHERE s.district_id = $1::integer AND s.event_sequence > after.act
       ORDER BY s.event_sequence
       LIMIT $3::bigint)
      UNION ALL
      (SELECT x.event_sequence,
              CASE WHEN x.until > x.at THEN 'exception.opened' ELSE 'exception.ended' END,
              x.form_id, x.period, 0, x.reason, x.at,
              CASE WHEN x.until > x.at THEN x.until END, '{}'::text[], '{}'::text[]
       FROM tonghop.lock_exception AS x
       WHERE x.district_id = $1::integer AND x.event_sequence > after.act
       ORDER BY x.event_sequence
       LIMIT $3::bigint)) AS n
JOIN tonghop.form AS f ON f.form_id = n.form_id
ORDER BY n.event_sequence
LIMIT $3::bigint

-- Each greeting and acknowledgement of an office: moves what it has acknowledged, never
-- back, and only as far as there are acts about its district. $1 district id, $2 the act
-- that it named, $3 the epoch of that act: see notices.sql.
INSERT INTO tonghop.notice_ack AS a (district_id, event_sequence, at)
SELECT $1::integer, r.reached, clock_timestamp()
FROM (SELECT least($2::bigint, (SELECT min(q.event_sequence) FROM tonghop.restoration AS q
                                WHERE q.epoch > $3::integer)) AS act) AS named
CROSS JOIN LATERAL
     (SELECT greatest((SELECT max(s.event_sequence) FROM tonghop.state_change AS s
                       WHERE s.district_id = $1::integer AND s.event_sequence <= named.act),
                      (SELECT max(x.event_sequence) FROM tonghop.lock_exception AS x
                       WHERE x.district_id = $1::integer AND x.event_sequence <= named.act)
                     ) AS reached) AS r
WHERE r.reached IS NOT NULL
ON CONFLICT (district_id) DO UPDATE
SET event_sequence = excluded.event_sequence, at = excluded.at
WHERE a.event_sequence < excluded.event_sequence

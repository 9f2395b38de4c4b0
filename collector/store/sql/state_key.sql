-- Each act on a report, after its locks: how the key stands, and whether the last act about
-- it is the very one that is asked for; some look-ups in indexes. $1 district id, $2 form
-- id, $3 ordinal, $4 revision, $5 state asked for, $6 account, $7 comment, $8 criterion
-- ids, $9 comments on them.
SELECT c.revision, c.state, r.complete, s.at,
       s.revision = $4::integer AND s.to_state = $5::text AND s.account = $6::text
           AND s.comment = $7::text AND s.criterion_id = $8::integer[]
           AND s.criterion_comment = $9::text[]
FROM tonghop.current_report AS c
JOIN tonghop.report AS r ON r.district_id = c.district_id AND r.report_id = c.report_id
LEFT JOIN (SELECT *
           FROM tonghop.state_change
           WHERE district_id = $1::integer AND form_id = $2::integer AND period = $3::integer
           ORDER BY event_sequence DESC
           LIMIT 1) AS s ON true
WHERE c.district_id = $1::integer AND c.form_id = $2::integer AND c.period = $3::integer

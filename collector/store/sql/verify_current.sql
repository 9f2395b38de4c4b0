-- `verify` and `rebuild`: the keys of one district whose row of current_report is not
-- what its revisions say: the newest is current, and complete_at is the arrival of the
-- first complete one. Reads the district's reports once, by the index of their keys,
-- without bytes and arrays. $1 district id.
WITH newest AS (
    SELECT r.form_id, r.period, max(r.revision) AS revision,
           (array_agg(r.report_id ORDER BY r.revision DESC))[1] AS report_id,
           (array_agg(r.epoch ORDER BY r.revision DESC))[1] AS epoch,
           (array_agg(r.sequence ORDER BY r.revision DESC))[1] AS sequence,
           (array_agg(coalesce(r.received_at, r.accepted_at) ORDER BY r.revision)
                FILTER (WHERE r.complete))[1] AS complete_at
    FROM tonghop.report AS r
    WHERE r.district_id = $1::integer
    GROUP BY r.form_id, r.period),
current AS (
    SELECT c.form_id, c.period, c.revision, c.report_id, c.complete_at
    FROM tonghop.current_report AS c
    WHERE c.district_id = $1::integer)
SELECT coalesce(n.form_id, c.form_id), coalesce(n.period, c.period), f.code, f.frequency,
       n.revision, n.report_id, n.complete_at, n.epoch, n.sequence,
       c.revision, c.report_id, c.complete_at,
       c.report_id IS NULL OR EXISTS (
           SELECT FROM tonghop.report AS r
           WHERE r.district_id = $1::integer AND r.report_id = c.report_id)
FROM newest AS n
FULL JOIN current AS c ON c.form_id = n.form_id AND c.period = n.period
LEFT JOIN tonghop.form AS f ON f.form_id = coalesce(n.form_id, c.form_id)
WHERE n.revision IS DISTINCT FROM c.revision OR n.report_id IS DISTINCT FROM c.report_id
   OR n.complete_at IS DISTINCT FROM c.complete_at
ORDER BY 1, 2

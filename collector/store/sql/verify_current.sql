-- `verify` and `rebuild`: the keys of one district whose row of current_report is not
-- what its revisions and the acts on them say: the newest is current, complete_at is the
-- arrival of the first complete one, the state is what the last act about the newest made
-- of it, and what the last act opened is open. Reads the district's reports and acts once,
-- by the index of their keys, without bytes, arrays and comments. $1 district id.
WITH newest AS (
    SELECT r.form_id, r.period, max(r.revision) AS revision,
           (array_agg(r.report_id ORDER BY r.revision DESC))[1] AS report_id,
           (array_agg(r.epoch ORDER BY r.revision DESC))[1] AS epoch,
           (array_agg(r.sequence ORDER BY r.revision DESC))[1] AS sequence,
           (array_agg(CASE WHEN r.imported THEN coalesce(r.received_at, r.accepted_at)
                           ELSE r.accepted_at END ORDER BY r.revision)
                FILTER (WHERE r.complete))[1] AS complete_at
    FROM tonghop.report AS r
    WHERE r.district_id = $1::integer
    GROUP BY r.form_id, r.period),
stated AS (
    SELECT s.form_id, s.period, s.revision,
           (array_agg(s.to_state ORDER BY s.event_sequence DESC))[1] AS state
    FROM tonghop.state_change AS s
    WHERE s.district_id = $1::integer
    GROUP BY s.form_id, s.period, s.revision),
opened AS (
    SELECT s.form_id, s.period,
           (array_agg(s.open_until ORDER BY s.event_sequence DESC))[1] AS open_until
    FROM tonghop.state_change AS s
    WHERE s.district_id = $1::integer
    GROUP BY s.form_id, s.period),
current AS (
    SELECT c.form_id, c.period, c.revision, c.report_id, c.complete_at, c.state, c.open_until
    FROM tonghop.current_report AS c
    WHERE c.district_id = $1::integer)
SELECT coalesce(n.form_id, c.form_id), coalesce(n.period, c.period), f.code, f.frequency,
       n.revision, n.report_id, n.complete_at, n.epoch, n.sequence,
       c.revision, c.report_id, c.complete_at,
       c.report_id IS NULL OR EXISTS (
           SELECT FROM tonghop.report AS r
           WHERE r.district_id = $1::integer AND r.report_id = c.report_id),
       coalesce(s.state, 'received'), c.state, o.open_until, c.open_until
FROM newest AS n
FULL JOIN current AS c ON c.form_id = n.form_id AND c.period = n.period
LEFT JOIN stated AS s
       ON s.form_id = n.form_id AND s.period = n.period AND s.revision = n.revision
LEFT JOIN opened AS o ON o.form_id = n.form_id AND o.period = n.period
LEFT JOIN tonghop.form AS f ON f.form_id = coalesce(n.form_id, c.form_id)
WHERE n.revision IS DISTINCT FROM c.revision OR n.report_id IS DISTINCT FROM c.report_id
   OR n.complete_at IS DISTINCT FROM c.complete_at
   OR coalesce(s.state, 'received') IS DISTINCT FROM c.state
   OR o.open_until IS DISTINCT FROM c.open_until
ORDER BY 1, 2

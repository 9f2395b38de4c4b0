-- Reports as of an instant, histories and differences: the revisions of a form and a
-- range of base periods accepted by an instant, in the catalogue's order of districts.
-- A revision counts as current that was the last by then; its state is that of the last
-- act about it by then, else received. $1 to $6 as in read_current_reports, $7 the
-- instant (9999-12-31: now), $8 the revision (0: the one current then; -1: all of them),
-- $9 only what changed after this instant, with what was current at it (NULL: all).
WITH keyed AS (
    SELECT r.district_id, r.period, max(r.revision) AS last,
           max(r.revision) FILTER (WHERE r.accepted_at <= $9::timestamptz) AS base,
           bool_or($9::timestamptz IS NULL OR r.accepted_at > $9::timestamptz) AS wanted
    FROM tonghop.current_report AS c
    JOIN tonghop.report AS r
      ON r.district_id = c.district_id AND r.form_id = c.form_id AND r.period = c.period
    WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer
      AND ($4::integer IS NULL OR c.district_id = $4::integer)
      AND r.accepted_at <= $7::timestamptz
    GROUP BY r.district_id, r.period),
stated AS (
    SELECT c.district_id, c.period, s.revision,
           (array_agg(s.to_state ORDER BY s.event_sequence DESC))[1] AS state
    FROM tonghop.current_report AS c
    JOIN tonghop.state_change AS s
      ON s.district_id = c.district_id AND s.form_id = c.form_id AND s.period = c.period
    WHERE c.form_id = $1::integer AND c.period BETWEEN $2::integer AND $3::integer
      AND ($4::integer IS NULL OR c.district_id = $4::integer)
      AND s.at <= $7::timestamptz
    GROUP BY c.district_id, c.period, s.revision)
SELECT r.district_id, d.code, r.period, r.revision, r.epoch, r.sequence, r.catalogue_version,
       r.accepted_at, r.received_at, r.imported, r.complete, r.revision = k.last,
       CASE WHEN r.revision = k.last THEN coalesce(s.state, 'received') END, r.digest, r.hash,
       CASE WHEN $6::boolean THEN r.body END
FROM keyed AS k
JOIN tonghop.report AS r ON r.district_id = k.district_id AND r.period = k.period
JOIN tonghop.district AS d ON d.district_id = k.district_id
LEFT JOIN stated AS s
       ON s.district_id = k.district_id AND s.period = k.period AND s.revision = r.revision
LEFT JOIN unnest($5::integer[]) WITH ORDINALITY AS o (district_id, position)
       ON o.district_id = k.district_id
WHERE r.form_id = $1::integer AND r.accepted_at <= $7::timestamptz
  AND k.wanted AND r.revision >= coalesce(k.base, 0)
  AND r.revision = CASE $8::integer WHEN -1 THEN r.revision WHEN 0 THEN k.last
                                    ELSE $8::integer END
ORDER BY o.position NULLS LAST, r.district_id, r.period, r.revision

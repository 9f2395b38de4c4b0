-- `reconcile --pull`, once a report that the outbox lacks: what it is, by the signed entry
-- that its bytes' digest fits. One row and four index entries; nothing when the entry is
-- another, or the report or its revision is there.
INSERT INTO report (report_id, form, period, revision, body, digest, content, file, created_us,
                    state, answered_us, epoch, sequence)
SELECT entry.report_id, entry.form, entry.period, entry.revision, ?4, entry.digest, ?5, ?6, ?7,
       'accepted', entry.accepted_at_us, entry.epoch, entry.sequence
FROM entry
WHERE entry.epoch = ?1 AND entry.sequence = ?2 AND entry.digest = ?3
ON CONFLICT DO NOTHING;

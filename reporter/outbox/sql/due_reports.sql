-- Delivery, when the window has room: what may be sent, oldest first. A revision
-- waits while an earlier one of its key is not answered. Reads the queue from its
-- beginning and stops when the caller has enough.
SELECT r.ordinal, r.report_id, r.form, r.period, r.revision, r.digest, r.content, r.file,
       r.state, r.created_us, r.answered_us, r.epoch, r.sequence, r.problems, r.body
FROM report r INDEXED BY report_queue
WHERE r.state = 'queued'
  AND NOT EXISTS (SELECT 1 FROM report e INDEXED BY report_queue_key
                  WHERE e.state = 'queued' AND e.form = r.form AND e.period = r.period
                    AND e.revision < r.revision)
ORDER BY r.ordinal;

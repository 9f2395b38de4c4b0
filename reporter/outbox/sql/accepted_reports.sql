-- `receipts verify`: every accepted report of the office with its bytes, in order.
-- Reads the whole table.
SELECT r.ordinal, r.report_id, r.form, r.period, r.revision, r.digest, r.content, r.file,
       r.state, r.created_us, r.answered_us, r.epoch, r.sequence, r.problems, r.body
FROM report r WHERE r.state = 'accepted' ORDER BY r.ordinal;

-- Delivery, once an answered report; `submit --wait`. One look-up by report id.
SELECT r.ordinal, r.report_id, r.form, r.period, r.revision, r.digest, r.content, r.file,
       r.state, r.created_us, r.answered_us, r.epoch, r.sequence, r.problems
FROM report r WHERE r.report_id = ?1;

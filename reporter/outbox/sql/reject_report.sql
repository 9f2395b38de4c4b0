-- Delivery, once a rejection. An accepted report stays accepted. One row by id.
UPDATE report SET state = 'rejected', answered_us = ?2, known_revision = ?3, problems = ?4
WHERE report_id = ?1 AND state = 'queued';

-- `resubmit`: a rejected report goes back into the queue, same bytes and id. One row.
UPDATE report SET state = 'queued' WHERE report_id = ?1 AND state = 'rejected';

-- `prepare`: the draft's report is fixed. One row by id.
UPDATE draft SET state = 'prepared', prepared_us = ?2, content = ?3, body = ?4
WHERE draft_id = ?1 AND state = 'draft';

-- `status --notices`, after it has shown them: what is not newer than ?1 is read at ?2.
UPDATE notice SET read_us = ?2 WHERE notice_id <= ?1 AND read_us = 0;

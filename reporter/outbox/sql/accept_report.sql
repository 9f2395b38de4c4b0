-- Delivery, once an entry that names a report of the office. One row by report id.
UPDATE report SET state = 'accepted', answered_us = ?2, epoch = ?3, sequence = ?4,
                  problems = coalesce(?5, CASE state WHEN 'accepted' THEN problems ELSE '[]' END)
WHERE report_id = ?1;

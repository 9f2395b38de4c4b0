-- `status`: how many reports were answered which way, and how many of those that the
-- province has lost wait to be sent again or were then rejected. Reads every report's row.
SELECT count(*) FILTER (WHERE state = 'accepted'), count(*) FILTER (WHERE state = 'rejected'),
       count(*) FILTER (WHERE state = 'queued' AND sequence > 0),
       count(*) FILTER (WHERE state = 'rejected' AND sequence > 0)
FROM report;

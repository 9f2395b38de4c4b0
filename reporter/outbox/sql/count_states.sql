-- `status`: how many reports were answered which way. Reads every report's row.
SELECT count(*) FILTER (WHERE state = 'accepted'), count(*) FILTER (WHERE state = 'rejected')
FROM report;

-- `receipts verify`: every rejection, oldest first. Reads the whole table.
SELECT j.report_id, j.message, coalesce(r.digest, x'') FROM rejection j
LEFT JOIN report r ON r.report_id = j.report_id ORDER BY j.ordinal;

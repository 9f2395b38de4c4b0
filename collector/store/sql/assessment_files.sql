-- Beside each row of the list: its files. $1 number, $2 the format whose content is
-- wanted, at most 4 MiB ("": none; "*": all).
SELECT format, octet_length(content)::bigint, digest,
       CASE WHEN $2::text IN (format, '*') THEN content END
FROM tonghop.assessment_file
WHERE number = $1::integer
ORDER BY format

-- The newest announcements of keys, newest first; the end of a small index. Read by each
-- collector after an administrative act, by `announce` and by `enrol`. $1 how many.
SELECT payload
FROM tonghop.province_event
WHERE kind = 'announcement'
ORDER BY sequence DESC
LIMIT $1::bigint

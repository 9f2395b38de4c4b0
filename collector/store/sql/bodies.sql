-- Each BodiesRequest of an office that lost its outbox: the bytes of its next reports, as
-- many as fit one message (a report fits alone); an index range of at most 256 rows, of
-- which only those that fit are read. $1 district id, $2 epoch, $3 the sequence after
-- which they begin, $4 bytes.
SELECT u.sequence, u.body
FROM (SELECT r.sequence, r.body,
             sum(octet_length(r.body) + 16) OVER (ORDER BY r.sequence) AS total,
             row_number() OVER (ORDER BY r.sequence) AS place
      FROM (SELECT sequence, body
            FROM tonghop.report
            WHERE district_id = $1::integer AND epoch = $2::integer AND sequence > $3::bigint
            ORDER BY sequence
            LIMIT 256) AS r) AS u
WHERE u.total <= $4::bigint OR u.place = 1
ORDER BY u.sequence

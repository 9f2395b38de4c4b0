-- Each batch that rejects something: a row a report and content, counted when it comes
-- again. $1 district ids, $2 report ids, $3 digests, $4 codes, $5 problems, $6 how
-- often in this batch, $7 when, $8 bytes (NULL but of what the database refused).
WITH written AS (
    INSERT INTO tonghop.rejection AS j (district_id, report_id, digest, codes, problems, first_at,
                                        last_at, times, body)
    SELECT u.district_id, u.report_id, u.digest, u.codes, u.problems, $7::timestamptz,
           $7::timestamptz, u.times, u.body
    FROM unnest($1::integer[], $2::uuid[], $3::bytea[], $4::text[], $5::text[], $6::bigint[],
                $8::bytea[]) AS u (district_id, report_id, digest, codes, problems, times, body)
    ORDER BY u.district_id, u.report_id, u.digest
    ON CONFLICT (district_id, report_id, digest) DO UPDATE
    SET codes = excluded.codes, problems = excluded.problems, last_at = excluded.last_at,
        times = j.times + excluded.times, body = excluded.body
    RETURNING 1)
SELECT count(*), 1 / (count(*) = cardinality($1::integer[]))::integer FROM written

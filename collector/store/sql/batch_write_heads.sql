-- Each batch: the last entry of each district that has new ones; the rows are locked.
-- An upsert, though all exist, since Citus takes INSERT .. SELECT from arrays.
-- $1 district ids, $2 epochs, $3 sequences, $4 hashes, $5 accepted_at.
WITH written AS (
    INSERT INTO tonghop.district_head AS h (district_id, epoch, sequence, hash, accepted_at)
    SELECT u.district_id, u.epoch, u.sequence, u.hash, u.accepted_at
    FROM unnest($1::integer[], $2::integer[], $3::bigint[], $4::bytea[], $5::timestamptz[])
         AS u (district_id, epoch, sequence, hash, accepted_at)
    ON CONFLICT (district_id) DO UPDATE
    SET epoch = excluded.epoch, sequence = excluded.sequence, hash = excluded.hash,
        accepted_at = excluded.accepted_at
    RETURNING 1)
SELECT count(*), 1 / (count(*) = cardinality($1::integer[]))::integer FROM written

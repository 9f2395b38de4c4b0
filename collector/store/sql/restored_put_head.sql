-- `restored`, once a district: where its chain stood. $1 district id, $2 number, $3 epoch,
-- $4 sequence, $5 hash, $6 to $8 those of the head that was lost (NULL: none given).
INSERT INTO tonghop.restoration_head (district_id, number, epoch, sequence, hash, lost_epoch,
                                      lost_sequence, lost_hash)
VALUES ($1::integer, $2::integer, $3::integer, $4::bigint, $5::bytea, $6::integer, $7::bigint,
        $8::bytea)

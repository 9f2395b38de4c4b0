-- `unlock`, each act, under the lock of the district's head; one row. $1 district id,
-- $2 sequence in the province's chain, $3 form id, $4 ordinal, $5 at, $6 until, $7 reason,
-- $8 account.
INSERT INTO tonghop.lock_exception (district_id, event_sequence, form_id, period, at, until,
                                    reason, account)
VALUES ($1::integer, $2::bigint, $3::integer, $4::integer, $5::timestamptz, $6::timestamptz,
        $7::text, $8::text)

-- Each freezing, right behind its act in the province's chain and under the chain's lock:
-- one row. $1 number, $2 forms, $3 period, $4 as of, $5 frozen at, $6 account, $7 role,
-- $8 acting key (NULL: none), $9 language, $10 style, $11 exceptions.
INSERT INTO tonghop.assessment (number, event_sequence, kind, forms, period, as_of, frozen_at,
                                account, role, acting_key, language, style, exceptions)
SELECT $1::integer, max(e.sequence), 'final', $2::text[], $3::text, $4::timestamptz,
       $5::timestamptz, $6::text, $7::text, $8::text, $9::text, $10::text, $11::text
FROM tonghop.province_event AS e

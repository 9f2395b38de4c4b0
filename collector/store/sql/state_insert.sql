-- Each act on a report; one row. $1 district id, $2 form id, $3 ordinal, $4 sequence of the
-- event, $5 revision, $6 state before, $7 state after, $8 at, $9 open until (NULL: not
-- opened), $10 account, $11 role, $12 acting key (NULL: none), $13 comment, $14 criterion
-- ids, $15 comments on them.
INSERT INTO tonghop.state_change (district_id, form_id, period, event_sequence, revision,
    from_state, to_state, at, open_until, account, role, acting_key, comment, criterion_id,
    criterion_comment)
VALUES ($1::integer, $2::integer, $3::integer, $4::bigint, $5::integer, $6::text, $7::text,
    $8::timestamptz, $9::timestamptz, $10::text, $11::text, $12::text, $13::text,
    $14::integer[], $15::text[])

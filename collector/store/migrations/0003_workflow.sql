-- States of reports, exceptions from locks, notices (SEMANTICS 8). Run by
-- `tonghop-collector migrate` as the owner, once, in one transaction. Rows of both tables
-- of acts are never changed: an act is in force until a later one about the same key.

CREATE TABLE tonghop.state_change (
    district_id    integer NOT NULL,
    event_sequence bigint NOT NULL,
    form_id        integer NOT NULL,
    period         integer NOT NULL,
    revision       integer NOT NULL CHECK (revision > 0),
    from_state     text NOT NULL CHECK (from_state IN ('received', 'returned', 'approved')),
    to_state       text NOT NULL CHECK (to_state IN ('received', 'returned', 'approved')),
    at             timestamptz NOT NULL,
    open_until     timestamptz,
    account        text NOT NULL,
    role           text NOT NULL,
    acting_key     text,
    comment        text NOT NULL,
    criterion_id   integer[] NOT NULL,
    criterion_comment text[] NOT NULL,
    PRIMARY KEY (district_id, event_sequence),
    CHECK (cardinality(criterion_id) = cardinality(criterion_comment))
);
CREATE INDEX state_change_by_key ON tonghop.state_change (district_id, form_id, period, at);
COMMENT ON TABLE tonghop.state_change IS 'Every approval, return and reopening, for ever; the state of a revision is that of the last act about it, else received';
COMMENT ON COLUMN tonghop.state_change.district_id IS 'District';
COMMENT ON COLUMN tonghop.state_change.event_sequence IS 'The act in the province''s chain; also the id of the notice to the district';
COMMENT ON COLUMN tonghop.state_change.form_id IS 'Form';
COMMENT ON COLUMN tonghop.state_change.period IS 'Ordinal of the base period';
COMMENT ON COLUMN tonghop.state_change.revision IS 'The revision that was meant; it was the current one';
COMMENT ON COLUMN tonghop.state_change.from_state IS 'State before';
COMMENT ON COLUMN tonghop.state_change.to_state IS 'State after: approved, returned, or received (reopened)';
COMMENT ON COLUMN tonghop.state_change.at IS 'Instant of the act, that of the province''s chain';
COMMENT ON COLUMN tonghop.state_change.open_until IS 'Returned or reopened: new revisions are taken until then, even past the lock; NULL: approved';
COMMENT ON COLUMN tonghop.state_change.account IS 'Account that acted';
COMMENT ON COLUMN tonghop.state_change.role IS 'Effective role: approver or admin';
COMMENT ON COLUMN tonghop.state_change.acting_key IS 'Name of the portal''s key that acted for the account; NULL: the account''s own key';
COMMENT ON COLUMN tonghop.state_change.comment IS 'Why, about the whole report; never empty when returned';
COMMENT ON COLUMN tonghop.state_change.criterion_id IS 'Criteria that are commented on';
COMMENT ON COLUMN tonghop.state_change.criterion_comment IS 'Comment on each of them';

ALTER TABLE tonghop.current_report ADD COLUMN open_until timestamptz;
COMMENT ON COLUMN tonghop.current_report.open_until IS 'Of the last return or reopening: new revisions are taken until then, even past the lock; NULL: none, or approved since';

CREATE TABLE tonghop.lock_exception (
    district_id    integer NOT NULL,
    event_sequence bigint NOT NULL,
    form_id        integer NOT NULL,
    period         integer NOT NULL,
    at             timestamptz NOT NULL,
    until          timestamptz NOT NULL,
    reason         text NOT NULL,
    account        text NOT NULL,
    PRIMARY KEY (district_id, event_sequence)
);
CREATE INDEX lock_exception_by_key ON tonghop.lock_exception (district_id, form_id, period, event_sequence);
COMMENT ON TABLE tonghop.lock_exception IS 'Exceptions from the lock of a base period, for ever; of a key the one with the highest event_sequence is in force until its end';
COMMENT ON COLUMN tonghop.lock_exception.district_id IS 'District';
COMMENT ON COLUMN tonghop.lock_exception.event_sequence IS 'The act in the province''s chain; also the id of the notice to the district';
COMMENT ON COLUMN tonghop.lock_exception.form_id IS 'Form';
COMMENT ON COLUMN tonghop.lock_exception.period IS 'Ordinal of the base period';
COMMENT ON COLUMN tonghop.lock_exception.at IS 'In force from this instant, that of the province''s chain';
COMMENT ON COLUMN tonghop.lock_exception.until IS 'Reports are taken until then; not after "at" when it ends an exception early';
COMMENT ON COLUMN tonghop.lock_exception.reason IS 'Why';
COMMENT ON COLUMN tonghop.lock_exception.account IS 'Account that acted';

CREATE TABLE tonghop.notice_ack (
    district_id    integer PRIMARY KEY,
    event_sequence bigint NOT NULL,
    at             timestamptz NOT NULL
);
COMMENT ON TABLE tonghop.notice_ack IS 'Up to which act each office has acknowledged its notices';
COMMENT ON COLUMN tonghop.notice_ack.district_id IS 'District';
COMMENT ON COLUMN tonghop.notice_ack.event_sequence IS 'This act''s notice and all before it; never decreases';
COMMENT ON COLUMN tonghop.notice_ack.at IS 'When it was last acknowledged';

GRANT SELECT ON tonghop.state_change, tonghop.lock_exception, tonghop.notice_ack
    TO tonghop_writer, tonghop_reader;
GRANT INSERT ON tonghop.state_change, tonghop.province_event TO tonghop_writer;
GRANT INSERT, UPDATE ON tonghop.notice_ack TO tonghop_writer;

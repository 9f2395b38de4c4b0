-- The first schema. Run by `tonghop-collector migrate` as the owner, once, in one
-- transaction. Citus-ready: every key of a table that holds districts' data begins
-- with district_id; no triggers; the rest are reference tables.

CREATE SCHEMA IF NOT EXISTS tonghop;

-- ---------------------------------------------------------------- reference tables

CREATE TABLE tonghop.province (
    code       text PRIMARY KEY,
    name_vi    text NOT NULL,
    name_en    text NOT NULL,
    time_zone  text NOT NULL
);
COMMENT ON TABLE tonghop.province IS 'The one province of this database';
COMMENT ON COLUMN tonghop.province.code IS 'Code, part of every receipt signature; never changes';
COMMENT ON COLUMN tonghop.province.name_vi IS 'Name in Vietnamese';
COMMENT ON COLUMN tonghop.province.name_en IS 'Name in English';
COMMENT ON COLUMN tonghop.province.time_zone IS 'Zone in which days begin and end';

CREATE TABLE tonghop.province_event (
    sequence bigint PRIMARY KEY CHECK (sequence > 0),
    at       timestamptz NOT NULL,
    kind     text NOT NULL,
    payload  text NOT NULL,
    actor    text NOT NULL,
    hash     bytea NOT NULL CHECK (octet_length(hash) = 32)
);
COMMENT ON TABLE tonghop.province_event IS 'The chain of the province: every administrative act, hash-chained; its highest sequence is the version that collectors poll';
COMMENT ON COLUMN tonghop.province_event.sequence IS '1, 2, 3 ... without gaps';
COMMENT ON COLUMN tonghop.province_event.at IS 'Instant of the act by the database clock';
COMMENT ON COLUMN tonghop.province_event.kind IS 'enrolment, revocation, catalogue, receipt_key ...';
COMMENT ON COLUMN tonghop.province_event.payload IS 'Exact JSON text that the hash covers';
COMMENT ON COLUMN tonghop.province_event.actor IS 'Operating-system or client account that acted';
COMMENT ON COLUMN tonghop.province_event.hash IS 'SHA-256 over the event and the hash before (docs/protocol.md)';

CREATE TABLE tonghop.catalogue_version (
    version     bigint PRIMARY KEY CHECK (version > 0),
    content     bytea NOT NULL,
    digest      bytea NOT NULL CHECK (octet_length(digest) = 32),
    imported_at timestamptz NOT NULL
);
COMMENT ON TABLE tonghop.catalogue_version IS 'Every catalogue that was ever in force, whole; the highest version is in force';
COMMENT ON COLUMN tonghop.catalogue_version.version IS '1, 2, 3 ...';
COMMENT ON COLUMN tonghop.catalogue_version.content IS 'Serialised CatalogueBundle: the canonical CSV files';
COMMENT ON COLUMN tonghop.catalogue_version.digest IS 'SHA-256 of content';
COMMENT ON COLUMN tonghop.catalogue_version.imported_at IS 'In force from this instant';

CREATE TABLE tonghop.district (
    district_id       integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    code              text NOT NULL UNIQUE,
    name_vi           text NOT NULL,
    name_en           text NOT NULL,
    kind              text NOT NULL,
    successor         text,
    first_enrolled_at timestamptz
);
COMMENT ON TABLE tonghop.district IS 'Units that report; a row is never removed, names are those of the catalogue in force';
COMMENT ON COLUMN tonghop.district.district_id IS 'Internal number, in every table that holds districts'' data';
COMMENT ON COLUMN tonghop.district.code IS 'Code of the catalogue';
COMMENT ON COLUMN tonghop.district.name_vi IS 'Name in Vietnamese';
COMMENT ON COLUMN tonghop.district.name_en IS 'Name in English';
COMMENT ON COLUMN tonghop.district.kind IS 'city, town, district ... free text';
COMMENT ON COLUMN tonghop.district.successor IS 'Code of the district that goes on after a merger';
COMMENT ON COLUMN tonghop.district.first_enrolled_at IS 'First enrolment; base periods due before it are historic';

CREATE TABLE tonghop.form (
    form_id   integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    code      text NOT NULL UNIQUE,
    name_vi   text NOT NULL,
    name_en   text NOT NULL,
    frequency text NOT NULL CHECK (frequency IN ('day', 'month', 'quarter', 'half', 'year')),
    filled_by text NOT NULL CHECK (filled_by IN ('district', 'province'))
);
COMMENT ON TABLE tonghop.form IS 'Forms; a row is never removed';
COMMENT ON COLUMN tonghop.form.form_id IS 'Internal number';
COMMENT ON COLUMN tonghop.form.code IS 'Code of the catalogue';
COMMENT ON COLUMN tonghop.form.name_vi IS 'Name in Vietnamese';
COMMENT ON COLUMN tonghop.form.name_en IS 'Name in English';
COMMENT ON COLUMN tonghop.form.frequency IS 'Base period';
COMMENT ON COLUMN tonghop.form.filled_by IS 'Who fills it: the district, or the province about each district';

CREATE TABLE tonghop.criterion (
    criterion_id  integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    form_id       integer NOT NULL REFERENCES tonghop.form,
    code          text NOT NULL,
    group_code    text NOT NULL,
    name_vi       text NOT NULL,
    name_en       text NOT NULL,
    kind          text NOT NULL,
    unit_vi       text NOT NULL,
    unit_en       text NOT NULL,
    time_agg      text NOT NULL,
    district_agg  text NOT NULL,
    UNIQUE (form_id, code)
);
COMMENT ON TABLE tonghop.criterion IS 'Criteria; a row is never removed';
COMMENT ON COLUMN tonghop.criterion.criterion_id IS 'Internal number, in report.criterion_id';
COMMENT ON COLUMN tonghop.criterion.form_id IS 'The form that asks for it';
COMMENT ON COLUMN tonghop.criterion.code IS 'Code of the catalogue, unique within the form';
COMMENT ON COLUMN tonghop.criterion.group_code IS 'Group of the form';
COMMENT ON COLUMN tonghop.criterion.name_vi IS 'Name in Vietnamese';
COMMENT ON COLUMN tonghop.criterion.name_en IS 'Name in English';
COMMENT ON COLUMN tonghop.criterion.kind IS 'count, amount, ratio, score, choice, communes, text';
COMMENT ON COLUMN tonghop.criterion.unit_vi IS 'Unit in Vietnamese';
COMMENT ON COLUMN tonghop.criterion.unit_en IS 'Unit in English';
COMMENT ON COLUMN tonghop.criterion.time_agg IS 'How base periods combine';
COMMENT ON COLUMN tonghop.criterion.district_agg IS 'How districts combine';

CREATE TABLE tonghop.enrolment (
    public_key  bytea PRIMARY KEY CHECK (octet_length(public_key) = 32),
    name        text NOT NULL,
    role        text NOT NULL CHECK (role IN ('district', 'viewer', 'approver', 'admin')),
    portal      boolean NOT NULL DEFAULT false,
    district_id integer REFERENCES tonghop.district,
    enrolled_at timestamptz NOT NULL,
    revoked_at  timestamptz,
    CHECK ((role = 'district') = (district_id IS NOT NULL)),
    CHECK (NOT (portal AND role IN ('district', 'admin')))
);
COMMENT ON TABLE tonghop.enrolment IS 'CURVE keys that may connect; a row is never removed';
COMMENT ON COLUMN tonghop.enrolment.public_key IS 'CURVE public key';
COMMENT ON COLUMN tonghop.enrolment.name IS 'District code, or account name of a client';
COMMENT ON COLUMN tonghop.enrolment.role IS 'district, viewer, approver or admin';
COMMENT ON COLUMN tonghop.enrolment.portal IS 'May act for accounts of the portal';
COMMENT ON COLUMN tonghop.enrolment.district_id IS 'The district whose reports the key may send';
COMMENT ON COLUMN tonghop.enrolment.enrolled_at IS 'Admitted from this instant';
COMMENT ON COLUMN tonghop.enrolment.revoked_at IS 'Refused from this instant; NULL: admitted';

-- -------------------------------------------------------------- districts' tables

CREATE TABLE tonghop.district_head (
    district_id integer PRIMARY KEY REFERENCES tonghop.district,
    epoch       integer NOT NULL,
    sequence    bigint NOT NULL,
    hash        bytea NOT NULL,
    accepted_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE tonghop.district_head IS 'Last entry of each district''s chain; its row lock orders the district''s writers';
COMMENT ON COLUMN tonghop.district_head.district_id IS 'District';
COMMENT ON COLUMN tonghop.district_head.epoch IS 'Epoch; begins at 1, a restore begins the next';
COMMENT ON COLUMN tonghop.district_head.sequence IS 'Sequence of the last entry, 0 when there is none';
COMMENT ON COLUMN tonghop.district_head.hash IS 'Hash of the last entry, 32 zero bytes when there is none';
COMMENT ON COLUMN tonghop.district_head.accepted_at IS 'Acceptance of the last entry';

-- report and current_report name districts and forms without foreign keys: each row
-- would lock its form's one row, written by every writer at once, and a third of the
-- reports a second would go (25,000 become 18,000 at 2 connections x 256). A district
-- with reports has a head, a form has criteria, and those do have foreign keys: neither
-- row can be deleted.
CREATE TABLE tonghop.report (
    district_id       integer NOT NULL,
    report_id         uuid NOT NULL,
    form_id           integer NOT NULL,
    period            integer NOT NULL,
    revision          integer NOT NULL CHECK (revision > 0),
    epoch             integer NOT NULL,
    sequence          bigint NOT NULL,
    accepted_at       timestamptz NOT NULL,
    received_at       timestamptz,
    imported          boolean NOT NULL,
    complete          boolean NOT NULL,
    catalogue_version bigint NOT NULL,
    value_count       smallint NOT NULL,
    na_count          smallint NOT NULL,
    criterion_id      integer[] NOT NULL,
    num               bigint[] NOT NULL,
    den               bigint[] NOT NULL,
    scale             smallint[] NOT NULL,
    answer            text[] NOT NULL,
    digest            bytea NOT NULL,
    hash              bytea NOT NULL,
    body              bytea NOT NULL,
    PRIMARY KEY (district_id, report_id),
    UNIQUE (district_id, epoch, sequence),
    UNIQUE (district_id, form_id, period, revision)
);
COMMENT ON TABLE tonghop.report IS 'Every accepted report, every revision, with its ledger entry and its observations as parallel arrays: one row a report; see v_observation';
COMMENT ON COLUMN tonghop.report.district_id IS 'District';
COMMENT ON COLUMN tonghop.report.report_id IS 'UUID made by the reporter; of an import, version 5 of key and content';
COMMENT ON COLUMN tonghop.report.form_id IS 'Form';
COMMENT ON COLUMN tonghop.report.period IS 'Ordinal of the base period; period_id() gives its identifier';
COMMENT ON COLUMN tonghop.report.revision IS '1, 2, 3 ...; a revision replaces the whole report';
COMMENT ON COLUMN tonghop.report.epoch IS 'Epoch of the ledger entry';
COMMENT ON COLUMN tonghop.report.sequence IS 'Sequence of the ledger entry in the district''s chain';
COMMENT ON COLUMN tonghop.report.accepted_at IS 'Database clock in the committing transaction; never decreases along a chain';
COMMENT ON COLUMN tonghop.report.received_at IS 'Imports only: when the report came, decides timeliness; NULL: not told';
COMMENT ON COLUMN tonghop.report.imported IS 'Loaded by import, not sent by a reporter';
COMMENT ON COLUMN tonghop.report.complete IS 'Every required criterion had a value or n/a at acceptance';
COMMENT ON COLUMN tonghop.report.catalogue_version IS 'Catalogue in force at acceptance';
COMMENT ON COLUMN tonghop.report.value_count IS 'Observations with a value';
COMMENT ON COLUMN tonghop.report.na_count IS 'Observations marked n/a';
COMMENT ON COLUMN tonghop.report.criterion_id IS 'Criterion of each observation';
COMMENT ON COLUMN tonghop.report.num IS 'Unscaled number or numerator; NULL for n/a and for kinds without number';
COMMENT ON COLUMN tonghop.report.den IS 'Unscaled denominator of a ratio, else NULL';
COMMENT ON COLUMN tonghop.report.scale IS 'Digits after the point: of num + 16 * of den; -1 marks n/a';
COMMENT ON COLUMN tonghop.report.answer IS 'Choice value, commune codes separated by blanks, narrative, or reason of n/a; NULL: none';
COMMENT ON COLUMN tonghop.report.digest IS 'SHA-256 of body';
COMMENT ON COLUMN tonghop.report.hash IS 'Hash of the ledger entry';
COMMENT ON COLUMN tonghop.report.body IS 'Exact bytes of the Report message';

CREATE TABLE tonghop.current_report (
    district_id integer NOT NULL,
    form_id     integer NOT NULL,
    period      integer NOT NULL,
    report_id   uuid NOT NULL,
    revision    integer NOT NULL,
    state       text NOT NULL CHECK (state IN ('received', 'returned', 'approved')),
    complete_at timestamptz,
    PRIMARY KEY (district_id, form_id, period)
) WITH (fillfactor = 80);
CREATE INDEX current_report_by_period ON tonghop.current_report (form_id, period, district_id);
COMMENT ON TABLE tonghop.current_report IS 'The current revision of each key (district, form, base period) and its state';
COMMENT ON COLUMN tonghop.current_report.district_id IS 'District';
COMMENT ON COLUMN tonghop.current_report.form_id IS 'Form';
COMMENT ON COLUMN tonghop.current_report.period IS 'Ordinal of the base period';
COMMENT ON COLUMN tonghop.current_report.report_id IS 'The current report';
COMMENT ON COLUMN tonghop.current_report.revision IS 'Its revision';
COMMENT ON COLUMN tonghop.current_report.state IS 'received, returned or approved';
COMMENT ON COLUMN tonghop.current_report.complete_at IS 'Arrival of the first complete revision (received_at of an import that tells it); decides timeliness';

CREATE TABLE tonghop.rejection (
    district_id  integer NOT NULL REFERENCES tonghop.district,
    report_id    uuid NOT NULL,
    digest       bytea NOT NULL,
    codes        text NOT NULL,
    problems     text NOT NULL,
    first_at     timestamptz NOT NULL,
    last_at      timestamptz NOT NULL,
    times        bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (district_id, report_id, digest)
);
COMMENT ON TABLE tonghop.rejection IS 'Reports that were not taken, without their figures; no entry of the ledger';
COMMENT ON COLUMN tonghop.rejection.district_id IS 'District whose key sent it';
COMMENT ON COLUMN tonghop.rejection.report_id IS 'Id that it carried; zeros when it had none';
COMMENT ON COLUMN tonghop.rejection.digest IS 'SHA-256 of the bytes that came';
COMMENT ON COLUMN tonghop.rejection.codes IS 'Error codes of the last rejection, sorted, joined by commas: what was signed';
COMMENT ON COLUMN tonghop.rejection.problems IS 'All problems of the last rejection as a JSON array';
COMMENT ON COLUMN tonghop.rejection.first_at IS 'First rejected';
COMMENT ON COLUMN tonghop.rejection.last_at IS 'Last rejected';
COMMENT ON COLUMN tonghop.rejection.times IS 'How often it came';

-- ------------------------------------------------------------------ views for people

CREATE FUNCTION tonghop.period_id(frequency text, ordinal integer) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE frequency
        WHEN 'day' THEN to_char(date '1970-01-01' + ordinal, 'YYYY-MM-DD')
        WHEN 'month' THEN (ordinal / 12) || '-' || lpad((ordinal % 12 + 1)::text, 2, '0')
        WHEN 'quarter' THEN (ordinal / 4) || '-Q' || (ordinal % 4 + 1)
        WHEN 'half' THEN (ordinal / 2) || '-H' || (ordinal % 2 + 1)
        WHEN 'year' THEN ordinal::text
    END
$$;
COMMENT ON FUNCTION tonghop.period_id(text, integer) IS 'Identifier of a base period: 2024-03-15, 2024-03, 2024-Q1, 2024-H1, 2024';

CREATE VIEW tonghop.v_report AS
SELECT d.code AS district, f.code AS form, tonghop.period_id(f.frequency, r.period) AS period,
       r.revision, c.revision IS NOT NULL AS current, c.state, r.accepted_at, r.received_at,
       CASE WHEN r.imported THEN 'import' ELSE 'wire' END AS origin, r.complete,
       r.value_count, r.na_count, r.catalogue_version, r.report_id, r.epoch, r.sequence,
       encode(r.digest, 'hex') AS digest, encode(r.hash, 'hex') AS hash
FROM tonghop.report r
JOIN tonghop.district d USING (district_id)
JOIN tonghop.form f USING (form_id)
LEFT JOIN tonghop.current_report c
       ON c.district_id = r.district_id AND c.form_id = r.form_id AND c.period = r.period
      AND c.report_id = r.report_id;
COMMENT ON VIEW tonghop.v_report IS 'Every revision of every report, a row each; "current" marks the one that counts';

CREATE VIEW tonghop.v_observation AS
SELECT d.code AS district, f.code AS form, tonghop.period_id(f.frequency, r.period) AS period,
       k.code AS criterion, k.kind, c.revision, c.state,
       o.scale = -1 AS not_applicable,
       CASE WHEN o.scale >= 0 THEN trim_scale(o.num * power(10::numeric, -(o.scale % 16))) END AS num,
       CASE WHEN o.scale >= 0 THEN trim_scale(o.den * power(10::numeric, -(o.scale / 16))) END AS den,
       o.answer
FROM tonghop.current_report c
JOIN tonghop.report r ON r.district_id = c.district_id AND r.report_id = c.report_id
JOIN tonghop.district d ON d.district_id = c.district_id
JOIN tonghop.form f ON f.form_id = c.form_id
CROSS JOIN LATERAL unnest(r.criterion_id, r.num, r.den, r.scale, r.answer)
                AS o (criterion_id, num, den, scale, answer)
JOIN tonghop.criterion k ON k.criterion_id = o.criterion_id;
COMMENT ON VIEW tonghop.v_observation IS 'Observations of the current revisions, exact: num is the number or numerator, den the denominator of a ratio, answer the choice, communes, narrative or reason of n/a';

-- --------------------------------------------------------------------------- rights

GRANT USAGE ON SCHEMA tonghop TO tonghop_writer, tonghop_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA tonghop TO tonghop_writer, tonghop_reader;
GRANT INSERT, UPDATE ON tonghop.district_head, tonghop.current_report, tonghop.rejection TO tonghop_writer;
GRANT INSERT ON tonghop.report TO tonghop_writer;

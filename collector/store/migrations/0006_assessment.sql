-- Final assessments, frozen (SEMANTICS 11). Run by `tonghop-collector migrate` as the
-- owner, once, in one transaction. Rows are never changed. Few rows, written by the
-- collector under the lock of the province's chain.

CREATE TABLE tonghop.assessment (
    number         integer PRIMARY KEY CHECK (number > 0),
    event_sequence bigint NOT NULL UNIQUE REFERENCES tonghop.province_event (sequence),
    kind           text NOT NULL CHECK (kind = 'final'),
    forms          text[] NOT NULL CHECK (cardinality(forms) > 0),
    period         text NOT NULL,
    as_of          timestamptz NOT NULL,
    frozen_at      timestamptz NOT NULL,
    account        text NOT NULL,
    role           text NOT NULL,
    acting_key     text,
    language       text NOT NULL CHECK (language IN ('vi', 'en')),
    style          text NOT NULL CHECK (style IN ('state', 'party')),
    exceptions     text NOT NULL
);
COMMENT ON TABLE tonghop.assessment IS 'Final assessments, frozen and numbered; reprinted from assessment_file for ever';
COMMENT ON COLUMN tonghop.assessment.number IS '1, 2, 3 ... without gaps';
COMMENT ON COLUMN tonghop.assessment.event_sequence IS 'The act in the province''s chain, whose payload says all that this row and the digests of its files say';
COMMENT ON COLUMN tonghop.assessment.kind IS 'Always final: preliminary ones are made anew each time';
COMMENT ON COLUMN tonghop.assessment.forms IS 'Codes of the forms';
COMMENT ON COLUMN tonghop.assessment.period IS 'Identifier of the period';
COMMENT ON COLUMN tonghop.assessment.as_of IS 'Instant that all figures are as of';
COMMENT ON COLUMN tonghop.assessment.frozen_at IS 'Instant of the act, that of the province''s chain';
COMMENT ON COLUMN tonghop.assessment.account IS 'Account that froze it';
COMMENT ON COLUMN tonghop.assessment.role IS 'Effective role: approver or admin';
COMMENT ON COLUMN tonghop.assessment.acting_key IS 'Name of the portal''s key that acted for the account; NULL: the account''s own key';
COMMENT ON COLUMN tonghop.assessment.language IS 'Of the document: vi or en';
COMMENT ON COLUMN tonghop.assessment.style IS 'Heading block: state or party';
COMMENT ON COLUMN tonghop.assessment.exceptions IS 'Expected reports that it does without, as a JSON array of objects: district, form, period, reason, why';

CREATE TABLE tonghop.assessment_file (
    number  integer NOT NULL REFERENCES tonghop.assessment (number),
    format  text NOT NULL CHECK (format IN ('html', 'xlsx')),
    digest  bytea NOT NULL CHECK (octet_length(digest) = 32),
    content bytea NOT NULL CHECK (octet_length(content) <= 4194304),
    PRIMARY KEY (number, format)
);
COMMENT ON TABLE tonghop.assessment_file IS 'The exact files of final assessments';
COMMENT ON COLUMN tonghop.assessment_file.number IS 'The assessment';
COMMENT ON COLUMN tonghop.assessment_file.format IS 'html or xlsx';
COMMENT ON COLUMN tonghop.assessment_file.digest IS 'SHA-256 of content';
COMMENT ON COLUMN tonghop.assessment_file.content IS 'The exact bytes';

GRANT SELECT ON tonghop.assessment, tonghop.assessment_file TO tonghop_writer, tonghop_reader;
GRANT INSERT ON tonghop.assessment, tonghop.assessment_file TO tonghop_writer;

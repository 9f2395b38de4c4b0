-- Schema of an office's outbox, version 1 (PRAGMA user_version).
-- Run by tonghop-reporter in one transaction when it makes a new outbox.db; later
-- versions add files beside this one. Costs: empty tables only.

PRAGMA application_id = 1953001314;
PRAGMA user_version = 1;

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What the office made. A row never goes: history stays after the answer.
-- `content` is the digest of what the report says, without id, revision and
-- instants, so that the same content is recognised when it is submitted again.
CREATE TABLE report (
    ordinal     INTEGER PRIMARY KEY AUTOINCREMENT, -- order of creation and delivery
    report_id   BLOB NOT NULL UNIQUE CHECK (length(report_id) = 16),
    form        TEXT NOT NULL,
    period      TEXT NOT NULL,
    revision    INTEGER NOT NULL CHECK (revision > 0),
    digest      BLOB NOT NULL CHECK (length(digest) = 32),
    content     BLOB NOT NULL CHECK (length(content) = 32),
    file        TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'accepted', 'rejected')),
    created_us  INTEGER NOT NULL,
    answered_us INTEGER NOT NULL DEFAULT 0, -- the province's clock; 0: no answer yet
    epoch       INTEGER NOT NULL DEFAULT 0, -- of the entry that accepted it
    sequence    INTEGER NOT NULL DEFAULT 0,
    known_revision INTEGER NOT NULL DEFAULT 0, -- the current one, told by revision.stale
    problems    TEXT NOT NULL DEFAULT '[]', -- of the last answer, as JSON
    body        BLOB NOT NULL, -- last, so that lists need not read past it
    UNIQUE (form, period, revision)
) STRICT;
CREATE INDEX report_queue ON report (ordinal) WHERE state = 'queued';
CREATE INDEX report_queue_key ON report (form, period, revision) WHERE state = 'queued';

-- The district's chain as far as the office knows it, without gaps; entries of
-- imports are here too.
CREATE TABLE entry (
    epoch          INTEGER NOT NULL,
    sequence       INTEGER NOT NULL,
    report_id      BLOB NOT NULL CHECK (length(report_id) = 16),
    form           TEXT NOT NULL,
    period         TEXT NOT NULL,
    revision       INTEGER NOT NULL,
    digest         BLOB NOT NULL CHECK (length(digest) = 32),
    accepted_at_us INTEGER NOT NULL,
    hash           BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (epoch, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_key ON entry (form, period, revision);

-- Signatures: each covers the chain up to its last entry.
CREATE TABLE receipt_run (
    epoch          INTEGER NOT NULL,
    last_sequence  INTEGER NOT NULL,
    first_sequence INTEGER NOT NULL,
    previous_hash  BLOB NOT NULL CHECK (length(previous_hash) = 32),
    key_id         BLOB NOT NULL CHECK (length(key_id) = 8),
    signature      BLOB NOT NULL CHECK (length(signature) = 64),
    received_us    INTEGER NOT NULL,
    PRIMARY KEY (epoch, last_sequence)
) STRICT, WITHOUT ROWID;

-- Every rejection that came, signed by the province: `message` is the serialised
-- tonghop.v1.Rejection.
CREATE TABLE rejection (
    ordinal        INTEGER PRIMARY KEY AUTOINCREMENT,
    report_id      BLOB NOT NULL CHECK (length(report_id) = 16),
    rejected_at_us INTEGER NOT NULL,
    message        BLOB NOT NULL,
    received_us    INTEGER NOT NULL
) STRICT;

-- The catalogue in force: the serialised tonghop.v1.CatalogueBundle.
CREATE TABLE catalogue (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    version    INTEGER NOT NULL,
    digest     BLOB NOT NULL CHECK (length(digest) = 32),
    bundle     BLOB NOT NULL,
    fetched_us INTEGER NOT NULL
) STRICT;

CREATE TABLE notice (
    notice_id   INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    form        TEXT NOT NULL,
    period      TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    text        TEXT NOT NULL,
    comments    TEXT NOT NULL, -- JSON: [{"criterion": ..., "text": ...}]
    at_us       INTEGER NOT NULL,
    received_us INTEGER NOT NULL
) STRICT;

-- How delivery stands, for `status`; one row.
CREATE TABLE link (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    connected  INTEGER NOT NULL,
    endpoint   TEXT NOT NULL,
    reason     TEXT NOT NULL,
    since_us   INTEGER NOT NULL,
    greeted_us INTEGER NOT NULL
) STRICT;

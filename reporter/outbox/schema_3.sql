-- Schema of an office's outbox, from version 2 to 3: reports that wait for sign-off. Run by
-- tonghop-reporter in one transaction when it opens an outbox of version 2, or makes a new
-- one. Costs: an empty table only.

PRAGMA user_version = 3;

-- Apart from `report`: delivery reads that table alone, so that nothing is sent which was
-- not released. A row goes when it is released (it is a report then) or withdrawn.
CREATE TABLE draft (
    draft_id    BLOB NOT NULL UNIQUE CHECK (length(draft_id) = 16), -- becomes the report's id
    form        TEXT NOT NULL,
    period      TEXT NOT NULL,
    file        TEXT NOT NULL, -- name it was submitted under
    state       TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'prepared')),
    created_us  INTEGER NOT NULL,
    prepared_us INTEGER NOT NULL DEFAULT 0, -- 0: not prepared
    content     BLOB NOT NULL CHECK (length(content) = 32), -- as of `report`; zeros: not prepared
    body        BLOB NOT NULL, -- draft: the file's bytes; prepared: the report, without revision
    PRIMARY KEY (form, period)
) STRICT;

-- Schema of an office's outbox, from version 1 to 2: notices tell until when a period is
-- open, and which of them people have read. Run by tonghop-reporter in one transaction when
-- it opens an outbox of version 1, or makes a new one. Costs: the few notices are indexed.

PRAGMA user_version = 2;

ALTER TABLE notice ADD COLUMN until_us INTEGER NOT NULL DEFAULT 0; -- 0: not told
ALTER TABLE notice ADD COLUMN read_us INTEGER NOT NULL DEFAULT 0;  -- shown to people; 0: not yet
CREATE INDEX notice_key ON notice (form, period, notice_id);

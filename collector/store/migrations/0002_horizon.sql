-- The horizon of as-of answers (SEMANTICS 9). Run by `tonghop-collector migrate` as the
-- owner, once, in one transaction, while no collector runs: one of before would write
-- without registering. Citus: stays a local table of the coordinator, which every
-- collector connects to, as advisory locks are a node's own.

CREATE TABLE tonghop.horizon (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    ceiling   timestamptz NOT NULL,
    published timestamptz NOT NULL,
    CHECK (published <= ceiling)
) WITH (fillfactor = 20);
COMMENT ON TABLE tonghop.horizon IS 'Up to which instant questions may be asked as of; one row, moved about every second by each collector (docs/architecture.md)';
COMMENT ON COLUMN tonghop.horizon.only_row IS 'Always true: there is one row';
COMMENT ON COLUMN tonghop.horizon.ceiling IS 'Whoever accepts a report or a catalogue and reads this does so later than this; never decreases';
COMMENT ON COLUMN tonghop.horizon.published IS 'No transaction can still commit a report or a catalogue accepted at this instant or before; never decreases';
INSERT INTO tonghop.horizon (ceiling, published)
VALUES (timestamptz '1970-01-01 00:00:00+00', timestamptz '1970-01-01 00:00:00+00');

GRANT SELECT ON tonghop.horizon TO tonghop_writer, tonghop_reader;
GRANT UPDATE (ceiling, published) ON tonghop.horizon TO tonghop_writer;

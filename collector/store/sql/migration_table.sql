-- First act of `tonghop-collector migrate`, as the owner, in the transaction of each
-- migration; harmless when repeated.
CREATE SCHEMA IF NOT EXISTS tonghop;
COMMENT ON SCHEMA tonghop IS 'Reports of the districts, their ledger, and who may send them';

CREATE TABLE IF NOT EXISTS tonghop.schema_migration (
    version    integer PRIMARY KEY CHECK (version > 0),
    name       text NOT NULL,
    applied_at timestamptz NOT NULL
);
COMMENT ON TABLE tonghop.schema_migration IS 'Migrations that were applied; programs start on the version that they were built for only';
COMMENT ON COLUMN tonghop.schema_migration.version IS '1, 2, 3 ...';
COMMENT ON COLUMN tonghop.schema_migration.name IS 'File name of the migration';
COMMENT ON COLUMN tonghop.schema_migration.applied_at IS 'When it was applied';

GRANT USAGE ON SCHEMA tonghop TO tonghop_writer, tonghop_reader;
GRANT SELECT ON tonghop.schema_migration TO tonghop_writer, tonghop_reader;

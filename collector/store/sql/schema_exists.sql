-- Run by migrate and by the check at start, before it reads the version: in a database
-- that was never migrated that statement could not even be prepared.
SELECT to_regclass('tonghop.schema_migration') IS NOT NULL

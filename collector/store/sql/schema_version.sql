-- Run by every program at start and by migrate; one index look-up. Fails with 42P01
-- or 3F000 in a database that was never migrated.
SELECT coalesce(max(version), 0)::integer FROM tonghop.schema_migration

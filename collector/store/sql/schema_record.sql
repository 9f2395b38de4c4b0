-- Last statement of a migration's transaction; one row.
INSERT INTO tonghop.schema_migration (version, name, applied_at)
VALUES ($1::integer, $2::text, clock_timestamp())

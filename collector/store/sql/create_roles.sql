-- Run by `tonghop-collector migrate` as the owner, once a migration; only when a role
-- is missing does it need the right to create roles.
DO $roles$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'tonghop_writer') THEN
        CREATE ROLE tonghop_writer NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'tonghop_reader') THEN
        CREATE ROLE tonghop_reader NOLOGIN;
    END IF;
END
$roles$

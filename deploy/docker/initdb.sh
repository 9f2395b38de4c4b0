#!/bin/sh
# Run by the database's first start: the collector's account, with the writer's
# rights only. `tonghop-collector migrate` grants them to the group.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
     -v password="$(cat /state/secrets/collector-password)" <<'SQL'
CREATE ROLE tonghop_writer NOLOGIN;
CREATE ROLE tonghop_reader NOLOGIN;
CREATE ROLE collector LOGIN PASSWORD :'password' IN ROLE tonghop_writer;
SQL

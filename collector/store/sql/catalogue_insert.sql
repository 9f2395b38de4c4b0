-- One import; one row. $1 version, $2 content, $3 digest, $4 imported_at.
INSERT INTO tonghop.catalogue_version (version, content, digest, imported_at)
VALUES ($1::bigint, $2::bytea, $3::bytea, $4::timestamptz)

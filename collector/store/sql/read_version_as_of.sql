-- Each query as of an instant: the catalogue that was in force then (0: none yet). The
-- whole table without its contents, some hundred rows. $1: the instant.
SELECT coalesce(max(version), 0)
FROM tonghop.catalogue_version
WHERE imported_at <= $1::timestamptz

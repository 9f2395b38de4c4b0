-- `verify`: the next catalogue version, whole; one row of some 100 kB. $1 the version
-- after which it comes.
SELECT version, content, digest
FROM tonghop.catalogue_version
WHERE version > $1::bigint
ORDER BY version
LIMIT 1

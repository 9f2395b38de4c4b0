-- Run at start, after an import, and in a batch that finds another version in force;
-- one row of some 100 kB. $1: the version, 0: the one in force.
SELECT version, content
FROM tonghop.catalogue_version
WHERE version = CASE WHEN $1::bigint > 0 THEN $1::bigint
                     ELSE (SELECT max(version) FROM tonghop.catalogue_version) END

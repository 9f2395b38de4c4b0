-- The version in force; the last entry of an index. Run under the lock of imports, and
-- by each query for its snapshot.
SELECT coalesce(max(version), 0) FROM tonghop.catalogue_version

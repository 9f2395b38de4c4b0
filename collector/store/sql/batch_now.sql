-- Each batch, after its locks: the clock that its entries bear, and the catalogue in
-- force.
SELECT clock_timestamp(), (SELECT coalesce(max(version), 0) FROM tonghop.catalogue_version)

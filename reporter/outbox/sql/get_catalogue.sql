-- Every command that needs the catalogue. One row of up to some hundred KiB.
SELECT version, digest, fetched_us, bundle FROM catalogue;

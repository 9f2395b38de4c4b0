-- Delivery at every greeting, `status`. One row without its bytes.
SELECT version, digest, fetched_us FROM catalogue;

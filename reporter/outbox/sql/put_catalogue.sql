-- Delivery, when the province has another catalogue. Replaces one row.
INSERT INTO catalogue (one, version, digest, bundle, fetched_us) VALUES (1, ?1, ?2, ?3, ?4)
ON CONFLICT (one) DO UPDATE SET version = excluded.version, digest = excluded.digest,
    bundle = excluded.bundle, fetched_us = excluded.fetched_us;

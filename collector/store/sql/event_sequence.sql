-- Polled every second by each collector; the last entry of an index.
SELECT coalesce(max(sequence), 0) FROM tonghop.province_event

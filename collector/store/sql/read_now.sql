-- First of each query: fixes its snapshot, and tells when; the horizon as this snapshot
-- has it.
SELECT clock_timestamp(), h.published FROM tonghop.horizon AS h

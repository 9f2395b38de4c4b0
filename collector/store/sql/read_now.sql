-- First of each query: fixes its snapshot, and tells when.
SELECT clock_timestamp()

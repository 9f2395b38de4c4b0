-- `submit --wait`, five times a second: changes when another process has written.
-- Reads the shared index of the write-ahead log only.
PRAGMA data_version;

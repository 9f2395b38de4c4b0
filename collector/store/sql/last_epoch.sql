-- `heads`: the epoch of the last restoration, 0 when there was none.
SELECT coalesce(max(epoch), 0) FROM tonghop.restoration

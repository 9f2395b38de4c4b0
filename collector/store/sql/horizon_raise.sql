-- Every second by each collector, in a transaction of its own under the lock of the
-- horizon: whoever reads the ceiling from now on accepts later than this instant. One row.
UPDATE tonghop.horizon SET ceiling = greatest(ceiling, clock_timestamp())

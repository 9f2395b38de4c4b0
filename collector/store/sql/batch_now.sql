-- Each batch, after its locks and its registration: the instant that its entries bear
-- (the clock, but always later than the horizon's ceiling), and the catalogue in force.
SELECT greatest(clock_timestamp(), h.ceiling + interval '1 microsecond'),
       (SELECT coalesce(max(version), 0) FROM tonghop.catalogue_version)
FROM tonghop.horizon AS h

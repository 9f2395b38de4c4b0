-- Every command of tonghop-reporter, at its start. One look-up by primary key.
SELECT value FROM setting WHERE name = ?1;

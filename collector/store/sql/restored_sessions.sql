-- `restored`, first: the collectors' connections to this database; their names are shown
-- to every role.
SELECT count(*)
FROM pg_stat_activity
WHERE datname = current_database()
  AND application_name IN ('tonghop-writer', 'tonghop-lookup', 'tonghop-collector query',
                           'tonghop-start')

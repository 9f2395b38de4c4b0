-- Ends a transaction without keeping anything.
ROLLBACK

-- Each query: one snapshot for all that it reads, and no rights to write.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY

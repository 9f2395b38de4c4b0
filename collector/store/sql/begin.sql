-- Every writing transaction begins with this. READ COMMITTED on purpose: a statement
-- after the lock of the heads sees what the lock waited for.
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE

-- Ends every writing transaction that keeps its work.
COMMIT

-- First statement of every connection, in every role; costs nothing. Answers whether
-- the database is encoded in UTF8.
SELECT pg_catalog.current_setting('server_encoding') = 'UTF8',
       pg_catalog.set_config('search_path', 'pg_catalog', false),
       pg_catalog.set_config('jit', 'off', false)

-- `verify`, each catalogue version: whether the province's chain records its import with
-- this digest; reads the acts of kind catalogue, which are few. Compared as text: what
-- was tampered with need not be JSON. $1 version, $2 digest in hexadecimal.
SELECT EXISTS (
    SELECT FROM tonghop.province_event AS e
    WHERE e.kind = 'catalogue'
      AND position('"digest":"' || $2::text || '"' IN e.payload) > 0
      AND (position('"version":' || $1::bigint || ',' IN e.payload) > 0
           OR position('"version":' || $1::bigint || '}' IN e.payload) > 0))

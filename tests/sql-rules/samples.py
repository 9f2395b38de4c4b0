"""Statements that each break one rule, which must be found, and near ones that break none."""

from rules import of_table, of_text
from schema import Schema
from tree import statements

TABLES = """
CREATE TABLE tonghop.report (district_id integer NOT NULL, n integer, at timestamptz,
                             PRIMARY KEY (district_id, n));
CREATE TABLE tonghop.head (district_id integer PRIMARY KEY, n integer, at timestamptz);
CREATE TABLE tonghop.form (form_id integer PRIMARY KEY, parent integer);
CREATE TABLE tonghop.place (district_id integer PRIMARY KEY, code text UNIQUE);
CREATE TABLE tonghop.alone (at timestamptz);
CREATE VIEW tonghop.v_report AS SELECT * FROM tonghop.report;
"""

BAD = [
    ("key", "CREATE TABLE tonghop.x (district_id integer, n integer PRIMARY KEY)"),
    ("key", "CREATE TABLE tonghop.x (district_id integer PRIMARY KEY, n integer UNIQUE)"),
    ("key", "CREATE TABLE tonghop.x (district_id integer, n integer);"
            "CREATE UNIQUE INDEX ON tonghop.x (n)"),
    ("key", "CREATE TABLE tonghop.x (district_id integer, n integer);"
            "ALTER TABLE tonghop.x ADD CONSTRAINT x_n UNIQUE (n)"),
    ("key", "CREATE TABLE tonghop.x (district_id integer, n int4range, "
            "EXCLUDE USING gist (n WITH &&))"),
    ("foreign", "CREATE TABLE tonghop.x (n integer REFERENCES tonghop.head (n))"),
    ("foreign", "CREATE TABLE tonghop.x (district_id integer, n integer REFERENCES tonghop.head)"),
    ("foreign", "CREATE TABLE tonghop.x (district_id integer REFERENCES tonghop.place "
                "ON DELETE SET NULL)"),
    ("foreign", "CREATE TABLE tonghop.x (district_id integer, n integer);"
                "ALTER TABLE tonghop.x ADD FOREIGN KEY (n) REFERENCES tonghop.form"),
    ("identity", "CREATE TABLE tonghop.x (district_id integer, "
                 "n integer GENERATED ALWAYS AS IDENTITY)"),
    ("identity", "CREATE TABLE tonghop.x (district_id integer, n serial)"),
    ("trigger", "CREATE TRIGGER t AFTER INSERT ON tonghop.form EXECUTE FUNCTION f()"),
    ("trigger", "CREATE RULE r AS ON INSERT TO tonghop.form DO INSTEAD NOTHING"),
    ("merge", "MERGE INTO tonghop.report AS r USING tonghop.form AS f ON r.n = f.form_id "
              "WHEN MATCHED THEN DO NOTHING"),
    ("copy", "COPY tonghop.report FROM STDIN WHERE n > 0"),
    ("cursor", "DELETE FROM tonghop.report WHERE CURRENT OF c"),
    ("prepare", "PREPARE TRANSACTION 'x'"),
    ("temporary", "CREATE TEMP TABLE x (n integer)"),
    ("partition", "CREATE TABLE tonghop.x PARTITION OF tonghop.report FOR VALUES FROM (1) TO (2) "
                  "PARTITION BY RANGE (n)"),
    ("partition", "ALTER TABLE tonghop.report DETACH PARTITION tonghop.x CONCURRENTLY"),
    ("view", "INSERT INTO tonghop.v_report VALUES (1, 2)"),
    ("moved", "UPDATE tonghop.report SET district_id = $1 WHERE n = 2"),
    ("moved", "INSERT INTO tonghop.head VALUES (1, 2) ON CONFLICT (district_id) DO UPDATE "
              "SET district_id = excluded.district_id"),
    ("conflict", "INSERT INTO tonghop.report (district_id, n) SELECT u, 1 FROM unnest($1) AS u"),
    ("mixed", "WITH w AS (INSERT INTO tonghop.form VALUES (1, 2)) SELECT * FROM tonghop.report"),
    ("mixed", "INSERT INTO tonghop.form SELECT max(n), 1 FROM tonghop.report"),
    ("volatile", "INSERT INTO tonghop.head VALUES (1, 2) ON CONFLICT (district_id) DO UPDATE "
                 "SET at = now()"),
    ("volatile", "INSERT INTO tonghop.head VALUES (1, 2) ON CONFLICT (district_id) DO UPDATE "
                 "SET at = current_timestamp"),
    ("volatile", "INSERT INTO tonghop.head AS h VALUES (1, 2) ON CONFLICT (district_id) DO UPDATE "
                 "SET n = excluded.n WHERE h.at < clock_timestamp()"),
    ("volatile", "INSERT INTO tonghop.head VALUES (1, 2) ON CONFLICT (district_id) DO UPDATE "
                 "SET n = (SELECT max(form_id) FROM tonghop.form)"),
    ("volatile", "UPDATE tonghop.report SET at = now() WHERE district_id = $1"),
    ("grouping", "SELECT district_id, sum(n) FROM tonghop.report GROUP BY ROLLUP (district_id)"),
    ("grouping", "SELECT r.n FROM tonghop.form AS f JOIN tonghop.report AS r ON r.n = f.form_id "
                 "GROUP BY GROUPING SETS ((r.n), ())"),
    ("recursion", "WITH RECURSIVE x AS (SELECT n FROM tonghop.report UNION ALL SELECT n FROM x) "
                  "SELECT * FROM x"),
    ("join", "SELECT 1 FROM tonghop.report AS r JOIN tonghop.head AS h ON h.n = r.n"),
    ("join", "SELECT 1 FROM tonghop.report AS r, tonghop.report AS s "
             "WHERE r.district_id = s.district_id + 1"),
    ("join", "SELECT 1 FROM tonghop.report AS r JOIN tonghop.head AS h USING (n)"),
    ("join", "SELECT 1 FROM tonghop.report AS r WHERE EXISTS (SELECT FROM tonghop.head AS h "
             "WHERE h.n = r.n)"),
    ("join", "SELECT 1 FROM tonghop.report AS r JOIN tonghop.head AS h "
             "ON r.district_id = $1 AND h.district_id = $2"),
    ("limit", "SELECT 1 FROM tonghop.place AS p CROSS JOIN LATERAL (SELECT n FROM tonghop.report "
              "AS r WHERE r.district_id = p.district_id ORDER BY n LIMIT 1) AS l"),
    ("limit", "SELECT 1 FROM unnest($1::integer[]) AS u (d) CROSS JOIN LATERAL (SELECT n "
              "FROM tonghop.report AS r WHERE r.district_id = u.d LIMIT 1) AS l"),
    ("rows locked", "SELECT n FROM tonghop.report WHERE n = $1 FOR UPDATE"),
    ("rows locked", "SELECT n FROM tonghop.report FOR UPDATE SKIP LOCKED"),
    ("node", "SELECT pg_advisory_xact_lock(1)"),
    ("node", "SELECT count(*) FROM pg_stat_activity"),
    ("grouping", "CREATE FUNCTION tonghop.f() RETURNS integer LANGUAGE sql AS $$ SELECT n "
                 "FROM tonghop.report GROUP BY CUBE (n) $$"),
    ("join", "CREATE VIEW tonghop.v_bad AS SELECT 1 FROM tonghop.report AS r, tonghop.head AS h"),
]

GOOD = [
    "CREATE TABLE tonghop.x (district_id integer REFERENCES tonghop.place, n bigint "
    "GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (district_id, n))",
    "CREATE TABLE tonghop.x (district_id integer, n integer, FOREIGN KEY (district_id, n) "
    "REFERENCES tonghop.report (district_id, n))",
    "INSERT INTO tonghop.head AS h SELECT u, 1, now() FROM unnest($1) AS u ON CONFLICT "
    "(district_id) DO UPDATE SET n = greatest(h.n, excluded.n), at = coalesce(h.at, excluded.at)",
    "INSERT INTO tonghop.report VALUES ($1, 1)",
    "UPDATE tonghop.alone SET at = clock_timestamp()",
    "WITH a AS MATERIALIZED (SELECT district_id, sum(n) AS n FROM tonghop.report GROUP BY 1) "
    "SELECT district_id, sum(n) FROM a GROUP BY ROLLUP (district_id)",
    "WITH RECURSIVE f AS (SELECT parent FROM tonghop.form UNION SELECT form_id FROM f) TABLE f",
    "SELECT 1 FROM tonghop.report AS r JOIN tonghop.head AS h USING (district_id)",
    "SELECT 1 FROM tonghop.report AS r JOIN tonghop.place AS p USING (district_id) "
    "LEFT JOIN tonghop.head AS h ON h.district_id = p.district_id",
    "SELECT 1 FROM tonghop.report AS r JOIN tonghop.head AS h ON r.district_id = $1 "
    "AND h.district_id = $1::integer",
    "SELECT 1 FROM tonghop.head AS h CROSS JOIN LATERAL (SELECT n FROM tonghop.report AS r "
    "WHERE r.district_id = h.district_id ORDER BY n LIMIT 1) AS l",
    "SELECT n FROM tonghop.report WHERE district_id = $1 FOR UPDATE",
    "SELECT (SELECT count(*) FROM tonghop.place), count(*) FROM tonghop.report",
]


def found_in(text):
    """The rules that a text breaks; tables that it makes count too."""
    schema = Schema({"alone": "sample"}, {"place": "sample"})
    for statement in statements(TABLES + ";" + text):
        schema.add(statement)
    made = [table for name, table in schema.tables.items() if name == "x"]
    return ([rule for table in made for rule, _ in of_table(schema, table)]
            + [rule for rule, _ in of_text(schema, text)])


def check():
    for rule, text in BAD:
        found = set(found_in(text))
        if found != {rule}:
            yield f"sample: want {rule}, found {', '.join(sorted(found)) or 'nothing'}: {text}"
    for text in GOOD:
        found = found_in(text)
        if found:
            yield f"sample: want nothing, found {', '.join(found)}: {text}"

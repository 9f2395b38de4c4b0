"""What each role of the database may do, by trying it: the daemon's writer cannot change what
it accepted, nor any table's form; the reader can read and nothing else (in full in sql-views);
the owner is needed for migrate and the administrative commands only."""

import subprocess

from harness import EXAMPLES, Province, check, check_equal, main

# What the daemon does to rows that are there: heads, what counts now, rejections that come
# again, acknowledged notices, the horizon's two columns, and of an enrolment what its office
# holds. Nothing of the ledger.
MAY_UPDATE = {"district_head", "current_report", "rejection", "notice_ack"}
MAY_INSERT = MAY_UPDATE | {"report", "state_change", "province_event", "assessment",
                           "assessment_file"}
LEDGER = {"report", "province_event", "state_change", "assessment", "assessment_file",
          "catalogue_version", "enrolment", "lock_exception", "restoration"}


def attempt(province, user, statement):
    """SQLSTATE of what was refused, '' when it was done. Never committed."""
    done = subprocess.run(
        [str(province.cluster.bin / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v",
         "VERBOSITY=sqlstate", province.cluster.conninfo(user), "-c",
         f"BEGIN; {statement}; ROLLBACK"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True)
    return done.stderr.split("ERROR:")[-1].strip() if done.returncode else ""


def tables(province):
    """{table: its first column that is no identity}"""
    return dict(province.cluster.query(
        "SELECT c.relname, (SELECT quote_ident(a.attname) FROM pg_attribute a WHERE "
        "a.attrelid = c.oid AND a.attnum > 0 AND a.attidentity = '' ORDER BY a.attnum LIMIT 1) "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'tonghop' AND c.relkind IN ('r', 'p')"))


def writer(province):
    found, count = tables(province), 0
    check(LEDGER <= set(found), f"the ledger's tables are there: {LEDGER - set(found)}")
    for table, column in sorted(found.items()):
        name = f"tonghop.{table}"
        allowed = {"INSERT": table in MAY_INSERT, "UPDATE": table in MAY_UPDATE,
                   "DELETE": False, "TRUNCATE": False, "DROP": False, "ALTER": False,
                   "TRIGGER": False, "SELECT": True}
        statements = {
            # Nothing is inserted: the right is asked for all the same.
            "INSERT": f"INSERT INTO {name} ({column}) SELECT {column} FROM {name} WHERE false",
            "UPDATE": f"UPDATE {name} SET {column} = {column} WHERE false",
            "DELETE": f"DELETE FROM {name} WHERE false", "TRUNCATE": f"TRUNCATE {name} CASCADE",
            "DROP": f"DROP TABLE {name} CASCADE", "ALTER": f"ALTER TABLE {name} ADD COLUMN x int",
            "TRIGGER": f"ALTER TABLE {name} DISABLE TRIGGER ALL",
            "SELECT": f"SELECT 1 FROM {name} LIMIT 1"}
        for right, statement in statements.items():
            got = attempt(province, "collector", statement)
            check_equal(got, "" if allowed[right] else "42501", f"the writer: {statement}")
            count += 1
    for statement in ("CREATE TABLE tonghop.x (i int)", "CREATE TABLE public.x (i int)",
                      "DROP SCHEMA tonghop CASCADE", "CREATE ROLE x", "SET ROLE owner",
                      "ALTER ROLE collector SUPERUSER", "CREATE EXTENSION dblink",
                      "COPY tonghop.report TO PROGRAM 'cat'",
                      "UPDATE tonghop.horizon SET only_row = only_row"):
        got = attempt(province, "collector", statement)
        check(got == "42501", f"the writer: {statement}: {got!r}")
        count += 1
    check_equal(attempt(province, "collector",
                        "UPDATE tonghop.enrolment SET announced_at = announced_at"), "",
                "the writer: which announcement an office holds")
    check_equal(attempt(province, "collector", "UPDATE tonghop.horizon SET ceiling = ceiling"), "",
                "the writer moves the horizon")
    print(f"writer: {count} attempts as they should be", flush=True)


def reader(province):
    province.cluster.query("CREATE ROLE bi LOGIN; GRANT tonghop_reader TO bi")
    for table, column in sorted(tables(province).items()):
        name = f"tonghop.{table}"
        check_equal(attempt(province, "bi", f"SELECT 1 FROM {name} LIMIT 1"), "", f"reads {name}")
        for statement in (f"INSERT INTO {name} ({column}) SELECT {column} FROM {name} WHERE false",
                          f"UPDATE {name} SET {column} = {column} WHERE false",
                          f"DELETE FROM {name} WHERE false"):
            check_equal(attempt(province, "bi", statement), "42501", f"the reader: {statement}")


def owner_only(province):
    """As the writer, migrate and administrative commands are refused; the daemon runs."""
    collector = province.collectors[0]
    before = province.cluster.value("SELECT count(*) FROM tonghop.province_event")
    collector.write_config(owner_database=province.cluster.conninfo("collector"))
    commands = (["enrol", "district", "194", "cd" * 32, "--bundle", province.folder / "x"],
                ["revoke", province.folder / "office-193" / "key.pub"],
                ["unlock", "--form", "joint-agency", "--period", "2024-01", "--district", "193",
                 "--until", "2099-12-31", "--reason", "x"])
    for command in commands:
        result = collector.command(*command)
        check(result.status != 0 and "permission" in result.err,
              f"{command[0]} as the writer ends with {result.status}:\n{result.err}")
    # There is a step to make: what is lacking is the right alone.
    province.undo_migrations(9)
    result = collector.command("migrate")
    check(result.status != 0 and ("permission" in result.err or "owner" in result.err),
          f"migrate as the writer: {result.err}")
    collector.write_config(owner_database=province.cluster.conninfo())
    collector.command("migrate").ok()
    check_equal(province.cluster.value("SELECT count(*) FROM tonghop.province_event"), before,
                "nothing was done by what was refused")


def scenario():
    with Province() as province:
        office = province.office("193").start()
        office.submit(EXAMPLES / "reports" / "2024" / "193" / "joint-agency-2024-01.csv").ok()
        writer(province)
        reader(province)
        office.stop()
        province.collectors[0].stop()
        owner_only(province)
        province.collectors[0].command("verify").ok()


main(scenario)

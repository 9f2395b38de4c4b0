"""SQL for BI: what psql reads from the views as the reader's role is, row by row, what the
commission's command line gives and what the computation of tests/independent says, for the
sample province and for random ones; the catalogue's rows are there after a migration, are
verified and rebuilt; and the reader can write nothing."""

import csv
import io
import os
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "independent")]

from harness import EXAMPLES, Province, check, check_equal, main, postgres_bin  # noqa: E402

import compare  # noqa: E402
from generate import make_seed  # noqa: E402
from product import Ground, Product  # noqa: E402
from answers import answer_rows  # noqa: E402
from reference import Question, View  # noqa: E402

SEEDS = [int(seed) for seed in os.environ.get("TONGHOP_SQL_SEEDS", "1 2 3").split()]
FIGURE = ("form period district criterion kind reported expected not_applicable num den value "
          "choice").split()
COUNTS = ("expected received complete empty on_time late not_yet_due missing returned approved "
          "historic").split()


def psql(cluster, statement, user="bi"):
    """What psql did with one statement."""
    return subprocess.run(
        [str(postgres_bin() / "psql"), "-X", "-q", "--csv", "-v", "ON_ERROR_STOP=1",
         "-v", "VERBOSITY=sqlstate", cluster.conninfo(user), "-c", statement],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ask(cluster, statement):
    done = psql(cluster, statement)
    check(done.returncode == 0, f"the reader was refused: {statement}\n{done.stderr}")
    return list(csv.DictReader(io.StringIO(done.stdout)))


def ordered(rows, columns):
    """Rows as tuples in any one order, lists of communes in theirs."""
    def cell(row, name):
        return " ".join(sorted(row[name].split())) if name == "members" else row[name]
    return sorted(tuple(cell(row, name) for name in columns) for row in rows)


def check_rows(got, want, columns, what):
    got, want = ordered(got, columns), ordered(want, columns)
    if got != want:
        lines = [f"  view only:  {row}" for row in got if row not in want][:5]
        lines += [f"  other only: {row}" for row in want if row not in got][:5]
        check(False, f"{what}: {len(got)} rows of {len(want)}\n" + "\n".join(lines))
    return len(got)


def by_period(rows):
    parts = {}
    for row in rows:
        parts.setdefault(row["period"], []).append(row)
    return parts


def view_figures(cluster, form, where):
    columns = ", ".join(FIGURE) + ", array_to_string(communes, ' ') AS members"
    return by_period(row for view in ("v_consolidated_district", "v_consolidated_province")
                     for row in ask(cluster, f"SELECT {columns} FROM tonghop.{view} "
                                             f"WHERE form = '{form}' AND {where}"))


def view_counts(cluster, form, where):
    """The districts' rows, and the province as their sum."""
    sums = ", ".join(f"sum({name})" for name in COUNTS)
    return by_period(ask(
        cluster, f"SELECT form, period, district, {', '.join(COUNTS)} FROM tonghop.v_completeness "
                 f"WHERE form = '{form}' AND {where} UNION ALL "
                 f"SELECT form, period, '*', {sums} FROM tonghop.v_completeness "
                 f"WHERE form = '{form}' AND {where} GROUP BY form, period"))


def command_rows(commission, command, form, periods, *arguments):
    """The command line's answer for each period; of base periods in one question."""
    base = [p["period"] for p in periods if p["base"] == "t"]
    asked = [(p["period"], ()) for p in periods if p["base"] == "f"]
    if base:
        asked.append((f"{base[0]}..{base[-1]}", ("--by", "period")))
    answers = {}
    for period, by in asked:
        result = commission.command(command, "--form", form, "--period", period, *by,
                                    "--format", "csv", *arguments)
        check(result.status == 0 or "period" in result.err, f"{result.command}: {result.err}")
        answers.update(by_period(result.rows() if result.status == 0 else []))
    known = {p["period"] for p in periods}
    return {period: rows for period, rows in answers.items() if period in known}


def compare_form(cluster, commission, form, where="true", reference=None):
    """Every row of the views of one form; the number of rows."""
    periods = ask(cluster, f"SELECT period, base FROM tonghop.v_period WHERE form = '{form}' "
                           f"AND {where} ORDER BY first_day")
    check(periods, f"v_period knows no period of {form}")
    figures, counts = view_figures(cluster, form, where), view_counts(cluster, form, where)
    told = command_rows(commission, "consolidated", form, periods, "--members")
    came = command_rows(commission, "completeness", form, periods)
    check_equal(sorted(figures), sorted(told), f"periods with figures of {form}")
    check_equal(sorted(counts), sorted(came), f"periods with counts of {form}")
    rows = 0
    for period in told:
        rows += check_rows(figures[period], told[period], FIGURE + ["members"],
                           f"{form} {period} against `tonghop consolidated`")
        if reference:
            want = answer_rows(reference, Question([form], period, members=True)) or []
            check_rows(figures[period], want, FIGURE + ["members"],
                       f"{form} {period} against the reference")
    for period in came:
        rows += check_rows(counts[period], came[period], ["form", "period", "district"] + COUNTS,
                           f"{form} {period} against `tonghop completeness`")
    return rows


# ------------------------------------------------------------- random provinces


def random_provinces():
    with tempfile.TemporaryDirectory(prefix="tonghop-test-") as folder:
        pathlib.Path(folder).chmod(0o755)
        ground = Ground(folder)
        try:
            ground.cluster.query("CREATE ROLE bi LOGIN; GRANT tonghop_reader TO bi")
            for number in SEEDS:
                seed = make_seed(number, random.Random(number), compare.today())
                order = random.Random(number)
                with Product(ground, f"seed_{number}", seed.catalogue, order) as product:
                    compare.load(product, seed, compare.rounds_of(seed, order), order)
                    world = compare.make_world(product, seed.keys, [seed.catalogue])
                    moment = compare.now()
                    reference = View(world, moment, compare.day_of(moment))
                    rows = sum(compare_form(product.place.cluster, product.commission, form.code,
                                            reference=reference)
                               for form in seed.catalogue.forms)
                print(f"seed {number}: {rows} rows are the same", flush=True)
        finally:
            ground.stop()


# ---------------------------------------------------------- the sample province


def sample_figures(province, commission):
    where = ("(extract(year FROM last_day) IN (2019, 2020, 2023, 2024) "
             "OR last_day >= current_date OR level = 'named')")
    forms = [row["form"] for row in ask(province.cluster, "SELECT form FROM tonghop.v_form")]
    check_equal(len(forms), 4, "forms")
    rows = sum(compare_form(province.cluster, commission, form, where) for form in forms)
    print(f"sample: {rows} rows are the same", flush=True)


def sample_names(province):
    """The catalogue's own files, in words."""
    with open(EXAMPLES / "catalogue" / "communes.csv", encoding="utf-8", newline="") as stream:
        want = list(csv.DictReader(stream))
    for row in want:
        row["commune"], row["district"] = row["code"], row["district_code"]
    columns = "commune district name_vi name_en opened closed".split()
    check_rows(ask(province.cluster, "SELECT * FROM tonghop.v_commune"), want, columns, "communes")
    with open(EXAMPLES / "catalogue" / "districts.csv", encoding="utf-8", newline="") as stream:
        want = list(csv.DictReader(stream))
    for row in want:
        row["district"] = row["code"]
    columns = "district name_vi name_en kind communes opened closed".split()
    check_rows(ask(province.cluster, "SELECT * FROM tonghop.v_district"), want, columns,
               "districts")
    names = ask(province.cluster, "SELECT DISTINCT district_vi, criterion_en FROM "
                                  "tonghop.v_consolidated_district WHERE form = 'joint-agency' "
                                  "AND period = '2023-01' AND district = '193' "
                                  "AND criterion = 'staff-trained'")
    check_equal(names, [{"district_vi": "Thành phố Hạ Long",
                         "criterion_en": "Officials trained"}], "names beside a figure")


def refused(province):
    """Whatever the reader tries to change stays."""
    cluster = province.cluster
    relations = cluster.query(
        "SELECT c.oid::regclass, c.relkind, (SELECT quote_ident(a.attname) FROM pg_attribute a "
        "WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attidentity = '' LIMIT 1) FROM pg_class c JOIN pg_namespace n "
        "ON n.oid = c.relnamespace WHERE n.nspname = 'tonghop' AND c.relkind IN ('r', 'v', 'p')")
    check(len(relations) > 30, "tables and views")
    attempts = []
    for name, kind, column in relations:
        attempts += [(statement, kind == "v") for statement in (
            f"INSERT INTO {name} DEFAULT VALUES", f"DELETE FROM {name}",
            f"UPDATE {name} SET {column} = NULL", f"SELECT FROM {name} FOR UPDATE")]
        attempts += [] if kind == "v" else [(f"TRUNCATE {name}", False),
                                            (f"DROP TABLE {name}", False)]
        attempts += [(f"ALTER TABLE {name} RENAME TO x", False)]
    attempts += [(f"SELECT nextval('{name}')", False) for (name,) in cluster.query(
        "SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'tonghop' AND c.relkind = 'S'")]
    attempts += [("CREATE TABLE tonghop.x (i integer)", False),
                 ("CREATE TABLE public.x (i integer)", False),
                 ("CREATE OR REPLACE FUNCTION tonghop.today() RETURNS date LANGUAGE sql "
                  "AS 'SELECT current_date'", False), ("SET ROLE tonghop_writer", False)]
    for statement, view in attempts:
        done = psql(cluster, statement)
        check(done.returncode != 0, f"the reader may: {statement}")
        # A view that nothing can be written through is refused as such before its rights.
        known = {"42501"} | ({"55000", "0A000", "42601", "42809"} if view else set())
        check(any(code in done.stderr for code in known), f"{statement}: {done.stderr}")
    check_equal(cluster.query(
        "SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspname = 'tonghop' AND (p.provolatile = 'v' OR p.prosecdef)"),
        [], "functions that could write")
    print(f"reader: {len(attempts)} attempts refused", flush=True)


def kept_true(province):
    """The rows are derived: a change is found, and mended by `rebuild` and by `migrate`."""
    cluster, collector = province.cluster, province.collectors[0]
    for repair in ("rebuild", "migrate"):
        for change in ("UPDATE tonghop.district_opening SET closed = '2024-12-31' "
                       "WHERE closed IS NULL",
                       "DELETE FROM tonghop.holiday", "DELETE FROM tonghop.commune",
                       "UPDATE tonghop.criterion_calendar SET target = 0.5 WHERE position = 0",
                       "UPDATE tonghop.criterion_choice SET position = 7 WHERE position = 0"):
            cluster.query(change)
            found = collector.command("verify", "--format", "csv").expect(1).rows()
            check_equal({row["what"] for row in found}, {"catalogue_rows"}, change)
        collector.command(repair).ok()
        collector.command("verify").ok()


def commented(province):
    """Every table, view and column of a table has its comment."""
    check_equal(province.cluster.query(
        "SELECT c.oid::regclass, a.attname FROM pg_class c JOIN pg_namespace n "
        "ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid "
        "AND a.attnum > 0 AND c.relkind = 'r' AND NOT a.attisdropped "
        "WHERE n.nspname = 'tonghop' AND c.relkind IN ('r', 'v') "
        "AND c.relname <> 'schema_migration' AND (obj_description(c.oid, 'pg_class') IS NULL "
        "OR a.attnum IS NOT NULL AND col_description(c.oid, a.attnum) IS NULL)"),
        [], "without a comment")


def scenario():
    with Province() as province:
        province.cluster.query("CREATE ROLE bi LOGIN; GRANT tonghop_reader TO bi")
        collector = province.collectors[0]
        collector.command("import", EXAMPLES / "history-2023.csv").ok()
        # Some of the states that people give (`tonghop approve` writes the same column).
        province.cluster.query("UPDATE tonghop.current_report SET state = CASE period % 3 "
                               "WHEN 0 THEN 'approved' WHEN 1 THEN 'returned' ELSE state END")
        sample_figures(province, province.commission())
        sample_names(province)
        commented(province)
        refused(province)
        province.cluster.query("UPDATE tonghop.current_report SET state = 'received'")
        kept_true(province)
    random_provinces()


main(scenario)

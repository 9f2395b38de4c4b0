"""In one transaction reference tables are written before statements about many districts:
what PostgreSQL logs of real commands and daemons, transaction by transaction. Exit status 1
when one has it the other way round without a reason in exceptions.py."""

import collections
import csv
import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]

from pglast import ast  # noqa: E402

from exceptions import LOCAL, ORDER, SHARED  # noqa: E402
from harness import EXAMPLES, Province, check_equal, main, report_file  # noqa: E402
from rules import is_about_one_district, tables, WRITES  # noqa: E402
from schema import Schema  # noqa: E402
from tree import found, statements, walk  # noqa: E402

STORE = HERE.parents[1] / "collector" / "store"
FORM = "joint-agency"
# Columns of the CSV log: the session's id, its virtual transaction, what it says.
SESSION, VIRTUAL, MESSAGE = 5, 9, 13
LOGGED = re.compile(r"(?:statement|execute ([^:]*)): (.*)", re.S)


class Logging(Province):
    """A province whose PostgreSQL logs every statement."""

    def _build(self):
        super()._build()
        self.cluster.stop()
        self.cluster.settings = {"logging_collector": "on", "log_destination": "csvlog",
                                 "log_statement": "all", "log_directory": "statements",
                                 "log_parameter_max_length": 0}
        self.cluster.start()

    def transactions(self):
        """The statements of each, in order: [(name, text)]."""
        every = collections.defaultdict(list)
        for path in sorted((self.cluster.data / "statements").glob("*.csv")):
            with open(path, newline="", encoding="utf-8") as stream:
                for row in csv.reader(stream):
                    logged = LOGGED.fullmatch(row[MESSAGE])
                    if logged:
                        every[row[SESSION], row[VIRTUAL]].append(logged.groups())
        return every.values()


def new_catalogue(province):
    """The sample with a criterion closed, so that an import counts what that would strand."""
    folder = province.folder / "catalogue-2"
    shutil.copytree(EXAMPLES / "catalogue", folder)
    path = folder / "criteria.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    closed = rows[0].rstrip("\r\n").split(",").index("closed")
    for i, row in enumerate(rows):
        if row.startswith(f"{FORM},support-funds,"):
            cells = row.rstrip("\r\n").split(",")
            cells[closed] = "2024-06-30"
            rows[i] = ",".join(cells) + "\n"
    path.write_text("".join(rows), encoding="utf-8")
    return folder


def work(province):
    """Imports, reports, acts, exceptions, a restoration, a repair; not the freezing of an
    assessment."""
    collector = province.collectors[0]
    collector.command("import", EXAMPLES / "history-2023.csv", "--format", "csv").ok()
    collector.start()
    office = province.office("193").start()
    approver = province.commission("approver", "approver")
    path = report_file(province.folder, "a.csv", FORM, "2024-01", {"joint-meetings": ("3", "4")})
    office.submit(path).ok()
    approver.command("return", "--form", FORM, "--period", "2024-01", "--district", "193",
                     "--comment", "x").ok()
    collector.command("catalogue", "import", new_catalogue(province)).ok()
    collector.command("unlock", "--form", FORM, "--period", "2024-01", "--district", "all",
                      "--reason", "x", "--until", "2999-01-01").ok()
    collector.stop()
    collector.command("restored", "--reason", "x", "--yes").ok()
    collector.command("rebuild").ok()


def turned(schema, transaction):
    """(earlier, later): a statement about many districts, and the write behind it."""
    spread = None
    for name, text in transaction:
        for statement in statements(text):
            for write in found(statement, *WRITES):
                if spread and schema.is_reference(write.relation.relname):
                    yield spread, name
            if (tables(schema, walk(statement), schema.is_distributed)
                    and isinstance(statement, (*WRITES, ast.SelectStmt))
                    and not is_about_one_district(schema, statement)):
                spread = name


# What must have been seen, so that nothing passes by not having happened.
SEEN = {"batch_write_reports", "state_insert", "exception_insert", "put_criteria_changed",
        "stranded_observations", "catalogue_insert", "restored_put", "rebuild_lock",
        "enrolment_insert"}


def check_samples(schema):
    """The rule finds what it is for, and nothing else."""
    write = ("write", "INSERT INTO tonghop.form (code) VALUES ($1)")
    one = ("one", "SELECT 1 FROM tonghop.report AS r WHERE r.district_id = $1::integer")
    bare = ("bare", "UPDATE tonghop.report SET revision = 1 WHERE district_id = $1")
    many = ("many", "SELECT 1 FROM tonghop.report AS r WHERE r.period = $1")
    sums = ("sums", "SELECT (SELECT count(*) FROM tonghop.report)")
    for transaction, want in (([many, write], [("many", "write")]), ([write, many], []),
                              ([one, write], []), ([bare, write], []),
                              ([sums, one, write], [("sums", "write")])):
        check_equal(list(turned(schema, transaction)), want, f"sample {transaction}")


def scenario():
    schema = Schema(LOCAL, SHARED)
    for path in sorted((STORE / "migrations").glob("*.sql")):
        for statement in statements(path.read_text(encoding="utf-8")):
            schema.add(statement)
    check_samples(schema)
    with Logging(start=False) as province:
        work(province)
        transactions = list(province.transactions())
    names = {name for transaction in transactions for name, _ in transaction}
    check_equal(SEEN - names, set(), "statements that should have been logged")
    found_pairs = {pair for transaction in transactions for pair in turned(schema, transaction)}
    check_equal(found_pairs - set(ORDER), set(),
                "a reference table written behind a statement about many districts")
    check_equal(set(ORDER) - found_pairs, set(), "reasons in exceptions.py that are not needed")
    print(f"{len(transactions)} transactions of {len(names)} statements")


main(scenario)

"""The product under comparison: one PostgreSQL for all seeds, a database, a collector
and a client of the commission for each, and the three ways in."""

import contextlib
import csv
import datetime
import io
import os
import pathlib
import random
import shutil
import socket
import sys
import tempfile
import uuid

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "integration"), str(HERE.parent / "contract")]

import harness  # noqa: E402
import wire_client as wire  # noqa: E402
from harness import Failure, check, check_equal  # noqa: E402

from model import table_text, write_catalogue  # noqa: E402
from reference import EPOCH  # noqa: E402
from reference_counts import ZONE  # noqa: E402

TEMPLATE = "migrated"
MICROSECONDS = "(extract(epoch FROM {}) * 1000000)::bigint"
REFUSALS = ("period", "form.unknown", "asof.before_catalogue")  # that a question may meet


class Database:
    """One database of a cluster, where the harness expects a cluster."""

    def __init__(self, cluster, name):
        self.cluster, self.name = cluster, name

    def conninfo(self, user="owner"):
        return self.cluster.conninfo(user, self.name)

    @property
    def bin(self):
        return self.cluster.bin

    def query(self, sql, user="owner"):
        return harness.Cluster.query(self, sql, user)


class Ground:
    """What all seeds share: the cluster and a migrated database to copy."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.cluster = harness.Cluster(self.folder / "postgres").start()
        try:
            self._prepare()
        except BaseException:
            self.stop()
            raise

    def _prepare(self):
        (self.folder / "messages").mkdir()
        self.messages = wire.load_messages(self.folder / "messages")
        self.cluster.query(f"CREATE DATABASE {TEMPLATE}")
        (self.folder / "template").mkdir()
        place = Place(self.folder / "template", Database(self.cluster, TEMPLATE))
        collector = harness.Collector(place, 1)
        collector.command("keygen").ok()
        collector.command("migrate").ok()
        self.cluster.query("CREATE ROLE collector LOGIN; GRANT tonghop_writer TO collector")

    def stop(self):
        self.cluster.stop("immediate")


def own_port():
    """A port below those that the kernel gives to connections: a seed makes many, and
    one of them would now and then sit on a port that was free a moment before."""
    for port in random.SystemRandom().sample(range(10000, 32000), 200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise Failure("no port from 10000 to 31999 is free")


class Place:
    """What the harness's collectors, offices and clients want of a province."""

    def __init__(self, folder, database):
        self.folder, self.cluster = folder, database
        self.processes, self.collectors = [], []
        self.submit_host = "127.0.0.1"


class Product:
    """A province of its own for one loading of one seed."""

    def __init__(self, ground, name, catalogue, order, earlier=None):
        self.ground, self.name = ground, name
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=ground.folder))
        self.folder.chmod(0o755)
        self.place = Place(self.folder, Database(ground.cluster, name))
        self.versions = [version for version in (earlier, catalogue) if version]
        self.order = order
        self.wire, self.offices, self.files = {}, {}, 0

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def _start(self):
        cluster = self.ground.cluster
        cluster.query(f"CREATE DATABASE {self.name} TEMPLATE {TEMPLATE}")
        self.collector = harness.Collector(self.place, 1)
        self.collector.submit_port, self.collector.query_port = own_port(), own_port()
        template = self.ground.folder / "template"
        for name in ("key", "key.pub"):
            shutil.copy2(template / "collector-1" / name, self.collector.folder / name)
        for path in template.glob("receipt.key*"):
            shutil.copy2(path, self.folder / path.name)
        self.place.collectors.append(self.collector)
        key = self.collector.public_key()
        self.collector.write_config(
            submit_bind=f"tcp://127.0.0.1:{self.collector.submit_port}",
            query_bind=f"tcp://127.0.0.1:{self.collector.query_port}",
            submit_public=f"tcp://127.0.0.1:{self.collector.submit_port} {key}",
            query_public=f"tcp://127.0.0.1:{self.collector.query_port} {key}")
        self.next_catalogue()

    def next_catalogue(self):
        """Imports the first, or the next, version; before the collector serves."""
        folder = self.folder / f"catalogue-{len(self.versions)}"
        write_catalogue(self.versions.pop(0), folder, self.order)
        self.collector.command("catalogue", "import", folder).ok()

    def serve(self, wire_districts=(), office_district="", accounts=()):
        """Enrols whoever sends and `accounts` of approvers, then starts the collector and
        connects. The first account also asks; without one a viewer does."""
        bundles = {}
        for district in wire_districts:
            keys, path = wire.Keys(), self.folder / f"wire-{district}.bundle"
            self.collector.command("enrol", "district", district, keys.hex, "--bundle", path).ok()
            bundles[district] = keys, wire.Bundle(path)
        if office_district:
            self.offices[office_district] = \
                harness.Office(self.place, office_district).enrol_and_join()
        self.accounts = list(accounts)
        self.clients = {account: harness.Commission(self.place, account, "approver")
                        for account in accounts}
        self.commission = (self.clients[self.accounts[0]] if accounts
                           else harness.Commission(self.place, "commission"))
        self.collector.start()
        for district, (keys, bundle) in bundles.items():
            self.wire[district] = WireOffice(self.ground.messages, district, keys, bundle)

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        for office in self.wire.values():
            office.close()
        for process in reversed(self.place.processes):
            process.kill()
        self.ground.cluster.query(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        if not os.environ.get("TONGHOP_TEST_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    # ------------------------------------------------------------- ways in

    def import_reports(self, revisions):
        """One history file of these reports; its path."""
        path = self.history_file(revisions)
        self.import_file(path)
        return path

    def history_file(self, revisions):
        self.files += 1
        path = self.folder / f"history-{self.files}.csv"
        path.write_text(history_text(revisions, self.order), encoding="utf-8")
        return path

    def import_some(self, taken, refused, code):
        """One file of reports that must be taken, and of others that must be refused by
        the code alone."""
        path = self.history_file(self.order.sample(taken + refused, len(taken + refused)))
        told = path.with_suffix(".problems")
        self.collector.command("import", path, "--problems", told).expect(4 if refused else 0)
        rows = csv.DictReader(io.StringIO(told.read_text(encoding="utf-8"))) if told.exists() else ()
        check_equal(sorted((row["form"], row["district"], row["period"], row["code"]) for row in rows
                           if row["severity"] == "error"),
                    sorted((*r.key, code) for r in refused), f"problems of {path}")

    def import_file(self, path):
        self.collector.command("import", path).ok()

    def submit_files(self, district, revisions):
        paths = [harness.report_file(self.folder, f"office-{self.files + i}.csv", r.form, r.period,
                                     {c: (v, of) for c, (v, of) in r.values.items()}, district)
                 for i, r in enumerate(revisions)]
        self.files += len(paths)
        self.offices[district].submit(*paths).ok()

    def send(self, district, revisions, stale=()):
        return self.wire[district].submit(revisions, stale, "revision.stale")

    # ------------------------------------------------------------- instants

    def now(self):
        """The database's clock, which every accepted_at comes from: (text, microseconds)."""
        return self.place.cluster.query((
            "SELECT to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), "
            f"{MICROSECONDS.format('t')} FROM clock_timestamp() AS t"))[0]

    def settled(self, moment):
        """Waits until figures as of the instant can be asked for."""
        harness.wait_until(lambda: self.place.cluster.query((
            f"SELECT 1 FROM tonghop.horizon WHERE published >= '{moment}'")),
            f"the horizon passes {moment}")

    def log(self):
        """What the province took: versions' instants, first enrolments, and the revisions
        as {(form, district, ordinal, revision): (accepted_at, imported)}."""
        def ask(sql):
            return self.place.cluster.query(sql)
        versions = [int(at) for at, in ask(
            f"SELECT {MICROSECONDS.format('imported_at')} FROM tonghop.catalogue_version "
            "ORDER BY version")]
        enrolled = {code: int(at) for code, at in ask(
            f"SELECT code, {MICROSECONDS.format('first_enrolled_at')} FROM tonghop.district "
            "WHERE first_enrolled_at IS NOT NULL")}
        revisions = {(form, district, int(period), int(number)): (int(at), imported == "t")
                     for form, district, period, number, at, imported in ask(
            f"SELECT f.code, d.code, r.period, r.revision, {MICROSECONDS.format('r.accepted_at')}, "
            "r.imported FROM tonghop.report AS r JOIN tonghop.form AS f USING (form_id) "
            "JOIN tonghop.district AS d USING (district_id)")}
        return versions, enrolled, revisions

    def acts(self):
        """Acts on reports, in order: {(form, district, ordinal): [(revision, state, account,
        comment, instant)]}."""
        found = {}
        for form, district, period, revision, *rest, at in self.place.cluster.query(
                "SELECT f.code, d.code, s.period, s.revision, s.to_state, s.account, s.comment, "
                f"{MICROSECONDS.format('s.at')} FROM tonghop.state_change AS s "
                "JOIN tonghop.form AS f USING (form_id) "
                "JOIN tonghop.district AS d USING (district_id) ORDER BY s.event_sequence"):
            found.setdefault((form, district, int(period)), []).append(
                (int(revision), *rest, int(at)))
        return found

    # ------------------------------------------------------------- the answer

    def ask(self, question):
        """(rows, text) of the commission's client; rows None when it was refused."""
        result = self.commission.command(*question.arguments())
        if result.status != 0:
            check(result.status < 100 and any(code in result.err for code in REFUSALS),
                  f"`{result.command}` exited {result.status}:\n{result.err}")
            return None, result.err
        return list(csv.DictReader(io.StringIO(result.out))), result.out


def told(moment):
    """RFC 3339 with the province's zone; "" when it is not told."""
    if moment is None:
        return ""
    return (EPOCH + datetime.timedelta(microseconds=moment)).astimezone(ZONE).isoformat()


def history_text(revisions, order):
    """Lines of one report together; ';' brings decimal commas."""
    separator = order.choice(",,,;")
    rows = [{"district": r.district, "form": r.form, "period": r.period, "criterion": c,
             "value": value, "of": of, "note": "", "received_at": told(r.received)}
            for r in revisions for c, (value, of) in r.values.items()]
    if separator == ";":
        for row in rows:
            if row["criterion"].split("-")[0] in ("amount", "score", "ratio"):
                row["value"] = row["value"].replace(".", ",")
                row["of"] = row["of"].replace(".", ",")
    return table_text(rows, separator, order.choice(["\n", "\r\n"]), order.random() < 0.3)


class WireOffice:
    """An office that speaks the contract by itself and verifies what it gets."""

    def __init__(self, messages, district, keys, bundle):
        self.messages, self.district, self.bundle = messages, district, bundle
        self.client = wire.Client(messages, keys, *bundle.endpoint("submit"))
        self.client.ask("welcome", hello={"protocol_version": 1, "language": b"en"})
        self.batch, self.sent = 0, []

    def submit(self, revisions, refused=(), code=""):
        """Sends new reports and, after them, others that must be refused by the code alone."""
        made = [(self.bytes_of(r), "") for r in revisions]
        self.sent += [body for body, _ in made]
        self.deliver(made + [(self.bytes_of(r), code) for r in refused])

    def send_again(self, order):
        """Reports that are known, in any order: every one answered as a duplicate."""
        again = order.sample(self.sent, min(len(self.sent), 20))
        entries = self.deliver([(body, "") for body in again])
        check(all(entry.duplicate for entry in entries), "a report sent again is no duplicate")

    def deliver(self, reports):
        entries, rejected = [], {}
        for start in range(0, len(reports), 100):
            part = reports[start:start + 100]
            self.batch += 1
            answer = self.client.ask("receipts", 60, submit={
                "batch_id": self.batch, "report": [body for body, _ in part]})
            for run in answer.run:
                wire.verify_run(run, self.bundle, self.district)
                entries += run.entry
            for rejection in answer.rejection:
                rejected[rejection.report_id] = wire.verify_rejection(rejection, self.bundle,
                                                                      self.district)
        check_equal(rejected, {self.messages.Report.FromString(body).report_id: code
                               for body, code in reports if code}, "reports that were rejected")
        return entries

    def bytes_of(self, revision):
        report = self.messages.Report(
            report_id=uuid.uuid4().bytes, province=self.bundle.province.encode(),
            district=revision.district.encode(), form=revision.form.encode(),
            period=revision.period.encode(), revision=revision.number, catalogue_version=1)
        for code, (value, of) in revision.values.items():
            if value or of:
                self.observe(report.observation.add(criterion=code.encode()), value, of)
        return report.SerializeToString()

    @staticmethod
    def observe(observation, value, of):
        kind = observation.criterion.decode().split("-")[0]
        if value == "n/a":
            observation.not_applicable.SetInParent()
        elif kind == "ratio":
            set_decimal(observation.ratio.num, value)
            set_decimal(observation.ratio.den, of)
        elif kind == "communes":
            observation.communes.SetInParent()
            if value != "none":
                observation.communes.code.extend(code.encode() for code in value.split())
        elif kind == "choice":
            observation.choice = value.encode()
        elif kind == "text":
            observation.text = value.encode()
        else:
            set_decimal(observation.number, value)

    def close(self):
        self.client.close()


def set_decimal(decimal, text):
    decimal.SetInParent()
    _, point, tail = text.partition(".")
    decimal.unscaled, decimal.scale = int(text.replace(".", "")), len(tail) if point else 0
    # The same number written longer: 1.50 is 1.5, and 2.0 a whole number.
    if decimal.unscaled % 5 == 3 and abs(decimal.unscaled) < 10**17 and decimal.scale < 9:
        decimal.unscaled, decimal.scale = decimal.unscaled * 10, decimal.scale + 1


__all__ = ["Failure", "Ground", "Product", "check", "check_equal"]

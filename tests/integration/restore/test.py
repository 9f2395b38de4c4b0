"""The province's database is put back to an older copy of itself, twice. Offices see it,
and send nothing until the province has recorded it; then everything that was acknowledged
comes back by itself, with the instants at which it first came, and the proofs say what
happened."""

import csv
import json
import shutil
import sqlite3

from harness import (EXAMPLES, Province, check, check_equal, main, report_file, wait_until)

FORM = "joint-agency"
REPORTS = EXAMPLES / "reports" / "2024"
# Every command that answers as of an instant.
AS_OF = ["consolidated --period 2024-01..2024-03", "consolidated --period 2024-03 --layout official",
         "compare --period 2024-02", "compare --period 2024-02 --with 2024-01",
         "trend --period 2024-01..2024-03", "completeness --period 2024-01..2024-03",
         "ranking --period 2024-01..2024-03", "report --period 2024-01",
         "report --period 2024-01 --district 193", "history --period 2024-01 --district 193",
         "narratives --period 2024-01", "export --period 2024-01",
         "diff --period 2024-01..2024-03"]


def outbox(office, sql):
    connection = sqlite3.connect(office.folder / "outbox.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


class Backup:
    """A copy of the files of the stopped cluster."""

    def __init__(self, province, name):
        self.cluster, self.folder = province.cluster, province.folder / name
        self.cluster.stop()
        # Owners stay: an unprivileged account runs the server.
        shutil.copytree(self.cluster.data, self.folder, copy_function=self.copy)
        self.cluster.start()

    @staticmethod
    def copy(source, target):
        shutil.copy2(source, target)

    def put_back(self):
        owner = self.cluster.data.stat()
        self.cluster.stop()
        shutil.rmtree(self.cluster.data)
        shutil.copytree(self.folder, self.cluster.data, copy_function=self.copy)
        for path in [self.cluster.data, *self.cluster.data.rglob("*")]:
            shutil.chown(path, owner.st_uid, owner.st_gid)
        self.cluster.data.chmod(0o700)
        self.cluster.start()


def figures(client, *arguments):
    return client.command("consolidated", "--form", FORM, "--period", "2024-01..2024-03",
                          "--format", "csv", *arguments).ok()


def completeness(client, period):
    return client.command("completeness", "--form", FORM, "--period", period, "--format",
                          "csv").ok().out


def receipts(office):
    """What the office can prove: report id -> the first instant of acceptance."""
    first = {}
    for identity, at in outbox(office, "SELECT report_id, accepted_at_us FROM entry "
                                       "ORDER BY epoch, sequence"):
        first.setdefault(identity.hex(), at)
    return first


def arrivals(province):
    """Of the province's reports: id -> when they count as having come."""
    return {row[0]: int(row[1]) for row in province.cluster.query(
        "SELECT replace(report_id::text, '-', ''), round(extract(epoch FROM "
        "coalesce(received_at, accepted_at)) * 1000000)::bigint FROM tonghop.report")}


def check_nothing_missing(province, offices):
    """Acknowledged and missing is nothing, and nothing counts later than it came."""
    have = arrivals(province)
    for office in offices:
        for identity, at in receipts(office).items():
            check(identity in have, f"report {identity} was acknowledged and is missing")
            check_equal(have[identity], at, f"the arrival of report {identity}")


def delivered(offices, epoch):
    def look():
        return all(outbox(o, "SELECT value FROM setting WHERE name = 'restored_epoch'")
                   == [(str(epoch),)] and
                   outbox(o, "SELECT count(*) FROM report WHERE state <> 'accepted'") == [(0,)]
                   for o in offices)
    wait_until(look, "the offices have delivered everything again")


def current_period(province):
    return province.cluster.value("SELECT to_char(now() AT TIME ZONE 'Asia/Ho_Chi_Minh', "
                                  "'YYYY-MM')")


def submit_files(office, pattern):
    files = sorted((REPORTS / office.code).glob(pattern))
    check(files, f"the sample has {pattern} of {office.code}")
    office.submit(*files).ok()


def unlock(collector, until):
    collector.command("unlock", "--form", "concurrent-post", "--period", "2024-Q1", "--district",
                      "194", "--until", until, "--reason", "bão").ok()


def told(office):
    """Until when, by each notice that the office keeps; oldest first."""
    rows = office.command("status", "--notices", "--format", "csv").ok().rows()
    return [r["until"][:10] for r in sorted(rows, key=lambda r: int(r["notice_id"]))]


def is_locked(office):
    """What the office concludes from its notices about the period of `unlock`."""
    path = REPORTS / office.code / "concurrent-post-2024-Q1.csv"
    return "period.locked" in office.command("check", path, "--format", "csv").ok().out


def await_told(office, want, what):
    wait_until(lambda: told(office) == want, f"{what}: the office keeps the notices {want}")


def start(province, offices):
    province.collectors[0].start()
    for office in offices:
        office.start()


def stop(province, offices):
    for office in offices:
        office.stop()
    province.collectors[0].stop()


def check_refusals(province, offices):
    """Before the province says what happened nobody sends anything."""
    collector = province.collectors[0]
    start(province, offices)
    before = province.reports()
    for office in offices:
        office.process.wait_logged(r"tonghop-collector restored")
    collector.process.wait_logged(r"chain\.fork district=193")
    reason = json.loads(offices[0].command("status", "--format", "json").ok().out)
    check("restored" in json.dumps(reason), f"status tells of it:\n{reason}")
    check_equal(province.reports(), before, "reports before the restoration is recorded")
    refused = collector.command("restored", "--reason", "test", "--yes").expect(2)
    check("stop every collector" in refused.err, f"a running collector:\n{refused.err}")
    stop(province, offices)
    for arguments, words in ((("--yes",), "--reason"), (("--reason", "x"), "--yes"),
                             (("--reason", "x", "--yes", "--epoch", "1"), "--epoch"),
                             (("--reason", "x", "--yes", "--moment", "2999-01-01T00:00:00Z"),
                              "--moment"),
                             (("--reason", "x", "--yes", "--moment", "soon"), "--moment")):
        result = collector.command("restored", *arguments).expect(2)
        check(words in result.err, f"restored {arguments}:\n{result.err}")
    check_equal(province.cluster.value("SELECT count(*) FROM tonghop.restoration"), "0",
                "restorations after refusals")


def check_heads(province, files):
    """Heads from before, of the lost part and of now all verify; forged ones do not."""
    collector = province.collectors[0]
    for path, lost in files:
        result = collector.command("verify", "--against", path, "--format", "csv").ok()
        check_equal(result.rows(), [], f"differences against {path.name}")
        check_equal(result.err.count("was lost by restoration"), lost,
                    f"heads that are told as lost in {path.name}:\n{result.err}")


def scenario():
    with Province() as province:
        collector = province.collectors[0]
        offices = [province.office(code) for code in ("193", "194")]
        # The months are history, which is taken; the quarter of `unlock`, due later, is locked.
        province.enrolled_since("2024-04-12")
        for office in offices:
            office.start()
        client = province.commission()
        for office in offices:
            submit_files(office, f"{FORM}-2024-01.csv")
            checked = office.command("check", REPORTS / office.code / f"{FORM}-2024-01.csv",
                                     "--format", "csv").ok()
            check("period.locked" not in checked.out, "the office knows what is history")
            check(is_locked(office), "and what is not")
        province.settled()
        # A collector runs before the restoration is recorded, which moves the horizon on: the
        # older moment is then no later than the last acceptance that the copy holds.
        early = province.cluster.value(
            "SELECT to_char(max(accepted_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US"
            "\"Z\"') FROM tonghop.report")
        stop(province, offices)
        kept = province.folder / "heads-kept.txt"
        collector.command("heads", "--output", kept).ok()
        first_backup = Backup(province, "backup-1")

        # ---- what will be lost: new reports, a revision, one that is due in the future
        start(province, offices)
        period = current_period(province)
        for office in offices:
            submit_files(office, f"{FORM}-2024-0[23].csv")
        office = offices[0]
        office.submit(report_file(province.folder, "now.csv", FORM, period,
                                  {"coordination-sessions": "3"})).ok()
        office.submit(report_file(province.folder, "again.csv", FORM, "2024-01",
                                  {"coordination-sessions": "77"})).ok()
        lost_instant = province.settled()
        before = figures(client).out
        timely = completeness(client, period)
        answered = figures(client, "--as-of", lost_instant)
        check_equal(answered.err, "", "nothing is void before the loss")
        count = province.reports()
        stop(province, offices)
        lost_heads = province.folder / "heads-lost.txt"
        collector.command("heads", "--output", lost_heads).ok()

        # ---- the loss
        first_backup.put_back()
        check_equal(province.reports(), 2, "reports in the older copy")
        check_refusals(province, offices)
        recorded = collector.command("restored", "--heads", lost_heads, "--reason",
                                     "ổ đĩa hỏng", "--yes").ok()
        check("epoch 2" in recorded.out, recorded.out)
        check("District 193: 4 entries are gone (2 to 5 of epoch 1)" in recorded.err, recorded.err)
        check("District 194: 2 entries are gone (2 to 3 of epoch 1)" in recorded.err, recorded.err)

        # ---- it comes back by itself
        start(province, offices)
        delivered(offices, 2)
        check_equal(province.reports(), count, "reports after they were sent again")
        check_equal(figures(client).out, before, "figures equal to those before the loss")
        check_equal(completeness(client, period), timely, "what was on time is on time")
        check_nothing_missing(province, offices)
        origins = province.cluster.query("SELECT origin, count(*), count(received_at) FROM "
                                         "tonghop.v_report GROUP BY 1 ORDER BY 1")
        check_equal(origins, [["restored", "6", "6"], ["wire", "2", "0"]], "origins")
        rows = client.command("history", "--district", "193", "--form", FORM, "--period",
                              "2024-01", "--format", "csv").ok().rows()
        check_equal({row["origin"] for row in rows if row["revision"] == "2"}, {"restored"},
                    "the origin that people see")

        # ---- answers as of instants that were taken back
        after = province.settled()
        for instant, void in ((early, False), (lost_instant, True), (after, False)):
            for command in AS_OF:
                name, *arguments = command.split()
                answer = client.command(name, "--form", FORM, *arguments, "--format", "json",
                                        "--language", "en",
                                        "--from" if name == "diff" else "--as-of", instant).ok()
                told = answer.json()
                check_equal(("void_until" in told, "void_from" in told), (void, void),
                            f"the mark of {command} as of {instant}")
                check_equal("are void" in answer.err, void, f"the note as of {instant}")
        check(figures(client, "--as-of", lost_instant).out != answered.out,
              "the older answer rested on what was lost")

        # ---- proofs
        for office in offices:
            office.stop()
            verified = office.command("receipts", "verify", "--format", "csv", "--language",
                                      "en").ok()
            check_equal(verified.rows()[0]["twice"], "4" if office.code == "193" else "2",
                        "reports that were acknowledged twice")
            check("Acknowledged twice" in verified.err, verified.err)
            check_equal(office.command("reconcile", "--format", "csv").ok().rows(), [],
                        "differences between office and province")
        collector.stop()
        collector.command("verify").ok()
        now_heads = province.folder / "heads-now.txt"
        collector.command("heads", "--output", now_heads).ok()
        check_heads(province, ((kept, 0), (lost_heads, 2), (now_heads, 0)))
        check_equal(len(list(csv.reader(now_heads.open(encoding="utf-8")))) > 4, True, "heads")

        # ---- tampering with what was recorded is found
        for statement in (
                "UPDATE tonghop.restoration SET reason = 'x'",
                "UPDATE tonghop.restoration SET restored_to = restored_to - interval '1 s'",
                "UPDATE tonghop.restoration_head SET sequence = sequence + 1",
                "UPDATE tonghop.restoration_head SET lost_sequence = lost_sequence + 1",
                "UPDATE tonghop.restoration SET epoch = 3",
                "UPDATE tonghop.report SET received_at = clock_timestamp() WHERE epoch = 2",
                "UPDATE tonghop.report SET received_at = accepted_at WHERE epoch = 1"):
            tables = ("restoration", "restoration_head", "report")
            province.cluster.query("; ".join(
                f"CREATE TABLE saved_{t} AS TABLE tonghop.{t}" for t in tables))
            province.cluster.query(statement)
            result = collector.command("verify", "--format", "csv").expect(1)
            kinds = {row["what"] for row in result.rows()}
            check(kinds & {"restoration", "origin"}, f"{statement}: found {kinds}")
            province.cluster.query(
                "DELETE FROM tonghop.restoration_head; DELETE FROM tonghop.restoration; "
                "DELETE FROM tonghop.report; "
                + "; ".join(f"INSERT INTO tonghop.{t} SELECT * FROM saved_{t}; DROP TABLE saved_{t}"
                            for t in tables))
        collector.command("verify").ok()

        # ---- once more, on top: to the moment after the first restoration
        backup = Backup(province, "backup-2")
        start(province, offices)
        office = offices[1]
        office.submit(report_file(province.folder, "second.csv", FORM, "2024-01",
                                  {"coordination-sessions": "5"})).ok()
        before, count = figures(client).out, province.reports()
        # Two acts that will be lost: the restoration takes the first one's sequence in the
        # province's chain, and the next act the second one's.
        unlock(collector, "2099-01-31")
        unlock(collector, "2099-02-28")
        await_told(office, ["2099-02-01", "2099-03-01"], "before the loss")
        check(not is_locked(office), "the period is open")
        lost_sequence = province.cluster.value("SELECT max(sequence) FROM tonghop.province_event")
        stop(province, offices)
        backup.put_back()
        check_equal(province.reports(), count - 1, "reports in the second copy")
        # One district makes nothing between the two restorations: its epoch 3 goes on too.
        collector.command("restored", "--reason", "again", "--yes").ok()
        start(province, offices)
        delivered(offices, 3)
        check_equal(province.reports(), count, "reports after the second restoration")
        check_equal(figures(client).out, before, "figures after the second restoration")
        check_nothing_missing(province, offices)
        wait_until(lambda: is_locked(office), "an exception that was taken back counts no more")
        unlock(collector, "2099-03-31")
        check_equal(province.cluster.value("SELECT max(sequence) FROM tonghop.province_event"),
                    lost_sequence, "the sequence of an act comes again")
        await_told(office, ["2099-02-01", "2099-03-01", "2099-04-01"],
                   "an act whose sequence was another's")
        check(not is_locked(office), "the period is open again")
        listed = office.command("status", "--notices").ok().out
        check(f"3/{lost_sequence}" in listed, f"the number tells the epoch:\n{listed}")
        offices[0].submit(report_file(province.folder, "third.csv", FORM, period,
                                      {"coordination-sessions": "4"})).ok()
        check_equal(province.cluster.query(
            "SELECT d.code, max(epoch) FROM tonghop.report JOIN tonghop.district d "
            "USING (district_id) GROUP BY 1 ORDER BY 1"), [["193", "3"], ["194", "3"]], "epochs")
        stop(province, offices)
        for office in offices:
            office.command("receipts", "verify").ok()
        collector.command("verify").ok()
        check_heads(province, ((kept, 0), (lost_heads, 2), (now_heads, 0)))

        # ---- to before the first restoration, of which the copy then knows nothing
        first_backup.put_back()
        start(province, offices)
        offices[0].process.wait_logged(r"restored --epoch 4")
        stop(province, offices)
        collector.command("restored", "--epoch", "4", "--reason", "older still", "--yes").ok()
        start(province, offices)
        delivered(offices, 4)
        check_equal(province.reports(), count + 1, "reports after the third restoration")
        unlock(collector, "2099-05-31")
        await_told(offices[1], ["2099-02-01", "2099-03-01", "2099-04-01", "2099-06-01"],
                   "an act after the third restoration")
        check_nothing_missing(province, offices)
        stop(province, offices)
        for office in offices:
            office.command("receipts", "verify").ok()
        collector.command("verify").ok()


main(scenario)

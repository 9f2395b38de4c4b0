"""A province under load, the faults that are done to it, and what must hold after each."""

import collections
import contextlib
import os
import random
import shutil
import signal
import subprocess
import time

import expected
from harness import Failure, Province, check, check_equal, wait_until
from load import LOCKED, Load

DISTRICTS = ("193", "194", "195", "205")
SETTLED = 120  # seconds in which everything that waits must be answered
REJECTIONS = {"state.approved"}  # the only code that this load may earn


class Inactive(Exception):
    """Why a scenario cannot run on this machine."""


class DurableProvince(Province):
    """A province whose folder may have small file systems in it."""

    def __init__(self, collectors=1, database_room=None):
        super().__init__(collectors, durable=True)
        self.database_room, self.mounts = database_room, []

    def mount(self, folder, size):
        """A file system of its own for a folder, in memory."""
        folder.mkdir(exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs",
                               str(folder)], capture_output=True, text=True)
        if done.returncode != 0:
            raise Inactive(f"cannot mount a tmpfs: {done.stderr.strip()}")
        self.mounts.append(folder)

    def _build(self):
        if self.database_room:
            self.mount(self.folder / "postgres", self.database_room)
        super()._build()

    def _tear_down(self, failed):
        super()._tear_down(failed)
        for folder in self.mounts:
            subprocess.run(["umount", "-l", str(folder)], check=False)
        if self.mounts and not os.environ.get("TONGHOP_TEST_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)


def can_mount():
    if os.geteuid() != 0 or not shutil.which("mount"):
        raise Inactive("mounting a tmpfs needs root")


class Ground:
    """`with Ground(seed) as ground:` a province with offices that submit."""

    def __init__(self, seed, collectors=1, districts=DISTRICTS, database_room=None,
                 province=None):
        self.seed, self.districts = seed, districts
        self.random = random.Random(f"{seed}/faults")
        self.province = province or DurableProvince(collectors, database_room)
        self.kills, self.counts = collections.Counter(), collections.Counter()
        self.load, self.settled = None, SETTLED

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.stack.enter_context(self.province)
        try:
            self._prepare()
        except BaseException as failure:
            self.__exit__(type(failure), failure, failure.__traceback__)
            raise
        return self

    def __exit__(self, *failure):
        if self.load:
            self.load.end()
        self.stack.__exit__(*failure)

    def _prepare(self):
        self.load = Load(self.province, self.districts, self.seed)
        self.senders = self.load.senders
        self.client = self.province.commission()
        approver = self.province.commission("approver", "approver")
        first = self.senders[0]
        for sender in self.senders:
            self.equip(sender)
            sender.office.start()
        # The first catalogue has to come before anything can be submitted.
        for sender in self.senders:
            wait_until(lambda s=sender: s.submit({LOCKED: expected.draw(s.random, True)}),
                       f"the first report of {sender.code}")
            sender.refusals.clear()
        self.settle()
        approver.command("approve", "--form", expected.FORM, "--period", LOCKED, "--district",
                         first.code).ok()

    def equip(self, sender):
        """What an office needs besides, before its daemon is started."""

    # ------------------------------------------------------------- faults

    def wait(self, longest):
        time.sleep(self.random.uniform(0, longest))

    def fill(self, folder):
        """Takes every block of a file system; the file to remove to make room again."""
        ballast = folder / "ballast"
        with open(ballast, "wb", buffering=0) as stream, contextlib.suppress(OSError):
            while True:
                stream.write(b"\0" * 4096)
        self.kills["disk"] += 1
        return ballast

    def kill(self, kind):
        """kill -9 at a moment of the seed's choice, and a start a moment later."""
        self.wait(1.0)
        getattr(self, f"_kill_{kind}")()

    def _kill_reporter(self):
        sender = self.random.choice(self.senders)
        sender.office.process.kill()
        self.kills["reporter"] += 1
        self.wait(0.5)
        sender.office.start()

    def _kill_collector(self):
        collector = self.random.choice(self.province.collectors)
        collector.process.kill()
        self.kills["collector"] += 1
        self.wait(0.5)
        collector.start()

    def _kill_postmaster(self):
        cluster = self.province.cluster
        if self.random.random() < 0.5:
            os.kill(cluster.postmaster(), signal.SIGKILL)  # its backends end when they notice
        else:
            cluster.stop("immediate")
        self.kills["postmaster"] += 1
        self.wait(0.5)
        self.start_database()

    def start_database(self):
        def started():
            with contextlib.suppress(Failure):
                return self.province.cluster.start()
        wait_until(started, "PostgreSQL starts", 60)

    def _kill_backend(self):
        """Half of the time in COMMIT: after its WAL is on the disk and before the client
        can know, where a synchronous standby that never comes holds it. The other half at
        any moment at which a transaction has written reports."""
        in_commit = self.random.random() < 0.5
        try:
            if in_commit:
                wait_until(self._kill_held, "a backend in COMMIT of reports", 60)
            else:
                os.kill(wait_until(self._writer, "a backend that writes reports", 30),
                        signal.SIGKILL)
        except ProcessLookupError:
            return  # it had ended: no kill
        self.kills["commit" if in_commit else "backend"] += 1
        wait_until(self.province.cluster.answers, "PostgreSQL is back after the crash of a backend", 60)

    def _kill_held(self):
        """True once one was killed. What is held first may be something else (reports that
        are stored already) and keep everybody from writing: then all are let go."""
        self.province.cluster.configure("synchronous_standby_names = 'nobody'\n")
        try:
            os.kill(wait_until(lambda: self._writer("SyncRep"), "a COMMIT", 3), signal.SIGKILL)
            return True
        except Failure:
            return False
        finally:
            self.province.cluster.configure("")

    def _writer(self, waits_for=None):
        return self.province.cluster.writing("report", waits_for, "collector")

    # ------------------------------------------------------------- what must hold

    def settle(self, senders=None):
        """Waits until no outbox holds a report without an answer."""
        for sender in senders or self.senders:
            def answered(office=sender.office):
                check(office.process.running(),
                      f"{office.folder.name} ended by itself:\n{office.process.logged()[-2000:]}")
                result = office.command("status", "--format", "json")
                return result.status == 0 and int(result.json()["queued"]) == 0
            wait_until(answered, f"every report of {sender.code} is answered", self.settled)

    def check(self):
        """Everything that was promised, of everything submitted so far. Leaves a pause."""
        self.load.pause()
        self.settle()
        stored = self._stored()
        standing = {}
        totals = collections.Counter(accepted=sum(len(s.accepted) for s in self.senders),
                                     refused=sum(len(s.refusals) for s in self.senders))
        self._count_duplicates(totals)
        for sender in self.senders:
            self._check_office(sender, stored, standing, totals)
        self.counts = totals
        check_equal(totals["missing"], 0, "reports acknowledged and missing")
        check_equal(totals["duplicated"], 0, "reports duplicated")
        check_equal(totals["acknowledged"] + totals["rejected"], totals["accepted"],
                    "reports that ended acknowledged or rejected, of those accepted")
        self.province.check_chains()
        self._check_figures(standing)
        verified = self.province.collectors[0].command("verify", "--format", "json").ok().json()
        check_equal(verified["differences"], "0", "differences found by verify")
        check_equal(int(verified["entries"]), len(stored), "entries verified")

    def _stored(self):
        return {report: (digest, code, int(revision), int(values))
                for report, digest, code, revision, values in self.province.cluster.query(
                    "SELECT r.report_id, encode(r.digest, 'hex'), d.code, r.revision, "
                    "cardinality(r.criterion_id) FROM tonghop.report AS r "
                    "JOIN tonghop.district AS d USING (district_id)")}

    def _count_duplicates(self, totals):
        totals["duplicated"] = sum(int(self.province.cluster.value(
            f"SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM tonghop.report "
            f"GROUP BY {key}) AS c"))
            for key in ("report_id", "district_id, form_id, period, revision"))

    def _check_office(self, sender, stored, standing, totals):
        office = sender.office
        office.command("receipts", "verify").ok()
        outbox = {row["report_id"]: row
                  for row in office.command("status", "--all", "--format", "csv").ok().rows()}
        check_equal(set(outbox) - set(sender.accepted), set(),
                    f"reports in the outbox of {sender.code} that submit did not accept")
        receipts = office.command("receipts", "--format", "csv").ok().rows()
        digests = {row["report_id"]: row["digest"] for row in receipts}
        totals["duplicated"] += len(receipts) - len(digests)
        newest = {}
        for report, (month, revision, values) in sender.accepted.items():
            row = outbox.get(report)
            check(row, f"{report} of {sender.code} was accepted and is not in the outbox")
            if row["state"] == "rejected":
                check(sender is self.senders[0] and month == LOCKED
                      and set(row["problems"].split()) & REJECTIONS,
                      f"{report} of {sender.code}, {month}: rejected: {row['problems']!r}")
                check(report not in stored, f"{report} was rejected and is stored")
                totals["rejected"] += 1
                continue
            check_equal(row["state"], "accepted", f"state of {report} of {sender.code}")
            totals["acknowledged"] += report in digests
            found = stored.get(report)
            if not found or found[:3] != (digests.get(report), sender.code, revision):
                totals["missing"] += 1
                continue
            check_equal(found[3], len(values), f"observations of {report}")
            totals["observations"] += found[3]
            if revision > newest.get(month, (0,))[0]:
                newest[month] = revision, values
        for month, (_, values) in newest.items():
            standing[sender.code, month] = values

    def _check_figures(self, standing):
        rows = self.client.consolidated(expected.FORM, expected.WHOLE)
        self._compare(rows, expected.figures(standing, self.districts, expected.MONTHS), "whole")
        monthly = collections.defaultdict(list)
        for row in self.client.consolidated(expected.FORM, expected.WHOLE, "--by", "period"):
            monthly[row["period"]].append(row)
        check_equal(sorted(monthly), expected.MONTHS, "months with figures")
        for month, rows in monthly.items():
            self._compare(rows, expected.figures(standing, self.districts, [month]), month)

    def _compare(self, rows, want, what):
        got = {(row["district"], row["criterion"]):
               (row["reported"], row["not_applicable"], row["num"], row["den"], row["value"])
               for row in rows if row["district"] in (*self.districts, "*")}
        wrong = [(key, got.get(key), want[key]) for key in want if got.get(key) != want[key]]
        check(not wrong, f"figures of {what}: {len(wrong)} differ, first {wrong[:3]}")
        self.counts["figures"] += len(want)


def kill_rounds(seed, rounds, kinds, collectors=1):
    with Ground(seed, collectors) as ground:
        return harm_rounds(ground, rounds, lambda: ground.kill(ground.random.choice(kinds)))


def harm_rounds(ground, rounds, harm, most=3):
    """Rounds of one to `most` harms under load, and the checks after each."""
    ground.load.start()
    for number in range(rounds):
        ground.load.resume()
        for _ in range(ground.random.randint(1, most)):
            harm()
        ground.wait(0.3)
        try:
            check_equal([r for s in ground.senders for r in s.refusals], [],
                        "what submit refused")
            ground.check()
        except Failure as failure:
            raise Failure(f"round {number + 1}: {failure}") from None
    return ground.kills, ground.counts

"""Three times as much is offered as the database takes: memory stays bounded, no report is
lost, and a district with one report is not starved by one with 10,000. The database is made
slow by a rule that the test adds to its own cluster: each report takes it 2 ms."""

import pathlib
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "contract"))

import wire_client as wire  # noqa: E402
from harness import Province, check, check_equal, main, wait_until  # noqa: E402

BACKLOG, BATCH, FIRST = 10_000, 100, 1_500
OVERLOAD, MEASURING = 3, 15
MONTHS = [f"{year}-{month:02}" for year in range(2016, 2025) for month in range(1, 13)][:BATCH]
MEMORY_MIB = 192  # 32 MiB of batches may wait, whatever reports look like

SLOW = """
CREATE FUNCTION public.slow() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_sleep(0.002); RETURN NEW; END $$;
CREATE TRIGGER slow BEFORE INSERT ON tonghop.report FOR EACH ROW EXECUTE FUNCTION public.slow()
"""


class Flood:
    """An office without regard to any window: it keeps sending, and sends again what was
    answered busy, `rate` reports a second (0: as many as a queue takes, to measure how fast the
    database is). Each batch holds a new revision of the same reports, so that one which came
    late is rejected as stale."""

    def __init__(self, province, messages, code, reports=BACKLOG):
        keys = wire.Keys()
        path = province.folder / f"flood-{code}.bundle"
        province.collectors[0].command("enrol", "district", code, keys.hex, "--bundle", path).ok()
        self.bundle, self.code = wire.Bundle(path), code
        self.client = wire.Client(messages, keys, *self.bundle.endpoint("submit"))
        size = min(reports, BATCH)
        self.batches = {number: [
            wire.report(messages, code, "joint-agency", month, {"campaigns": number},
                        revision=number).SerializeToString() for month in MONTHS[:size]]
            for number in range(1, reports // size + 1)}
        self.unanswered = dict.fromkeys(self.batches)  # when it was sent; None: not under way
        self.entries, self.waits, self.failure = {}, [], None
        self.busy = self.offered = self.overtaken = 0
        self.rate = self.last_sent = 0.0
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.begun = time.monotonic()
        self.thread.start()

    def check(self):
        if self.failure:
            raise self.failure

    def _run(self):
        try:
            while self.unanswered:
                # As if under way for good after 30 s: sent again.
                now = time.monotonic()
                waiting = [number for number, sent in self.unanswered.items()
                           if sent is None or now - sent > 30]
                if not self.rate and len(self.unanswered) - len(waiting) >= MEASURING:
                    waiting = []
                pause = 0.2
                if waiting:
                    self.unanswered[waiting[0]] = self.last_sent = now
                    self.offered += len(self.batches[waiting[0]])
                    self.client.send(submit={"batch_id": waiting[0],
                                             "report": self.batches[waiting[0]]})
                    pause = BATCH / self.rate if self.rate else 0.001
                end = now + pause
                while (left := end - time.monotonic()) > 0 and self._take(left):
                    pass
        except BaseException as failure:
            self.failure = failure

    def _take(self, timeout):
        answer = self.client.receive(timeout=timeout)
        if answer is None:
            return False
        if answer.DESCRIPTOR.name == "Busy":
            self.busy += 1
            self.unanswered[answer.batch_id] = None
        elif answer.DESCRIPTOR.name == "Receipts" and answer.batch_id in self.unanswered:
            self.waits.append(time.monotonic() - self.unanswered[answer.batch_id])
            for rejection in answer.rejection:
                check_equal(wire.verify_rejection(rejection, self.bundle, self.code),
                            "revision.stale", "why a report was rejected")
                self.overtaken += 1
            for run in answer.run:
                wire.verify_run(run, self.bundle, self.code)
                for entry in run.entry:
                    self.entries[entry.sequence] = entry.revision
            del self.unanswered[answer.batch_id]  # last: whoever sees it gone counts the rest
        return True

    def answered(self):
        return len(self.entries) + self.overtaken


def scenario():
    with tempfile.TemporaryDirectory() as folder, Province(start=False) as province:
        collector = province.collectors[0]
        # One writer: the small district waits in the same queue as the large one.
        collector.write_config(writers=1)
        collector.start()
        messages = wire.load_messages(folder)
        flood = Flood(province, messages, "193")
        small = Flood(province, messages, "207", 1)
        province.cluster.query(SLOW)
        flood.start()
        wait_until(lambda: flood.answered() >= FIRST or flood.failure, "the flood is under way")
        flood.check()
        taken_a_second = flood.answered() / (time.monotonic() - flood.begun)
        flood.offered, paced_since, answered_before = 0, time.monotonic(), flood.answered()
        flood.rate = OVERLOAD * taken_a_second
        wait_until(lambda: flood.busy > 0 or flood.failure, "the queue of the district is full")

        sent = time.monotonic()
        small.start()
        wait_until(lambda: small.answered() == 1 or small.failure, "the small district's receipt")
        small.check()
        small_took, left = time.monotonic() - sent, BACKLOG - flood.answered()
        check(left > BACKLOG / 2, f"the other's backlog is mostly unanswered: {left} left")

        wait_until(lambda: not flood.unanswered or flood.failure, "every report is answered",
                   deadline=120)
        flood.check()
        offered = flood.offered / (flood.last_sent - paced_since)
        taken = (BACKLOG - answered_before) / (time.monotonic() - paced_since)
        check(offered > 2 * taken, f"offered {offered:.0f}/s, taken {taken:.0f}/s")
        check_equal((len(flood.entries) + flood.overtaken, province.reports()),
                    (BACKLOG, len(flood.entries) + 1), "answered reports, and stored ones")
        check_equal(sorted(flood.entries), list(range(1, len(flood.entries) + 1)),
                    "sequences of the entries")
        check_equal(province.cluster.value("SELECT min(revision) FROM tonghop.current_report c "
                                           "JOIN tonghop.district USING (district_id) "
                                           "WHERE code = '193'"), str(BACKLOG // BATCH),
                    "the newest revision of every report counts")
        province.check_chains()
        peak = collector.process.peak_mib()
        check(peak < MEMORY_MIB, f"peak of resident memory: {peak:.0f} MiB")
        waits = sorted(flood.waits)
        print(f"offered {offered:.0f}/s, taken {taken:.0f}/s ({offered / taken:.1f} times), "
              f"{flood.busy} batches answered busy, {flood.overtaken} reports overtaken by newer "
              f"revisions; receipts after {waits[len(waits) // 2]:.1f} s (median), "
              f"{waits[-1]:.1f} s (slowest); the small district's after {small_took:.2f} s, "
              f"{left} of {BACKLOG} still unanswered; peak {peak:.0f} MiB")


main(scenario)

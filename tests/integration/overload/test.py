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
from harness import Province, check, check_equal, main  # noqa: E402

BACKLOG, BATCH, FIRST = 10_000, 100, 2_500
MEMORY_MIB = 192  # 128 MiB of batches may wait, whatever reports look like

SLOW = """
CREATE FUNCTION public.slow() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_sleep(0.002); RETURN NEW; END $$;
CREATE TRIGGER slow BEFORE INSERT ON tonghop.report FOR EACH ROW EXECUTE FUNCTION public.slow()
"""


class Flood:
    """An office that sends without regard to any window, and again what was answered busy or
    not at all; `rate`: reports a second that it offers, 0 at first: as fast as it can."""

    def __init__(self, province, messages, code):
        keys = wire.Keys()
        path = province.folder / f"flood-{code}.bundle"
        province.collectors[0].command("enrol", "district", code, keys.hex, "--bundle", path).ok()
        self.bundle, self.code = wire.Bundle(path), code
        self.client = wire.Client(messages, keys, *self.bundle.endpoint("submit"))
        self.batches = {}
        for number in range(BACKLOG // BATCH):
            self.batches[number + 1] = [
                wire.report(messages, code, "joint-agency", "2024-01", {"campaigns": 1},
                            revision=number * BATCH + i + 1).SerializeToString()
                for i in range(BATCH)]
        self.unanswered = dict.fromkeys(self.batches)
        self.entries, self.busy, self.offered, self.stop = {}, 0, 0, False
        self.waits = []
        self.rate = 0.0
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.begun = time.monotonic()
        self.thread.start()

    def _send(self, number):
        self.offered += BATCH
        self.unanswered[number] = time.monotonic()
        self.client.send(submit={"batch_id": number, "report": self.batches[number]})

    def _take(self, timeout):
        answer = self.client.receive(timeout=timeout)
        if answer is None:
            return
        if answer.DESCRIPTOR.name == "Busy":
            self.busy += 1
            self.unanswered[answer.batch_id] = None
        elif answer.DESCRIPTOR.name == "Receipts" and answer.batch_id in self.unanswered:
            self.waits.append(time.monotonic() - self.unanswered.pop(answer.batch_id))
            check_equal(len(answer.rejection), 0, "rejections")
            for run in answer.run:
                wire.verify_run(run, self.bundle, self.code)
                for entry in run.entry:
                    self.entries[entry.sequence] = entry.revision

    def _run(self):
        while self.unanswered and not self.stop:
            waiting = [number for number, sent in self.unanswered.items() if sent is None]
            # The oldest first: revisions of one key have to come in order.
            if waiting:
                self._send(waiting[0])
            self._take(BATCH / self.rate if self.rate and waiting else 0.001 if waiting else 0.2)

    def answered(self):
        return len(self.entries)


def peak_mib(collector):
    status = pathlib.Path(f"/proc/{collector.process.pid}/status").read_text()
    line, = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024

"""Offices that submit without pause: each its own real daemon, its own seeded choice of
months and values, and a memory of what `submit` said it accepted."""

import random
import threading
import time

from harness import check, report_file

from expected import FORM, MONTHS, draw

# A month of the first office that is approved, so that what is sent for it is rejected.
LOCKED = MONTHS[0]
DISK_FULL = "the disk is full"


class Sender:
    """One office under load. `accepted`: {report_id: (month, revision, values)}."""

    def __init__(self, province, code, seed):
        self.office, self.code = province.office(code), code
        self.office.settings["language"] = "en"
        self.random = random.Random(f"{seed}/{code}")
        self.folder = province.folder / f"files-{code}"
        self.folder.mkdir()
        self.turn = threading.Lock()  # held by whoever wants the office to pause
        self.accepted, self.refusals, self.failure = {}, [], None
        self.ending = False
        self.thread = threading.Thread(target=self._submit_always, daemon=True)

    def submit(self, reports):
        """{month: values} in one command; whether it was accepted into the outbox."""
        files = {report_file(self.folder, f"{month}.csv", FORM, month, values): (month, values)
                 for month, values in reports.items()}
        result = self.office.command("submit", "--format", "csv", *files)
        if result.status != 0:
            self.refusals.append(result.err.strip())
            return False
        rows = result.rows()
        check(len(rows) == len(files), f"submit accepted {len(files)} files, listed {len(rows)}")
        for row, (month, values) in zip(rows, files.values()):
            check(row["period"] == month, f"submit listed {row['period']} for {month}")
            if row["unchanged"] == "no":
                self.accepted[row["report_id"]] = month, int(row["revision"]), values
        return True

    def draw(self):
        months = self.random.sample(MONTHS, self.random.randint(1, 12))
        return {month: draw(self.random) for month in months}

    def _submit_always(self):
        try:
            while not self.ending:
                with self.turn:
                    self.submit(self.draw())
                time.sleep(self.random.uniform(0.002, 0.05))
        except BaseException as failure:  # told by the main thread, which checks
            self.failure = failure


class Load:
    """All offices; submitting between `start` and `end`, but for pauses."""

    def __init__(self, province, codes, seed):
        self.senders = [Sender(province, code, seed) for code in codes]
        self.paused = False

    def start(self):
        for sender in self.senders:
            sender.thread.start()

    def pause(self):
        if not self.paused:
            for sender in self.senders:
                sender.turn.acquire()
        self.paused = True
        for sender in self.senders:
            if sender.failure:
                raise sender.failure

    def resume(self):
        if self.paused:
            for sender in self.senders:
                sender.turn.release()
        self.paused = False

    def end(self):
        for sender in self.senders:
            sender.ending = True
        self.resume()
        for sender in self.senders:
            if sender.thread.ident:
                sender.thread.join(60)

"""The disk under an outbox is full: submit refuses, says so and keeps nothing of what it
refused; the daemon survives answers that it cannot write down; all arrives after room."""

import contextlib
import sqlite3

from ground import Ground, SETTLED, can_mount
from harness import check, wait_until
from load import DISK_FULL

ROOM = "256m"
CODE = "193"


class SmallDisk(Ground):
    """One office on a file system of its own."""

    def _prepare(self):
        self.place = self.province.folder / f"office-{CODE}"
        self.province.mount(self.place, ROOM)
        super()._prepare()


def fold(outbox):
    """What SQLite has written ahead goes into the file: it would have room for hundreds of
    reports on a full disk. Not done while the daemon reads."""
    with contextlib.closing(sqlite3.connect(outbox)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def play(seed, rounds):
    can_mount()
    with SmallDisk(seed, districts=(CODE,)) as ground:
        sender, collector = ground.senders[0], ground.province.collectors[0]
        for _ in range(rounds):
            collector.process.kill()
            ground.kills["collector"] += 1
            for _ in range(ground.random.randint(1, 20)):
                check(sender.submit(sender.draw()), "submit works while the province is away")
            fold(ground.place / "outbox.db")
            ballast = ground.fill(ground.place)
            wait_until(lambda: not sender.submit(sender.draw()), "the outbox is full", SETTLED)
            check(DISK_FULL in sender.refusals[-1],
                  f"submit on a full disk said: {sender.refusals[-1]}")
            # What had been accepted is sent; its receipts have no room.
            collector.start()
            ground.wait(2)
            check(sender.office.process.running(), "the daemon survives a full disk:\n"
                  + sender.office.process.logged()[-2000:])
            ballast.unlink()
            check(sender.submit(sender.draw()), "submit works once there is room")
            ground.check()
            ground.load.resume()
        return ground.kills, ground.counts

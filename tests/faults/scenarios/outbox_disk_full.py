"""The disk under an outbox is full: submit refuses, says so and keeps nothing of what it
refused; the daemon survives answers that it cannot write down; all arrives after room."""

import time

from ground import Ground, can_mount
from harness import check, wait_until
from load import DISK_FULL

SMALL, LARGE = "1m", "256m"
CODE = "193"


class Full(Ground):
    def _prepare(self):
        self.place = self.province.folder / f"office-{CODE}"
        self.province.mount(self.place, LARGE)
        super()._prepare()

    def fill(self):
        """Leaves no block of the file system but what the outbox has by now."""
        self.ballast = self.place / "ballast"
        with open(self.ballast, "wb", buffering=0) as stream:
            try:
                while True:
                    stream.write(b"\0" * 4096)
            except OSError:
                pass


def play(seed, rounds):
    can_mount()
    with Full(seed, districts=(CODE,)) as ground:
        sender, collector = ground.senders[0], ground.province.collectors[0]
        for _ in range(rounds):
            collector.process.kill()
            ground.kills["collector"] += 1
            ground.province.resize(ground.place, "8m")
            ground.fill()
            sender.refusals.clear()

            def refused():
                return not sender.submit(sender.draw())
            wait_until(refused, "the outbox is full")
            for refusal in sender.refusals:
                check(DISK_FULL in refusal, f"submit on a full disk said: {refusal}")
            ground.counts["refused"] += len(sender.refusals)
            # What had been accepted is sent; its receipts have no room yet.
            collector.start()
            time.sleep(ground.random.uniform(0.5, 1.5))
            check(sender.office.process.running(), "the daemon survives a full disk:\n"
                  + sender.office.process.logged()[-2000:])
            ground.ballast.unlink()
            ground.province.resize(ground.place, LARGE)
            check(sender.submit(sender.draw()), "submit works once there is room")
            ground.check()
            ground.load.resume()
        return ground.kills, ground.counts

"""The clocks of offices, of their daemons and commands alike, are set by hours or years, on
or back (libfaketime): what waits goes on waiting as long as it should, everything arrives,
and what counts is when the province accepted it."""

import datetime
import pathlib
import re
import time

from ground import Ground, Inactive, harm_rounds
from harness import check, check_equal

LIBRARIES = sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
STAMP = r"(?m)^(\d{4}-\d\d-\d\dT\S+) "
HOUR, YEAR = 3600, 365 * 86400
JUMPS = (-9 * YEAR, -2 * YEAR, -5 * HOUR, -HOUR, HOUR, 30 * HOUR, YEAR, 9 * YEAR)


class OddClocks(Ground):
    """Each office has a clock of its own, in a file."""

    def equip(self, sender):
        clock = self.province.folder / f"clock-{sender.code}"
        clock.write_text("+0")
        sender.clock, sender.offset = clock, 0
        sender.office.environment.update({
            "LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1", "NO_FAKE_STAT": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"})

    def jump(self):
        """Half of the time while the collector is away, and offices wait to try again."""
        self.wait(1.0)
        sender = self.random.choice(self.senders)
        collector = self.province.collectors[0] if self.random.random() < 0.5 else None
        if collector:
            collector.process.kill()
            self.kills["collector"] += 1
            self.wait(0.5)
        # The first to a day before all periods that are reported for.
        sender.offset = self.random.choice(JUMPS) if self.kills["clock"] else JUMPS[0]
        fresh = sender.clock.with_suffix(".new")
        fresh.write_text(f"{sender.offset:+d}")
        fresh.replace(sender.clock)
        self.kills["clock"] += 1
        self.wait(1.0)
        if collector:
            collector.start()

    def check_clock(self, sender):
        """The daemon's last words bear the instant that its clock showed."""
        sender.office.stop()
        stamp = re.findall(STAMP, sender.office.process.logged())[-1]
        shown = datetime.datetime.fromisoformat(stamp).timestamp() - time.time()
        check(abs(shown - sender.offset) < 120,
              f"the clock of {sender.code} was set by {sender.offset} s and was {shown:.0f} s off")


def play(seed, rounds):
    if not LIBRARIES:
        raise Inactive("libfaketime is not installed")
    with OddClocks(seed) as ground:
        start = ground.province.cluster.value("SELECT clock_timestamp()")
        done = harm_rounds(ground, rounds, ground.jump)
        check_equal(ground.province.cluster.value(
            "SELECT count(*) FROM tonghop.report "
            f"WHERE accepted_at NOT BETWEEN timestamptz '{start}' - interval '5 minutes' "
            "AND clock_timestamp() + interval '1 second'"), "0",
            "reports accepted at another time than the province's")
        for sender in ground.senders:
            ground.check_clock(sender)
        return done

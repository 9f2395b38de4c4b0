"""The clocks of offices, of their daemons and commands alike, are set by hours or years, on
or back (libfaketime): what waits goes on waiting as long as it should, everything arrives,
and what counts is when the province accepted it."""

import pathlib

from ground import Ground, Inactive, harm_rounds
from harness import check, check_equal

LIBRARIES = sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
HOUR, YEAR = 3600, 365 * 86400
JUMPS = (-9 * YEAR, -2 * YEAR, -5 * HOUR, -HOUR, HOUR, 30 * HOUR, YEAR, 9 * YEAR)


class OddClocks(Ground):
    """Each office has a clock of its own, in a file."""

    def equip(self, sender):
        clock = self.province.folder / f"clock-{sender.code}"
        clock.write_text("+0")
        sender.clock = clock
        sender.office.environment.update({
            "LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1", "NO_FAKE_STAT": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"})

    def jump(self):
        self.wait(1.0)
        sender = self.random.choice(self.senders)
        fresh = sender.clock.with_suffix(".new")
        fresh.write_text(f"{self.random.choice(JUMPS):+d}")
        fresh.replace(sender.clock)
        self.kills["clock"] += 1
        self.wait(1.0)


def play(seed, rounds):
    if not LIBRARIES:
        raise Inactive("libfaketime is not installed")
    with OddClocks(seed) as ground:
        start = ground.province.cluster.value("SELECT clock_timestamp()")
        done = harm_rounds(ground, rounds, ground.jump)
        odd = [sender for sender in ground.senders if sender.clock.read_text() != "+0"]
        told = [s for s in odd if "clock differs" in s.office.process.logged()]
        check(odd and set(told) <= set(odd), "no clock was set")
        check_equal(ground.province.cluster.value(
            f"SELECT count(*) FROM tonghop.report WHERE accepted_at NOT BETWEEN "
            f"timestamptz '{start}' - interval '5 minutes' AND clock_timestamp()"), "0",
            "reports accepted at another time than the province's")
        return done

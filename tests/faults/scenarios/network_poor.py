"""Every office behind a line that delays each packet by 100 to 300 ms, so that they overtake
each other, and loses 10 to 20 of 100. What an office has gathered while it was cut off does
not fit through such a line in the time that an answer is waited for."""

from harness import check
from network import NetworkGround, check_bites

PATIENCE = 400  # seconds in which some hundred reports come through
BACKLOG = 8     # commands of up to a dozen reports


def play(seed, rounds):
    # An office waits 5 s where the default is 30 s: a batch of all that waits takes longer.
    with NetworkGround(seed, {"answer_timeout_ms": 5000}) as ground:
        ground.settled = PATIENCE
        for _ in range(rounds):
            for sender in ground.senders:
                sender.office.stop()
                for _ in range(ground.random.randint(1, BACKLOG)):
                    check(sender.submit(sender.draw()), "submit works while the line is away")
            before = ground.lost()
            for line in ground.lines.values():
                line.order(loss=ground.random.uniform(0.1, 0.2), delay=0.2, jitter=0.1)
                ground.kills["line"] += 1
            for sender in ground.senders:
                sender.office.start()
            ground.check()
            check_bites(before, ground.lost(), "the poor lines")
            overtaken = sum(line.counts["overtaken"] for line in ground.lines.values())
            check_bites(0, overtaken, "the order of the packets")
        return ground.kills, ground.counts

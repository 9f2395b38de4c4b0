"""Connections die in silence, as when a firewall forgets them: what belongs to them is thrown
away in one direction or both, nobody is told, and new ones pass. Offices notice, connect anew
and deliver; the collector drops what it has left of the dead ones, also of an office that was
switched off and never comes back."""

from ground import harm_rounds
from harness import wait_until
from network import NetworkGround, check_bites

WAYS = (["up"], ["down"], ["up", "down"])
DROPPED = 150  # seconds in which the collector drops a dead peer (60 by its settings)


def forget(ground, sender):
    """The connections of an office that are dead from now on."""
    ground.wait_connected(sender)
    counts = ground.lines[sender].order(forget=ground.random.choice(WAYS))
    ground.kills["line"] += 1
    return set(counts["forgotten"])


def play(seed, rounds):
    with NetworkGround(seed) as ground:
        dead = {sender: set() for sender in ground.senders}

        def harm():
            ground.wait(1.0)
            sender = ground.random.choice(ground.senders)
            dead[sender] |= forget(ground, sender)

        before = ground.lost()
        harm_rounds(ground, rounds, harm)
        # Two that say nothing: one notices by itself, the other is switched off.
        quiet, gone = ground.random.sample(ground.senders, 2)
        ground.wait_connected(gone)
        dead[gone] |= ground.connections()[gone]
        dead[quiet] |= forget(ground, quiet)
        ground.lines[gone].order(drop=["up", "down"])
        ground.kills["line"] += 1
        gone.office.process.kill()
        ground.kills["reporter"] += 1
        wait_until(lambda: ground.connections()[quiet] - dead[quiet],
                   f"{quiet.code}, with nothing to send, connects anew", 60)
        wait_until(lambda: not any(ports & dead[sender]
                                   for sender, ports in ground.connections().items()),
                   "the collector drops its dead peers", DROPPED)
        ground.lines[gone].order(drop=[])
        gone.office.start()
        ground.check()
        check_bites(before, ground.lost(), "the dead connections")
        return ground.kills, ground.counts

"""Offices' lines are cut, for a moment or for longer than an answer is waited for: their
device goes down, and with it the way to the province."""

from ground import harm_rounds
from network import NetworkGround

NOTICED = r"delivery \w+ -> waiting"


def cut(ground):
    ground.wait(1.0)
    senders = ground.random.sample(ground.senders, ground.random.randint(1, len(ground.senders)))
    for sender in senders:
        ground.lines[sender].order(cable=False)
        ground.kills["line"] += 1
    # Half of the time the outage is over before anybody can have noticed it.
    if ground.kills["line"] == len(senders) or ground.random.random() < 0.5:
        senders[0].office.process.wait_logged(NOTICED, 60)
        ground.wait(3.0)
    else:
        ground.wait(0.5)
    for sender in senders:
        ground.lines[sender].order(cable=True)


def play(seed, rounds):
    with NetworkGround(seed) as ground:
        return harm_rounds(ground, rounds, lambda: cut(ground))

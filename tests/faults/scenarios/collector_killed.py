"""kill -9 of collectors: between the commit and the receipt, or before either."""

from ground import kill_rounds


def play(seed, rounds):
    return kill_rounds(seed, rounds, ["collector"])

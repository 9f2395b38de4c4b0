"""kill -9 of a backend that writes reports, half of the time in its COMMIT."""

from ground import kill_rounds


def play(seed, rounds):
    return kill_rounds(seed, rounds, ["backend"])

"""PostgreSQL goes without a checkpoint: kill -9 of the postmaster, or an immediate stop."""

from ground import kill_rounds


def play(seed, rounds):
    return kill_rounds(seed, rounds, ["postmaster"])

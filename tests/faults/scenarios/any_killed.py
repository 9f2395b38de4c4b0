"""kill -9 of any of them, with two collectors on one database."""

from ground import kill_rounds


def play(seed, rounds):
    return kill_rounds(seed, rounds, ["reporter", "collector", "postmaster", "backend"],
                       collectors=2)

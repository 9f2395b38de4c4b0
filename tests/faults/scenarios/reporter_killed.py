"""kill -9 of reporters' daemons, which lose whatever was not on the disk: the outbox tells all."""

from ground import kill_rounds


def play(seed, rounds):
    return kill_rounds(seed, rounds, ["reporter"])

"""The disk under PostgreSQL is full: nothing is acknowledged that cannot be committed,
offices go on submitting and wait, and everything arrives after room was made."""

from ground import Ground, can_mount
from harness import check, check_equal, wait_until

ROOM = "320m"


def play(seed, rounds):
    can_mount()
    with Ground(seed, database_room=ROOM) as ground:
        cluster = ground.province.cluster
        # Out of the full file system: what PostgreSQL says of it must be readable.
        cluster.stop()
        cluster.log = ground.province.folder / "postgres.log"
        cluster.log.touch(mode=0o666)
        cluster.log.chmod(0o666)
        ground.start_database()
        ground.load.start()
        for _ in range(rounds):
            ground.load.resume()
            before = cluster.log.stat().st_size
            ballast = ground.fill(cluster.folder)

            def full():
                with open(cluster.log, encoding="utf-8", errors="replace") as stream:
                    stream.seek(before)
                    return "No space left on device" in stream.read()
            wait_until(full, "PostgreSQL finds its disk full", 60)
            ground.wait(1.5)
            for collector in ground.province.collectors:
                check(collector.process.running(), "the collector stays up")
            for sender in ground.senders:
                check_equal(sender.refusals, [], f"what {sender.code} could not submit")
            ballast.unlink()
            if not ground.province.cluster.answers():
                cluster.stop("immediate")
                ground.start_database()
            ground.check()
        return ground.kills, ground.counts

"""The primary is lost for good and its synchronous standby takes over, with two collectors
that know both. Half of the time the standby was away just before, and the commits that
waited for it were cancelled: they are on the lost primary alone, and must not have been
acknowledged."""

from ground import Ground
from harness import Failure, check_equal, wait_until
from pair import PairedProvince


def cut_off(ground):
    """The standby goes, commits that wait for it are cancelled, the primary is killed, and
    the standby comes back."""
    province = ground.province
    province.mate.stop("fast")
    for _ in range(ground.random.randint(1, 5)):
        wait_until(province.cancel_waits, "a commit waits for the standby")
    province.kill_primary()
    province.mate.start()


def fail_over(ground):
    ground.wait(1.0)
    if ground.random.random() < 0.5:
        cut_off(ground)
    else:
        ground.province.kill_primary()
    ground.kills["failover"] += 1
    ground.wait(0.5)
    ground.province.take_over()
    ground.wait(1.0)
    ground.province.replace_mate()


def play(seed, rounds):
    with Ground(seed, province=PairedProvince()) as ground:
        ground.load.start()
        for number in range(rounds):
            ground.load.resume()
            fail_over(ground)
            ground.wait(0.5)
            try:
                check_equal([r for s in ground.senders for r in s.refusals], [],
                            "what submit refused")
                ground.check()
            except Failure as failure:
                raise Failure(f"round {number + 1}: {failure}") from None
        return ground.kills, ground.counts

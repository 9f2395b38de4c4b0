"""The primary is lost for good and its synchronous standby takes over, with two collectors
that know both. Half of the time the standby was away just before, and the commits that
waited for it were cancelled: they are on the lost primary alone, and must not have been
acknowledged."""

from ground import Ground, harm_rounds
from harness import wait_until
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
    ground.wait(0.2)


def play(seed, rounds):
    with Ground(seed, province=PairedProvince()) as ground:
        return harm_rounds(ground, rounds, lambda: fail_over(ground), most=1)

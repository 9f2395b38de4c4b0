"""kill -9 of the backend in the COMMIT of an act, after its record is on the disk and before
anybody can know: who asked is told that it was done, or that this is not known; asked again
it is done once."""

import concurrent.futures
import os
import signal

from harness import EXAMPLES, Province, check, check_equal, main, wait_until

FORM, PERIOD = "joint-agency", "2024-01"
KEY = ("--form", FORM, "--period", PERIOD, "--district", "194")
LOCKED = ("--form", "concurrent-post", "--period", "2024-Q1", "--district", "194", "--until",
          "2099-01-31", "--reason", "bão")


def killed_in_commit(cluster, table, command):
    """The result of a command whose backend is killed in its COMMIT."""
    # A synchronous standby that never comes holds every COMMIT.
    cluster.configure("synchronous_standby_names = 'nobody'\n")
    wait_until(lambda: cluster.value("SELECT count(*) FROM pg_stat_activity "
                                     "WHERE wait_event = 'SyncRep'") != "0",
               "the publication of the horizon is held")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        running = pool.submit(command)
        try:
            pid = wait_until(lambda: cluster.writing(table, "SyncRep"), "a backend in its COMMIT")
            os.kill(pid, signal.SIGKILL)
        finally:
            cluster.configure("")  # afterwards: it would let the backend go on
        result = running.result()
    wait_until(cluster.answers, "PostgreSQL is back after the crash of a backend")
    return result


def count(cluster, what):
    return cluster.value(f"SELECT count(*) FROM tonghop.{what}")


def scenario():
    with Province(durable=True) as province:
        cluster, collector = province.cluster, province.collectors[0]
        office = province.office("194").start()
        office.submit(EXAMPLES / "reports" / "2024" / "194" / f"{FORM}-{PERIOD}.csv").ok()
        approver = province.commission("lan", "approver")
        wait_until(lambda: cluster.value("SHOW synchronous_commit") == "on", "commits are durable")

        done = 0
        for name, options, state in (("return", ("--comment", "Xem lại"), "returned"),
                                     ("approve", (), "approved"),
                                     ("reopen", ("--comment", "Nhầm"), "received")):
            def act(name=name, options=options):
                return approver.command(name, *KEY, *options, "--format", "csv")
            result = killed_in_commit(cluster, "state_change", act)
            told = [(row["outcome"], row["code"]) for row in result.rows()]
            print(f"{name}: exit {result.status}, {told} {result.err.strip()}")
            done += 1
            # Its record was on the disk: recovery has it, so "refused" would be a lie.
            check_equal(count(cluster, "state_change"), str(done), f"{name} was committed")
            if result.status != 0:
                check("unknown" in result.out + result.err or not told,
                      f"{name}: neither done nor unknown:\n{result.out}{result.err}")
            again = act().ok().rows()
            check_equal([row["outcome"] for row in again], ["done"], f"{name} asked again")
            if result.status == 0:
                check_equal(again[0]["at"], result.rows()[0]["at"], f"{name}: the same act")
            check_equal(count(cluster, "state_change"), str(done), f"{name} is done once")
            check_equal(cluster.value("SELECT state FROM tonghop.current_report"), state, name)

        def unlock():
            return collector.command("unlock", *LOCKED, "--format", "csv")
        result = killed_in_commit(cluster, "lock_exception", unlock)
        print(f"unlock: exit {result.status}, {result.rows()} {result.err.strip()}")
        check(result.status != 0, "unlock says nothing that it cannot know")
        check("again" in result.err, f"unlock says what to do:\n{result.err}")
        check_equal(count(cluster, "lock_exception"), "1", "unlock was committed")
        check_equal([row["outcome"] for row in unlock().ok().rows()], ["kept"],
                    "unlock asked again")
        check_equal(count(cluster, "lock_exception"), "1", "unlock is done once")
        collector.command("verify").ok()


main(scenario)

"""PostgreSQL goes away: the collector says so, keeps its sockets, acknowledges
nothing it has not committed, and goes on by itself."""

from harness import EXAMPLES, Province, check, check_equal, main, wait_until

REPORTS = EXAMPLES / "reports" / "2024" / "195"


def scenario():
    with Province(durable=True) as province:
        collector = province.collectors[0]
        office = province.office("195").start()
        office.submit(REPORTS / "joint-agency-2024-01.csv").ok()

        province.cluster.stop("immediate")
        collector.process.wait_logged(r"database\.down")
        waiting = office.submit(REPORTS / "joint-agency-2024-02.csv", wait=False).ok()
        check(waiting.status == 0, "submit succeeds into the outbox")
        held = office.command("submit", REPORTS / "joint-agency-2024-03.csv", "--wait",
                              "--timeout", "2")
        held.expect(3)
        check_equal(len(office.command("receipts", "--format", "csv").ok().rows()), 1,
                    "receipts while nothing can be committed")
        check(collector.process.running(), "the collector stays up")

        province.cluster.start()
        wait_until(lambda: len(office.command("receipts", "--format", "csv").ok().rows()) == 3,
                   "both reports are receipted after PostgreSQL is back")
        collector.process.wait_logged(r"database\.up")
        check_equal(province.reports(), 3, "reports")
        # A backend killed under the writer is the same to the office: one more commit.
        province.cluster.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                               "WHERE application_name LIKE 'tonghop%'")
        office.submit(REPORTS / "concurrent-post-2024-Q1.csv").ok()
        province.check_chains()
        row = province.commission().figure("joint-agency", "2024-Q1", "joint-meetings", "195")
        check_equal((row["reported"], row["expected"]), ("3", "3"), "figures")


main(scenario)

"""No collector: submit still succeeds into the outbox, status says since when, and
everything is delivered once a collector is there; also across kill -9 of both."""

from harness import EXAMPLES, Province, check, check_equal, main, wait_until

REPORTS = EXAMPLES / "reports" / "2024" / "194"


def scenario():
    with Province(start=False) as province:
        collector = province.collectors[0]
        collector.start()
        office = province.office("194").start()
        office.submit(REPORTS / "joint-agency-2024-01.csv").ok()

        collector.process.kill()
        office.submit(REPORTS / "joint-agency-2024-02.csv", wait=False).ok()
        status = wait_until(
            lambda: (lambda r: r if "joint-agency" in r.out else None)(office.command("status")),
            "status shows the report")
        check(status.status == 0, "status works while the collector is away")
        office.process.kill()
        office.start()
        collector.start()
        wait_until(lambda: province.reports() == 2, "the outbox is delivered after the restarts")
        office.submit(REPORTS / "joint-agency-2024-03.csv").ok()

        check_equal(collector.stop(), 0, "exit status at SIGTERM")
        collector.start()
        office.submit(REPORTS / "concurrent-post-2024-Q1.csv").ok()
        check_equal(province.reports(), 4, "reports in the end")
        province.check_chains()
        office.command("receipts", "verify").ok()


main(scenario)

"""Two collectors before one database: reports through either form one chain a
district, and offices go over to the other when theirs is killed."""

from harness import EXAMPLES, Province, check_equal, main, wait_until

CODES = ["193", "194", "195", "196"]


def scenario():
    with Province(collectors=2) as province:
        offices = [province.office(code).start() for code in CODES]
        # A second key of district 193 that knows only the second collector, so that one
        # district's chain is written through both at the same time.
        second = province.collectors[1]
        second.write_config(
            submit_public=f"tcp://127.0.0.1:{second.submit_port} {second.public_key()}")
        other = province.office("193", "office-193-second")
        key = other
        key.start()
        for office in offices:
            folder = EXAMPLES / "reports" / "2024" / office.code
            office.submit(folder / "joint-agency-2024-01.csv", wait=False).ok()
        other.submit(EXAMPLES / "reports" / "2024" / "193" / "joint-agency-2024-03.csv").ok()
        wait_until(lambda: province.reports() == len(CODES) + 1, "all reports are committed")
        province.check_chains()

        province.collectors[0].process.kill()
        for office in offices:
            folder = EXAMPLES / "reports" / "2024" / office.code
            office.submit(folder / "joint-agency-2024-02.csv").ok()
        check_equal(province.reports(), 2 * len(CODES) + 1, "reports after one collector died")
        province.check_chains()
        for office in offices:
            office.command("receipts", "verify").ok()


main(scenario)

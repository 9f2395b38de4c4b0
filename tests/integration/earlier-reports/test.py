"""value.departs_tenfold comes from the province too: to an office on a new machine, whose
outbox is empty, through another collector than that which took the earlier reports; what both
know, both say."""

from harness import Office, Province, check_equal, main, report_file, wait_until

FORM, CRITERION, DOUBT = "joint-agency", "coordination-sessions", "value.departs_tenfold"


def write(province, period, sessions):
    return report_file(province.folder, f"{period}-{sessions}.csv", FORM, period,
                       {CRITERION: str(sessions)})


def doubted(office, province, period, sessions):
    """Whether the office doubts it by itself, and whether the province does."""
    path = write(province, period, sessions)
    alone = DOUBT in office.command("check", path, "--format", "csv").ok().out
    row = office.submit(path, "--format", "csv").ok().rows()[0]
    check_equal(row["state"], "accepted", "a doubtful report is taken all the same")
    return alone, DOUBT in row["problems"]


def scenario():
    with Province(collectors=2) as province:
        first, second = province.collectors
        office = province.office("193").start()
        for period, sessions in (("2024-01", 4), ("2024-02", 6), ("2024-03", 5)):
            check_equal(doubted(office, province, period, sessions), (False, False),
                        f"{sessions} of {period}")
        # Over 10 * 6.
        check_equal(doubted(office, province, "2024-04", 61), (True, True), "both know")
        office.stop()

        # Another machine of the same district, which knows the second collector only.
        second.write_config(
            submit_public=f"tcp://127.0.0.1:{second.submit_port} {second.public_key()}")
        new = Office(province, "193", "office-193-new").enrol_and_join(second).start()
        wait_until(lambda: new.command("status", "--format", "json").ok().json()["connected"]
                   == "yes", "the new machine is connected")
        # 4, 6, 5 and 61 before it: 10 * 61 is usual, one more is not.
        check_equal(doubted(new, province, "2024-05", 611), (False, True),
                    "the province knows what the office does not")
        check_equal(doubted(new, province, "2024-06", 610), (False, False), "a usual value")
        # What the second collector took is seen by the first one's writer.
        new.stop()
        office.start()
        check_equal(doubted(office, province, "2024-07", 6111), (True, True),
                    "10 * 611 is what the other machine has sent")
        listed = office.command("status", "--all", "--format", "csv").ok().rows()
        check_equal(sorted(r["period"] for r in listed if DOUBT in r["problems"]),
                    ["2024-04", "2024-07"], "doubts that the office keeps")
        first.command("verify").ok()


main(scenario)

"""A new revision replaces the whole report: a value left out is gone from the
figures, the old revision is kept and can still be read."""

from harness import Province, check, check_equal, main, report_file

FIRST = {"joint-meetings": ("3", "4"), "coordination-sessions": "5", "support-funds": "12.5"}
SECOND = {"joint-meetings": ("4", "4"), "coordination-sessions": "n/a"}


def figures(client):
    rows = client.consolidated("joint-agency", "2024-01", "--district", "198")
    return {row["criterion"]: row for row in rows if row["district"] == "198"}


def scenario():
    with Province() as province:
        office = province.office("198").start()
        client = province.commission()
        office.submit(report_file(province.folder, "1.csv", "joint-agency", "2024-01", FIRST)).ok()
        first = figures(client)
        check_equal((first["joint-meetings"]["num"], first["joint-meetings"]["value"]),
                    ("3", "0.75"), "ratio of revision 1")
        check_equal(first["support-funds"]["value"], "12.5", "amount of revision 1")

        office.submit(report_file(province.folder, "2.csv", "joint-agency", "2024-01", SECOND)).ok()
        second = figures(client)
        check_equal(second["joint-meetings"]["value"], "1", "ratio of revision 2")
        check_equal((second["support-funds"]["reported"], second["support-funds"]["value"]),
                    ("0", ""), "a value left out is gone")
        check_equal((second["coordination-sessions"]["reported"],
                     second["coordination-sessions"]["not_applicable"],
                     second["coordination-sessions"]["value"]), ("0", "1", ""),
                    "n/a is neither zero nor missing")

        old = client.command("report", "--form", "joint-agency", "--period", "2024-01",
                             "--district", "198", "--revision", "1", "--format", "csv").ok()
        values = {row["criterion"]: row["value"] for row in old.rows()}
        check_equal(values.get("support-funds"), "12.5", "revision 1 is kept")
        check_equal(province.reports(), 2, "both revisions are in the ledger")
        province.check_chains()

        same = office.submit(province.folder / "2.csv")
        check_equal(province.reports(), 2, "the same content again is no new revision")
        check(same.status == 0, "and no failure")


main(scenario)

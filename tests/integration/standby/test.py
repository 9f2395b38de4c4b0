"""Figures from a streaming replica: after a receipt they become true within its lag; what it
has not replayed it neither shows nor claims; as-of answers stay the same; without it the
commission is told so and offices notice nothing. Acts go to the primary all the same."""

import re

from harness import Province, check, check_equal, main, report_file, wait_until
from replica import add_standby

FORM, MONTH, CRITERION = "joint-agency", "2024-01", "joint-meetings"


def shown(head):
    row = head["rows"][0]
    return f"{row['num']}/{row['den']} of {row['reported']}"


def answer(client, *arguments, period=MONTH):
    """The answer of the province's meetings as JSON, and the figure in it."""
    head = client.command("consolidated", "--form", FORM, "--period", period, "--criterion",
                          CRITERION, "--district", "province", "--format", "json",
                          *arguments).ok().json()
    return head, shown(head)


def figure(client, *arguments, period=MONTH):
    return answer(client, *arguments, period=period)[1]


def figure_if_answered(client):
    result = client.command("consolidated", "--form", FORM, "--period", MONTH, "--criterion",
                            CRITERION, "--district", "province", "--format", "json")
    return shown(result.json()) if result.expect_any(0, 3).status == 0 else None


def state(client, district):
    rows = client.command("report", "--form", FORM, "--period", MONTH, "--format",
                          "csv").ok().rows()
    return [row["state"] for row in rows if row["district"] == district]


def submit(province, office, held, planned, wait=True):
    path = report_file(province.folder, f"{office.code}-{held}.csv", FORM, MONTH,
                       {CRITERION: (str(held), str(planned))})
    return office.submit(path, wait=wait)


def check_lag(province, standby, offices, client, approver):
    """By hand: 193 held 3 of 4 meetings; then, while the replica stands still, 194 held 2
    of 4, and the report of 193 is returned."""
    settled = province.settled()
    wait_until(lambda: standby.horizon() > settled, "the replica has the first report settled")
    standby.pause()
    since = province.cluster.now()
    older = standby.horizon()
    submit(province, offices[1], 2, 4).ok()
    rows = approver.command("return", "--form", FORM, "--period", MONTH, "--district", "193",
                            "--comment", "Thiếu biên bản", "--format", "csv").ok().rows()
    check_equal([row["outcome"] for row in rows], ["done"], "an act goes to the primary")
    later = province.settled()
    check_equal(province.reports(), 2, "reports on the primary")
    check_equal(province.cluster.query(
        "SELECT d.code, c.state FROM tonghop.current_report AS c JOIN tonghop.district AS d "
        "USING (district_id) ORDER BY 1"), [["193", "returned"], ["194", "received"]],
        "states on the primary")

    for _ in range(3):
        head, value = answer(client)
        check_equal(value, "3/4 of 1", "the figure while the replica stands still")
        check_equal(head["horizon"], older, "the horizon is the replica's own")
        check(head["horizon"] <= head["answered_at"] < since,
              f"the answer is of {head['answered_at']}, claimed before {since}")
    check_equal(state(client, "193"), ["received"], "the state that the replica knows")
    refused = client.command("consolidated", "--form", FORM, "--period", MONTH, "--as-of", later,
                             "--language", "en").expect(4)
    check("asof.beyond_horizon" in refused.err and not refused.out and
          "settled up to 20" in refused.err, f"beyond the replica's horizon:\n{refused.err}")
    check_equal(figure(client, "--as-of", older), "3/4 of 1", "as of the replica's horizon")

    standby.resume()
    wait_until(lambda: figure(client) == "5/8 of 2", "the replica has replayed the second report")
    wait_until(lambda: state(client, "193") == ["returned"], "and the act")
    wait_until(lambda: standby.horizon() >= later, "its horizon goes on")
    check_equal(figure(client, "--as-of", later), "5/8 of 2", "as of what was refused before")
    check_equal(figure(client, "--as-of", older), "3/4 of 1", "as of the older instant, again")


def check_lost(province, standby, offices, client):
    """195 reports 1 of 4 while the replica is gone."""
    standby.stop("immediate")
    # What people read of database.unavailable.
    refused = client.command("consolidated", "--form", FORM, "--period", MONTH).expect(3)
    check("Cơ sở dữ liệu của cấp tỉnh tạm thời không trả lời" in refused.err and not refused.out,
          refused.err)
    submit(province, offices[2], 1, 4).ok()
    check_equal(province.reports(), 3, "intake goes on without the replica")
    check(province.collectors[0].process.running(), "the collector stays up")
    collector_log = province.collectors[0].process.logged()
    check(not re.search(r"database\.down", collector_log), "and misses only the replica")
    standby.start()

    # Each query worker finds the replica again for itself, within a second.
    wait_until(lambda: figure_if_answered(client) == "6/12 of 3",
               "questions are answered again, with what came meanwhile")
    wait_until(lambda: all(figure_if_answered(client) for _ in range(20)),
               "twenty questions in a row")


def check_promoted(province, standby, office, client):
    """The replica becomes a primary of its own: answers name the clock again. By hand: 194
    held 4 of 4 after all, 193 and 195 as before."""
    province.collectors[0].stop()
    standby.promote()
    province.cluster.stop("fast")
    province.cluster = standby
    collector = province.collectors[0]
    collector.write_config(database=standby.conninfo("collector"),
                           owner_database=standby.conninfo())
    collector.start()
    since = province.cluster.now()
    submit(province, office, 4, 4).ok()
    head, value = answer(client)
    check_equal(value, "8/12 of 3", "a figure is true at the receipt where its primary is asked")
    check(head["answered_at"] > since, "answers are of now")
    verified = collector.command("verify", "--format", "json").ok().json()
    check_equal(verified["differences"], "0", "differences found by verify")


def scenario():
    with Province(start=False, durable=True) as province:
        standby = add_standby(province)
        collector = province.collectors[0]
        collector.write_config(query_database=standby.conninfo("collector"))
        collector.start()
        client = province.commission()
        approver = province.commission("approver", "approver")
        offices = [province.office(code).start() for code in ("193", "194", "195")]
        check_equal(figure(client), "None/None of 0", "the figure before any report")
        submit(province, offices[0], 3, 4).ok()
        wait_until(lambda: figure(client) == "3/4 of 1", "the first report is in the figure")

        check_lag(province, standby, offices, client, approver)
        check_lost(province, standby, offices, client)
        check_promoted(province, standby, offices[1], client)
        province.check_chains()


main(scenario)

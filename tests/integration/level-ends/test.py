"""The district level ends: every unit closes on 30 June 2025, as it did. Figures,
completeness, ranking and trend up to the end and over it; a merger before it, credited to
who went on; and rules about a district's communes around the day their number changed.
All expectations are worked out by hand from SEMANTICS 3 and 5 to 7."""

import csv
import pathlib
import shutil
import tempfile

from harness import EXAMPLES, Province, check, check_equal, main

FORM, END = "joint-agency", "2025-06-30"
HEADING = "district,form,period,criterion,value,of,note\n"
# staff-filled: ratio, last, target 0.95 upwards, the only weight of the group "people";
# coordination-sessions: count, sum.
HISTORY = HEADING + """193,joint-agency,2025-05,staff-filled,90,100,
193,joint-agency,2025-05,coordination-sessions,4,,
193,joint-agency,2025-06,staff-filled,95,100,
193,joint-agency,2025-06,coordination-sessions,6,,
194,joint-agency,2025-06,staff-filled,40,50,
194,joint-agency,2025-06,coordination-sessions,3,,
193,joint-agency,2019-12,staff-filled,18,20,
193,joint-agency,2019-12,coordination-sessions,5,,
204,joint-agency,2019-12,staff-filled,9,13,
204,joint-agency,2019-12,coordination-sessions,2,,
193,joint-agency,2020-01,staff-filled,30,33,
193,joint-agency,2020-01,coordination-sessions,9,,
"""
# Hạ Long had 20 communes until 31 December 2019, 33 from the next day on.
RULES = [("2019-Q4", "20", True), ("2019-Q4", "33", False), ("2020-Q1", "33", True),
         ("2020-Q1", "20", False)]


def closed_catalogue(folder):
    """The sample with every district that is open closed on the day."""
    shutil.copytree(EXAMPLES / "catalogue", folder)
    path = folder / "districts.csv"
    with open(path, encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row["closed"] = row["closed"] or END
    with open(path, "w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def ask(client, *arguments):
    return client.command(*arguments, "--format", "csv").ok().rows()


def check_figures(client):
    def of(period, *more):
        return {(r["district"], r["criterion"]): (r["reported"], r["expected"], r["num"],
                                                  r["den"], r["value"])
                for r in ask(client, "consolidated", "--form", FORM, "--period", period,
                             "--criterion", "staff-filled,coordination-sessions",
                             "--district", "193,194,204,province", *more)}

    # 13 districts, 6 months; all are open on 30 June.
    check_equal(of("2025-H1"), {
        ("193", "staff-filled"): ("2", "6", "95", "100", "0.95"),
        ("194", "staff-filled"): ("1", "6", "40", "50", "0.8"),
        ("*", "staff-filled"): ("3", "78", "135", "150", "0.9"),
        ("193", "coordination-sessions"): ("2", "6", "", "", "10"),
        ("194", "coordination-sessions"): ("1", "6", "", "", "3"),
        ("*", "coordination-sessions"): ("3", "78", "", "", "13")}, "up to the end")
    # Nobody is open on 31 December: the province has no stock any more; what added up, stays.
    year = of("2025")
    check_equal((year["*", "staff-filled"], year["*", "coordination-sessions"]),
                (("3", "78", "", "", ""), ("3", "78", "", "", "13")), "the year of the end")
    check_equal(year["193", "staff-filled"], ("2", "6", "95", "100", "0.95"), "a district's last")
    check_equal(of("2025-07"), {}, "after the end nothing is expected")
    check_equal(of("2025-H1", "--comparable"), of("2025-H1"), "without successors")

    # The merger: Hoành Bồ (204) went on in Hạ Long (193) on 1 January 2020. It stays its
    # heir's though that closed too.
    plain, comparable = of("2019-12"), of("2019-12", "--comparable")
    check_equal(plain["193", "staff-filled"], ("1", "1", "18", "20", "0.9"), "193 alone")
    check_equal(plain["204", "staff-filled"], ("1", "1", "9", "13", "0.692308"), "204 alone")
    check_equal(comparable["193", "staff-filled"], ("2", "2", "27", "33", "0.818182"), "both")
    check_equal(comparable["193", "coordination-sessions"], ("2", "2", "", "", "7"), "both")
    check("204" not in {district for district, _ in comparable}, "204 is credited")
    for criterion in ("staff-filled", "coordination-sessions"):
        check_equal(comparable["*", criterion], plain["*", criterion], "the province is the same")
    over = of("2019-12..2020-01", "--comparable")
    check_equal(over["193", "staff-filled"], ("3", "3", "30", "33", "0.909091"), "the latest")
    check_equal(over["193", "coordination-sessions"], ("3", "3", "", "", "16"), "5 + 2 + 9")


def check_counts(client):
    """Loaded without the time of arrival: historic. June was due on 10 July 2025."""
    def of(period):
        return {r["district"]: tuple(r[name] for name in ("expected", "received", "historic",
                                                          "missing", "not_yet_due"))
                for r in ask(client, "completeness", "--form", FORM, "--period", period)}

    june = of("2025-06")
    check_equal((june["193"], june["195"], june["*"]), (("1", "1", "1", "0", "0"),
                ("1", "0", "0", "1", "0"), ("13", "2", "2", "11", "0")), "the last month")
    check_equal(of("2025-06..2025-08"), june, "nothing is expected after it")
    check_equal(of("2025")["*"], ("78", "3", "3", "75", "0"), "the year")
    check_equal(of("2025-07"), {}, "no row after the end")


def check_ranking(client):
    def of(period):
        return {r["district"]: (r["composite"], r["basis"], r["rank"], r["expected"],
                                r["received"])
                for r in ask(client, "ranking", "--form", FORM, "--period", period, "--group",
                             "people")}

    # 100 * 0.8 / 0.95 and 100 * 0.9 / 0.95.
    june = of("2025-06")
    check_equal((june["193"], june["194"], june["195"], june["*"]), (
        ("100", "1", "1", "1", "1"), ("84.210526", "1", "2", "1", "1"), ("", "0", "", "1", "0"),
        ("94.736842", "1", "", "13", "2")), "ranked to the last")
    check_equal(len(june), 14, "13 districts and the province")
    year = of("2025")
    check_equal((year["193"], year["*"]), (("100", "1", "1", "6", "2"), ("", "0", "", "78", "3")),
                "the year: ranks, and no stock of the province")
    check_equal(of("2025-07"), {}, "nobody to rank")


def check_trend(client):
    rows = ask(client, "trend", "--form", FORM, "--criterion", "staff-filled", "--period",
               "2025-05..2025-08", "--district", "193,province")
    check_equal([(r["district"], r["period"], r["value"], r["change"]) for r in rows], [
        ("193", "2025-05", "0.9", ""), ("193", "2025-06", "0.95", "5"),
        ("*", "2025-05", "0.9", ""), ("*", "2025-06", "0.9", "0")], "the series ends")


def check_rules(province, collector):
    for number, (period, communes, right) in enumerate(RULES):
        path = province.folder / f"rule-{number}.csv"
        path.write_text(HEADING + f"193,concurrent-post,{period},communes-applying,1,{communes},\n")
        result = collector.command("import", path, "--language", "en")
        told = result.out + result.err
        check_equal(result.status, 0 if right else 4, f"{period} of {communes}:\n{told}")
        check(right == ("rule.all-communes-counted" not in told), f"the rule is named:\n{told}")


def scenario():
    with tempfile.TemporaryDirectory(prefix="tonghop-level-ends-") as folder:
        catalogue = closed_catalogue(pathlib.Path(folder) / "catalogue")
        with Province(catalogue=catalogue) as province:
            collector, client = province.collectors[0], province.commission()
            path = province.folder / "history.csv"
            path.write_text(HISTORY)
            collector.command("import", path).ok()
            check_figures(client)
            check_counts(client)
            check_ranking(client)
            check_trend(client)
            check_rules(province, collector)
            province.check_chains()


main(scenario)

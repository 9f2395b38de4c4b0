"""Completeness and ranking of the sample province, every row against a computation of
its own, from the example files and the rules of SEMANTICS 5 to 7."""

import collections
import csv
import datetime
from fractions import Fraction

from harness import EXAMPLES, Province, check, check_equal, main, report_file

ZONE = datetime.timezone(datetime.timedelta(hours=7))
DAY = datetime.timedelta(days=1)
COUNTS = ("expected received complete empty on_time late not_yet_due missing returned approved "
          "historic").split()


def table(name):
    with open(EXAMPLES / "catalogue" / f"{name}.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


FORMS = {row["code"]: row for row in table("forms")}
CRITERIA = table("criteria")
TARGETS = table("targets")
HOLIDAYS = {row["date"]: row["working"] for row in table("holidays")}
DISTRICTS = list(dict.fromkeys(row["code"] for row in table("districts")))


def date(text):
    return datetime.date.fromisoformat(text)


def last_day(period):
    year, part = period.split("-")
    month = {"Q": lambda n: 3 * n, "H": lambda n: 6 * n}.get(part[0], lambda n: n)(
        int(part.lstrip("QH")))
    return datetime.date(int(year) + month // 12, month % 12 + 1, 1) - DAY


def base_periods(form, first, last):
    """Identifiers of the form's base periods of whole years first..last."""
    parts = {"month": [f"{m:02}" for m in range(1, 13)], "quarter": ["Q1", "Q2", "Q3", "Q4"],
             "half": ["H1", "H2"]}[FORMS[form]["frequency"]]
    return [f"{year}-{part}" for year in range(first, last + 1) for part in parts]


def is_open(district, day):
    return any(date(row["opened"]) <= day and (not row["closed"] or day <= date(row["closed"]))
               for row in table("districts") if row["code"] == district)


def due(form, period):
    """The instant at which a report is late."""
    day = last_day(period) + int(FORMS[form]["due_days"]) * DAY
    while (HOLIDAYS[day.isoformat()] != "yes" if day.isoformat() in HOLIDAYS
           else day.weekday() > 4):
        day += DAY
    return datetime.datetime.combine(day + DAY, datetime.time(), ZONE)


def read_reports():
    """(form, district, period) -> {criterion: (value, of)}, and when each came."""
    reports, came = collections.defaultdict(dict), {}
    with open(EXAMPLES / "history-2023.csv", newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            key = row["form"], row["district"], row["period"]
            reports[key][row["criterion"]] = row["value"], row["of"]
            came[key] = datetime.datetime.fromisoformat(row["received_at"])
    for path in sorted(EXAMPLES.glob("reports/2024/*/*.csv"), key=lambda p: (".r2" in p.name, p)):
        rows = list(csv.reader(open(path, newline="", encoding="utf-8-sig")))
        head = {row[0]: row[1] for row in rows[:rows.index([])] if row}
        key = head["form"], path.parent.name, head["period"]
        reports[key] = {criterion: (value, of)
                        for criterion, value, of, _ in rows[rows.index([]) + 2:] if value}
    return reports, came


def import_file(folder, reports):
    """What came in 2024, in the long form without its time of arrival, and an older
    report that lacks required criteria."""
    path = folder / "untimed.csv"
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow("district form period criterion value of note".split())
        for (form, district, period), values in reports.items():
            if period.startswith("2024") or period.startswith("2022"):
                for criterion, (value, of) in values.items():
                    # A reason, which n/a may have, is not a figure.
                    writer.writerow([district, form, period, criterion, value, of, ""])
    return path


def expected_counts(reports, came, form, periods, districts, states):
    want = {}
    for district in districts:
        count = collections.Counter()
        for period in periods:
            if not is_open(district, last_day(period)):
                continue
            key = form, district, period
            count["expected"] += 1
            if key not in reports:
                count["missing"] += 1
                continue
            required = [row["code"] for row in CRITERIA
                        if row["form"] == form and row["required"] == "yes"]
            values = reports[key]
            count["received"] += 1
            count["complete"] += all(code in values for code in required)
            count["empty"] += not any(value != "n/a" for value, _ in values.values())
            count[states.get(key, "")] += 1
            if key not in came:
                count["historic"] += 1
            elif came[key] < due(form, period):
                count["on_time"] += 1
            else:
                count["late"] += 1
        if count["expected"]:
            want[district] = [count[name] for name in COUNTS]
    want["*"] = [sum(column) for column in zip(*want.values())]
    return want


def figure(criterion, answers):
    """D of a district: (num, den) or None; answers by base period, oldest first."""
    given = [answer for answer in answers if answer]
    real = [(Fraction(value), Fraction(of or 1)) for value, of in given if value != "n/a"]
    if criterion["time_agg"] == "last":
        real = real[-1:] if given and given[-1][0] != "n/a" else []
    if not real:
        return None
    num, den = (sum(column) for column in zip(*real))
    if criterion["kind"] == "ratio":
        return num, den
    return num / (len(real) if criterion["time_agg"] == "average" else 1), Fraction(1)


def target_of(criterion, district, day):
    own = [row for row in TARGETS
           if (row["form"], row["criterion"]) == (criterion["form"], criterion["code"])
           and row["district"] in ("", district) and date(row["from"]) <= day
           and (not row["to"] or day <= date(row["to"]))]
    for row in sorted(own, key=lambda row: row["district"] == ""):
        return Fraction(row["target"])
    return Fraction(criterion["target"]) if criterion["target"] else None


def attainment(direction, value, target):
    if direction == "up":
        if target == 0:
            return Fraction(100 if value >= 0 else 0)
        return 100 * min(max(value, Fraction(0)) / target, Fraction(1))
    return Fraction(100) if value <= target else 100 * target / value


def shown(number):
    """SEMANTICS 5.5: at most 6 digits after the point, half away from zero."""
    rounded = int(number * 10**6 + Fraction(1, 2))
    return f"{rounded // 10**6}.{rounded % 10**6:06}".rstrip("0").rstrip(".")


def expected_ranking(reports, form, group, periods, day):
    """{district or *: (composite, basis, rank)} as texts."""
    scores = {}
    districts = [d for d in DISTRICTS if any(is_open(d, last_day(p)) for p in periods)]
    criteria = [row for row in CRITERIA if row["form"] == form and group in ("", row["group"])
                and int(row["weight"]) > 0 and row["direction"]]
    for unit in districts + ["*"]:
        total, got, weight = Fraction(0), 0, 0
        for row in criteria:
            target = target_of(row, unit, day)
            if target is None:
                continue
            weight += int(row["weight"])
            of = {d: figure(row, [reports.get((form, d, p), {}).get(row["code"])
                                  for p in periods]) for d in districts}
            if unit == "*":
                parts = [one for one in of.values() if one]
                num, den = (sum(column) for column in zip(*parts)) if parts else (0, 0)
                if row["district_agg"] == "average" and parts:
                    num, den = sum(n / d for n, d in parts) / len(parts), 1
            else:
                num, den = of[unit] or (0, 0)
            if den:
                got += int(row["weight"])
                total += int(row["weight"]) * attainment(row["direction"], Fraction(num) / den,
                                                         target)
        scores[unit] = (total / got if got else None, Fraction(got, weight) if weight else None)
    ranked = {unit: score for unit, (score, basis) in scores.items()
              if unit != "*" and score is not None and basis >= Fraction(9, 10)}
    return {unit: ("" if score is None else shown(score), "" if basis is None else shown(basis),
                   str(1 + sum(other > score for other in ranked.values()))
                   if unit in ranked else "")
            for unit, (score, basis) in scores.items()}


def compare_completeness(client, reports, came, form, period, periods, states=()):
    rows = client.command("completeness", "--form", form, "--period", period,
                          "--format", "csv").ok().rows()
    check_equal(list(rows[0]), ["form", "period", "district", *COUNTS], "columns")
    got = {row["district"]: [int(row[name]) for name in COUNTS] for row in rows}
    want = expected_counts(reports, came, form, periods, DISTRICTS, dict(states))
    check_equal(got, want, f"completeness of {form} {period}")
    check_equal(list(got), [d for d in DISTRICTS if d in want] + ["*"], "order of the rows")
    return len(want)


def compare_ranking(client, reports, form, group, period, periods, day):
    rows = client.command("ranking", "--form", form, "--period", period, "--format", "csv",
                          *(["--group", group] if group else [])).ok().rows()
    check_equal(list(rows[0]), "form period district group composite basis rank expected "
                               "received".split(), "columns")
    got = {row["district"]: (row["composite"], row["basis"], row["rank"]) for row in rows}
    check_equal(got, expected_ranking(reports, form, group, periods, day),
                f"ranking of {form} {group} {period}")
    ranks = [int(row["rank"] or 99) for row in rows[:-1]]
    check_equal(ranks, sorted(ranks), "the order of the rows is the ranks'")
    check_equal(rows[-1]["district"], "*", "the province stands last")
    for row in rows:
        check_equal(row["group"], group, "group")
        pairs = [(d, p) for d in DISTRICTS for p in periods
                 if row["district"] in ("*", d) and is_open(d, last_day(p))]
        check_equal((int(row["expected"]), int(row["received"])),
                    (len(pairs), sum((form, d, p) in reports for d, p in pairs)),
                    f"reports beside the rank of {row['district']}")
    return len(rows)


def running_month(province, client):
    """The month that runs: a complete report is on time at once, an incomplete one is
    not late before it is due, and nothing is missing."""
    today = datetime.datetime.now(ZONE)
    period = f"{today.year}-{today.month:02}"
    values = {row["code"]: (1, 1) if row["kind"] == "ratio" else 1 for row in CRITERIA
              if row["form"] == "joint-agency" and row["required"] == "yes"}
    whole = report_file(province.folder, "whole.csv", "joint-agency", period, values)
    part = report_file(province.folder, "part.csv", "joint-agency", period,
                       {"staff-filled": (1, 1)})
    for code, path in ("193", whole), ("194", part):
        province.office(code).submit(path).ok()
    rows = client.command("completeness", "--form", "joint-agency", "--period", period,
                          "--district", "193,194,195", "--format", "csv").ok().rows()
    got = {row["district"]: [int(row[name]) for name in COUNTS] for row in rows}
    check_equal(got, {"193": [1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0],
                      "194": [1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0],
                      "195": [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]}, "the running month")


MERGER = """district,form,period,criterion,value,of,note
193,concurrent-post,2019-Q4,communes-applying,3,20,
204,concurrent-post,2019-Q4,communes-applying,2,13,
193,concurrent-post,2020-Q1,communes-applying,6,33,
"""


def merger(province, collector, client):
    """Hoành Bồ (204) went on in Hạ Long (193) on 2020-01-01."""
    path = province.folder / "merger.csv"
    path.write_text(MERGER)
    collector.command("import", path, "--format", "csv").ok()

    def series(*arguments):
        rows = client.command("trend", "--form", "concurrent-post", "--criterion",
                              "communes-applying", "--from", "2019-Q4", "--to", "2020-Q1",
                              "--district", "193,204,province", "--format", "csv",
                              *arguments).ok().rows()
        return [(r["district"], r["period"], r["num"], r["den"], r["value"], r["change"],
                 r["break"]) for r in rows]

    # 6/33 - 3/20 = 7/220, in points 3.181818...; 6/33 - 5/33 = 1/33.
    check_equal(series(), [
        ("193", "2019-Q4", "3", "20", "0.15", "", ""),
        ("193", "2020-Q1", "6", "33", "0.181818", "3.181818", "204>193"),
        ("204", "2019-Q4", "2", "13", "0.153846", "", ""),
        ("*", "2019-Q4", "5", "33", "0.151515", "", ""),
        ("*", "2020-Q1", "6", "33", "0.181818", "3.030303", "204>193")], "the series as it was")
    check_equal(series("--comparable"), [
        ("193", "2019-Q4", "5", "33", "0.151515", "", ""),
        ("193", "2020-Q1", "6", "33", "0.181818", "3.030303", ""),
        ("*", "2019-Q4", "5", "33", "0.151515", "", ""),
        ("*", "2020-Q1", "6", "33", "0.181818", "3.030303", "")], "the comparable series")
    rows = client.consolidated("concurrent-post", "2019-Q4..2020-Q1", "--criterion",
                               "communes-applying", "--comparable")
    of = {row["district"]: (row["num"], row["den"], row["reported"], row["expected"])
          for row in rows}
    check_equal(of["193"], ("6", "33", "3", "3"), "Hạ Long over the merger")
    check("204" not in of, "Hoành Bồ is credited, not told twice")


def changes(client, reports):
    """compare and trend against differences of exact fractions."""
    def of(district, periods):
        found = [reports["joint-agency", district, p]["tasks-on-time"] for p in periods]
        return Fraction(sum(int(v) for v, _ in found), sum(int(o) for _, o in found))

    def points(after, before):
        change = 100 * (after - before)
        return "-" + shown(-change) if change < 0 else shown(change)

    now, then = [[f"{year}-0{m}" for m in (1, 2, 3)] for year in (2024, 2023)]
    rows = client.command("compare", "--form", "joint-agency", "--period", "2024-Q1", "--with",
                          "2023-Q1", "--criterion", "tasks-on-time", "--district", "193,202",
                          "--format", "csv").ok().rows()
    check_equal([(r["district"], r["value"], r["with_value"], r["change"], r["change_in"])
                 for r in rows],
                [(d, shown(of(d, now)), shown(of(d, then)), points(of(d, now), of(d, then)),
                  "points") for d in ("193", "202")], "two periods")
    aside = client.command("compare", "--form", "joint-agency", "--period", "2024-Q1",
                           "--criterion", "tasks-on-time", "--district", "193,202", "--format",
                           "csv").ok().rows()
    check_equal([(r["193"], r["202"]) for r in aside],
                [(shown(of("193", now)), shown(of("202", now)))], "side by side")
    series = client.command("trend", "--form", "joint-agency", "--criterion", "tasks-on-time",
                            "--period", "2023-12..2024-03", "--district", "193", "--format",
                            "csv").ok().rows()
    months = ["2023-11", "2023-12"] + now
    check_equal([(r["period"], r["value"], r["change"], r["change_year"]) for r in series],
                [(m, shown(of("193", [m])), points(of("193", [m]), of("193", [months[i]])),
                  points(of("193", [m]), of("193", [then[i - 1]])) if i else "")
                 for i, m in enumerate(months[1:])], "the series of months")


def changes_of_means(client):
    """Of means that do not end, by hand from the sample's scores. The sums of the twelve
    districts' means: 985.75 of the half-year, 988.4 of the second quarter; of eleven districts
    921.4 in the third quarter, and 925.4 a year later."""
    rows = client.command("compare", "--form", "concurrent-post", "--period", "2024-Q1", "--with",
                          "2023-H1", "--criterion", "quality-score", "--district", "province",
                          "--format", "csv").ok().rows()
    # 925.4/11 - 985.75/12 = 1.98143939...; the rounded means would say 1.98144. The share of
    # 82.1458333... is 2.41209992...
    check_equal([(r["value"], r["with_value"], r["num"], r["den"], r["with_num"], r["with_den"],
                  r["change"], r["change_percent"]) for r in rows],
                [("84.127273", "82.145833", "", "", "", "", "1.981439", "2.4121")],
                "two means")
    rows = client.command("trend", "--form", "concurrent-post", "--criterion", "quality-score",
                          "--period", "2023-Q2..2023-Q3", "--district", "province", "--format",
                          "csv").ok().rows()
    # 988.4/12 - 983.1/12 = 0.441666...; 921.4/11 - 988.4/12 = 1.39696969..., where the rounded
    # means would say 1.396969.
    check_equal([(r["period"], r["value"], r["change"]) for r in rows],
                [("2023-Q2", "82.366667", "0.441667"), ("2023-Q3", "83.763636", "1.39697")],
                "a series of means")


def scenario():
    reports, came = read_reports()
    reports["joint-agency", "193", "2022-12"] = {"staff-trained": ("3", "")}
    with Province() as province:
        collector, client = province.collectors[0], province.commission()
        collector.command("import", EXAMPLES / "history-2023.csv", "--format", "csv").ok()
        collector.command("import", import_file(province.folder, reports), "--format", "csv").ok()
        check_equal(province.reports(), 233 + 52 + 1, "reports imported")

        rows = 0
        year = base_periods("joint-agency", 2023, 2023)
        for form, period, periods in [
                ("joint-agency", "2023", year),
                ("joint-agency", "2023-08", ["2023-08"]),
                ("joint-agency", "2022-11..2024-03",
                 ["2022-11", "2022-12"] + year + ["2024-01", "2024-02", "2024-03"]),
                ("joint-agency", "2019-11..2020-02", ["2019-11", "2019-12", "2020-01", "2020-02"]),
                ("joint-agency-review", "2023", ["2023-H1", "2023-H2"]),
                ("concurrent-post", "2023", base_periods("concurrent-post", 2023, 2023)),
                ("concurrent-post", "2024-Q1", ["2024-Q1"])]:
            rows += compare_completeness(client, reports, came, form, period, periods)

        states = {("joint-agency", "193", "2023-05"): "approved",
                  ("joint-agency", "194", "2023-05"): "returned"}
        approver = province.commission("approver", role="approver")
        acts = {"approved": ["approve"], "returned": ["return", "--comment", "The sums differ."]}
        for (form, district, period), state in states.items():
            name, *comment = acts[state]
            approver.command(name, "--form", form, "--period", period, "--district", district,
                             *comment).ok()
        rows += compare_completeness(client, reports, came, "joint-agency", "2023", year, states)

        by_period = client.command("completeness", "--form", "joint-agency", "--period", "2023",
                                   "--by", "period", "--district", "202", "--format",
                                   "csv").ok().rows()
        check_equal([row["period"] for row in by_period if row["missing"] == "1"], ["2023-08"],
                    "the missing month of 202")
        check_equal(len(by_period), 12, "rows by period")

        day = datetime.date
        for form, group, period, periods, last in [
                ("joint-agency", "", "2023", year, day(2023, 12, 31)),
                ("joint-agency", "", "2024-Q1", ["2024-01", "2024-02", "2024-03"],
                 day(2024, 3, 31)),
                ("joint-agency", "advisory", "2023", year, day(2023, 12, 31)),
                ("joint-agency", "relationships", "2023", year, day(2023, 12, 31)),
                ("joint-agency", "", "2023-08", ["2023-08"], day(2023, 8, 31)),
                ("concurrent-post", "", "2024-Q1", ["2024-Q1"], day(2024, 3, 31)),
                ("concurrent-post", "result", "2023",
                 base_periods("concurrent-post", 2023, 2023), day(2023, 12, 31))]:
            rows += compare_ranking(client, reports, form, group, period, periods, last)
        print(f"{rows} rows equal an independent computation")

        every = client.command("ranking", "--form", "joint-agency", "--period", "2023",
                               "--group", "all", "--format", "csv").ok().rows()
        groups = list(dict.fromkeys(row["group"] for row in every))
        check_equal(groups, ["", "people", "mechanism", "regulations", "processes", "advisory",
                             "mobilisation", "democracy"], "groups with a weight")

        refused = client.command("ranking", "--form", "joint-agency", "--period", "2023",
                                 "--group", "nothing").expect(4)
        check("nothing" in refused.err and not refused.out, "an unknown group is named")
        for command, word in (("completeness", "Đúng hạn"), ("ranking", "chưa đủ số liệu")):
            printed = client.command(command, "--form", "joint-agency", "--period",
                                     "2023-08").ok().out
            check(word in printed, f"'{word}' in the table of {command}:\n{printed}")
        english = client.command("--language=en", "ranking", "--form", "joint-agency",
                                 "--period", "2023-08").ok().out
        check("insufficient data" in english, f"in English:\n{english}")
        running_month(province, client)
        changes(client, reports)
        changes_of_means(client)
        merger(province, collector, client)


main(scenario)

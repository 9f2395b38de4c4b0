"""Thirteen districts report, the province reads: history by import, 2024 through
real reporters, and every figure against a computation of its own from the files."""

import collections
import csv
from fractions import Fraction

from harness import EXAMPLES, Failure, Province, check, check_equal, main, run

DISTRICTS = "193 194 195 196 205 206 198 199 200 201 202 203 207".split()
QUARTERS = {f"{year}-Q{q}": [f"{year}-{m:02}" for m in range(3 * q - 2, 3 * q + 1)]
            for year in (2023, 2024) for q in (1, 2, 3, 4)}


def read_observations():
    """(form, criterion, district, period) -> (value, of) of the last revision."""
    found = {}
    with open(EXAMPLES / "history-2023.csv", newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            key = row["form"], row["criterion"], row["district"], row["period"]
            found[key] = row["value"], row["of"]
    for path in sorted(EXAMPLES.glob("reports/2024/*/*.csv"), key=lambda p: (".r2" in p.name, p)):
        rows = list(csv.reader(open(path, newline="", encoding="utf-8-sig")))
        head = {row[0]: row[1] for row in rows[:rows.index([])] if row}
        district = head.get("district", path.parent.name)
        stale = [k for k in found if (k[0], k[2], k[3]) == (head["form"], district, head["period"])]
        for key in stale:
            del found[key]
        for criterion, value, of, _ in rows[rows.index([]) + 2:]:
            if value:
                found[head["form"], criterion, district, head["period"]] = value, of
    return found


def shown(number):
    """SEMANTICS 5.5: at most 6 digits after the point, half away from zero."""
    scaled = abs(number) * 10**6
    rounded = int(scaled) + (1 if scaled - int(scaled) >= Fraction(1, 2) else 0)
    text = f"{rounded // 10**6}.{rounded % 10**6:06}".rstrip("0").rstrip(".")
    return ("-" if number < 0 and rounded else "") + text


def expected_figures(criteria, observations, form, periods):
    """{(district or *, criterion): (reported, not_applicable, num, den, value)} by
    the rules of SEMANTICS 5, exact; choices, lists and texts are left out."""
    figures = {}
    for row in criteria:
        if row["form"] != form or row["kind"] not in ("count", "amount", "ratio", "score"):
            continue
        ratio, values = row["kind"] == "ratio", {}
        total = collections.Counter()
        for district in DISTRICTS:
            answers = [observations.get((form, row["code"], district, p)) for p in periods]
            given = [a for a in answers if a]
            real = [(Fraction(v), Fraction(of) if ratio else None) for v, of in given if v != "n/a"]
            reported, na = len(real), len(given) - len(real)
            if row["time_agg"] == "last":
                real = [] if not given or given[-1][0] == "n/a" else real[-1:]
            combined = None
            if real:
                nums = [n for n, _ in real]
                combined = (sum(nums) / (len(nums) if row["time_agg"] == "average" else 1),
                            sum(d for _, d in real) if ratio else None)
                values[district] = combined
            total["reported"] += reported
            total["na"] += na
            figures[district, row["code"]] = line(reported, na, combined, ratio)
        province = None
        if values:
            nums = [n for n, _ in values.values()]
            share = len(nums) if row["district_agg"] == "average" else 1
            province = (sum(nums) / share,
                        sum(d for _, d in values.values()) if ratio else None)
        figures["*", row["code"]] = line(total["reported"], total["na"], province, ratio)
    return figures


def line(reported, na, combined, ratio):
    if combined is None:
        return str(reported), str(na), "", "", ""
    num, den = combined
    if not ratio:
        return str(reported), str(na), "", "", shown(num)
    return str(reported), str(na), shown(num), shown(den), shown(num / den) if den else ""


def compare(client, criteria, observations, form, period, periods):
    want = expected_figures(criteria, observations, form, periods)
    got = {(r["district"], r["criterion"]):
           (r["reported"], r["not_applicable"], r["num"], r["den"], r["value"])
           for r in client.consolidated(form, period)
           if r["kind"] in ("count", "amount", "ratio", "score")}
    check_equal(sorted(got), sorted(want), f"rows of {form} {period}")
    wrong = [(key, got[key], want[key]) for key in want if got[key] != want[key]]
    check(not wrong, f"{form} {period}: {len(wrong)} figures differ, first {wrong[:3]}")
    return len(want)


def scenario():
    with Province() as province:
        collector = province.collectors[0]
        imported = collector.command("import", EXAMPLES / "history-2023.csv", "--format", "csv").ok()
        check("233" in imported.out, f"233 reports imported:\n{imported.out}")
        again = collector.command("import", EXAMPLES / "history-2023.csv", "--format", "csv").ok()
        check("233" in again.out, f"the same import again is 233 duplicates:\n{again.out}")
        check_equal(province.reports(), 233, "reports after importing twice")

        offices = {code: province.office(code).start() for code in DISTRICTS}
        for code, office in offices.items():
            files = sorted((EXAMPLES / "reports" / "2024" / code).glob("*.csv"),
                           key=lambda path: (".r2" in path.name, path.name))
            first = [f for f in files if ".r2" not in f.name]
            office.submit(*first).ok()
            for revised in [f for f in files if ".r2" in f.name]:
                office.submit(revised).ok()
        check_equal(province.reports(), 233 + 53, "reports after all were submitted")
        province.check_chains()

        client = province.commission()
        row = client.figure("concurrent-post", "2024-Q1", "communes-applying")
        check_equal((row["num"], row["den"], row["value"]), ("34", "177", "0.19209"),
                    "communes applying the model")
        check_equal((row["reported"], row["expected"]), ("13", "13"), "districts reported")

        criteria = list(csv.DictReader(open(EXAMPLES / "catalogue" / "criteria.csv",
                                            encoding="utf-8", newline="")))
        observations = read_observations()
        year = [f"2023-{m:02}" for m in range(1, 13)]
        compared = 0
        for form, period, periods in [
                ("joint-agency", "2024-Q1", QUARTERS["2024-Q1"]),
                ("joint-agency", "2023", year),
                ("joint-agency", "2023-9M", year[:9]),
                ("joint-agency", "2023-11..2024-02", ["2023-11", "2023-12", "2024-01", "2024-02"]),
                ("joint-agency-review", "2023", ["2023-H1", "2023-H2"]),
                ("concurrent-post", "2023-H2", ["2023-Q3", "2023-Q4"]),
                ("concurrent-post", "2024-Q1", ["2024-Q1"])]:
            compared += compare(client, criteria, observations, form, period, periods)
        print(f"{compared} figures equal an independent computation")

        missing = client.figure("joint-agency", "2023-08", "tasks-on-time", "202")
        check_equal((missing["reported"], missing["expected"], missing["value"]), ("0", "1", ""),
                    "the missing report")

        members = client.command("consolidated", "--form", "concurrent-post", "--period",
                                 "2024-Q1", "--criterion", "applying-list", "--district",
                                 "province", "--members", "--format", "json").ok().json()["rows"]
        check_equal(members[0]["value"], "34", "size of the union of communes")
        check_equal(len(members[0]["members"].split()), 34, "its members")

        for code in ("193", "207"):
            verified = offices[code].command("receipts", "verify").ok()
            check(verified.out or verified.err, "receipts verify says what it did")
        offices["193"].command("receipts").ok()
        for command in (("consolidated", "--form", "concurrent-post", "--period", "2024-Q1"),
                        ("report", "--form", "concurrent-post", "--period", "2024-Q1",
                         "--district", "193"),
                        ("catalogue",)):
            check(client.command(*command).ok().out.strip(), f"{command[0]} prints a table")
        for office in offices.values():
            check_equal(office.stop(), 0, f"exit status of {office.code} at SIGTERM")
        check_equal(collector.stop(), 0, "exit status of the collector at SIGTERM")


main(scenario)

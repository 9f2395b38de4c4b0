"""The official layout against a computation from the example files and SEMANTICS 6, and
workbooks as a spreadsheet reads them: numbers that are numbers, names, no formulas."""

import csv
import datetime
import os
import pty
import re
import subprocess
import threading
from fractions import Fraction

from harness import BUILD, EXAMPLES, Failure, Province, check, check_equal, main, report_file, run, wait_until
from workbook import Workbook

Q1 = ["01", "02", "03"]


def read_reports():
    """(form, district, period) -> {criterion: (value, of)} of the example files."""
    reports = {}
    with open(EXAMPLES / "history-2023.csv", newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            key = row["form"], row["district"], row["period"]
            reports.setdefault(key, {})[row["criterion"]] = row["value"], row["of"]
    for path in sorted(EXAMPLES.glob("reports/2024/*/*.csv"), key=lambda p: (".r2" in p.name, p)):
        rows = list(csv.reader(open(path, newline="", encoding="utf-8-sig")))
        head = {row[0]: row[1] for row in rows[:rows.index([])] if row}
        reports[head["form"], path.parent.name, head["period"]] = {
            c: (value, of) for c, value, of, _ in rows[rows.index([]) + 2:] if value}
    return reports


def import_file(folder, reports):
    path = folder / "reports-2024.csv"
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow("district form period criterion value of note".split())
        for (form, district, period), values in reports.items():
            if period.startswith("2024"):
                for criterion, (value, of) in values.items():
                    writer.writerow([district, form, period, criterion, value, of, ""])
    return path


def parts(reports, criterion, districts, months):
    """Sums of value and denominator over the months: of counts and of ratios with time_agg
    sum."""
    found = [reports["joint-agency", d, m][criterion] for d in districts for m in months]
    found = [(Fraction(v), Fraction(of or 1)) for v, of in found if v != "n/a"]
    return sum(v for v, _ in found), sum(of for _, of in found)


def shown(value):
    """At most six digits after the point, half away from zero."""
    scaled = abs(value) * 10**6
    digits = int(scaled + Fraction(1, 2))
    text = f"{digits // 10**6}.{digits % 10**6:06}".rstrip("0").rstrip(".")
    return "-" + text if value < 0 and digits else text


def official(client, *arguments):
    rows = client.command("consolidated", "--layout", "official", "--format", "csv",
                          *arguments).ok().rows()
    return {(row["district"], row["criterion"], row["choice"]): row for row in rows}


def compare_official(client, reports):
    """March and the quarter of the sample, every part of the row by hand or fractions."""
    districts = sorted({d for f, d, p in reports if (f, p) == ("joint-agency", "2024-03")})
    got = official(client, "--form", "joint-agency", "--period", "2024-03", "--district", "all")
    for unit, of in [("193", ["193"]), ("202", ["202"]), ("*", districts)]:
        # The target of targets.csv from 2024 on, 0.97, not the criterion's own.
        now, to_date, before = [
            parts(reports, "tasks-on-time", of, months)
            for months in (["2024-03"], [f"2024-{m}" for m in Q1], ["2023-03"])]
        row = got[unit, "tasks-on-time", ""]
        for prefix, (num, den) in ("", now), ("cumulative_", to_date), ("last_year_", before):
            check_equal((row[prefix + "num"], row[prefix + "den"], row[prefix + "value"]),
                        (shown(num), shown(den), shown(num / den)), f"{prefix} of {unit}")
        change = 100 * (now[0] / now[1] - before[0] / before[1])
        check_equal((row["change"], row["change_in"], row["change_percent"]),
                    (shown(change), "points" if shown(change) else "", ""), f"change of {unit}")
        check_equal((row["target"], row["target_percent"]),
                    ("0.97", shown(100 * to_date[0] / to_date[1] / Fraction("0.97"))),
                    f"target of {unit}")
        # A count: plain difference, and the share of the earlier value. No target.
        now, to_date, before = [
            parts(reports, "campaigns", of, months)[0]
            for months in (["2024-03"], [f"2024-{m}" for m in Q1], ["2023-03"])]
        row = got[unit, "campaigns", ""]
        check_equal(
            [row[name] for name in ("value", "cumulative_value", "last_year_value", "change",
                                    "change_in", "change_percent", "target", "target_percent")],
            [shown(now), shown(to_date), shown(before), shown(now - before), "units",
             shown(100 * (now - before) / before) if before else "", "", ""], f"count of {unit}")
    # A stock (time_agg last) does not add up over the year: Hạ Long has 24 of 24 posts in
    # March, and since January. Its target is the criterion's own: 1 / 0.95.
    row = got["193", "staff-filled", ""]
    check_equal([row[name] for name in ("num", "den", "cumulative_num", "cumulative_den",
                                        "target", "target_percent")],
                ["24", "24", "24", "24", "0.95", "105.263158"], "a stock")
    # Cô Tô (207) has a target of its own; the others and the province the criterion's.
    check_equal([got[unit, "advice-adopted", ""]["target"] for unit in ("207", "193", "*")],
                ["0.85", "0.9", "0.9"], "the most specific target")
    check_equal({row["period"] for row in got.values()}, {"2024-03"}, "period")


def share_of_a_mean(client):
    """The half-year's mean of twelve districts' means, 985.75/12 = 82.14583333..., of 80:
    102.68229166...; the rounded mean would say 102.682291. The quarter's is 988.4/12."""
    got = official(client, "--form", "concurrent-post", "--period", "2023-Q2", "--criterion",
                   "quality-score", "--district", "province")
    row = got["*", "quality-score", ""]
    check_equal([row[name] for name in ("value", "num", "den", "cumulative_value", "cumulative_num",
                                        "cumulative_den", "target", "target_percent")],
                ["82.366667", "", "", "82.145833", "", "", "80", "102.682292"], "a mean's share")


def nothing_zero_and_not_applicable(province, collector, client):
    """The three are told apart, in numbers and on the screen."""
    path = province.folder / "few.csv"
    path.write_text("district,form,period,criterion,value,of,note\n"
                    "193,joint-agency,2022-02,campaigns,0,,\n"
                    "193,joint-agency,2022-02,staff-trained,n/a,,\n"
                    "193,joint-agency,2022-02,tasks-on-time,0,0,\n")
    collector.command("import", path, "--format", "csv").ok()
    got = official(client, "--form", "joint-agency", "--period", "2022-02", "--district", "193")
    want = {"campaigns": ("0", "1", "1", "0"), "staff-trained": ("", "0", "1", "1"),
            "tasks-on-time": ("", "1", "1", "0"), "people-reached": ("", "0", "1", "0")}
    for criterion, values in want.items():
        row = got["193", criterion, ""]
        check_equal(tuple(row[n] for n in ("value", "reported", "expected", "not_applicable")),
                    values, criterion)
        check_equal((row["last_year_value"], row["last_year_expected"]), ("", "1"), "a year before")
        check_equal(row["change"], "", "no change from nothing")
    # The cumulative figures of January and February: one of two months reported.
    check_equal((got["193", "campaigns", ""]["cumulative_value"],
                 got["193", "campaigns", ""]["cumulative_expected"]), ("0", "2"), "cumulative")
    text = client.command("--language", "en", "consolidated", "--layout", "official", "--form",
                          "joint-agency", "--period", "2022-02", "--district", "193", "--criterion",
                          ",".join(want)).ok().out
    figures = {" ".join(line.split()[1:3]): line.split() for line in text.splitlines()
               if line[:1].isdigit()}
    # This period, cumulative, a year before, then the change.
    check_equal({name: words[words.index("–") - 2:][:4] if name != "People reached"
                 else words[-4:] for name, words in figures.items()},
                {"Officials trained": ["n/a", "n/a", "–", "–"],
                 "Tasks completed": ["0/0", "0/0", "–", "–"],
                 "Information and": ["0", "0", "–", "–"],
                 "People reached": ["–", "–", "–", "–"]}, "on the screen")


def refusals(client):
    for extra, word in ((["--ytd"], "--ytd"), (["--by", "period"], "--by"),
                        (["--members"], "--members")):
        result = client.command("consolidated", "--layout", "official", "--form", "joint-agency",
                                "--period", "2024-03", *extra).expect(2)
        check(word in result.err, result.err)
    result = client.command("consolidated", "--layout", "plain", "--form", "joint-agency",
                            "--period", "2024-03").expect(2)
    check("official" in result.err, result.err)
    # The server's word on a period that holds no base period, not an empty table.
    client.command("consolidated", "--layout", "official", "--form", "concurrent-post", "--period",
                   "2024-03").expect(4)


REVIEW = "joint-agency-review"


def nine_months(client):
    """Half-years do not make up nine months: whoever asks is told so, and what to ask; a
    range, and the year to date, are answered by the half that lies wholly inside."""
    of_review = ("--form", REVIEW, "--period", "2023-9M")
    for command in (("consolidated", *of_review), ("completeness", *of_review),
                    ("consolidated", "--layout", "official", *of_review),
                    ("ranking", *of_review), ("trend", *of_review), ("narratives", *of_review),
                    ("compare", *of_review, "--district", "193,194"),
                    ("compare", "--form", REVIEW, "--period", "2023-H1", "--with", "2023-9M"),
                    ("report", *of_review),
                    ("assessment", "--form", f"joint-agency,{REVIEW}", "--period", "2023-9M")):
        for language, words in (("vi", "Các kỳ báo cáo trọn vẹn của biểu không hợp thành"),
                                ("en", "Whole base periods of the form do not make up")):
            refused = client.command("--language", language, *command).expect(4)
            check(words in refused.err and "period.not_whole" in refused.err and
                  "2023-H1, 2023, 2023-01..2023-09" in refused.err, f"{command}:\n{refused.err}")
            check_equal(refused.out, "", f"{command} prints nothing else")

    def figures(*arguments):
        rows = client.command("consolidated", "--form", REVIEW, "--format", "csv",
                              *arguments).ok().rows()
        return [{name: cell for name, cell in row.items() if name != "period"} for row in rows]

    half = figures("--period", "2023-H1")
    check(any(row["reported"] == "13" for row in half), "the half is reported")
    for asked in (("--period", "2023-9M", "--ytd"), ("--period", "2023-Q3", "--ytd"),
                  ("--period", "2023-01..2023-09")):
        check_equal(figures(*asked), half, f"{asked} is the first half")
    client.command("assessment", "--form", f"joint-agency,{REVIEW}", "--period",
                   "2023-01..2023-09").ok()


def spans(client):
    """Spans that there are not: named periods have no year before."""
    got = official(client, "--form", "joint-agency", "--period", "term-2020-2025")
    row = got["*", "campaigns", ""]
    check_equal((row["last_year_expected"], row["change"]), ("", ""), "a named period")
    check(row["expected"] != "", "its own figure is there")
    got = official(client, "--form", "joint-agency-review", "--period", "2023-H2")
    row = got["*", "recommendation", "continue"]
    check_equal((row["kind"], row["own_choice"], row["target"]), ("choice", "", ""), "a choice")
    check_equal(sum(int(got["*", "recommendation", choice]["value"])
                    for choice in ("continue", "adjust", "end")), 13, "thirteen chose")


def workbook(client, *arguments, language="vi"):
    path = client.province.folder / "out.xlsx"
    client.command("--language", language, *arguments, "--format", "xlsx", "--output", path).ok()
    return Workbook(path.read_bytes())


def sound(book, what):
    for sheet in book.sheets:
        check(sheet.frozen, f"{what}: headings stay")
        check(sheet.filter.startswith(f"A{sheet.header}:"), f"{what}: filter at {sheet.filter}")
        check_equal((sheet.paper, sheet.orientation), ("9", "landscape"), f"{what}: A4")
        check_equal(sheet.formulas, [], f"{what}: formulas")
    check(any("Print_Titles" in name for name in book.defined), f"{what}: headings on each page")
    core = book.text["docProps/core.xml"]
    check("<dc:creator></dc:creator>" in core, f"{what}: no account is named: {core}")
    check("2000-01-01T00:00:00Z" in core, f"{what}: the file has no date of its own")


def consolidated_workbook(client, reports):
    book = workbook(client, "consolidated", "--form", "joint-agency,concurrent-post", "--period",
                    "2024-Q1")
    sound(book, "consolidated")
    check_equal([s.name for s in book.sheets], ["joint-agency", "concurrent-post"], "a sheet a form")
    plain = client.consolidated("joint-agency", "2024-Q1")
    sheet = book.sheets[0]
    check(sheet.title()[0].startswith("Cơ quan tham mưu"), sheet.title())
    check_equal(sheet.title()[1], "Quý I/2024", "the period")
    at = sheet.headings()
    rows = [sheet.rows()[n] for n in sorted(sheet.rows())]
    check_equal(len(rows), len(plain), "rows")
    for row, want in zip(rows, plain):
        for heading, name in ("Giá trị", "value"), ("Tử số", "num"), ("Mẫu số", "den"), \
                ("Báo cáo", "reported"), ("Phải có", "expected"):
            got = row.get(at[heading])
            check_equal(got, float(want[name]) if want[name] else None, f"{name} of {want}")
    # By name, not only by code; a ratio seen as a percentage is the fraction itself.
    row = next(n for n, r in sheet.rows().items() if "202" in r.values()
               and "tasks-on-time" in r.values())
    check("Huyện Ba Chẽ" in sheet.rows()[row].values(), "the district's name")
    num, den = parts(reports, "tasks-on-time", ["202"], [f"2024-{m}" for m in Q1])
    check_equal(sheet.cells[row, at["Giá trị"]], float(shown(num / den)), "fraction")
    check_equal(sheet.number_formats[row, at["Giá trị"]], "0.00%", "its format")
    row = next(n for n, r in sheet.rows().items() if "*" in r.values()
               and "support-funds" in r.values())
    total = parts(reports, "support-funds", {d for f, d, p in reports if p == "2024-03"},
                  [f"2024-{m}" for m in Q1])[0]
    check_equal(sheet.cells[row, at["Giá trị"]], float(total), "an amount")
    check_equal(sheet.number_formats[row, at["Giá trị"]], "#,##0.000", "as many decimals as it has")
    english = workbook(client, "consolidated", "--form", "concurrent-post", "--period", "2024-Q1",
                       "--members", language="en").sheets[0]
    check("Ba Che District" in english.cells.values(), "names in English")
    check("Denominator" in english.headings(), english.headings())


def official_workbook(client):
    book = workbook(client, "consolidated", "--layout", "official", "--form", "joint-agency",
                    "--period", "2024-Q1", "--district", "193,province")
    sound(book, "official")
    check_equal([s.name for s in book.sheets], ["Thành phố Hạ Long", "Toàn tỉnh"], "a sheet a unit")
    sheet = book.sheets[0]
    at = sheet.headings()
    check_equal(list(at), ["STT", "Chỉ tiêu", "Đơn vị tính", "Kỳ này", "Lũy kế từ đầu năm",
                           "Cùng kỳ năm trước", "Tăng, giảm (tỷ lệ: điểm %)", "Tăng, giảm (%)",
                           "Kế hoạch năm", "So với kế hoạch (%)"], "columns")
    rows = list(sheet.rows().values())
    check_equal(rows[0]["A"], "I. Con người", "a group's heading")
    check_equal([rows[1][c] for c in "ADEFGI"], ["1", 1, 1, 1, 0, 0.95], "24 of 24 posts")
    check_equal(rows[1]["J"], 105.263158, "share of target")
    # Trained: 38 in the quarter, 22 a year before; 16/22 more.
    check_equal([rows[2][c] for c in "DFGH"], [38, 22, 16, 72.727273], "a count")


def hostile_texts(province, client):
    """A report's own words are never formulas, whatever they begin with."""
    notes = {"achievements": "=HYPERLINK(\"http://127.0.0.1/\",\"x\")", "causes": "+1+1",
             "shortcomings": "@SUM(A1)", "proposals": "-2\u2013 <b>&\n\u1ea1\u202egnorw"}
    scores = {name: 50 for name in ("mechanism-score", "coordination-score",
                                    "responsibility-score", "effectiveness-score")}
    choices = {name: "none" for name in ("legal-basis", "documents-incomplete", "not-connected",
                                       "weak-coordination")}
    path = report_file(province.folder, "hostile.csv", "joint-agency-review", "2023-H2",
                       {**scores, **choices, "recommendation": "end", **notes})
    province.office("193").submit(path).ok()
    book = workbook(client, "report", "--form", "joint-agency-review", "--period", "2023-H2",
                    "--district", "193")
    sound(book, "report")
    sheet = book.sheets[0]
    for text in ("=HYPERLINK(\"http://127.0.0.1/\",\"x\")", "+1+1", "@SUM(A1)"):
        check(text in sheet.cells.values(), f"{text} stands as a text: {sheet.cells}")
    # What would steer how the rest is shown is not; nor on a terminal.
    want = "-2\u2013 <b>&\n\u1ea1\ufffdgnorw"
    check(want in sheet.cells.values(), f"an override: {sheet.cells}")
    arguments = ["narratives", "--form", "joint-agency-review", "--period", "2023-H2",
                 "--district", "193"]
    sheet = workbook(client, *arguments).sheets[0]
    check(want in sheet.cells.values(), f"narratives: {sheet.cells}")
    text = client.command(*arguments).ok().out
    check("\u202e" not in text and "\ufffdgnorw" in text, text)
    rows = client.command(*arguments, "--format", "csv").ok().rows()
    check(any(row["text"] == notes["proposals"] for row in rows), "CSV has the exact text")


def every_command(province, collector, client):
    """All that print a table; each a workbook that opens."""
    commands = [
        ("ranking", "--form", "joint-agency", "--period", "2024-Q1", "--group", "all"),
        ("completeness", "--form", "joint-agency,concurrent-post", "--period", "2024-Q1"),
        ("compare", "--form", "joint-agency", "--period", "2024-Q1"),
        ("compare", "--form", "joint-agency", "--period", "2024-Q1", "--with", "2023-Q1"),
        ("trend", "--form", "joint-agency", "--period", "2023-12..2024-03"),
        ("report", "--form", "joint-agency", "--period", "2024-01"),
        ("history", "--form", "joint-agency", "--period", "2024-01", "--district", "193"),
        ("catalogue",), ("catalogue", "--form", "joint-agency"),
    ]
    books = {}
    for command in commands:
        books[command[0]] = workbook(client, *command)
        sound(books[command[0]], " ".join(command))
    sheet = books["report"].sheets[0]
    accepted = sheet.headings()["Tiếp nhận lúc"]
    instant = next(row[accepted] for row in sheet.rows().values())
    day = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(instant))
    check(abs((day - datetime.date.today()).days) <= 1, f"an instant is a date: {instant}")
    office = province.office("195")
    for name, result in [
            ("collector status", subprocess_bytes(collector, "status")),
            ("heads", subprocess_bytes(collector, "heads")),
            ("reporter status", subprocess_bytes(office, "status")),
            ("receipts", subprocess_bytes(office, "receipts"))]:
        sound(Workbook(result), name)
    status = Workbook(subprocess_bytes(collector, "status")).sheets[0]
    check(float(province.reports()) in status.cells.values(), "reports, a number, in a pipe")


def subprocess_bytes(who, command):
    """The harness reads texts; a workbook in a pipe is bytes."""
    start = ([BUILD / "collector" / "tonghop-collector", "-c", who.config]
             if hasattr(who, "config") else
             [BUILD / "reporter" / "tonghop-reporter", f"--state-dir={who.folder}"])
    done = subprocess.run([*map(str, start), command, "--format", "xlsx"], capture_output=True,
                          timeout=60)
    if done.returncode != 0:
        raise Failure(f"{command}: {done.stderr.decode()}")
    return done.stdout


def without_library(client, office):
    """Only workbooks need libxlsxwriter. A file that is no library hides it: a program that was
    linked with it would not even start."""
    program = (BUILD / "commission" / "cli" / "tonghop").read_bytes()
    name = re.search(rb"libxlsxwriter\.so\.[0-9]+", program).group().decode()
    folder = client.folder / "hidden"
    folder.mkdir()
    (folder / name).touch()
    target = folder / "book.xlsx"
    hidden = ["env", f"LD_LIBRARY_PATH={folder}"]
    cli = [*hidden, BUILD / "commission" / "cli" / "tonghop", f"--state-dir={client.folder}"]
    reporter = [*hidden, BUILD / "reporter" / "tonghop-reporter", f"--state-dir={office.folder}"]
    question = ["--form", "joint-agency", "--period", "2023"]
    for command in ([*cli, "consolidated", *question, "--format", "xlsx", "-o", target],
                    [*cli, "assessment", *question, "--output", target],
                    [*cli, "assessment", *question, "--output", folder / "page.html", "--xlsx",
                     target],
                    [*cli, "assessment", *question, "--kind", "final", "--output",
                     folder / "page.html"],
                    [*reporter, "status", "--format", "xlsx"]):
        result = run(*command).expect(1)
        check(f"install it, in Debian the package {name.replace('.so.', '')}" in result.err,
              result.err)
        check(name in result.err and result.out == "", result.err)
    check(sorted(path.name for path in folder.iterdir()) == [name], "nothing was written")
    check(run(*cli, "consolidated", *question, "--format", "csv").ok().rows(), "CSV needs none")
    run(*cli, "assessment", *question, "--output", folder / "page.html").ok()
    run(*reporter, "status").ok()


def as_of(client):
    """compare, trend and the official layout as of an instant: as they were answered then,
    and never before the catalogue was."""
    def latest():
        return client.command("consolidated", "--form", "joint-agency", "--period", "2024-03",
                              "--format", "json").ok().json()

    imported = latest()["answered_at"]
    wait_until(lambda: latest()["horizon"] > imported, "an instant after the imports")
    moment = latest()["horizon"]
    for command in (["compare", "--period", "2024-03"], ["trend", "--period", "2024-01..2024-03"],
                    ["compare", "--period", "2024-03", "--with", "2023-03"],
                    ["consolidated", "--period", "2024-03", "--layout", "official"]):
        arguments = [command[0], "--form", "joint-agency", *command[1:], "--as-of"]
        first = client.command(*arguments, moment, "--format", "csv").ok()
        now = client.command(*arguments[:-1], "--format", "csv").ok()
        check_equal(first.out, now.out, "nothing has come since")
        document = client.command(*arguments, moment, "--format", "json").ok().json()
        check_equal(document["as_of"], moment, "the instant is told")
        result = client.command(*arguments, "2020-01-01").expect(4)
        check("asof.before_catalogue" in result.err, result.err)
    return moment


def as_the_rows(client, moment):
    """Sheets of diff, completeness and report say what the rows of the CSV say."""
    def same(columns, *command):
        sheet = workbook(client, *command, language="en").sheets[0]
        at, rows = sheet.headings(), list(sheet.rows().values())
        plain = client.command(*command, "--format", "csv").ok().rows()
        check(len(plain) > 0, f"{command[0]}: nothing to compare")
        check_equal(len(rows), len(plain), f"{command[0]}: rows")
        for row, want in zip(rows, plain):
            got = [row.get(at[heading], "") for heading in columns]
            check_equal([str(int(value)) if isinstance(value, float) else value for value in got],
                        [want[name] for name in columns.values()], command[0])
        return plain

    # By hand: campaigns 0, an n/a and 0 of 0, each of 193 and so of the province.
    changed = same({"Code": "district", "Revision": "revision", "Reported after": "after_reported",
                    "Not applicable after": "after_not_applicable", "Value after": "after_value",
                    "Denominator after": "after_den"},
                   "diff", "--form", "joint-agency", "--period", "2022-02", "--from", moment)
    check_equal(sorted((row["criterion"], row["district"]) for row in changed),
                [(criterion, district) for criterion in
                 ("campaigns", "staff-trained", "tasks-on-time") for district in ("*", "193")],
                "what few.csv changed")
    received = same({"Code": "district", "Expected": "expected", "Received": "received",
                     "Missing": "missing"},
                    "completeness", "--form", "joint-agency", "--period", "2022-02")
    check_equal([row["received"] for row in received if row["district"] in ("193", "194", "*")],
                ["1", "0", "1"], "one report of one district")
    listed = same({"Code": "district", "Revision": "revision"},
                  "report", "--form", "joint-agency", "--period", "2022-02")
    check_equal([row["district"] for row in listed], ["193"], "the list of reports")


def januaries(province, number):
    path = province.folder / "januaries.csv"
    path.write_text("district,form,period,criterion,value,of,note\n" + "".join(
        f"193,joint-agency,{year}-01,campaigns,{number},,\n" for year in (2023, 2024)))
    return path


def of_one_snapshot(province, collector, client):
    """While reports come, the figures that are set beside each other are of one snapshot:
    January, the year up to January and January a year before say the same, as every import
    gives both Januaries the same number in one transaction."""
    stop, failures, written = threading.Event(), [], [0]

    def write():
        try:
            while not stop.is_set():
                written[0] += 1
                collector.command("import", januaries(province, written[0])).ok()
        except Exception as failure:  # told by the thread that waits
            failures.append(failure)

    ask = ["--form", "joint-agency", "--period", "2024-01", "--district", "193", "--criterion",
           "campaigns"]
    seen = set()

    def look():
        row = official(client, *ask)["193", "campaigns", ""]
        got = [row[prefix + "value"] for prefix in ("", "cumulative_", "last_year_")]
        check_equal((got, row["change"]), ([got[0]] * 3, "0"), "one snapshot")
        row, = client.command("compare", *ask, "--with", "2023-01", "--format",
                              "csv").ok().rows()
        check_equal((row["value"], row["change"]), (row["with_value"], "0"), "both periods")
        seen.update((got[0], row["value"]))
        return failures or len(seen) > 25

    writer = threading.Thread(target=write)
    collector.command("import", januaries(province, 0)).ok()
    writer.start()
    try:
        wait_until(look, "25 states between the imports", deadline=120)
    finally:
        stop.set()
        writer.join()
    if failures:
        raise failures[0]


def terminal(client):
    """A terminal is no place for a workbook."""
    leader, follower = pty.openpty()
    done = subprocess.run([str(BUILD / "commission" / "cli" / "tonghop"),
                           f"--state-dir={client.folder}", "catalogue", "--format", "xlsx"],
                          stdout=follower, stderr=subprocess.PIPE, timeout=60)
    os.close(leader)
    os.close(follower)
    check_equal(done.returncode, 2, "a workbook on a terminal")
    check(b"terminal" in done.stderr, done.stderr)


def scenario():
    reports = read_reports()
    with Province() as province:
        collector, client = province.collectors[0], province.commission()
        collector.command("import", EXAMPLES / "history-2023.csv", "--format", "csv").ok()
        collector.command("import", import_file(province.folder, reports), "--format", "csv").ok()
        compare_official(client, reports)
        share_of_a_mean(client)
        spans(client)
        refusals(client)
        nine_months(client)
        consolidated_workbook(client, reports)
        official_workbook(client)
        every_command(province, collector, client)
        terminal(client)
        without_library(client, province.office("196"))
        moment = as_of(client)
        before = client.command("compare", "--form", "joint-agency", "--period", "2022-02",
                                "--as-of", moment, "--format", "csv").ok().out
        nothing_zero_and_not_applicable(province, collector, client)
        after = client.command("compare", "--form", "joint-agency", "--period", "2022-02",
                               "--as-of", moment, "--format", "csv").ok().out
        check_equal(after, before, "an answer as of an instant stays")
        as_the_rows(client, moment)
        of_one_snapshot(province, collector, client)
        hostile_texts(province, client)


main(scenario)

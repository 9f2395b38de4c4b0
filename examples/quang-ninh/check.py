#!/usr/bin/env python3
"""Checks the data of this folder against its catalogue and against README.md.

Python 3 standard library only.  It reads the files alone and shares nothing
with generate.py, so that a mistake made there is seen here.  Prints every
fault that it finds and exits with 1, or prints what it counted and exits
with 0.
"""

import csv
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).resolve().parent

# ---- what README.md says is irregular, and nothing else may be

MISSING_2023 = {("202", "joint-agency", "2023-08")}
LATE_2023 = {
    ("203", "joint-agency", "2023-01"), ("202", "joint-agency", "2023-03"),
    ("207", "joint-agency", "2023-04"), ("201", "joint-agency", "2023-07"),
    ("202", "joint-agency", "2023-09"), ("206", "joint-agency", "2023-12"),
    ("198", "joint-agency-review", "2023-H1"),
    ("203", "concurrent-post", "2023-Q2"), ("202", "concurrent-post", "2023-Q4"),
}
LEFT_OUT = {
    ("199", "joint-agency", "2023-05", "campaigns"),
    ("201", "joint-agency", "2023-06", "support-funds"),
    ("206", "joint-agency", "2023-10", "handling-days"),
}
WARNINGS = {
    ("206", "joint-agency", "2023-05", "staff-within-establishment"),
    ("194", "concurrent-post", "2023-Q2", "applying-only-where-unified"),
    ("205", "concurrent-post", "2023-Q4", "officers-of-applying"),
}
NO_DENOMINATOR = {("202", "joint-agency", "2023-02", "opinions-resolved")}
REVISED_2024 = {("205", "joint-agency", "2024-02"): "tasks-on-time"}
LINE_BREAK = {("205", "joint-agency-review", "2023-H2", "achievements")}
ZERO_COUNTS = {
    ("198", "joint-agency", "2023-01", "staff-trained"),
    ("200", "joint-agency", "2023-01", "supervision-sessions"),
    ("202", "joint-agency", "2023-01", "supervision-sessions"),
    ("202", "joint-agency", "2024-02", "staff-trained"),
}
NONE_APPLYING = {("202", q) for q in ("2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4", "2024-Q1")} | {
    ("196", q) for q in ("2023-Q3", "2023-Q4", "2024-Q1")}
NOT_APPLICABLE = {
    ("207", "joint-agency", "2023-01", "staff-trained"),
    ("202", "joint-agency", "2023-02", "advice-adopted"),
    ("203", "joint-agency", "2023-07", "support-funds"),
    ("207", "joint-agency", "2023-10", "supervision-sessions"),
} | {("207", "joint-agency", f"{y}-{m:02d}", "weak-areas-resolved")
     for y, months in ((2023, 12), (2024, 3)) for m in range(1, months + 1)
} | {(d, "concurrent-post", q, c) for d, q in NONE_APPLYING
     for c in ("full-time-staff", "tasks-per-officer", "quality-score")
} | {("202", "concurrent-post", q, "decision") for d, q in NONE_APPLYING if d == "202"}
APPLYING = {"2023-Q1": 29, "2023-Q2": 31, "2023-Q3": 31, "2023-Q4": 33, "2024-Q1": 34}

NARRATIVES = ["achievements", "shortcomings", "causes", "proposals"]

faults = []


def fault(where, message):
    """Remembers one fault."""
    faults.append(f"{where}: {message}" if isinstance(where, str)
                  else f"{' '.join(where)}: {message}")


# ------------------------------------------------------------------- reading


def text_of(path):
    """A file's text; it must be UTF-8 in NFC with LF and no odd characters."""
    raw = path.read_bytes()
    name = str(path.relative_to(HERE))
    text = raw.decode("utf-8")
    if text != unicodedata.normalize("NFC", text):
        fault(name, "not in Unicode NFC")
    if not text.endswith("\n") or "\r" in text or text.startswith("\ufeff"):
        fault(name, "must have LF line ends, no byte-order mark, a last line end")
    for ch in set(text) - {"\n"}:
        if unicodedata.category(ch).startswith("C"):
            fault(name, f"control character U+{ord(ch):04X}")
    return text


def catalogue_file(name):
    """The rows of a catalogue file."""
    path = HERE / "catalogue" / name
    if path.stat().st_mode & 0o777 != 0o644:
        fault(f"catalogue/{name}", "mode is not 644")
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


DISTRICTS = catalogue_file("districts.csv")
COMMUNES = catalogue_file("communes.csv")
FORMS = {r["code"]: r for r in catalogue_file("forms.csv")}
CRITERIA = catalogue_file("criteria.csv")
CHOICES = defaultdict(set)
for r in catalogue_file("choices.csv"):
    CHOICES[r["form"], r["criterion"]].add(r["value"])
RULES = catalogue_file("rules.csv")
HOLIDAYS = {r["date"]: r["working"] for r in catalogue_file("holidays.csv")}
CRITERION = {(r["form"], r["code"]): r for r in CRITERIA}


def period_days(period):
    """First and last day of a month, quarter or half."""
    m = re.fullmatch(r"(\d{4})-(?:(\d\d)|Q([1-4])|H([12]))", period)
    year = int(m[1])
    if m[2]:
        first, length = int(m[2]), 1
    elif m[3]:
        first, length = int(m[3]) * 3 - 2, 3
    else:
        first, length = int(m[4]) * 6 - 5, 6
    end = first + length
    return date(year, first, 1), date(year + (end > 12), (end - 1) % 12 + 1, 1) - timedelta(1)


def works(day):
    """Whether offices work on a day."""
    entry = HOLIDAYS.get(str(day))
    return day.weekday() < 5 if entry is None else entry == "yes"


def due_day(form, period):
    """The day at whose end the report is due."""
    day = period_days(period)[1] + timedelta(int(FORMS[form]["due_days"]))
    while not works(day):
        day += timedelta(1)
    return day


def contains(row, day):
    """Whether a catalogue row is in force on a day."""
    return row["opened"] <= str(day) <= (row["closed"] or "9999")


def open_districts(day):
    """The districts open on a day: code -> number of communes."""
    return {r["code"]: int(r["communes"]) for r in DISTRICTS if contains(r, day)}


def read_history():
    """history-2023.csv as key -> (lines, received_at)."""
    name = "history-2023.csv"
    rows = list(csv.reader(text_of(HERE / name).splitlines(keepends=True), strict=True))
    if rows[0] != "district,form,period,criterion,value,of,note,received_at".split(","):
        fault(name, "wrong header")
    reports, current = {}, None
    for n, row in enumerate(rows[1:], 2):
        if len(row) != 8:
            fault(f"{name} row {n}", "not 8 fields")
            continue
        key = tuple(row[:3])
        if key != current:
            if key in reports:
                fault(key, "rows are not contiguous")
            reports.setdefault(key, ([], row[7]))
            current = key
        if row[7] != reports[key][1]:
            fault(key, "received_at differs within the report")
        reports[key][0].append(tuple(row[3:7]))
    return reports


def read_report(path):
    """A report file as (key, header lines, value lines)."""
    name = str(path.relative_to(HERE))
    head, blank, body = text_of(path).partition("\n\n")
    header = dict(csv.reader(head.splitlines(), strict=True))
    if list(header)[:3] != ["form", "period", "district"]:
        fault(name, "must begin with form, period, district")
    extra = list(header)[3:]
    if extra not in ([], ["document_number", "document_date", "signing_office"]):
        fault(name, f"unexpected header lines {extra}")
    rows = list(csv.reader(body.splitlines(keepends=True), strict=True))
    if not blank or not rows or rows[0] != ["criterion", "value", "of", "note"]:
        fault(name, "no blank line, or wrong header of the table")
    if any(len(row) != 4 for row in rows):
        fault(name, "a line without 4 fields")
    return ((header["district"], header["form"], header["period"]), header,
            [tuple(row) for row in rows[1:]])


# ---------------------------------------------------------------- validation


def number(where, text, places):
    """A plain decimal with at most so many places, or None after a fault."""
    if not re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text):
        fault(where, f"not a number: {text!r}")
        return None
    try:
        x = Decimal(text)
    except InvalidOperation:
        fault(where, f"not a number: {text!r}")
        return None
    if -x.as_tuple().exponent > places or len(x.as_tuple().digits) > 18:
        fault(where, f"too precise: {text}")
    return x


def in_range(where, x, criterion):
    """Checks min and max of the criterion."""
    if criterion["min"] and x < Decimal(criterion["min"]):
        fault(where, f"{x} is below {criterion['min']}")
    if criterion["max"] and x > Decimal(criterion["max"]):
        fault(where, f"{x} is above {criterion['max']}")


def value_of(key, code, value, of):
    """Checks one value and gives it back as number, (num, den), set or text."""
    district, form, period = key
    where = key + (code,)
    criterion = CRITERION[form, code]
    kind, places = criterion["kind"], int(criterion["decimals"])
    if kind != "ratio" and of:
        fault(where, "a denominator on what is no ratio")
    if kind == "ratio":
        num, den = number(where, value, places), number(where, of, places)
        if num is None or den is None:
            return None
        if num < 0 or den < 0:
            fault(where, "negative part")
        if den == 0 and num != 0:
            fault(where, "denominator 0 under a numerator that is not")
        if den:
            in_range(where, num / den, criterion)
        return num, den
    if kind in ("count", "amount", "score"):
        x = number(where, value, places)
        if x is None:
            return None
        if kind == "count" and (x < 0 or x != int(x) or "." in value):
            fault(where, f"not a count: {value}")
        in_range(where, x, criterion)
        return x
    if kind == "choice":
        if value not in CHOICES[form, code]:
            fault(where, f"not a choice: {value}")
        return value
    if kind == "communes":
        codes = [] if value == "none" else value.split(" ")
        own = {r["code"] for r in COMMUNES
               if r["district_code"] == district and contains(r, period_days(period)[1])}
        if len(set(codes)) != len(codes) or not set(codes) <= own:
            fault(where, f"not a set of the district's own communes: {value}")
        return set(codes)
    if kind == "text":
        if not value.strip() or len(value) > 10000:
            fault(where, "text empty or too long")
        if "\n" in value and where not in LINE_BREAK:
            fault(where, "undocumented line break")
        return value
    fault(where, f"unknown kind {kind}")
    return None


def side(key, expression, values):
    """The value of one side of a rule, or None when a term is missing or n/a."""
    total = Decimal(0)
    for sign, term in re.findall(r"([+-]?)\s*([^\s+-][^\s+]*)", expression):
        if term == "DISTRICT.communes":
            x = Decimal(open_districts(period_days(key[2])[1])[key[0]])
        elif re.fullmatch(r"[\d.]+", term):
            x = Decimal(term)
        else:
            code, _, part = term.partition(".")
            x = values.get(code)
            if x is None:
                return None
            if part:
                x = x[part == "den"]
            elif isinstance(x, set):
                x = Decimal(len(x))
        total += -x if sign == "-" else x
    return total


OPERATORS = {"<": lambda a, b: a < b, "<=": lambda a, b: a <= b, "=": lambda a, b: a == b,
             ">=": lambda a, b: a >= b, ">": lambda a, b: a > b}

warnings, not_applicable, left_out, no_denominator, zero_counts = set(), set(), set(), set(), set()
line_breaks = set()


def check_report(key, lines):
    """Validates one report by the catalogue; its values by criterion."""
    district, form, period = key
    if form not in FORMS or FORMS[form]["filled_by"] != "district":
        fault(key, "no form that a district fills")
        return {}
    shape = {"month": r"\d{4}-\d\d", "quarter": r"\d{4}-Q\d", "half": r"\d{4}-H\d"}
    if not re.fullmatch(shape[FORMS[form]["frequency"]], period):
        fault(key, "the period is not of the form's frequency")
        return {}
    first, last = period_days(period)
    if district not in open_districts(last) or not contains(FORMS[form], last):
        fault(key, "district or form not open")
    order = [r["code"] for r in CRITERIA if r["form"] == form and contains(r, last)]
    codes = [line[0] for line in lines]
    if codes != [c for c in order if c in codes]:
        fault(key, f"criteria unknown, double or out of order: {codes}")
    values = {}
    for code, value, of, note in lines:
        if (form, code) not in CRITERION:
            continue
        if value == "n/a":
            not_applicable.add(key + (code,))
            if of or not note:
                fault(key + (code,), "n/a with a denominator or without a reason")
            continue
        x = values[code] = value_of(key, code, value, of)
        if CRITERION[form, code]["kind"] == "ratio" and x and x[1] == 0:
            no_denominator.add(key + (code,))
        if CRITERION[form, code]["kind"] == "count" and x == 0:
            zero_counts.add(key + (code,))
        if "\n" in value:
            line_breaks.add(key + (code,))
    for code in order:
        if code in codes:
            continue
        if CRITERION[form, code]["required"] == "yes":
            fault(key, f"required {code} is missing")
        elif not (form == "concurrent-post" and code in NARRATIVES):
            left_out.add(key + (code,))
    for rule in RULES:
        if rule["form"] != form:
            continue
        left, right = side(key, rule["left"], values), side(key, rule["right"], values)
        if left is None or right is None or OPERATORS[rule["op"]](left, right):
            continue
        if rule["severity"] == "error":
            fault(key, f"rule {rule['code']}: {left} {rule['op']} {right} does not hold")
        else:
            warnings.add(key + (rule["code"],))
    check_plausible(key, values)
    return values


def check_plausible(key, values):
    """Bounds within which the invented figures are to look plausible."""
    def quotient(code):
        num, den = values.get(code) or (0, 0)
        return Fraction(num) / Fraction(den) if den else None

    if key[1] == "joint-agency":
        posts = values.get("staff-filled")
        if posts and not 14 <= posts[1] <= 24:
            fault(key, "staff posts not in 14..24")
        on_time = quotient("tasks-on-time")
        if on_time is not None and not Fraction(8, 10) <= on_time <= 1:
            fault(key, "tasks on time not in 80..100 %")
        days = quotient("handling-days")
        if days is not None and not 2 <= days <= 5:
            fault(key, f"handling days {float(days):.2f} not in 2..5")
        regulations = values.get("regulations-issued")
        if regulations and regulations[0] > regulations[1]:
            fault(key, "more regulations than required")
    for code in NARRATIVES:
        text = values.get(code)
        if text is None:
            if key[1] == "joint-agency-review":
                fault(key, f"no {code}")
            continue
        count = len(re.findall(r"\.(?=\s|$)", text))
        if not 2 <= count <= 5 or not text.endswith("."):
            fault(key, f"{code} has {count} sentences")
        if re.search(r"\b(ông|bà|đồng chí|đ/c)\b", text, re.IGNORECASE) or re.search(r"[{}]", text):
            fault(key, f"{code} may name a person, or has an unfilled place")


def check_received(key, text):
    """received_at: its form, in working hours, late only where README.md says so."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", text):
        fault(key, f"received_at {text!r}")
        return False
    at = datetime.fromisoformat(text)
    end = period_days(key[2])[1]
    due = due_day(key[1], key[2])
    minute = at.hour * 60 + at.minute
    if not works(at.date()) or not (450 <= minute < 690 or 810 <= minute < 1020):
        fault(key, f"received out of working hours: {text}")
    if at.date() <= end:
        fault(key, "received before the period ended")
    if at.date() > end + timedelta(int(FORMS[key[1]]["lock_days"])):
        fault(key, "received after the lock")
    return at.date() > due


def check_jumps(reports):
    """No number may be ten times, or a tenth of, the mean of the last 12 before it."""
    before = defaultdict(list)
    for key in sorted(reports, key=lambda k: (period_days(k[2])[1], k)):
        for code, x in reports[key].items():
            kind = CRITERION[key[1], code]["kind"]
            if x is None:  # a fault already told
                continue
            if kind == "ratio":
                x = Fraction(x[0]) / Fraction(x[1]) if x[1] else None
            elif kind not in ("count", "amount", "score"):
                continue
            if x is None:  # 0 of 0
                continue
            past = before[key[0], key[1], code][-12:]
            if past and x:
                mean = sum(map(Fraction, past)) / len(past)
                if mean and not mean / 10 < Fraction(x) < mean * 10:
                    fault(key, f"{code} departs tenfold: {float(x)}")
            before[key[0], key[1], code].append(x)


def same(what, found, documented):
    """The irregularities found must be those documented."""
    for key in sorted(found - documented):
        fault(key, f"{what}, not documented")
    for key in sorted(documented - found):
        fault(key, f"documented as {what}, and is not")


def expected_keys(year_periods):
    """Every (district, form, period) of some (form, period), for the districts then open."""
    return {(d, form, period) for form, period in year_periods
            for d in open_districts(period_days(period)[1])}


def main():
    """Checks all."""
    for r in {(r["code"], r["opened"]): r for r in DISTRICTS if not r["closed"]}.values():
        count = sum(c["district_code"] == r["code"] and not c["closed"] for c in COMMUNES)
        if count != int(r["communes"]):
            fault(f"district {r['code']}", f"{r['communes']} communes, {count} listed")

    values, observations = {}, 0
    history = read_history()
    periods = [("joint-agency", f"2023-{m:02d}") for m in range(1, 13)]
    periods += [("joint-agency-review", "2023-H1"), ("joint-agency-review", "2023-H2")]
    periods += [("concurrent-post", f"2023-Q{q}") for q in (1, 2, 3, 4)]
    same("missing", expected_keys(periods) - set(history), MISSING_2023)
    for key in set(history) - expected_keys(periods):
        fault(key, "not expected in history-2023.csv")
    late = set()
    for key, (lines, received) in history.items():
        observations += len(lines)
        values[key] = check_report(key, lines)
        if check_received(key, received):
            late.add(key)
    same("late", late, LATE_2023)

    files, revisions, observations_2024 = {}, {}, 0
    for path in sorted((HERE / "reports" / "2024").rglob("*")):
        if path.is_dir():
            continue
        key, header, lines = read_report(path)
        name = f"{key[0]}/{key[1]}-{key[2]}"
        found = str(path.relative_to(HERE / "reports" / "2024"))
        if found not in (f"{name}.csv", f"{name}.r2.csv"):
            fault(found, "the file's name does not tell what is in it")
        observations_2024 += len(lines)
        if "document_date" in header:
            day = date.fromisoformat(header["document_date"])
            if day <= period_days(key[2])[1] or not works(day):
                fault(found, f"document_date {day}")
        (revisions if found.endswith(".r2.csv") else files)[key] = lines
    for key, lines in files.items():
        values[key] = check_report(key, lines)
    wanted = [("joint-agency", f"2024-{m:02d}") for m in (1, 2, 3)]
    wanted += [("concurrent-post", "2024-Q1")]
    same("missing", expected_keys(wanted) - set(files), set())
    for key in set(files) - expected_keys(wanted):
        fault(key, "not expected in reports/2024")
    same("revised", set(revisions), set(REVISED_2024))
    for key, lines in revisions.items():
        changed = {a[0] for a, b in zip(lines, files.get(key, lines)) if a[:3] != b[:3]}
        if len(lines) != len(files.get(key, ())) or changed != {REVISED_2024.get(key)}:
            fault(key, f"revision 2 changes {changed}")
        values[key] = check_report(key, lines)

    same("a warning", warnings, WARNINGS)
    same("n/a", not_applicable, NOT_APPLICABLE)
    same("left out", left_out, LEFT_OUT)
    same("a ratio with denominator 0", no_denominator, NO_DENOMINATOR)
    same("a count of 0", zero_counts, ZERO_COUNTS)
    same("a line break", line_breaks, LINE_BREAK)
    check_jumps(values)

    applying = {}
    for quarter, count in APPLYING.items():
        rows = {k[0]: v["communes-applying"] for k, v in values.items()
                if k[1:] == ("concurrent-post", quarter) and v.get("communes-applying")}
        num, den = sum(v[0] for v in rows.values()), sum(v[1] for v in rows.values())
        if (num, den) != (count, 177):
            fault(quarter, f"{num} of {den} communes apply, not {count} of 177")
        same("without applying communes",
             {(d, quarter) for d, v in rows.items() if v[0] == 0},
             {k for k in NONE_APPLYING if k[1] == quarter})
        applying = rows
    members = set()
    for key, v in values.items():
        if key[1:] == ("concurrent-post", "2024-Q1"):
            members |= v.get("applying-list") or set()
    if len(members) != APPLYING["2024-Q1"]:
        fault("2024-Q1", f"{len(members)} communes in the lists")

    for slot in NARRATIVES:
        texts = Counter(v[slot] for v in values.values() if v.get(slot))
        for text, times in texts.items():
            if times > 1:
                fault(slot, f"the same narrative {times} times: {text[:60]}")
        sentences = {s for t in texts for s in re.split(r"(?<=\.)\s", t)}
        if len(sentences) < 8:
            fault(slot, f"only {len(sentences)} different sentences")

    if faults:
        print("\n".join(faults), file=sys.stderr)
        print(f"{len(faults)} faults", file=sys.stderr)
        return 1
    print(f"history-2023.csv: {len(history)} reports, {observations} observations, "
          f"{len(late)} late, {len(MISSING_2023)} missing")
    print(f"reports/2024: {len(files)} reports and {len(revisions)} revision, "
          f"{observations_2024} observations")
    print("applying at 2024-Q1: " + ", ".join(f"{d} {v[0]}/{v[1]}" for d, v in applying.items())
          + f"; in all {sum(v[0] for v in applying.values())}/177")
    print(f"warnings: {len(warnings)}, n/a: {len(not_applicable)}, left out: {len(left_out)}")
    print("all is as README.md says")
    return 0


if __name__ == "__main__":
    sys.exit(main())

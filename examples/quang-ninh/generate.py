#!/usr/bin/env python3
"""Writes the illustrative data of this folder: history-2023.csv and reports/2024/.

Python 3 standard library only.  Nothing is read but catalogue/ and
sentences.csv beside this file, and nothing is drawn from the machine's random
source or clock: every "random" number is a digest of SEED and of what the
number is for.  So a run always writes the same bytes, and a change to one
figure leaves all others as they were.

All figures are invented.  README.md says what is in the files; check.py
checks them without using this program.
"""

import csv
import hashlib
import io
from datetime import date, timedelta
from pathlib import Path

SEED = "tonghop/quang-ninh/1"
HERE = Path(__file__).resolve().parent

NOT_APPLICABLE = "n/a"

# ---------------------------------------------------------------- the districts

# What a district is like.  posts: posts assigned; size: volume of work, 1 is
# a middling town; quality: 0.8 (weak) to 0.96 (strong), kept through the
# year; reach: people reached in a plain month; funds: million VND in a plain
# month; regulations: (in force in January 2023, required); weak_areas:
# identified in 2023 and in 2024; tags: which sentences suit its narratives.
PROFILE = {
    "193": dict(posts=24, size=1.60, quality=0.93, reach=9500, funds=620,
                regulations=(13, 15), weak_areas=(10, 9), tags="good coal urban"),
    "194": dict(posts=20, size=1.10, quality=0.90, reach=4200, funds=340,
                regulations=(12, 14), weak_areas=(7, 6), tags="good urban border"),
    "195": dict(posts=22, size=1.25, quality=0.95, reach=6800, funds=560,
                regulations=(14, 15), weak_areas=(8, 7), tags="good coal urban"),
    "196": dict(posts=19, size=0.95, quality=0.91, reach=4500, funds=310,
                regulations=(12, 14), weak_areas=(6, 6), tags="good coal urban"),
    "205": dict(posts=22, size=1.20, quality=0.96, reach=6500, funds=380,
                regulations=(14, 14), weak_areas=(8, 6), tags="good coal"),
    "206": dict(posts=20, size=1.05, quality=0.88, reach=5200, funds=290,
                regulations=(11, 14), weak_areas=(9, 8), tags=""),
    "198": dict(posts=16, size=0.60, quality=0.87, reach=1500, funds=85,
                regulations=(9, 12), weak_areas=(7, 7), tags="mountain border"),
    "199": dict(posts=17, size=0.75, quality=0.94, reach=2100, funds=120,
                regulations=(12, 13), weak_areas=(6, 5), tags="good mountain"),
    "200": dict(posts=16, size=0.65, quality=0.92, reach=1800, funds=95,
                regulations=(11, 13), weak_areas=(5, 5), tags="good mountain"),
    "201": dict(posts=17, size=0.75, quality=0.86, reach=2500, funds=130,
                regulations=(10, 13), weak_areas=(7, 7), tags="weak mountain border"),
    "202": dict(posts=15, size=0.55, quality=0.80, reach=1100, funds=60,
                regulations=(8, 12), weak_areas=(8, 8), tags="weak mountain"),
    "203": dict(posts=17, size=0.75, quality=0.84, reach=2000, funds=150,
                regulations=(9, 13), weak_areas=(6, 6), tags="weak island"),
    "207": dict(posts=14, size=0.40, quality=0.86, reach=520, funds=45,
                regulations=(9, 11), weak_areas=None, tags="weak island"),
}

# How busy a month is: Tet (January 2023, February 2024) is quiet, June and
# the last two months are full.  Mobilisation has its own seasons: gifts
# before Tet, the month for the poor and the great unity day in October and
# November.
WORKLOAD = {"2023-01": 0.75, "2023-02": 0.92, "2023-03": 1.00, "2023-04": 1.00,
            "2023-05": 1.02, "2023-06": 1.12, "2023-07": 1.00, "2023-08": 0.97,
            "2023-09": 1.00, "2023-10": 1.05, "2023-11": 1.12, "2023-12": 1.15,
            "2024-01": 1.02, "2024-02": 0.76, "2024-03": 1.05}
MOBILISATION = {"2023-01": 1.35, "2023-02": 0.80, "2023-03": 0.95, "2023-04": 0.95,
                "2023-05": 1.00, "2023-06": 0.95, "2023-07": 1.15, "2023-08": 1.00,
                "2023-09": 0.95, "2023-10": 1.35, "2023-11": 1.45, "2023-12": 1.05,
                "2024-01": 1.50, "2024-02": 1.05, "2024-03": 0.95}

QUARTERS = ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4", "2024-Q1"]

# Communes applying the concurrent post (29, 31, 31, 33, 34 of 177), and
# communes with a unified head, at the end of each of QUARTERS.
APPLYING = {
    "193": (3, 3, 4, 4, 4), "194": (2, 3, 3, 3, 3), "195": (2, 2, 2, 2, 2),
    "196": (1, 1, 0, 0, 0), "205": (4, 4, 4, 5, 5), "206": (1, 1, 1, 2, 2),
    "198": (2, 2, 3, 3, 3), "199": (5, 5, 5, 5, 6), "200": (3, 4, 4, 4, 4),
    "201": (3, 3, 3, 3, 3), "202": (0, 0, 0, 0, 0), "203": (2, 2, 1, 1, 1),
    "207": (1, 1, 1, 1, 1),
}
UNIFIED = {
    "193": (7, 7, 8, 8, 8), "194": (2, 2, 4, 4, 4), "195": (4, 4, 5, 5, 5),
    "196": (2, 2, 2, 2, 2), "205": (6, 6, 6, 7, 7), "206": (3, 3, 3, 3, 4),
    "198": (4, 4, 4, 4, 4), "199": (6, 6, 6, 7, 7), "200": (5, 5, 5, 5, 5),
    "201": (4, 4, 4, 5, 5), "202": (1, 1, 1, 1, 2), "203": (4, 4, 3, 3, 3),
    "207": (2, 2, 2, 2, 2),
}
DECISION = {d: ("continue",) * 5 for d in PROFILE}
DECISION.update({
    "194": ("continue", "adjust", "continue", "continue", "continue"),
    "196": ("adjust", "adjust", "end", "end", "end"),
    "203": ("adjust", "adjust", "adjust", "adjust", "continue"),
    "206": ("adjust", "adjust", "adjust", "continue", "continue"),
    "207": ("continue", "continue", "continue", "adjust", "adjust"),
})
NO_QUARTER_NARRATIVE = {"196", "202", "207"}

# Choices of the half-yearly review, H1 then H2, one letter a criterion:
# legal-basis, documents-incomplete, not-connected, weak-coordination
# (n none, s some, x serious), recommendation (c continue, a adjust, e end).
REVIEW = {
    "193": ("sssnc", "snsnc"), "194": ("ssssa", "sssnc"), "195": ("nnsnc", "nnsnc"),
    "196": ("sssna", "sssna"), "205": ("nnnnc", "nnsnc"), "206": ("ssxsa", "ssssa"),
    "198": ("sxssa", "ssssa"), "199": ("nssnc", "nnsnc"), "200": ("sssnc", "snsnc"),
    "201": ("ssssa", "ssxsa"), "202": ("xsxxe", "xsssa"), "203": ("xsssa", "ssssa"),
    "207": ("sxsnc", "sssnc"),
}
LEVEL = {"n": "none", "s": "some", "x": "serious"}
RECOMMENDATION = {"c": "continue", "a": "adjust", "e": "end"}
SHORTCOMINGS = ["legal-basis", "documents-incomplete", "not-connected", "weak-coordination"]

# ------------------------------------------------- the deliberate irregularities

MISSING = {("202", "joint-agency", "2023-08")}

LATE = {  # working days after the due day
    ("203", "joint-agency", "2023-01"): 2,
    ("202", "joint-agency", "2023-03"): 4,
    ("207", "joint-agency", "2023-04"): 1,
    ("201", "joint-agency", "2023-07"): 3,
    ("202", "joint-agency", "2023-09"): 6,
    ("206", "joint-agency", "2023-12"): 1,
    ("198", "joint-agency-review", "2023-H1"): 5,
    ("203", "concurrent-post", "2023-Q2"): 3,
    ("202", "concurrent-post", "2023-Q4"): 2,
}

LEFT_OUT = {
    ("199", "joint-agency", "2023-05", "campaigns"),
    ("201", "joint-agency", "2023-06", "support-funds"),
    ("206", "joint-agency", "2023-10", "handling-days"),
}

NO_WEAK_AREAS = "Huyện không có lĩnh vực yếu, địa bàn yếu, địa bàn trọng điểm"
NONE_APPLYING = "Không có đơn vị cấp xã thực hiện mô hình"
NOT_APPLICABLE_HERE = {
    ("207", "joint-agency", "2023-01", "staff-trained"):
        "Trong tháng không có kế hoạch đào tạo, bồi dưỡng",
    ("202", "joint-agency", "2023-02", "advice-adopted"):
        "Trong tháng không có văn bản đến kỳ kết luận",
    ("203", "joint-agency", "2023-07", "support-funds"):
        "Tạm dừng vận động trong tháng theo kế hoạch chung",
    ("207", "joint-agency", "2023-10", "supervision-sessions"):
        "Kế hoạch giám sát của huyện không bố trí trong tháng",
}

# Values set by hand: criterion -> (value, of, note).
SET = {
    # a ratio without value: nothing was due
    ("202", "joint-agency", "2023-02", "opinions-resolved"):
        ("0", "0", "Không có kiến nghị đến hạn trong kỳ"),
    # warning staff-within-establishment
    ("206", "joint-agency", "2023-05", "staff-filled"):
        ("21", "20", "Có 01 biên chế chờ nghỉ hưu, đã bố trí người thay thế"),
    # zero is a value
    ("198", "joint-agency", "2023-01", "staff-trained"): ("0", "", ""),
    ("200", "joint-agency", "2023-01", "supervision-sessions"): ("0", "", ""),
    ("202", "joint-agency", "2023-01", "supervision-sessions"): ("0", "", ""),
    ("202", "joint-agency", "2024-02", "staff-trained"):
        ("0", "", "Không tổ chức lớp trong tháng Tết"),
}

NOTES = {
    ("194", "concurrent-post", "2023-Q2", "communes-applying"):
        "01 đơn vị bố trí trước khi kiện toàn chức danh Chủ tịch UBND",
    ("205", "concurrent-post", "2023-Q4", "tasks-per-officer"):
        "01 đơn vị mới thực hiện, chưa bố trí xong cán bộ kiêm nhiệm",
    ("196", "concurrent-post", "2023-Q3", "communes-applying"):
        "Đơn vị duy nhất đã dừng thực hiện trong quý",
    ("203", "concurrent-post", "2023-Q3", "communes-applying"):
        "01 đơn vị dừng thực hiện sau khi kiện toàn nhân sự",
    ("207", "joint-agency", "2023-04", "people-reached"):
        "Chưa gồm đợt tại đảo xa phải lùi do thời tiết",
    ("193", "joint-agency", "2023-11", "campaigns"):
        "Gồm các đợt nhân ngày hội đại đoàn kết",
}

# The one revised report of 2024: what revision 2 corrects.
REVISED = ("205", "joint-agency", "2024-02")
REVISED_CRITERION = "tasks-on-time"
REVISED_FEWER = 2
REVISED_NOTE = "Đính chính: bản trước tính nhầm 02 nhiệm vụ được gia hạn là đúng hạn"

# ------------------------------------------------------------------- small tools


def u(*what):
    """A number in [0, 1) that depends on SEED and on what it is for."""
    text = "\x1f".join((SEED,) + tuple(str(w) for w in what))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2.0**48


def between(low, high, *what):
    """A number between low and high."""
    return low + (high - low) * u(*what)


def whole(x, least=0):
    """x rounded to a whole number, at least `least`."""
    return max(least, int(x + 0.5))


def decimal(x, places):
    """x with at most `places` digits after the point, no trailing zeros."""
    text = f"{x:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read(name):
    """The rows of a CSV file of this folder."""
    with open(HERE / name, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def last_day(period):
    """The last day of a month, quarter or half."""
    year, part = period.split("-")
    month = {"Q": 3, "H": 6}[part[0]] * int(part[1:]) if part[0] in "QH" else int(part)
    return date(int(year) + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def in_force(row, day):
    """Whether the interval opened..closed of a catalogue row contains the day."""
    return (row["opened"] <= day.isoformat()
            and (not row["closed"] or day.isoformat() <= row["closed"]))


class Catalogue:
    """What the generator needs of catalogue/."""

    def __init__(self):
        self.districts = [r for r in read("catalogue/districts.csv")
                          if in_force(r, date(2023, 1, 31))]
        self.communes = read("catalogue/communes.csv")
        self.criteria = read("catalogue/criteria.csv")
        self.forms = {r["code"]: r for r in read("catalogue/forms.csv")}
        self.holidays = {r["date"]: r["working"] for r in read("catalogue/holidays.csv")}

    def criteria_of(self, form):
        """The criteria of a form, in the catalogue's order."""
        return [r["code"] for r in self.criteria if r["form"] == form]

    def communes_of(self, district, day):
        """The codes of a district's communes on a day."""
        return [r["code"] for r in self.communes
                if r["district_code"] == district and in_force(r, day)]

    def works(self, day):
        """Whether offices work on a day."""
        working = self.holidays.get(day.isoformat())
        return working == "yes" if working else day.weekday() < 5

    def due_day(self, form, period):
        """The day at whose end a report is due."""
        day = last_day(period) + timedelta(days=int(self.forms[form]["due_days"]))
        while not self.works(day):
            day += timedelta(days=1)
        return day


CAT = Catalogue()
NAME = {r["code"]: r["name_vi"] for r in CAT.districts}
KIND = {r["code"]: r["kind"] for r in CAT.districts}

# --------------------------------------------------------- joint-agency, monthly


def hits(district, period, code, tries, quality):
    """How many of `tries` succeed at about the rate `quality`."""
    rate = min(1.0, quality + between(-0.05, 0.05, district, period, code, "rate"))
    misses = int(tries * (1 - rate) + u(district, period, code, "misses"))
    return tries - min(misses, tries // 5)


def funds(district, period):
    """Money raised, in million VND: some offices count to the thousand."""
    p = PROFILE[district]
    x = p["funds"] * MOBILISATION[period] * between(0.7, 1.35, district, period, "funds")
    style = u(district, period, "funds-style")
    if style < 0.35:
        return decimal(whole(x, 1), 0)
    if style < 0.55:
        return decimal(whole(2 * x, 1) / 2, 1)
    return decimal(x, 2 if style < 0.75 else 3)


def monthly(district, period):
    """The values of a monthly report: criterion -> (value, of)."""
    p = PROFILE[district]
    work, mobil = WORKLOAD[period], MOBILISATION[period]
    year, month = int(period[:4]), int(period[5:])
    months = (year - 2023) * 12 + month
    quality = p["quality"] + (0.01 if year == 2024 else 0)

    def volume(base, spread, code, season=work, least=1):
        x = base * p["size"] * season
        return whole(x * between(1 - spread, 1 + spread, district, period, code), least)

    out = {}

    vacant = int(between(0, 2.6, district, (months - 1) // 3, "vacant"))
    out["staff-filled"] = (p["posts"] - vacant, p["posts"])
    out["staff-trained"] = volume(7, 0.55, "staff-trained", least=2)

    planned = 4 if KIND[district] in ("city", "town") else 2
    if period in ("2023-01", "2024-02"):
        planned -= 1 if planned == 4 else 0
    x = u(district, period, "meetings")
    held = planned - (x < 1.6 * (1 - quality)) + (x > 0.97)
    out["joint-meetings"] = (held, planned)

    in_force_2023, required = p["regulations"]
    required += year - 2023
    gained = int((months + 2 * u(district, "regulations")) / between(3.2, 5, district, "pace"))
    out["regulations-issued"] = (min(required, in_force_2023 + gained), required)

    tasks = volume(27, 0.15, "tasks-on-time", least=9)
    out["tasks-on-time"] = (hits(district, period, "tasks-on-time", tasks, quality), tasks)

    documents = volume(60, 0.15, "handling-days", least=18)
    days = 4.9 - (quality - 0.80) * 16 + between(-0.25, 0.25, district, period, "days")
    days += 0.25 if work < 0.8 else 0
    out["handling-days"] = (whole(documents * min(4.95, max(2.05, days))), documents)

    out["coordination-sessions"] = volume(6, 0.3, "coordination-sessions", least=2)
    advice = volume(10, 0.25, "advice-issued", least=3)
    out["advice-issued"] = advice
    decided = max(2, advice - int(between(0, 2.99, district, period, "decided")))
    out["advice-adopted"] = (hits(district, period, "advice-adopted", decided, quality - 0.02),
                             decided)

    out["campaigns"] = volume(5, 0.3, "campaigns", season=mobil, least=2)
    out["people-reached"] = whole(p["reach"] * mobil
                                  * between(0.78, 1.22, district, period, "people-reached"))
    if p["weak_areas"]:
        areas = p["weak_areas"][year - 2023]
        share = (0.2 + 0.8 * month / 12) * (quality - 0.08)
        out["weak-areas-resolved"] = (max(1, int(areas * share)), areas)
    else:
        out["weak-areas-resolved"] = (NOT_APPLICABLE, NO_WEAK_AREAS)
    out["support-funds"] = funds(district, period)

    opinions = volume(9, 0.4, "opinions-resolved", least=3)
    out["opinions-resolved"] = (
        hits(district, period, "opinions-resolved", opinions, quality - 0.02), opinions)
    out["supervision-sessions"] = volume(2.2, 0.6, "supervision-sessions", least=1)
    return out


# ------------------------------------------------- joint-agency-review, half-years


def review(district, period):
    """The values of a half-yearly review."""
    half = int(period[-1]) - 1
    letters = REVIEW[district][half]
    out = {}
    for code in ("mechanism-score", "coordination-score", "responsibility-score",
                 "effectiveness-score"):
        base = 79 + (PROFILE[district]["quality"] - 0.80) * 90 + half
        score = base + between(-3, 3, district, code) + between(-1, 1, district, period, code)
        out[code] = decimal(min(98.5, score), 0 if u(district, period, code, "whole") < 0.3 else 1)
    levels = dict(zip(SHORTCOMINGS, letters))
    for code, letter in levels.items():
        out[code] = LEVEL[letter]
    out["recommendation"] = RECOMMENDATION[letters[4]]

    months = [f"2023-{m:02d}" for m in range(half * 6 + 1, half * 6 + 7)]
    facts = half_year_facts(district, months)
    facts["ky"] = ("6 tháng đầu năm 2023", "6 tháng cuối năm 2023")[half]
    facts["Ky"] = facts["ky"]
    tags = set(PROFILE[district]["tags"].split())
    tags |= {code for code, letter in levels.items() if letter != "n"}
    first = {code for code, letter in levels.items() if letter == "x"}
    ending = "rec-" + out["recommendation"]
    out.update(narratives("joint-agency-review", district, period, half, facts,
                          tags, first, ending))
    if (district, period) == ("205", "2023-H2"):
        out["achievements"] = out["achievements"].replace(". ", ".\n", 1)
    return out


def half_year_facts(district, months):
    """Sums over a half-year that a narrative may state; none if a report is missing."""
    if any((district, "joint-agency", m) in MISSING for m in months):
        return {}
    rows = [dict((c, (v, of)) for c, v, of, _ in report(district, "joint-agency", m))
            for m in months]

    def total(code, part=0):
        return sum(int(r[code][part]) for r in rows
                   if code in r and r[code][0] != NOT_APPLICABLE)

    tenths = (2000 * total("tasks-on-time") // total("tasks-on-time", 1) + 1) // 2
    return {"advice": vietnamese(total("advice-issued")),
            "supervision": vietnamese(total("supervision-sessions")),
            "reach": vietnamese(total("people-reached")),
            "coord": vietnamese(total("coordination-sessions")),
            "ontime": f"{tenths // 10},{tenths % 10}".removesuffix(",0")}


def vietnamese(n):
    """A whole number as Vietnamese papers write it: 05, 12, 4.350."""
    return f"{n:02d}" if n < 10 else f"{n:,}".replace(",", ".")


# ----------------------------------------------------- concurrent-post, quarterly


def applying_list(district, quarter):
    """The communes that apply the model at the end of a quarter.

    Each district has its own fixed order of communes; the first so many of
    it apply.  In district 201 one commune took another's place in 2023-Q3.
    """
    codes = CAT.communes_of(district, last_day(quarter))
    order = sorted(codes, key=lambda c: u(district, c, "applies"))
    chosen = order[:APPLYING[district][QUARTERS.index(quarter)]]
    if district == "201" and quarter >= "2023-Q3":
        chosen[0] = order[3]
    return sorted(chosen)


def quarterly(district, quarter):
    """The values of a quarterly report on the concurrent post."""
    i = QUARTERS.index(quarter)
    p = PROFILE[district]
    total = len(CAT.communes_of(district, last_day(quarter)))
    applying = applying_list(district, quarter)
    n = len(applying)
    out = {"communes-applying": (n, total)}
    out["applying-list"] = " ".join(applying) or "none"
    out["unified-head"] = (UNIFIED[district][i], total)
    if n:
        share = 0.45 + (p["quality"] - 0.80) * 2.5 + 0.05 * i
        staff = min(n, whole(n * share + between(-0.4, 0.4, district, "full-time")))
        out["full-time-staff"] = (staff, n)
        officers = n - 1 if (district, quarter) == ("205", "2023-Q4") else n
        tasks = 34 - (p["quality"] - 0.80) * 60 + between(-3, 3, district, quarter, "tasks")
        out["tasks-per-officer"] = (whole(officers * tasks), officers)
        score = 73 + (p["quality"] - 0.80) * 90 + 0.6 * i
        score += between(-1.8, 1.8, district, quarter, "score")
        out["quality-score"] = decimal(score, 1)
    else:
        for code in ("full-time-staff", "tasks-per-officer", "quality-score"):
            out[code] = (NOT_APPLICABLE, NONE_APPLYING)
    if district == "202":
        out["decision"] = (NOT_APPLICABLE, "Huyện chưa thực hiện mô hình")
    else:
        out["decision"] = DECISION[district][i]

    if quarter in ("2023-Q4", "2024-Q1") and district not in NO_QUARTER_NARRATIVE:
        share = (2000 * n // total + 1) // 2
        facts = {"n": vietnamese(n), "total": vietnamese(total),
                 "share": f"{share // 10},{share % 10}".removesuffix(",0"),
                 "ky": {"2023-Q4": "quý IV/2023", "2024-Q1": "quý I/2024"}[quarter],
                 "Ky": {"2023-Q4": "Quý IV/2023", "2024-Q1": "Quý I/2024"}[quarter]}
        tags = set(p["tags"].split())
        if n > 1:
            tags.add("several")
        if out["full-time-staff"][0] < n:
            tags.add("no-staff")
        out.update(narratives("concurrent-post", district, quarter, i - 3, facts, tags))
    return out


# ---------------------------------------------------------------------- narratives

BANK = read("sentences.csv")
TEXTS = {}  # every narrative composed -> the report that it is in


def sentences(form, slot, district, facts, tags):
    """The sentences that suit a district and can be filled with facts, shuffled."""
    suitable = []
    for number, row in enumerate(BANK):
        if (row["form"], row["slot"]) != (form, slot) or not set(row["tag"].split()) <= tags:
            continue
        try:
            suitable.append((number, row["tag"], row["sentence"].format(**facts)))
        except KeyError:
            continue
    return sorted(suitable, key=lambda s: u(district, form, slot, BANK[s[0]]["sentence"]))


def compose(bank, start, count):
    """`count` sentences of a shuffled bank from `start` on, in the order of sentences.csv."""
    chosen = {bank[(start + k) % len(bank)] for k in range(count)}
    return " ".join(s[2] for s in sorted(chosen))


def narratives(form, district, period, turn, facts, tags, first=(), ending=None):
    """The four narratives of a report.

    turn (0, 1) is which of a district's two reports this is: the second goes
    on in the shuffled bank where the first stopped.  first: tags whose
    sentences come first.  ending: the tag of the last proposal.
    """
    name = NAME[district]
    rank = {"city": "Thành ủy", "town": "Thị ủy"}.get(KIND[district], "Huyện ủy")
    facts = dict(facts, d=name[0].lower() + name[1:], D=name, uy=rank)
    out = {}
    openings = sentences(form, "opening", district, facts, tags)
    for slot, least, most in (("achievements", 2, 4), ("shortcomings", 2, 3),
                              ("causes", 2, 3), ("proposals", 2, 3)):
        if form == "concurrent-post":
            most = 3
        bank = sentences(form, slot, district, facts, tags)
        bank.sort(key=lambda s: not set(s[1].split()) & set(first))
        count = int(between(least, most + 0.999, district, period, slot, "count"))
        urgent = any(set(s[1].split()) & set(first) for s in bank)
        start = 0 if urgent else turn * most
        while True:
            text = compose(bank, start, count)
            if slot == "achievements":
                text = openings[turn % len(openings)][2] + " " + text
            if slot == "proposals" and ending:
                endings = [s for s in sentences(form, slot, district, facts, {ending})
                           if s[1] == ending]
                text += " " + endings[turn % len(endings)][2]
            if TEXTS.setdefault(text, (district, form, period)) == (district, form, period):
                break
            start += 1  # another district wrote just this
        out[slot] = text
    return out


# --------------------------------------------------------------------- the reports

FILLED = {"joint-agency": monthly, "joint-agency-review": review, "concurrent-post": quarterly}


def report(district, form, period):
    """The lines of a report: (criterion, value, of, note), in catalogue order."""
    values = FILLED[form](district, period)
    lines = []
    for code in CAT.criteria_of(form):
        key = (district, form, period, code)
        if key in LEFT_OUT or code not in values:
            continue
        if key in NOT_APPLICABLE_HERE:
            lines.append((code, NOT_APPLICABLE, "", NOT_APPLICABLE_HERE[key]))
            continue
        if key in SET:
            lines.append((code,) + SET[key])
            continue
        value = values[code]
        if isinstance(value, tuple) and value[0] == NOT_APPLICABLE:
            lines.append((code, NOT_APPLICABLE, "", value[1]))
            continue
        value, of = value if isinstance(value, tuple) else (value, "")
        lines.append((code, str(value), str(of), NOTES.get(key, "")))
    return lines


def received_at(district, form, period):
    """When a report of 2023 came in: in working hours, by the due day unless in LATE."""
    due = CAT.due_day(form, period)
    late = LATE.get((district, form, period))
    if late:
        day = due
        while late:
            day += timedelta(days=1)
            late -= CAT.works(day)
    else:
        span = (due - last_day(period)).days
        days = [d for d in (last_day(period) + timedelta(days=k) for k in range(2, span + 1))
                if CAT.works(d)]
        diligence = u(district, "diligence")
        x = min(0.999, 0.6 * diligence + between(0, 0.55, district, form, period, "day"))
        day = days[int(len(days) * x)]
    minute = int(between(0, 450, district, form, period, "minute"))
    minute += 7 * 60 + 30 if minute < 240 else 9 * 60 + 30
    second = int(between(0, 60, district, form, period, "second"))
    return f"{day}T{minute // 60:02d}:{minute % 60:02d}:{second:02d}+07:00"


def reports_of_2023():
    """The keys of all reports of 2023, by the period's end, form and district."""
    periods = [("joint-agency", f"2023-{m:02d}") for m in range(1, 13)]
    periods += [("concurrent-post", q) for q in QUARTERS[:4]]
    periods += [("joint-agency-review", h) for h in ("2023-H1", "2023-H2")]
    periods.sort(key=lambda fp: (last_day(fp[1]), list(CAT.forms).index(fp[0])))
    for form, period in periods:
        for row in CAT.districts:
            if (row["code"], form, period) not in MISSING:
                yield row["code"], form, period


def letterhead(district, form, period, revision):
    """The optional lines at the head of a report file: number, date and office."""
    if district == "207" or (district == "202" and form == "joint-agency"):
        return []  # these offices leave them out
    name = NAME[district][0].lower() + NAME[district][1:]
    due = CAT.due_day(form, period)
    day = due - timedelta(days=int(between(0, 6, district, form, period, "dated")))
    while not CAT.works(day) or day <= last_day(period):
        day += timedelta(days=1)
    number = 6 + int(20 * u(district, form, "number"))
    number += last_day(period).month * (7 + int(5 * u(district, "numbers")))
    if revision > 1:
        number, day = number + 3, due + timedelta(days=5)
        while not CAT.works(day):
            day += timedelta(days=1)
    if form == "joint-agency":
        sign = f"{number}/BC-CQTMGVC"
        office = ("Cơ quan tham mưu, giúp việc chung Khối Mặt trận Tổ quốc và các tổ chức "
                  f"chính trị - xã hội {name}")
    else:
        rank, short = {"city": ("Thành ủy", "ThU"), "town": ("Thị ủy", "TXU")}.get(
            KIND[district], ("Huyện ủy", "HU"))
        sign = f"{number}-BC/{short}"
        office = f"Ban Thường vụ {rank} {NAME[district].split(' ', 2 if rank != 'Huyện ủy' else 1)[-1]}"
    return [("document_number", sign), ("document_date", day.isoformat()),
            ("signing_office", office)]


# ----------------------------------------------------------------------- the files


def write(path, rows):
    """Writes rows as CSV: UTF-8, LF, quotes only where they are needed."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode("utf-8"))


def write_history():
    """history-2023.csv, for `tonghop-collector import`."""
    rows = [("district", "form", "period", "criterion", "value", "of", "note", "received_at")]
    count = 0
    for key in reports_of_2023():
        at = received_at(*key)
        count += 1
        rows += [key + line + (at,) for line in report(*key)]
    write(HERE / "history-2023.csv", rows)
    print(f"history-2023.csv: {count} reports, {len(rows) - 1} observations")


def write_report(district, form, period, lines, revision=1):
    """One report file of reports/2024/, as a reporter submits it."""
    rows = [("form", form), ("period", period), ("district", district)]
    rows += letterhead(district, form, period, revision)
    rows += [(), ("criterion", "value", "of", "note")] + lines
    ending = "" if revision == 1 else f".r{revision}"
    write(HERE / "reports" / "2024" / district / f"{form}-{period}{ending}.csv", rows)
    return len(lines)


def write_reports():
    """reports/2024/, for the reporter daemons."""
    for old in (HERE / "reports" / "2024").glob("*/*.csv"):
        old.unlink()
    files = lines = 0
    for row in CAT.districts:
        for form, period in [("joint-agency", f"2024-{m:02d}") for m in (1, 2, 3)] + [
                ("concurrent-post", "2024-Q1")]:
            key = (row["code"], form, period)
            body = report(*key)
            files, lines = files + 1, lines + write_report(*key, body)
            if key == REVISED:
                body = [(c, str(int(v) - REVISED_FEWER), of, REVISED_NOTE)
                        if c == REVISED_CRITERION else (c, v, of, note)
                        for c, v, of, note in body]
                files, lines = files + 1, lines + write_report(*key, body, revision=2)
    print(f"reports/2024: {files} files, {lines} observations")


if __name__ == "__main__":
    write_history()
    write_reports()

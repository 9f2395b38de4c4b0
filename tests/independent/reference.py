"""The figures, computed anew from docs/semantics.md with exact fractions. It shares
no code with the product, and nothing here was taken from it: where this file and
the product differ, SEMANTICS decides who is wrong."""

import calendar
import datetime
import re
from fractions import Fraction

DAY = datetime.timedelta(days=1)
NOT_APPLICABLE = object()

# ---------------------------------------------------------------- 2. periods


def last_day(year, month):
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


def base_period(frequency, day):
    """(identifier, first day, last day) of the base period that the day lies in."""
    if frequency == "day":
        return day.isoformat(), day, day
    size = MONTHS[frequency]
    number = (day.month - 1) // size
    first = datetime.date(day.year, number * size + 1, 1)
    mark = {"month": f"-{day.month:02}", "quarter": f"-Q{number + 1}", "half": f"-H{number + 1}",
            "year": ""}[frequency]
    return f"{day.year:04}{mark}", first, last_day(day.year, number * size + size)


def base_periods(frequency, first, last):
    """Those that lie wholly inside, in order."""
    found, day = [], first
    while day <= last:
        period = base_period(frequency, day)
        if period[1] >= first and period[2] <= last:
            found.append(period)
        day = period[2] + DAY
    return found


IDENTIFIERS = [  # pattern, frequency (None: nine months)
    (r"(\d{4})-(\d\d)-(\d\d)", "day"), (r"(\d{4})(\d\d)(\d\d)", "day"),
    (r"(\d{4})-(\d\d)", "month"), (r"(\d{4})(\d\d)", "month"),
    (r"(\d{4})-Q([1-4])", "quarter"), (r"(\d{4})Q([1-4])", "quarter"),
    (r"(\d{4})-H([12])", "half"), (r"(\d{4})S([12])", "half"),
    (r"(\d{4})-9M", None), (r"(\d{4})", "year"),
]


def parse_period(text, named):
    """(identifier as it is always written, first day, last day)."""
    if text in named:
        return (text, *named[text])
    if ".." in text:
        one, other = (parse_period(part, {}) for part in text.split(".."))
        return f"{one[0]}..{other[0]}", one[1], other[2]
    for pattern, frequency in IDENTIFIERS:
        match = re.fullmatch(pattern, text)
        if not match:
            continue
        year, *rest = map(int, match.groups())
        if frequency is None:
            return f"{year:04}-9M", datetime.date(year, 1, 1), datetime.date(year, 9, 30)
        if frequency == "day":
            return base_period("day", datetime.date(year, *rest))
        month = rest[0] * MONTHS[frequency] if rest else 12
        return base_period(frequency, datetime.date(year, month, 1))
    raise ValueError(text)


def to_date(period):
    """--ytd: 1 January to the end of the period; named '.ytd' (common/domain/period.h)."""
    identifier, _, last = period
    return identifier + ".ytd", datetime.date(last.year, 1, 1), last


# ----------------------------------------------------- 4. kinds, and numbers


def answer_of(criterion, value, of):
    """What two cells of a report say; None: missing (docs/problems.md, last part)."""
    if not value and not of:
        return None
    if value == "n/a":
        return NOT_APPLICABLE
    if criterion.kind == "ratio":
        return Fraction(value), Fraction(of)
    if criterion.kind == "communes":
        return frozenset() if value == "none" else frozenset(value.split())
    if criterion.kind in ("choice", "text"):
        return value
    return Fraction(value)


def exactly(number):
    """All digits of a decimal."""
    digits = 0
    while (number * 10**digits).denominator != 1:
        digits += 1
    return decimal_text(int(number * 10**digits), digits)


def rounded(number):
    """5.5: at most 6 digits after the point, half away from zero, zeros dropped."""
    scaled = abs(number) * 10**6
    whole = scaled.numerator // scaled.denominator
    if scaled - whole >= Fraction(1, 2):
        whole += 1
    return decimal_text(-whole if number < 0 else whole, 6)


def decimal_text(unscaled, digits):
    sign = "-" if unscaled < 0 else ""
    text = str(abs(unscaled)).rjust(digits + 1, "0")
    head, tail = text[:len(text) - digits], text[len(text) - digits:].rstrip("0")
    return sign + head + ("." + tail if tail else "")


# --------------------------------------------------------- 5. consolidation


def over_time(criterion, answers):
    """5.1: D from the answers (values and n/a) in the order of their periods."""
    values = [a for a in answers if a is not NOT_APPLICABLE]
    if criterion.time_agg == "last":
        if not answers or answers[-1] is NOT_APPLICABLE:
            return None
        return answers[-1]
    if not values:
        return None
    if criterion.kind == "ratio":
        return sum(num for num, _ in values), sum(den for _, den in values)
    return combine_numbers(criterion.time_agg, values)


def combine_numbers(how, values):
    if how == "sum":
        return sum(values, Fraction(0))
    if how == "average":
        return sum(values, Fraction(0)) / len(values)
    return min(values) if how == "min" else max(values)


def over_districts(criterion, figures):
    """5.2: the province's figure from those districts' D that enter it."""
    if not figures:
        return None
    if criterion.kind == "ratio":
        return sum(num for num, _ in figures), sum(den for _, den in figures)
    if criterion.kind == "communes":
        return frozenset().union(*figures)
    return combine_numbers(criterion.district_agg, figures)


def cells(criterion, figure):
    """The columns num, den, value, choice, members of a figure."""
    row = {"num": "", "den": "", "value": "", "choice": "", "members": ""}
    if figure is None:
        return row
    if criterion.kind == "ratio":
        num, den = figure
        row.update(num=exactly(num), den=exactly(den))
        if den != 0:
            row["value"] = rounded(num / den)
    elif criterion.kind == "communes":
        row["value"] = str(len(figure))
        row["members"] = " ".join(sorted(figure, key=lambda code: code.encode()))
    elif criterion.kind == "choice":
        row["choice"] = figure
    else:
        row["value"] = rounded(figure)
    return row


class Question:
    """What is asked, in the words of the command line."""

    def __init__(self, forms, period, ytd=False, by_period=False, districts=None,
                 criteria=None, members=False):
        self.forms, self.period, self.ytd, self.by_period = forms, period, ytd, by_period
        self.districts, self.criteria, self.members = districts, criteria, members

    def arguments(self):
        words = ["consolidated", "--form", ",".join(self.forms), "--period", self.period]
        words += ["--ytd"] if self.ytd else []
        words += ["--by", "period"] if self.by_period else []
        words += ["--members"] if self.members else []
        words += ["--district", ",".join(self.districts)] if self.districts else []
        words += ["--criterion", ",".join(self.criteria)] if self.criteria else []
        return words + ["--format", "csv"]


class Reference:
    """The rows that the product owes. `reports`: {(form, district, base period's
    identifier): {criterion: (value, of)}}, the current revisions only."""

    def __init__(self, catalogue, reports, today):
        self.catalogue, self.today = catalogue, today
        self.answers = {}
        for (form, district, period), values in reports.items():
            for code, (value, of) in values.items():
                criterion = catalogue.form(form).criterion(code)
                answer = answer_of(criterion, value, of)
                if answer is not None:
                    self.answers[form, code, district, period] = answer

    def rows(self, question):
        """All rows in order: by form, period, criterion, district, the province last.
        None when a form has no whole base period in the period asked for."""
        period = parse_period(question.period, self.catalogue.named)
        if question.ytd:
            period = to_date(period)
        rows = []
        for code in question.forms:
            form = self.catalogue.form(code)
            wanted = [c for c in form.criteria
                      if question.criteria is None or c.code in question.criteria]
            if not wanted:
                continue  # a criterion of another of the forms was asked for
            inside = base_periods(form.frequency, period[1], period[2])
            if not inside:
                return None
            parts = [(p, [p]) for p in inside] if question.by_period else [(period, inside)]
            for part, base in parts:
                for criterion in wanted:
                    if criterion.kind != "text":  # listed, not consolidated
                        rows += self.criterion_rows(question, form, criterion, part, base)
        return rows

    def stock_day(self, part, base):
        """5.2: the day on which a district's stock counts."""
        if part[2] < self.today:
            return part[2]
        begun = [p for p in base if p[1] <= self.today]
        return begun[-1][2] if begun else part[2]

    def criterion_rows(self, question, form, criterion, part, base):
        open_periods = [p for p in base if p[1] <= self.today and form.interval.has(p[2])
                        and criterion.interval.has(p[2])]
        stock_day = self.stock_day(part, base)
        rows, entering = [], []
        total = {"expected": 0, "reported": 0, "not_applicable": 0}
        for district in self.catalogue.districts:
            pairs = [p for p in open_periods if district.is_open(p[2])]
            if not pairs:
                continue
            found = (self.answers.get((form.code, criterion.code, district.code, p[0]))
                     for p in pairs)
            answers = [a for a in found if a is not None]
            unasked = sum(1 for a in answers if a is NOT_APPLICABLE)
            counts = {"expected": len(pairs), "reported": len(answers) - unasked,
                      "not_applicable": unasked}
            figure = over_time(criterion, answers)
            if self.wants(question, district.code):
                rows.append(self.row(question, form, criterion, part, district.code, counts,
                                     cells(criterion, figure)))
            for name in total:
                total[name] += counts[name]
            if figure is not None and (criterion.time_agg != "last" or
                                       district.is_open(stock_day)):
                entering.append(figure)
        if total["expected"] and self.wants_province(question):
            for shown in self.province_cells(criterion, entering):
                rows.append(self.row(question, form, criterion, part, "*", total, shown))
        return rows

    @staticmethod
    def province_cells(criterion, entering):
        if criterion.kind != "choice":
            return [cells(criterion, over_districts(criterion, entering))]
        return [{**cells(criterion, choice),
                 "value": str(entering.count(choice)) if entering else ""}
                for choice in criterion.choices]

    @staticmethod
    def wants(question, code):
        return (question.districts is None or code in question.districts or
                question.districts == ["all"])

    @staticmethod
    def wants_province(question):
        return question.districts is None or bool({"province", "*", "all"} &
                                                  set(question.districts))

    @staticmethod
    def row(question, form, criterion, part, district, counts, shown):
        row = {"form": form.code, "period": part[0], "district": district,
               "criterion": criterion.code, "kind": criterion.kind,
               "reported": str(counts["reported"]), "expected": str(counts["expected"]),
               "not_applicable": str(counts["not_applicable"]), **shown}
        if not question.members:
            del row["members"]
        return row

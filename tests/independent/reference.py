"""The figures, computed anew from docs/semantics.md with exact fractions. It shares
no code with the product, and nothing here was taken from it: where this file and
the product differ, SEMANTICS decides who is wrong."""

import calendar
import datetime
import re
from fractions import Fraction

from reference_states import state_of

DAY = datetime.timedelta(days=1)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
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


def is_calendar(identifier):
    """An identifier of the calendar alone: no range, no named period, no year to date."""
    return any(re.fullmatch(pattern, identifier) for pattern, _ in IDENTIFIERS)


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
    """The columns num, den, value, choice, members of a figure, and what `value` was
    before it was rounded (no column; None: there is no value)."""
    row = {"num": "", "den": "", "value": "", "choice": "", "members": "", "exact": None}
    if figure is None:
        return row
    if criterion.kind == "ratio":
        num, den = figure
        row.update(num=exactly(num), den=exactly(den))
        if den != 0:
            row.update(value=rounded(num / den), exact=num / den)
    elif criterion.kind == "communes":
        row.update(value=str(len(figure)), exact=Fraction(len(figure)))
        row["members"] = " ".join(sorted(figure, key=lambda code: code.encode()))
    elif criterion.kind == "choice":
        row["choice"] = figure
    else:
        row.update(value=rounded(figure), exact=figure)
    return row


class Question:
    """What is asked, in the words of the command line."""

    def __init__(self, forms, period, ytd=False, by_period=False, districts=None,
                 criteria=None, members=False, command="consolidated", comparable=False,
                 groups=None, as_of=None, approved_only=False, beside=None):
        self.forms, self.period, self.ytd, self.by_period = forms, period, ytd, by_period
        self.districts, self.criteria, self.members = districts, criteria, members
        self.command, self.comparable, self.groups = command, comparable, groups
        self.as_of = as_of  # (text, microseconds); None: the latest
        self.approved_only = approved_only
        self.beside = beside  # of compare: the other period

    def arguments(self):
        words = [self.command, "--form", ",".join(self.forms), "--period", self.period]
        words += ["--ytd"] if self.ytd else []
        words += ["--by", "period"] if self.by_period else []
        words += ["--members"] if self.members else []
        words += ["--comparable"] if self.comparable else []
        words += ["--district", ",".join(self.districts)] if self.districts else []
        words += ["--criterion", ",".join(self.criteria)] if self.criteria else []
        words += ["--group", ",".join(self.groups)] if self.groups else []
        words += ["--as-of", self.as_of[0]] if self.as_of else []
        words += ["--with", self.beside] if self.beside else []
        words += ["--approved-only"] if self.approved_only else []
        return words + ["--format", "csv"]

    def wants(self, code):
        return self.districts is None or code in self.districts or self.districts == ["all"]

    def wants_province(self):
        return self.districts is None or bool({"province", "*", "all"} & set(self.districts))


class World:
    """All that the province ever took. `versions`: (instant, catalogue), oldest first;
    `history`: {(form, district, base period's identifier): [Accepted]}, in order;
    `enrolled`: {district: instant of its first enrolment}; `acts`: {key: [Act]}, in order.
    Instants in microseconds."""

    def __init__(self, versions, history, enrolled, acts):
        self.versions, self.history, self.enrolled = versions, history, enrolled
        self.acts = acts

    def catalogues(self):
        return [catalogue for _, catalogue in self.versions]


class View:
    """9: the world as it stood at an instant."""

    def __init__(self, world, now, today):
        self.now, self.today = now, today
        self.catalogue = next((c for at, c in reversed(world.versions) if at <= now), None)
        self.enrolled = {code: at for code, at in world.enrolled.items() if at <= now}
        self.revisions, self.states = {}, {}
        self.answers = {False: {}, True: {}}  # all; those of approved reports only
        for key, chain in world.history.items():
            taken = [revision for revision in chain if revision.at <= now]
            if not taken:
                continue
            self.revisions[key] = taken
            self.states[key] = state_of(world.acts.get(key, ()), taken[-1].number, now)
            self._keep(self.answers[False], key, taken[-1].values)
            if self.states[key] == "approved":
                self._keep(self.answers[True], key, taken[-1].values)

    def _keep(self, answers, key, values):
        form, district, period = key
        for code, (value, of) in values.items():
            criterion = self.catalogue.form(form).criterion(code)
            answer = answer_of(criterion, value, of)
            if answer is not None:
                answers[form, code, district, period] = answer

    # ---------------------------------------------------------- 5.4 comparable

    def heir(self, question, criterion, district):
        """Whose figure a district's values enter."""
        if not question.comparable or criterion.kind not in ("count", "amount", "ratio"):
            return district
        codes = {d.code: d for d in self.catalogue.districts}
        while district.successor and all(o.closed and o.closed < self.today
                                         for o in district.openings):
            district = codes[district.successor]
        return district

    def answers_of(self, question, form, criterion, members, pairs):
        """The answers of districts that count as one, by base period, oldest first; and
        how many pairs have a value, and how many are n/a."""
        answers, found, values, unasked = self.answers[question.approved_only], [], 0, 0
        for period in dict.fromkeys(p for of in pairs.values() for p in of):
            given = [answers.get((form.code, criterion.code, d.code, period[0]))
                     for d in members if period in pairs[d.code]]
            given = [a for a in given if a is not None]
            real = [a for a in given if a is not NOT_APPLICABLE]
            values, unasked = values + len(real), unasked + len(given) - len(real)
            if len(real) > 1:
                found.append((period, tuple(map(sum, zip(*real))) if criterion.kind == "ratio"
                              else sum(real)))
            elif given:
                found.append((period, real[0] if real else NOT_APPLICABLE))
        return [answer for _, answer in sorted(found, key=lambda f: f[0][1])], values, unasked

    def units(self, question, form, criterion, part, base):
        """(district, counts, figure, whether it enters the province's) of each district of
        whom the criterion was expected."""
        open_periods = [p for p in base if p[1] <= self.today and form.interval.has(p[2])
                        and criterion.interval.has(p[2])]
        stock_day, units = self.stock_day(part, base), []
        for district in self.catalogue.districts:
            members = [d for d in self.catalogue.districts
                       if self.heir(question, criterion, d) is district]
            pairs = {d.code: [p for p in open_periods if d.is_open(p[2])] for d in members}
            expected = sum(map(len, pairs.values()))
            if not expected:
                continue
            answers, values, unasked = self.answers_of(question, form, criterion, members,
                                                      pairs)
            # A merged district's stock is its heir's: that stands in for it on the last day.
            enters = criterion.time_agg != "last" or any(d.is_open(stock_day) for d in members)
            units.append((district, {"expected": expected, "reported": values,
                                     "not_applicable": unasked},
                          over_time(criterion, answers), enters))
        return units

    def stock_day(self, part, base):
        """5.2: the day on which a district's stock counts."""
        if part[2] < self.today:
            return part[2]
        begun = [p for p in base if p[1] <= self.today]
        return begun[-1][2] if begun else part[2]

    def figures(self, question, form, criterion, part, base):
        """{district or '*': figure} of whom it was expected; for ranking."""
        units = self.units(question, form, criterion, part, base)
        if not units:
            return {}
        of = {district.code: figure for district, _, figure, _ in units}
        of["*"] = None
        if criterion.kind not in ("choice", "communes"):
            of["*"] = over_districts(criterion, [figure for _, _, figure, enters in units
                                                 if figure is not None and enters])
        return of


def consolidated_rows(view, question, form, parts):
    """By period, criterion, district, the province last."""
    rows = []
    for part, base in parts:
        for criterion in form.criteria:
            if criterion.kind == "text" or (question.criteria is not None and
                                            criterion.code not in question.criteria):
                continue  # texts are listed, not consolidated
            rows += criterion_rows(view, question, form, criterion, part, base)
    for row in rows:
        del row["exact"]
    return rows


def criterion_rows(view, question, form, criterion, part, base):
    rows, entering = [], []
    total = {"expected": 0, "reported": 0, "not_applicable": 0}
    for district, counts, figure, enters in view.units(question, form, criterion, part, base):
        if question.wants(district.code):
            rows.append(figure_row(question, form, criterion, part, district.code, counts,
                                   cells(criterion, figure)))
        for name in total:
            total[name] += counts[name]
        if figure is not None and enters:
            entering.append(figure)
    if total["expected"] and question.wants_province():
        for shown in province_cells(criterion, entering):
            rows.append(figure_row(question, form, criterion, part, "*", total, shown))
    return rows


def province_cells(criterion, entering):
    if criterion.kind != "choice":
        return [cells(criterion, over_districts(criterion, entering))]
    return [{**cells(criterion, choice),
             "value": str(entering.count(choice)) if entering else "",
             "exact": Fraction(entering.count(choice)) if entering else None}
            for choice in criterion.choices]


def figure_row(question, form, criterion, part, district, counts, shown):
    row = {"form": form.code, "period": part[0], "district": district,
           "criterion": criterion.code, "kind": criterion.kind,
           "reported": str(counts["reported"]), "expected": str(counts["expected"]),
           "not_applicable": str(counts["not_applicable"]), **shown}
    if not question.members:
        del row["members"]
    return row

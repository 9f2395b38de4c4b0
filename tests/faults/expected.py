"""Figures from the offices' own files, by docs/semantics.md 5, exact: for the form
joint-agency, whose criteria add up or keep the last answer, and of ratios both parts."""

import csv
from fractions import Fraction

from harness import EXAMPLES

FORM = "joint-agency"
MONTHS = [f"{year}-{month:02}" for year in (2022, 2023) for month in range(1, 13)]
WHOLE = f"{MONTHS[0]}..{MONTHS[-1]}"
with open(EXAMPLES / "catalogue" / "criteria.csv", newline="", encoding="utf-8") as stream:
    CRITERIA = [row for row in csv.DictReader(stream) if row["form"] == FORM]


def shown(number):
    """At most 6 digits after the point, half away from zero; no figure is negative here."""
    scaled = number * 10**6
    rounded = int(scaled) + (1 if scaled - int(scaled) >= Fraction(1, 2) else 0)
    return f"{rounded // 10**6}.{rounded % 10**6:06}".rstrip("0").rstrip(".")


def combine(answers, last):
    """(num, den) of answers in the order of their periods, or None."""
    if last:
        answers = answers[-1:]
    parts = [(Fraction(value), Fraction(of or 0)) for value, of in answers if value != "n/a"]
    return (sum(p[0] for p in parts), sum(p[1] for p in parts)) if parts else None


def row(answers, figure, ratio):
    """(reported, not applicable, num, den, value) as the client's CSV has them."""
    not_applicable = sum(value == "n/a" for value, _ in answers)
    head = str(len(answers) - not_applicable), str(not_applicable)
    if figure is None:
        return *head, "", "", ""
    num, den = figure
    if not ratio:
        return *head, "", "", shown(num)
    return *head, shown(num), shown(den), shown(num / den) if den else ""


def figures(reports, districts, months):
    """{(district or *, criterion): row} of {(district, month): {criterion: (value, of)}}."""
    found = {}
    for criterion in CRITERIA:
        code, ratio = criterion["code"], criterion["kind"] == "ratio"
        every, combined = [], []
        for district in districts:
            answers = [reports[district, month][code] for month in months
                       if code in reports.get((district, month), {})]
            figure = combine(answers, criterion["time_agg"] == "last")
            found[district, code] = row(answers, figure, ratio)
            every += answers
            combined += [figure] if figure else []
        total = (sum(f[0] for f in combined), sum(f[1] for f in combined)) if combined else None
        found["*", code] = row(every, total, ratio)
    return found


def draw(random, complete=False):
    """A random report's values: {criterion: (value, of)}. Numerators stay within their
    denominators, which the catalogue's rules ask of some; n/a and left out happen."""
    values = {}
    for criterion in CRITERIA:
        if not complete and random.random() < 0.05:
            continue
        if not complete and random.random() < 0.05:
            values[criterion["code"]] = "n/a", ""
        elif criterion["kind"] == "ratio":
            den = random.randint(0, 400)
            values[criterion["code"]] = str(random.randint(0, den)), str(den)
        elif criterion["kind"] == "amount":
            values[criterion["code"]] = f"{random.randint(0, 9999)}.{random.randint(1, 999):03}", ""
        else:
            values[criterion["code"]] = str(random.randint(0, 5000)), ""
    return values

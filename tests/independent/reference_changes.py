"""Comparisons and series, from SEMANTICS 5, 6 and the columns that the client's help
tells: see reference.py."""

from reference import DAY, base_period, criterion_rows, rounded

MAPPED = ("count", "amount", "ratio")  # kinds that --comparable credits to successors


def found_rows(view, question, form, part, base):
    """{(criterion, district, choice of the province): row} of one period."""
    rows = {}
    for criterion in form.criteria:
        if criterion.kind == "text" or (question.criteria is not None and
                                        criterion.code not in question.criteria):
            continue
        for row in criterion_rows(view, question, form, criterion, part, base):
            choice = row["choice"] if row["district"] == "*" else ""
            rows[criterion.code, row["district"], choice] = row
    return rows


def number_of(row):
    """The figure before it is rounded; None: there is none."""
    return row["exact"] if row else None


def change_of(criterion, now, then):
    """(change, its unit)"""
    a, b = number_of(now), number_of(then)
    if a is None or b is None:
        return "", ""
    return (rounded(100 * (a - b)), "points") if criterion.percent else (rounded(a - b), "units")


def percent_of(criterion, now, then):
    a, b = number_of(now), number_of(then)
    return "" if a is None or not b or criterion.percent else rounded(100 * (a - b) / abs(b))


def series_of(view, form):
    """Criterion, district or '*', choice of the province: in the order of the rows."""
    for criterion in form.criteria:
        for code in [*(d.code for d in view.catalogue.districts), "*"]:
            for choice in criterion.choices if code == "*" and criterion.choices else [""]:
                yield criterion, code, choice


def two_periods_rows(view, question, form, now, then):
    """`now` and `then`: (period, base periods)."""
    here, there = (found_rows(view, question, form, *part) for part in (now, then))
    rows, nothing = [], {"choice": "", "num": "", "den": "", "value": ""}
    for criterion, code, choice in series_of(view, form):
        a, b = (found.get((criterion.code, code, choice)) for found in (here, there))
        if a is None and b is None:
            continue
        change, unit = change_of(criterion, a, b)
        shown, beside = a or nothing, b or nothing
        rows.append({"form": form.code, "criterion": criterion.code, "kind": criterion.kind,
                     "district": code, "choice": shown["choice"], "period": now[0][0],
                     **{name: shown[name] for name in ("num", "den", "value")},
                     "with_period": then[0][0],
                     **{f"with_{name}": beside[name] for name in nothing},
                     "change": change, "change_in": unit,
                     "change_percent": percent_of(criterion, a, b)})
    return rows


def side_by_side_rows(view, question, form, part, base):
    """A column a district that the answer tells of, the province last."""
    found = found_rows(view, question, form, part, base)
    told = {code for _, code, _ in found}
    columns = [d.code for d in view.catalogue.districts if d.code in told]
    columns += ["*"] if "*" in told else []
    rows = []
    for criterion in form.criteria:
        if not any(key[0] == criterion.code for key in found):
            continue
        for choice in criterion.choices or [""]:
            rows.append({"form": form.code, "period": part[0], "criterion": criterion.code,
                         "kind": criterion.kind, "choice": choice,
                         **{code: side_cell(found, criterion.code, code, choice)
                            for code in columns}})
    return rows


def side_cell(found, criterion, code, choice):
    """Of a choice: 1 for the district's own, 0 for another, nothing when it has none."""
    if code == "*" or not choice:
        row = found.get((criterion, code, choice))
        return row["value"] if row else ""
    row = found.get((criterion, code, ""))
    return "" if row is None or not row["choice"] else str(int(row["choice"] == choice))


# -------------------------------------------------------------------- series


def base_before(form, period):
    return base_period(form.frequency, period[1] - DAY)


def year_before(form, period):
    """None on 29 February."""
    first = period[1]
    if (first.month, first.day) == (2, 29):
        return None
    return base_period(form.frequency, first.replace(year=first.year - 1))


def trend_rows(view, question, form, base):
    found = {}

    def row_of(period, criterion, code, choice):
        if period is None:
            return None
        if period[0] not in found:
            found[period[0]] = found_rows(view, question, form, period, [period])
        return found[period[0]].get((criterion.code, code, choice))

    rows = []
    for criterion, code, choice in series_of(view, form):
        for period in base:
            row = row_of(period, criterion, code, choice)
            if row is None:
                continue
            before = row_of(base_before(form, period), criterion, code, choice)
            earlier = row_of(year_before(form, period), criterion, code, choice)
            change, unit = change_of(criterion, row, before)
            change_year, unit_year = change_of(criterion, row, earlier)
            rows.append({
                "form": form.code, "criterion": criterion.code, "kind": criterion.kind,
                "district": code, "choice": row["choice"], "period": period[0],
                **{name: row[name] for name in ("reported", "expected", "num", "den", "value")},
                "before": before["value"] if before else "", "change": change,
                "year_before": earlier["value"] if earlier else "", "change_year": change_year,
                "change_in": unit or unit_year,
                "break": breaks(view, question, form, criterion, code, period)})
    return rows


def breaks(view, question, form, criterion, code, period):
    """5.4: districts that opened, closed or were merged since the base period before."""
    before, now = base_before(form, period)[2], period[2]
    credited = question.comparable and criterion.kind in MAPPED
    marks = []
    for district in view.catalogue.districts:
        was, is_now = district.is_open(before), district.is_open(now)
        heir = district.successor if was else ""
        if was == is_now or code not in ("*", district.code, heir):
            continue
        if credited and (mends(view, district) if heir else not was and takes_over(
                view, district, before)):
            continue
        marks.append(f"{district.code}>{heir}" if heir else ("-" if was else "+") + district.code)
    return " ".join(marks)


def mends(view, district):
    """Its values are credited to its successor: it is closed for good."""
    return district.successor and all(o.closed and o.closed < view.today
                                      for o in district.openings)


def takes_over(view, district, before):
    """It opened in the place of one that had been open and is credited to it."""
    return any(other.successor == district.code and other.is_open(before) and mends(view, other)
               for other in view.catalogue.districts)

"""All rows that the product owes to a question, in their order."""

from reference import base_periods, consolidated_rows, is_calendar, parse_period, to_date
from reference_changes import side_by_side_rows, trend_rows, two_periods_rows
from reference_counts import completeness_rows
from reference_ranks import ranking_rows


class Refused:
    """A question that must be refused, by one of the codes (docs/problems.md)."""

    def __init__(self, *codes):
        self.codes = codes


def asked_of(form, period):
    """2: the base periods that a question is about."""
    inside = base_periods(form.frequency, period[1], period[2])
    if not inside:
        return Refused("period.no_base_period")
    if is_calendar(period[0]) and (inside[0][1], inside[-1][2]) != period[1:]:
        return Refused("period.not_whole")
    return inside


def period_of(view, question, text):
    period = parse_period(text, view.catalogue.named)
    return to_date(period) if question.ytd else period


def refused_by(*asked):
    """Refused by any of those that are; None: none is."""
    codes = [code for part in asked if isinstance(part, Refused) for code in part.codes]
    return Refused(*codes) if codes else None


def form_rows(view, question, form, period):
    """Of one form; or Refused."""
    inside, then = asked_of(form, period), None
    if question.beside:
        then = period_of(view, question, question.beside)
    before = asked_of(form, then) if then else inside
    refused = refused_by(inside, before)
    if refused:
        return refused
    parts = [(p, [p]) for p in inside] if question.by_period else [(period, inside)]
    if question.command == "consolidated":
        return consolidated_rows(view, question, form, parts)
    if question.command == "completeness":
        return completeness_rows(view, question, form, parts)
    if question.command == "trend":
        return trend_rows(view, question, form, inside)
    if question.command == "ranking":
        return ranking_rows(view, question, form, period, inside)
    if then:
        return two_periods_rows(view, question, form, (period, inside), (then, before))
    return side_by_side_rows(view, question, form, period, inside)


def answer_rows(view, question):
    """By form first; or Refused."""
    if view.catalogue is None:
        return Refused("asof.before_catalogue")
    period, rows = period_of(view, question, question.period), []
    for code in question.forms:
        form = next((f for f in view.catalogue.forms if f.code == code), None)
        if form is None:
            return Refused("form.unknown")
        if question.criteria is not None and not any(c.code in question.criteria
                                                     for c in form.criteria):
            continue  # a criterion of another of the forms was asked for
        of_form = form_rows(view, question, form, period)
        if isinstance(of_form, Refused):
            return of_form
        rows += of_form
    return rows

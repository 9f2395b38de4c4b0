"""All rows that the product owes to a question, in their order."""

from reference import base_periods, consolidated_rows, parse_period, to_date
from reference_counts import completeness_rows
from reference_ranks import ranking_rows


def answer_rows(view, question):
    """By form first. None when it must be refused: no catalogue yet, an unknown form, or
    a form that has no whole base period in the period asked for."""
    if view.catalogue is None:
        return None
    period = parse_period(question.period, view.catalogue.named)
    if question.ytd:
        period = to_date(period)
    rows = []
    for code in question.forms:
        form = next((f for f in view.catalogue.forms if f.code == code), None)
        if form is None:
            return None
        if question.criteria is not None and not any(c.code in question.criteria
                                                     for c in form.criteria):
            continue  # a criterion of another of the forms was asked for
        inside = base_periods(form.frequency, period[1], period[2])
        if not inside:
            return None
        parts = [(p, [p]) for p in inside] if question.by_period else [(period, inside)]
        if question.command == "consolidated":
            rows += consolidated_rows(view, question, form, parts)
        elif question.command == "completeness":
            rows += completeness_rows(view, question, form, parts)
        else:
            rows += ranking_rows(view, question, form, period, inside)
    return rows

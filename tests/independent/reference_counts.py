"""Completeness and timeliness, from SEMANTICS 2, 3, 7 and 8 alone: see reference.py."""

import dataclasses
import datetime

from reference import DAY, EPOCH, NOT_APPLICABLE, answer_of

COUNTS = ("expected received complete empty on_time late not_yet_due missing returned approved "
          "historic").split()
ZONE = datetime.timezone(datetime.timedelta(hours=7))  # the province's, without summer time


def instant(day):
    """Microseconds since 1970 of the beginning of a day in the province."""
    start = datetime.datetime(day.year, day.month, day.day, tzinfo=ZONE)
    return (start - EPOCH) // datetime.timedelta(microseconds=1)


def day_of(moment):
    return (EPOCH + datetime.timedelta(microseconds=moment)).astimezone(ZONE).date()


def due_instant(catalogue, form, last_day):
    """3: the end of the last day + due_days, moved to the next working day."""
    day, special = last_day + form.due_days * DAY, dict(catalogue.holidays)
    while not special.get(day, day.weekday() < 5):
        day += DAY
    return instant(day + DAY)


@dataclasses.dataclass
class Accepted:
    """One revision that the province took."""
    number: int
    values: dict
    at: int          # microseconds
    complete: bool   # by the catalogue in force at `at`
    imported: bool
    received: int    # of an import that tells it; None

    def came(self):
        return self.at if self.received is None else self.received


def is_complete(form, last_day, values):
    """Every required criterion that is asked for on the last day has a value or n/a."""
    return all(answer_of(c, *values.get(c.code, ("", ""))) is not None
               for c in form.criteria if c.required and c.interval.has(last_day))


def is_empty(form, values):
    """No value at all; n/a is none."""
    answers = (answer_of(form.criterion(code), *cells) for code, cells in values.items())
    return all(answer is None or answer is NOT_APPLICABLE for answer in answers)


def classify(revisions, state, due, now, enrolled, form):
    """The counts that one expected pair adds to. `revisions`: those accepted, in order;
    `state`: of the last; `enrolled`: the district's first enrolment, or None."""
    if not revisions:
        return {"expected", "missing" if due <= now else "not_yet_due"}
    current = revisions[-1]
    told = {"expected", "received"} | ({state} & {"returned", "approved"})
    if current.complete:
        told.add("complete")
    if is_empty(form, current.values):
        told.add("empty")
    # 8: what import loads is historic unless it tells when the report came; else what was
    # due before the first enrolment.
    historic = (current.received is None if current.imported
                else enrolled is None or due < enrolled)
    first = next((r for r in revisions if r.complete), None)
    if historic:
        return told | {"historic"}
    if first and first.came() < due:
        return told | {"on_time"}
    return told | {"late" if due <= now else "not_yet_due"}


class Counting:
    """What was expected of each district in some base periods of a form, and what came.
    `view`: see reference.View."""

    def __init__(self, view, form, base):
        self.of = {}
        for district in view.catalogue.districts:
            counts = dict.fromkeys(COUNTS, 0)
            for period in base:
                if (view.today < period[1] or not form.interval.has(period[2]) or
                        not district.is_open(period[2])):
                    continue
                due = due_instant(view.catalogue, form, period[2])
                key = form.code, district.code, period[0]
                for name in classify(view.revisions.get(key, []), view.states.get(key), due, view.now,
                                     view.enrolled.get(district.code), form):
                    counts[name] += 1
            self.of[district.code] = counts
        self.province = {name: sum(counts[name] for counts in self.of.values())
                         for name in COUNTS}


def completeness_rows(view, question, form, parts):
    """By period, then districts in the catalogue's order, the province last; only where
    something was expected."""
    rows = []
    for part, base in parts:
        counting = Counting(view, form, base)
        shown = [(code, counts) for code, counts in counting.of.items()
                 if question.wants(code)]
        if question.wants_province():
            shown.append(("*", counting.province))
        rows += [{"form": form.code, "period": part[0], "district": code,
                  **{name: str(counts[name]) for name in COUNTS}}
                 for code, counts in shown if counts["expected"]]
    return rows

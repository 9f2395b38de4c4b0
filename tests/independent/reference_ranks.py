"""Attainment, composite and ranking, from SEMANTICS 6 alone: see reference.py."""

from fractions import Fraction

from reference import rounded
from reference_counts import Counting


def target_of(catalogue, form, criterion, district, day):
    """targets.csv first: a district's row before one of all, then the one that began last
    of those whose interval contains the day; else the criterion's own. None: none."""
    rows = [t for t in catalogue.targets
            if (t.form, t.criterion) == (form.code, criterion.code) and t.interval.has(day)]
    for code in ([district, ""] if district != "*" else [""]):
        own = [t for t in rows if t.district == code]
        if own:
            return Fraction(max(own, key=lambda t: t.interval.opened).target)
    return Fraction(criterion.target) if criterion.target else None


def attainment(direction, value, target):
    """0 to 100."""
    if direction == "up":
        if value < 0:
            return Fraction(0)
        return Fraction(100) if target == 0 else 100 * min(value / target, Fraction(1))
    if value <= target:
        return Fraction(100)
    return 100 * target / value  # of a target of 0: 0


def quotient(criterion, figure):
    """The figure's value as a number; None: none."""
    if figure is None:
        return None
    if criterion.kind == "ratio":
        return figure[0] / figure[1] if figure[1] else None
    return figure


class Score:
    def __init__(self):
        self.all = self.got = self.sum = Fraction(0)

    def composite(self):
        return self.sum / self.got if self.got else None

    def basis(self):
        return self.got / self.all if self.all else None

    def ranked(self):
        return self.got > 0 and self.basis() >= Fraction(9, 10)


def score_units(view, form, day, expectations, group):
    """{unit: Score} of those of whom anything was expected."""
    scores = {}
    for criterion, of in expectations:
        for unit, figure in of.items():
            score = scores.setdefault(unit, Score())
            if (not criterion.direction or not criterion.weight or
                    group not in (None, criterion.group)):
                continue
            target = target_of(view.catalogue, form, criterion, unit, day)
            if target is None:
                continue
            score.all += criterion.weight
            value = quotient(criterion, figure)
            if value is not None:
                score.got += criterion.weight
                score.sum += criterion.weight * attainment(criterion.direction, value, target)
    return scores


def ordered(codes, scores):
    """Ranked ones by composite, then the others; in the catalogue's order when equal."""
    ranked = [c for c in codes if scores[c].ranked()]
    ranked.sort(key=lambda c: -scores[c].composite())
    return ranked + [c for c in codes if not scores[c].ranked()]


def rank_of(code, scores):
    if code == "*" or not scores[code].ranked():
        return ""
    better = sum(1 for other, score in scores.items()
                 if other != "*" and score.ranked() and
                 score.composite() > scores[code].composite())
    return str(1 + better)


def scopes_of(question, form):
    """The groups to rank by, None the whole form; and whether it was 'all', which leaves
    out groups in which nobody has a target with a weight."""
    groups = list(dict.fromkeys(c.group for c in form.criteria))
    if question.groups is None:
        return [None], False
    if "all" in question.groups:
        return [None, *groups], True
    return [g for g in groups if g in question.groups], False


def ranking_rows(view, question, form, part, base):
    day = part[2]
    expectations = [(c, view.figures(question, form, c, part, base))
                    for c in form.criteria if c.kind != "text"]
    counting, rows = Counting(view, form, base), []
    scopes, weighted_only = scopes_of(question, form)
    for group in scopes:
        scores = score_units(view, form, day, expectations, group)
        if weighted_only and group and not any(score.all for score in scores.values()):
            continue
        codes = [d.code for d in view.catalogue.districts if d.code in scores]
        for code in ordered(codes, scores) + (["*"] if "*" in scores else []):
            score = scores[code]
            counts = counting.province if code == "*" else counting.of[code]
            rows.append({
                "form": form.code, "period": part[0], "district": code, "group": group or "",
                "composite": "" if score.composite() is None else rounded(score.composite()),
                "basis": "" if score.basis() is None else rounded(score.basis()),
                "rank": rank_of(code, scores), "expected": str(counts["expected"]),
                "received": str(counts["received"])})
    return rows

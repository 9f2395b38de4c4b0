"""Random questions to a random province."""

import dataclasses
import random

from reference import DAY, Question, base_period, parse_period

SPELLED = {"day": "%Y%m%d", "month": "%Y%m"}  # as DHIS2 writes them
LEVELS = ["day", "month", "quarter", "half", "year"]


def identifier(seed, level, day):
    """A period of the level, now and then in DHIS2's spelling."""
    text = base_period(level, day)[0]
    if seed.random.random() > 0.15:
        return text
    if level in SPELLED:
        return day.strftime(SPELLED[level])
    return text.replace("-Q", "Q").replace("-H", "S")


def some_day(seed, form):
    """Often a day that something was reported about."""
    periods = [chain[0].period for chain in seed.keys if chain[0].form == form.code]
    if periods and seed.random.random() < 0.8:
        return parse_period(seed.random.choice(periods), {})[1]
    return seed.first + DAY * seed.random.randrange((seed.last - seed.first).days + 1)


def some_period(seed, form):
    random = seed.random
    day = some_day(seed, form)
    kind = random.choice(["level"] * 5 + ["range"] * 4 + ["nine", "named", "all"])
    levels = LEVELS[LEVELS.index(form.frequency):]
    if random.random() < 0.1:
        levels = LEVELS  # too short a period is an error that says so
    level = random.choice(levels)
    if kind == "nine":
        return f"{day.year:04}-9M"
    if kind == "named" and seed.catalogue.named:
        return random.choice(list(seed.catalogue.named))
    if kind == "range":
        first, last = sorted([day, some_day(seed, form)])
        return f"{identifier(seed, level, first)}..{identifier(seed, level, last)}"
    if kind == "all":
        ages = "1900..2999" if form.frequency in ("half", "year") else "2020..2030"
        return random.choice([f"{seed.first.year - 2}..{seed.last.year + 1}", ages])
    return identifier(seed, level, day)


def some_districts(seed):
    random = seed.random
    codes = [d.code for d in seed.catalogue.districts]
    chosen = random.sample(codes, random.randint(1, min(3, len(codes))))
    return random.choice([None, None, None, ["province"], ["*"], ["all"], chosen,
                          chosen + ["province"]])


def some_question(seed, form):
    random = seed.random
    forms = [form]
    if random.random() < 0.15:
        forms = random.sample(seed.catalogue.forms, random.randint(1, len(seed.catalogue.forms)))
        form = max(forms, key=lambda f: LEVELS.index(f.frequency))
    criteria = None
    if random.random() < 0.25:
        codes = [c.code for c in form.criteria]
        criteria = random.sample(codes, random.randint(1, len(codes)))
    return Question([f.code for f in forms], some_period(seed, form),
                    ytd=random.random() < 0.15, by_period=random.random() < 0.3,
                    districts=some_districts(seed), criteria=criteria,
                    members=random.random() < 0.5, comparable=random.random() < 0.3)


def some_counts(seed, form):
    random = seed.random
    return Question([form.code], some_period(seed, form), ytd=random.random() < 0.15,
                    by_period=random.random() < 0.3, districts=some_districts(seed),
                    command="completeness")


def some_ranking(seed, form):
    random = seed.random
    groups = list(dict.fromkeys(c.group for c in form.criteria))
    return Question([form.code], some_period(seed, form), ytd=random.random() < 0.15,
                    comparable=random.random() < 0.4, command="ranking",
                    groups=random.choice([None, ["all"], groups, groups[:1]]))


def some_change(seed, form):
    """Two periods, districts side by side, or a series."""
    random = seed.random
    command = random.choice(["trend", "compare", "compare"])
    beside = some_period(seed, form) if command == "compare" and random.random() < 0.7 else None
    districts = some_districts(seed)
    return Question([form.code], some_period(seed, form), command=command, beside=beside,
                    ytd=command == "compare" and random.random() < 0.15,
                    districts=["all"] if command == "trend" and not districts else districts,
                    comparable=random.random() < 0.4, approved_only=random.random() < 0.4)


def whole_of(seed):
    return f"{seed.first.year - 1}..{seed.last.year}"


def questions(seed, count):
    """Everything of every form, and `count` others."""
    whole, forms = whole_of(seed), [form.code for form in seed.catalogue.forms]
    asked = [Question(forms, whole, members=True),
             Question(forms, whole, members=True, by_period=True),
             Question(forms, whole, by_period=True, comparable=True),
             Question(forms, whole, command="completeness", by_period=True),
             Question(forms, whole, command="completeness"),
             Question(forms, whole, command="ranking", groups=["all"],
                      comparable=seed.random.random() < 0.5)]
    for _ in range(count):
        form = seed.random.choice(seed.catalogue.forms)
        make = seed.random.choice([some_question] * 4 + [some_counts, some_ranking])
        asked.append(make(seed, form))
    return asked


def state_questions(seed):
    """Of approved reports alone; in a random order of its own, as the acts."""
    whole, forms = whole_of(seed), [form.code for form in seed.catalogue.forms]
    seed = dataclasses.replace(seed, random=random.Random(f"states of seed {seed.number}"))
    form = seed.random.choice(seed.catalogue.forms)
    asked = [Question(forms, whole, members=True, approved_only=True),
             Question(forms, whole, command="ranking", groups=["all"], approved_only=True,
                      comparable=seed.random.random() < 0.5),
             seed.random.choice([some_question, some_ranking])(seed, form)]
    asked[-1].approved_only = True
    return asked + [some_change(seed, form), some_change(seed, form)]


def states_as_of(seed, moments, order):
    """Of instants between acts."""
    forms = [form.code for form in seed.catalogue.forms]
    return [Question(forms, whole_of(seed), command=command, approved_only=approved_only,
                     by_period=command != "ranking" and order.random() < 0.3,
                     groups=["all"] if command == "ranking" else None, as_of=order.choice(moments))
            for command, approved_only in [("consolidated", True), ("completeness", False),
                                           order.choice([("consolidated", True),
                                                         ("completeness", False),
                                                         ("ranking", True)])]]


def as_of_questions(seed, moments, order):
    """Of an instant on the way, one of each command; in its own random order, so that the
    instants do not change what else is asked."""
    asked = []
    for command in ("consolidated", "completeness", "ranking"):
        forms = [form.code for form in seed.catalogue.forms] if command != "ranking" else \
            [order.choice(seed.catalogue.forms).code]
        asked.append(Question(forms, whole_of(seed), command=command,
                              by_period=command != "ranking" and order.random() < 0.5,
                              comparable=command != "completeness" and order.random() < 0.3,
                              groups=["all"] if command == "ranking" else None,
                              as_of=order.choice(moments)))
    return asked

"""A random province: catalogue, reports in several revisions and their ways into
the product, questions. All of it follows from the seed and, for the running
period, from the day of the run."""

import dataclasses
import datetime
from fractions import Fraction

from model import Catalogue, Commune, Criterion, District, Form, Interval, Target
from reference import DAY, answer_of, base_period, base_periods, parse_period
from reference_counts import due_instant, instant

FREQUENCIES = ["day", "month", "quarter", "half", "year"]
TIME_AGGS = {"count": ["sum", "last", "average", "min", "max"], "ratio": ["sum", "last"],
             "score": ["average", "last", "min", "max"], "choice": ["last"],
             "communes": ["last"], "text": [""]}
TIME_AGGS["amount"] = TIME_AGGS["count"]
DISTRICT_AGGS = {"count": ["sum", "average", "min", "max"], "ratio": ["sum"],
                 "score": ["average", "min", "max"], "choice": ["distribution"],
                 "communes": ["union"], "text": [""]}
DISTRICT_AGGS["amount"] = DISTRICT_AGGS["count"]
KINDS = ["count"] * 4 + ["amount"] * 4 + ["ratio"] * 5 + ["score"] * 3 + ["choice"] * 2 + \
        ["communes"] * 2 + ["text"]
PAIRS_OF_A_FORM = 80  # (district, base period) pairs that get reports, at most
DAYS_OF_A_FORM = 40   # that a daily form is reported on


@dataclasses.dataclass
class Revision:
    """One report. `way`: import, wire or office; `number` is what wire tells."""
    form: str
    district: str
    period: str
    values: dict
    way: str
    number: int = 0
    received: int = None  # of an import: when it came, in microseconds; None: not told

    @property
    def key(self):
        return self.form, self.district, self.period


@dataclasses.dataclass
class Seed:
    number: int
    random: object
    today: datetime.date
    first: datetime.date = None  # of the years that things happen in
    last: datetime.date = None
    catalogue: Catalogue = None
    keys: list = None            # lists of Revision, one list a key
    wire_districts: list = None
    office_district: str = ""

    def current(self):
        return {chain[-1].key: chain[-1].values for chain in self.keys}


# ------------------------------------------------------------------ catalogue


def some_day(seed):
    """A day in the span: often the first or last of a month, or beside it."""
    random = seed.random
    day = seed.first + DAY * random.randrange((seed.last - seed.first).days + 1)
    if random.random() < 0.7:
        frequency = random.choice(["month", "quarter", "half", "year"])
        day = base_period(frequency, day)[random.choice([1, 2])]
    return day + DAY * random.choice([-1, 0, 0, 0, 1])


def interval_in_span(seed, opens=0.15, closes=0.2):
    random = seed.random
    opened = seed.first - DAY * random.choice([0, 1, 400])
    if random.random() < opens:
        opened = some_day(seed)
    closed = some_day(seed) if random.random() < closes else None
    if closed and closed < opened:
        opened, closed = closed, opened
    return Interval(opened, closed)


def make_openings(seed):
    random = seed.random
    first = interval_in_span(seed, 0.2, 0.35)
    openings = [first]
    while openings[-1].closed and random.random() < 0.5:
        gap = random.choice([1, 1, 2, 31, 120])  # 1: adjoining, one opening
        opened = openings[-1].closed + DAY * gap
        closed = opened + DAY * random.randrange(400) if random.random() < 0.6 else None
        openings.append(Interval(opened, closed))
    return openings


def make_districts(seed):
    random = seed.random
    count = random.randint(2, 12)
    codes = random.sample([f"{n:03}" for n in range(190, 210)] +
                          [f"Huyen_{n}" for n in range(9)] + [f"x-{n}.b" for n in range(9)], count)
    districts = [District(code, make_openings(seed)) for code in codes]
    for position, district in enumerate(districts):
        if district.openings[-1].closed and position + 1 < count and random.random() < 0.6:
            district.successor = random.choice(codes[position + 1:])
    if random.random() < 0.2:
        close_all(seed, districts)
    return districts


def close_all(seed, districts):
    """The whole level ends on one day; the next day others begin, which carry it on."""
    random, day = seed.random, some_day(seed)
    after = District("new-unit", [Interval(day + DAY)])
    for district in districts:
        district.openings = [Interval(o.opened, min(o.closed or day, day))
                             for o in district.openings if o.opened <= day] or [Interval(day, day)]
        if not district.successor and random.random() < 0.7:
            district.successor = after.code
    if random.random() < 0.8:
        districts.append(after)
    else:
        for district in districts:
            district.successor = district.successor.replace(after.code, "")


def make_communes(seed, districts):
    random, communes = seed.random, []
    for position, district in enumerate(districts):
        for number in range(random.choice([0, 2, 5, 12])):
            interval = interval_in_span(seed, 0.2, 0.25)
            code = f"{position:02}{number * 37 % 1000:03}"
            communes.append(Commune(code, district.code, interval))
            if interval.closed and random.random() < 0.5:  # moves to another district
                moved = Interval(interval.closed + DAY * random.choice([1, 40]), None)
                communes.append(Commune(code, random.choice(districts).code, moved))
    random.shuffle(communes)
    return communes


def make_criterion(seed, number):
    random = seed.random
    kind = random.choice(KINDS)
    criterion = Criterion(code=f"{kind}-{number}", kind=kind,
                          interval=interval_in_span(seed, 0.12, 0.15),
                          time_agg=random.choice(TIME_AGGS[kind]),
                          district_agg=random.choice(DISTRICT_AGGS[kind]),
                          required=random.random() < 0.3, group=random.choice(["g1", "g2"]))
    criterion.percent = kind == "ratio" and number % 2 == 1
    if kind in ("amount", "ratio", "score"):
        criterion.decimals = random.choice([0, 0, 1, 2, 3, 6, 7, 9])
    if kind == "score":
        low = random.choice([-100, -1, 0, 0, 1])
        criterion.minimum = str(low)
        criterion.maximum = str(low + random.choice([0, 1, 10, 100]))
    if kind in ("count", "amount", "ratio", "score") and random.random() < 0.6:
        criterion.direction = random.choice(["up", "down", "up", ""])
        criterion.weight = random.choice([0, 1, 1, 2, 3, 7])
        criterion.target = some_target(random, kind) if random.random() < 0.7 else ""
    if kind == "choice":
        criterion.choices = random.sample(["continue", "adjust", "end", "a.1", "_z", "0"],
                                          random.randint(1, 5))
        criterion.choices = [c for c in criterion.choices if c[0] not in "_"] or ["continue"]
    return criterion


def some_target(random, kind):
    """Often within reach, now and then 0."""
    if random.random() < 0.2:
        return "0"
    if kind == "ratio":
        return random.choice(["0.5", "1", "1.25", "0.000001", "3"])
    return random.choice(["1", "7", "10", "0.5", "99.9", "12345", "999999999"])


def make_targets(seed, districts, forms):
    """By year or from any day on, of all and of some districts; none of two that begin on
    one day for the same."""
    random, made = seed.random, {}
    for form in forms:
        for criterion in form.criteria:
            if not criterion.weight or random.random() < 0.4:
                continue
            for _ in range(random.randint(1, 3)):
                district = random.choice(["", "", random.choice(districts).code])
                opened = datetime.date(seed.last.year - random.choice([0, 0, 1, 2]), 1, 1)
                opened = some_day(seed) if random.random() < 0.3 else opened
                closed = random.choice([None, datetime.date(opened.year, 12, 31)])
                made[form.code, criterion.code, district, opened] = Target(
                    form.code, criterion.code, district, Interval(opened, closed),
                    some_target(random, criterion.kind))
    return shuffled(random, list(made.values()))


def make_forms(seed):
    random, forms = seed.random, []
    for number, frequency in enumerate(random.sample(FREQUENCIES, random.randint(2, 4))):
        criteria = [make_criterion(seed, n) for n in range(random.randint(2, 7))]
        due = random.choice([-10, 0, 5, 15])
        forms.append(Form(f"form-{number}-{frequency}", frequency,
                          interval_in_span(seed, 0.1, 0.2), criteria,
                          "province" if random.random() < 0.15 else "district", due,
                          random.choice(["", "", due + 20])))
    return forms


def make_catalogue(seed):
    random = seed.random
    districts = make_districts(seed)
    named = {}
    for code in ("term-a", "Pilot_8.years")[:random.randint(0, 2)]:
        first, last = sorted([some_day(seed), some_day(seed)])
        named[code] = first, last
    holidays = {some_day(seed): random.random() < 0.3 for _ in range(random.randint(0, 8))}
    communes, forms = make_communes(seed, districts), make_forms(seed)
    return Catalogue(districts, communes, forms, named, sorted(holidays.items()),
                     [d.code for d in districts if random.random() < 0.2],
                     make_targets(seed, districts, forms))


def earlier_catalogue(seed, revisions):
    """A first version of the catalogue: in another order, without much of what these
    reports do not touch, and less of it closed. The later one adds, moves and closes,
    and strands nothing."""
    random, later = seed.random, seed.catalogue
    used = {(r.form, code) for r in revisions for code in r.values}
    chosen = {(r.form, code, value) for r in revisions for code, (value, _) in r.values.items()}
    reported = {r.district for r in revisions}
    forms = [dataclasses.replace(form, criteria=[
        dataclasses.replace(c, interval=not_closed(random, c.interval),
                            choices=[v for v in shuffled(random, c.choices)
                                     if (form.code, c.code, v) in chosen] or c.choices)
        for c in shuffled(random, form.criteria)
        if (form.code, c.code) in used or random.random() < 0.5],
        interval=not_closed(random, form.interval))
        for form in shuffled(random, later.forms)]
    districts = [d for d in shuffled(random, later.districts)
                 if d.code in reported or random.random() < 0.5]
    known = {d.code for d in districts}
    districts = [dataclasses.replace(
        d, successor=d.successor if d.successor in known else "",
        openings=d.openings[:-1] + [not_closed(random, d.openings[-1])]) for d in districts]
    communes = [c for c in later.communes if c.district in known]
    forms = [f for f in forms if f.criteria]
    asked = {(f.code, c.code) for f in forms for c in f.criteria}
    targets = [t for t in later.targets if (t.form, t.criterion) in asked and
               t.district in known | {""} and random.random() < 0.7]
    return dataclasses.replace(later, districts=districts, communes=communes, forms=forms,
                               targets=targets, holidays=later.holidays[1:])


def not_closed(random, interval):
    return Interval(interval.opened) if random.random() < 0.5 else interval


def shuffled(random, items):
    return random.sample(items, len(items))


# -------------------------------------------------------------------- reports


def number_text(random, decimals, negative):
    """A decimal of at most 18 digits, at most `decimals` after the point."""
    digits = random.choice([0, 1, 1, 1, 2, 2, 3, 5, 9, 17, 18, 18])
    digits = min(18, max(digits, decimals + 1)) if decimals and random.random() < 0.7 else digits
    unscaled = random.choice([10**digits - 1, random.randrange(10**digits),
                              random.randrange(10**digits)])
    places = min(decimals, random.choice([0, decimals, decimals]))
    text = str(unscaled).rjust(places + 1, "0")
    if places:
        text = text[:-places] + "." + text[-places:]
    if len(text.replace(".", "").lstrip("0")) > 18 or len(text.replace(".", "")) > 18:
        text = "0"
    if negative and random.random() < 0.4:
        return "-" + text
    return "+" + text if random.random() < 0.03 else text


def score_text(random, criterion):
    low, high = Fraction(criterion.minimum), Fraction(criterion.maximum)
    step = 10**criterion.decimals
    whole = random.randint(int(low * step), int(high * step))
    text = str(abs(whole)).rjust(criterion.decimals + 1, "0")
    if criterion.decimals:
        text = text[:-criterion.decimals] + "." + text[-criterion.decimals:]
    return "-" + text if whole < 0 else text


def cell_pair(seed, criterion, district, day):
    """(value, of) as a file writes them."""
    random = seed.random
    chance = random.random()
    if chance < 0.12:
        return "", ""
    if chance < 0.24:
        return "n/a", ""
    if criterion.kind == "count":
        return number_text(random, 0, False), ""
    if criterion.kind == "amount":
        return number_text(random, criterion.decimals, True), ""
    if criterion.kind == "score":
        return score_text(random, criterion), ""
    if criterion.kind == "ratio":
        num = number_text(random, criterion.decimals, False)
        den = "0" if random.random() < 0.2 else number_text(random, criterion.decimals, False)
        return num, den
    if criterion.kind == "choice":
        return random.choice(criterion.choices), ""
    if criterion.kind == "communes":
        own = seed.catalogue.communes_of(district, day)
        chosen = random.sample(own, random.randint(0, len(own)))
        return " ".join(chosen) or "none", ""
    return random.choice(["Đã \"xong\", tốt", "Line\none", "a"]), ""


def make_values(seed, form, district, day):
    sparse = seed.random.random() < 0.05  # a revision in which everything vanishes
    return {c.code: ("", "") if sparse else cell_pair(seed, c, district, day)
            for c in form.criteria if c.interval.has(day)}


def expectable(seed, form):
    """(district, base period) pairs that a report may be about."""
    periods = base_periods(form.frequency, *span_of(seed, form))
    return [(d.code, p) for p in periods for d in seed.catalogue.districts
            if p[1] <= seed.today and form.interval.has(p[2]) and d.is_open(p[2])]


def span_of(seed, form):
    """A little beyond the span, so that what borders on it is met; few days of a day."""
    if form.frequency != "day":
        return seed.first - DAY * 370, seed.last
    start = some_day(seed)
    start = min(start, seed.today - DAY * seed.random.choice([0, DAYS_OF_A_FORM]))
    return start, start + DAY * DAYS_OF_A_FORM


def ways_of(seed, form, district):
    if form.filled_by == "province":
        return ["import"]
    if district == seed.office_district:
        return ["office"]
    return ["import", "wire"] if district in seed.wire_districts else ["import"]


def make_chain(seed, form, district, period):
    """The revisions of one key; each differs in meaning from those before: an import
    that says again what an earlier one said is a duplicate (SEMANTICS 8). That case
    is met on purpose, by whole files, once everything is loaded."""
    random, chain, number, known = seed.random, [], 0, []
    ways = ways_of(seed, form, district)
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        values = make_values(seed, form, district, period[2])
        meant = meaning(form, values)
        way = random.choice(ways)
        if meant in known:
            continue
        if not values and way != "wire":
            continue  # a file without a line is no report
        number += 1 if way != "wire" else random.choice([1, 1, 4])
        received = some_arrival(seed, form, period) if way == "import" else None
        chain.append(Revision(form.code, district, period[0], values, way, number, received))
        known.append(meant)
    return chain


def some_arrival(seed, form, period):
    """When an import came: often about when it was due; None: not told."""
    random = seed.random
    if random.random() < 0.4:
        return None
    due = due_instant(seed.catalogue, form, period[2])
    told = due + random.choice([-3 * 86400, -1, 0, 1, 40 * 86400]) * 10**6
    earliest, latest = instant(period[1]), instant(seed.today) - 3600 * 10**6
    return max(earliest, min(told, latest)) if earliest < latest else None


def meaning(form, values):
    answers = {code: answer_of(form.criterion(code), *cells) for code, cells in values.items()}
    return {code: answer for code, answer in answers.items() if answer is not None}


def later_revision(seed, chain, way="import"):
    """Adds one; False when it would say again what an earlier one said."""
    form, last = seed.catalogue.form(chain[-1].form), chain[-1]
    values = make_values(seed, form, last.district, parse_period(last.period, {})[2])
    if not values or any(meaning(form, values) == meaning(form, r.values) for r in chain):
        return False
    chain.append(Revision(*last.key, values, way, last.number + 1))
    return True


def make_reports(seed):
    random, keys = seed.random, []
    for form in seed.catalogue.forms:
        pairs = expectable(seed, form)
        share = random.choice([0.3, 0.8, 1])
        count = min(PAIRS_OF_A_FORM, int(len(pairs) * share))
        chains = (make_chain(seed, form, *pair) for pair in random.sample(pairs, count))
        keys += [chain for chain in chains if chain]
    return keys


def make_seed(number, random, today):
    seed = Seed(number, random, today)
    year = random.choice([2023, today.year, today.year])
    start = datetime.date(year - random.choice([0, 1, 1, 2]), random.choice([1, 1, 7, 11]), 1)
    seed.first, seed.last = start, datetime.date(year, 12, 31)
    seed.catalogue = make_catalogue(seed)
    codes = [d.code for d in seed.catalogue.districts]
    random.shuffle(codes)
    seed.wire_districts = codes[:random.choice([1, 1, 2, 3])]
    if number % 4 == 0:
        seed.office_district = codes[-1]
        seed.wire_districts = [c for c in seed.wire_districts if c != codes[-1]]
    seed.keys = make_reports(seed)
    return seed

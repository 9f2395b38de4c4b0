"""One seed: loads it into the product, asks, and compares every row and column with
the reference. A difference is made small and left as a folder."""

import collections
import datetime
import pathlib
import random
import shlex
import shutil
import time

from acts import Reviewing, check_stored
from generate import Revision, earlier_catalogue, later_revision, make_seed
from model import table_text, write_catalogue
from product import Failure, Product, check, check_equal
from questions import as_of_questions, questions, state_questions, states_as_of
from answers import Refused, answer_rows
from reference import Question, View, World, parse_period
from reference_counts import Accepted, day_of, is_complete
from reference_states import LOCKED

QUESTIONS = 12
ATTEMPTS = 60  # loadings spent on making a difference small


def today():
    """The date in Asia/Ho_Chi_Minh, which knows no summer time."""
    return datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7))).date()


class Difference(Exception):
    """A question whose answer is not the reference's."""

    def __init__(self, question, got, want):
        super().__init__("the product differs from the reference")
        self.question, self.got, self.want = question, got, want

    def lines(self):
        """The first rows that differ, and how many do."""
        if self.got is None or self.want is None:
            return [f"got:  {'refused' if self.got is None else f'{len(self.got)} rows'}",
                    f"want: {'refused' if self.want is None else f'{len(self.want)} rows'}"]
        got = {identity(row): row for row in self.got}
        want = {identity(row): row for row in self.want}
        keys = [k for k in [*want, *(k for k in got if k not in want)]
                if got.get(k) != want.get(k)]
        if not keys:
            return ["the rows are the same, their order or number is not"]
        lines = [f"{len(keys)} rows differ"]
        for key in keys[:5]:
            lines += [f"got:  {shown(got.get(key))}", f"want: {shown(want.get(key))}"]
        return lines

    def about(self):
        """(form, criterion) of the first row that differs; None when none does."""
        for got, want in zip([*(self.got or []), None], [*(self.want or []), None]):
            if got != want:
                return (want or got)["form"], (want or got).get("criterion")
        return None


def identity(row):
    choice = row.get("choice") if row.get("district", "*") == "*" else ""
    return (row["form"], row["period"], row.get("criterion"), row.get("group"),
            row.get("district"), choice)


def shown(row):
    return "no such row" if row is None else ",".join(str(cell) for cell in row.values())


def now():
    return time.time_ns() // 1000


def compare(product, world, question):
    """Raises a Difference; the answer's text and how many rows it has."""
    while True:
        day, moment = today(), question.as_of[1] if question.as_of else now()
        got, text = product.ask(question)
        view = View(world, moment, day_of(moment))
        want = answer_rows(view, question)
        if day != today():
            continue  # asked across midnight, when days begin and reports become due
        if isinstance(want, Refused):
            check(got is not None or any(code in text for code in want.codes),
                  f"refused, but not by {want.codes}: {shlex.join(question.arguments())}\n{text}")
            want = None
        if got != want:
            raise Difference(question, got, want)
        return text, len(want or [])


def ordinal(period):
    """The number that the store gives a base period."""
    first = parse_period(period, {})[1]
    if len(period) == 10:
        return (first - datetime.date(1970, 1, 1)).days
    size = {"Q": 4, "H": 2}.get(period[5:6], 12 if period[5:] else 1)
    return first.year * size + (first.month - 1) * size // 12


def make_world(product, keys, versions, acts=None):
    """What the province took, with its instants; `versions`: the catalogues, in order;
    `acts`: {key: [Act]}, those that were done."""
    times, enrolled, stored = product.log()
    check_equal(len(times), len(versions), "versions of the catalogue")
    versions = list(zip(times, versions))
    history, ordinals = {}, collections.defaultdict(dict)
    for chain in keys:
        for revision in chain:
            place = (revision.form, revision.district, ordinal(revision.period), revision.number)
            ordinals[revision.form][place[2]] = revision.period
            check(place in stored, f"{place} is not in the store")
            at, imported = stored.pop(place)
            check_equal(imported, revision.way == "import", "origin")
            form = next(c for t, c in reversed(versions) if t <= at).form(revision.form)
            last_day = parse_period(revision.period, {})[2]
            history.setdefault(revision.key, []).append(Accepted(
                revision.number, revision.values, at,
                is_complete(form, last_day, revision.values), imported, revision.received))
    check(not stored, f"the store holds what was not sent: {list(stored)[:3]}")
    check_stored({(form, district, named[period]): done for (form, district, period), done
                  in product.acts().items() for named in [ordinals[form]]}, acts or {})
    return World(versions, history, enrolled, acts or {})


# ---------------------------------------------------------------- loading


def rounds_of(seed, order):
    """The revisions in turns: of a key in their order, of different keys in any."""
    rounds = {}
    for chain in seed.keys:
        delay = order.choice([0, 0, 1])
        for position, revision in enumerate(chain):
            rounds.setdefault(position + delay, []).append(revision)
    for number in sorted(rounds):
        order.shuffle(rounds[number])
    return [rounds[number] for number in sorted(rounds)]


def imports_first(rounds):
    return [r for r in rounds[0] if r.way == "import"] if rounds else []


def accounts_of(seed):
    """Approvers, in the seeds that have acts; who acts is then not always the same one."""
    if seed.number % 5 not in (1, 3):
        return []
    return ["lan", "chief"] if seed.number % 10 == 3 else ["lan"]


def stale_of(revision):
    """Another report that claims to be the first of a key that has one."""
    return Revision(revision.form, revision.district, revision.period, {}, "wire", 1)


def load(product, seed, rounds, order):
    """Everything by its way, with stale reports and duplicates on the way; the files, and
    instants between."""
    files = []
    if product.versions:  # what came under an earlier catalogue
        early = imports_first(rounds)
        files += [product.import_reports(early)] if early else []
        product.next_catalogue()
        rounds[0] = [r for r in rounds[0] if r not in early]
    moments = [product.now()]
    product.serve(seed.wire_districts, seed.office_district, accounts_of(seed))
    for revisions in rounds:
        moments.append(product.now())
        imported = [r for r in revisions if r.way == "import"]
        office = [r for r in revisions if r.way == "office"]
        if imported:
            files.append(product.import_reports(imported))
        if office:
            product.submit_files(seed.office_district, office)
        for district in seed.wire_districts:
            sent = [r for r in revisions if r.way == "wire" and r.district == district]
            if sent:
                product.send(district, sent, [stale_of(r) for r in sent if order.random() < 0.1])
    return files, [(text, int(moment)) for text, moment in moments]


def send_again(product, files, order):
    """Duplicates by both ways."""
    if files:
        product.import_file(order.choice(files))
    for office in product.wire.values():
        office.send_again(order)


def run_seed(ground, number):
    """Counts by name (run adds them up). Raises Difference with .seed, or Failure."""
    generator = random.Random(number)
    seed = make_seed(number, generator, today())
    asked = questions(seed, QUESTIONS) + state_questions(seed)
    totals = collections.Counter(reports=sum(map(len, seed.keys)))
    shuffles = [1, 2] if number % 8 == 1 else [1]
    texts = []
    try:
        for shuffle in shuffles:
            order = random.Random(number * 10 + shuffle)
            rounds = rounds_of(seed, order)
            early = imports_first(rounds)
            earlier = earlier_catalogue(seed, early) if number % 3 == 0 and early else None
            with Product(ground, f"seed_{number}_{shuffle}", seed.catalogue, order,
                         earlier) as product:
                versions = [earlier] if earlier else []
                versions.append(seed.catalogue)
                files, moments = load(product, seed, rounds, order)
                chains = [list(chain) for chain in seed.keys]
                world = make_world(product, chains, versions)
                past = as_of_questions(seed, moments, order)
                if product.accounts and chains:
                    world, reviewed = review(product, seed, chains, world, totals)
                    past += states_as_of(seed, reviewed, order)
                texts.append(ask_all(product, world, asked, totals))
                then = ask_as_of(product, world, past, totals)
                send_again(product, files, order)
                check_again(product, world, order.sample(list(zip(asked, texts[-1])), 2), totals)
                if number % 2:
                    check_past(product, seed, chains, world, then, order, totals)
    except Difference as difference:
        difference.seed = seed
        raise
    for other in texts[1:]:
        for question, one, another in zip(asked, texts[0], other):
            # What came before a catalogue was complete or not by the one of then, and only
            # what is complete could be approved.
            if one != another and not (earlier and (question.command == "completeness"
                                                    or accounts_of(seed))):
                raise Failure("another order of arrival changed the answer to "
                              + shlex.join(question.arguments()))
            totals["in another order"] += 1
    return totals


def review(product, seed, chains, world, totals):
    """Acts on what came, and what they made of the world; instants between them."""
    reviewing = Reviewing(product, seed, chains, world,
                          random.Random(f"acts of seed {seed.number}")).perform()
    totals.update(reviewing.totals)
    return (make_world(product, chains, world.catalogues(), reviewing.acts), reviewing.moments)


def ask_all(product, world, asked, totals):
    answers = []
    for question in asked:
        text, count = compare(product, world, question)
        totals["questions"] += 1
        totals["rows"] += count
        answers.append(text)
    return answers


def ask_as_of(product, world, asked, totals):
    """As of instants at which less had come, under the catalogue of then."""
    product.settled(max(question.as_of for question in asked)[0])
    answers = ask_all(product, world, asked, totals)
    totals["as of"] += len(asked)
    return list(zip(asked, answers))


def check_past(product, seed, chains, world, then, order, totals):
    """Later revisions of some keys change the figures of now, and no answer of the past;
    those of approved keys are refused."""
    states = View(world, now(), today()).states
    chosen = [c for c in order.sample(chains, min(len(chains), 8)) if later_revision(seed, c)]
    if not chosen:
        return
    forms = list(dict.fromkeys(chain[-1].form for chain in chosen))
    refused = [chain.pop() for chain in chosen if states[chain[-1].key] == "approved"]
    product.import_some([chain[-1] for chain in chosen if states[chain[-1].key] != "approved"],
                        refused, LOCKED)
    totals["revisions refused"] += len(refused)
    whole = then[0][0].period
    ask_all(product, make_world(product, chains, world.catalogues(), world.acts),
            [Question(forms, whole), Question(forms, whole, command="completeness"),
             Question(forms, whole, approved_only=True)], totals)
    for question, before in then:
        if product.ask(question)[1] != before:
            raise Failure("later revisions changed the answer to "
                          + shlex.join(question.arguments()))
        totals["as of, asked again"] += 1


def check_again(product, world, asked, totals):
    """After duplicates."""
    for question, before in asked:
        totals["after duplicates"] += 1
        text, _ = compare(product, world, question)
        if text != before:
            raise Failure("duplicates changed the answer to "
                          + shlex.join(question.arguments()))


# ------------------------------------------------------------- making it small


def differs(ground, seed, reports, question, name):
    """Loads the current reports by import alone; the Difference, or None."""
    if question.as_of or question.approved_only:
        return None  # hangs on how they came in, and on what was done about them
    with Product(ground, name, seed.catalogue, random.Random(seed.number)) as product:
        product.serve()
        revisions = as_revisions(reports)
        if revisions:
            product.import_reports(revisions)
        world = make_world(product, [[r] for r in revisions], [seed.catalogue])
        try:
            compare(product, world, question)
        except Difference as difference:
            return difference
    return None


def as_revisions(reports):
    return [Revision(*key, values, "import", 1) for key, values in reports.items() if values]


def shrink(ground, difference):
    """(reports, difference): the fewest found that still differ, by halving what is
    left out. (all, None) when importing the current revisions does not show it."""
    seed, question = difference.seed, difference.question
    about, reports = difference.about(), seed.current()
    name, left = f"small_{seed.number}", ATTEMPTS
    best, found = reports, differs(ground, seed, reports, question, name)
    if not found:
        return reports, None
    if about and about[1]:
        only = {key: {about[1]: values[about[1]]} for key, values in reports.items()
                if key[0] == about[0] and values.get(about[1], ("", "")) != ("", "")}
        fewer = differs(ground, seed, only, question, name)
        best, found = (only, fewer) if fewer else (best, found)
    size = (len(best) + 1) // 2
    while size and left > 0:
        keys, shrunk = list(best), False
        for start in range(0, len(keys), size):
            kept = {k: best[k] for k in best if k not in set(keys[start:start + size])}
            left -= 1
            fewer = differs(ground, seed, kept, question, name) if left > 0 else None
            if fewer:
                best, found, shrunk = kept, fewer, True
        size = size if shrunk and size == 1 else size // 2
    return best, found


def leave_reproduction(ground, difference, folder):
    """Catalogue, reports, question and both answers, as a folder to work from."""
    reports, small = shrink(ground, difference)
    seed, way = difference.seed, ""
    if not small:
        small, way = difference, ("Importing the current revisions does not show it: it "
                                  "hangs on how they came in.\n")
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "catalogue", ignore_errors=True)
    write_catalogue(seed.catalogue, folder / "catalogue", random.Random(seed.number))
    rows = [{"district": d, "form": f, "period": p, "criterion": c, "value": value, "of": of}
            for (f, d, p), values in reports.items() for c, (value, of) in values.items()]
    heading = [{"district": "", "form": "", "period": "", "criterion": "", "value": "", "of": ""}]
    text = table_text(rows or heading)
    (folder / "reports.csv").write_text(text if rows else text.splitlines()[0] + "\n")
    for name, answer in (("got.csv", small.got), ("want.csv", small.want)):
        (folder / name).write_text(table_text(answer) if answer else "")
    (folder / "README").write_text(
        f"Seed {seed.number}, run on {seed.today}; whole again by\n"
        f"tests/independent/run --seed {seed.number} --keep\n{way}\n"
        "tonghop-collector catalogue import catalogue\n"
        "tonghop-collector import reports.csv\n"
        f"tonghop {shlex.join(small.question.arguments())}\n\n"
        + "\n".join(small.lines()) + "\n")
    return folder, small

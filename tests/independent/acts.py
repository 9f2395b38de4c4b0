"""Approvals, returns and reopenings by people, between them new revisions; each is
predicted by reference_states before the product is asked."""

import collections
import dataclasses
import datetime

from generate import later_revision
from product import check, check_equal
from reference import EPOCH, base_period, base_periods, parse_period
from reference_counts import Accepted, is_complete
from reference_states import LEADS, LOCKED, Act, judge, state_of

PLAN = ["return", "approve", "approve", "revise", "approve", "reopen", "revise", "return", "approve"]
TARGETS = 12     # reports that one command acts on, at most
REVISED = 6      # keys that one turn revises, at most
COMMENTS = ["Thiếu số liệu; đề nghị kiểm tra lại", "sai đơn vị tính", "a", ""]
LEVELS = ["day", "month", "quarter", "half", "year"]


@dataclasses.dataclass
class Command:
    """One command line of the client."""
    verb: str
    form: object
    period: str
    districts: list  # None: all
    said: tuple
    revision: int = 0  # of one report; 0: the current ones

    def arguments(self):
        words = [self.verb, "--form", self.form.code, "--period", self.period,
                 "--district", ",".join(self.districts or ["all"])]
        words += ["--comment", self.said[0]] if self.said[0] else []
        for code, text in reversed(self.said[1]):
            words += ["--criterion", f"{code}={text}"]
        words += ["--revision", str(self.revision)] if self.revision else []
        return words + ["--format", "csv"]


class Reviewing:
    """`chains`: what is in the product, lists of Revision, which grow by what is taken;
    `world`: with the instants of that."""

    def __init__(self, product, seed, chains, world, random):
        self.product, self.chains, self.random = product, chains, random
        # Of its own random order, so that another order of arrival is reviewed alike.
        self.seed = dataclasses.replace(seed, random=random)
        self.history = {key: list(taken) for key, taken in world.history.items()}
        self.catalogue = seed.catalogue
        self.acts = collections.defaultdict(list)  # by key, as they were done
        self.moments, self.totals = [], collections.Counter()

    def perform(self):
        for verb in PLAN:
            text, moment = self.product.now()
            self.moments.append((text, int(moment)))
            if verb == "revise":
                self.revise()
                continue
            command, account = self.command(verb), self.random.choice(self.product.accounts)
            self.ask(command, account)
            if self.random.random() < 0.3:  # once more, or another's
                self.ask(command, self.random.choice([account, *self.product.accounts]))
        return self

    # ------------------------------------------------------------------ acts

    def keys(self, test):
        return [key for key, taken in self.history.items()
                if taken and test(key, taken[-1], state_of(self.acts[key], taken[-1].number))]

    def command(self, verb):
        random = self.random
        fitting = self.keys(lambda key, last, state: state in LEADS[verb][0]
                            and (verb != "approve" or last.complete))
        every = self.keys(lambda *_: True)
        key = random.choice(fitting if fitting and random.random() < 0.9 else every)
        form = self.catalogue.form(key[0])
        said = self.said(verb, form)
        if random.random() < 0.25:
            number = self.history[key][-1].number
            return Command(verb, form, key[2], [key[1]], said,
                           max(1, number + random.choice([-1, 0, 0, 1])))
        for period, districts in [self.scope(form, key), (key[2], [key[1]])]:
            command = Command(verb, form, period, districts, said)
            if len(self.targets(command)) <= TARGETS:
                return command
        return command

    def said(self, verb, form):
        random = self.random
        if verb != "return":
            return random.choice(["", "", *COMMENTS]), ()
        codes = [c.code for c in form.criteria]
        about = random.sample(codes, random.randint(0, min(2, len(codes))))
        return random.choice(COMMENTS), tuple(sorted((code, "Cộng cả kỳ trước?") for code in about))

    def scope(self, form, key):
        """A longer period, or more districts, than one report is of."""
        random, day = self.random, parse_period(key[2], {})[1]
        level = random.choice(LEVELS[LEVELS.index(form.frequency):])
        others = [d.code for d in self.catalogue.districts if d.code != key[1]]
        districts = [key[1], *random.sample(others, min(len(others), random.randint(0, 3)))]
        return base_period(level, day)[0], random.choice([districts, districts, None])

    def targets(self, command):
        """(district, base period, revision meant) of each report."""
        if command.revision:
            return [(command.districts[0], command.period, command.revision)]
        _, first, last = parse_period(command.period, {})
        inside = {p[0] for p in base_periods(command.form.frequency, first, last)}
        return [(key[1], key[2], taken[-1].number) for key, taken in self.history.items()
                if key[0] == command.form.code and key[2] in inside and taken
                and (command.districts is None or key[1] in command.districts)]

    def ask(self, command, account):
        """Does it, and compares each line with what is foretold."""
        want, targets = {}, self.targets(command)
        for district, period, meant in targets:
            key = command.form.code, district, period
            outcome, why = judge(command.verb, self.history.get(key, []), self.acts[key], meant,
                                 account, command.said)
            want[district, period] = outcome, meant, why
        named = command.districts or []
        for district in set(named) - {target[0] for target in targets}:
            want[district, command.period] = "refused", "", "report.unknown"
        refused = any(outcome == "refused" for outcome, _, _ in want.values())
        result = self.product.clients[account].command(*command.arguments())
        rows = {(row["district"], row["period"]): row
                for row in result.expect(4 if refused else 0).rows()}
        check_equal(sorted(rows), sorted(want), f"reports that `{result.command}` is about")
        for place, (outcome, meant, why) in want.items():
            self.take(result.command, command, account, rows[place], outcome, meant, why)

    def take(self, shown, command, account, row, outcome, meant, why):
        key, state = (command.form.code, row["district"], row["period"]), LEADS[command.verb][1]
        done = outcome != "refused"
        got = row["outcome"], row["revision"], row["state"], row["code"]
        check_equal(got, ("done" if done else "refused", str(meant), state if done else "",
                          "" if done else why), f"`{shown}`: {key}")
        self.totals["acts" if done else f"acts refused ({why})"] += 1
        if outcome == "again":
            check_equal(microseconds(row["at"]), why.at, f"`{shown}`: {key}, done before")
            self.totals["acts asked again"] += 1
        elif done:
            self.acts[key].append(Act(meant, state, account, command.said, microseconds(row["at"])))

    # ------------------------------------------------------------- revisions

    def revise(self):
        """New revisions of keys in every state; approved ones must be refused."""
        random = self.random
        by_state = {state: self.keys(lambda _, __, now, state=state: now == state)
                    for state in ("received", "returned", "approved")}
        reopened = self.keys(lambda key, last, state: state == "received" and self.acts[key])
        chosen = [key for keys in (reopened, *by_state.values())
                  for key in random.sample(keys, min(len(keys), 2))]
        chains = {chain[-1].key: chain for chain in self.chains}
        made = {"import": ([], []), "wire": ([], [])}
        for key in list(dict.fromkeys(chosen))[:REVISED]:
            approved = key in by_state["approved"]
            revision = self.revised(chains[key], approved)
            if revision:
                made[revision.way][approved].append(revision)
                self.totals["revisions refused" if approved else "revisions between acts"] += 1
        if any(made["import"]):
            self.product.import_some(*made["import"], LOCKED)
        for district, office in self.product.wire.items():
            taken, refused = ([r for r in part if r.district == district] for part in made["wire"])
            if taken or refused:
                office.submit(taken, refused, LOCKED)

    def revised(self, chain, approved):
        """A new revision of the chain, which keeps it when it must be taken; None: none."""
        ways = ["import"]
        if chain[-1].district in self.product.wire and \
                self.catalogue.form(chain[-1].form).filled_by == "district":
            ways.append("wire")
        if not later_revision(self.seed, chain, self.random.choice(ways)):
            return None
        revision = chain[-1]
        if approved:
            return chain.pop()
        form, last_day = self.catalogue.form(revision.form), parse_period(revision.period, {})[2]
        self.history[revision.key].append(Accepted(
            revision.number, revision.values, 0, is_complete(form, last_day, revision.values),
            revision.way == "import", None))
        return revision


def microseconds(text):
    """Of RFC 3339."""
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment - EPOCH) // datetime.timedelta(microseconds=1)


def check_stored(stored, acts):
    """The store holds the acts that were foretold as done, in their order, and no other."""
    want = {key: [(*act.stored, act.at) for act in done] for key, done in acts.items() if done}
    check_equal(stored, want, "acts in the store")
    check(all(a.at <= b.at for done in acts.values() for a, b in zip(done, done[1:])),
          "acts on a key are not in the order of their instants")

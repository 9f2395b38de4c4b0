"""What a collector keeps between questions is what is read anew: one collector keeps
figures and arrivals, another before the same database keeps none, and after every change
(reports, acts about them, an enrolment, a repair, a catalogue) both are asked the same and
have to answer the same, to the byte."""

import csv
import datetime
import os
import random
import shutil

from harness import EXAMPLES, Province, check, check_equal, main, report_file, wait_until

SEED = int(os.environ.get("TONGHOP_TEST_SEED", "1"))
ROUNDS = int(os.environ.get("TONGHOP_TEST_ROUNDS", "20"))
DISTRICTS = ["193", "194", "195", "196", "204"]
MONTHS = [f"{year}-{month:02}" for year in (2018, 2019, 2020) for month in (3, 6, 11, 12)]
COMPLETENESS = ("completeness", "--form", "joint-agency", "--period", "2018..2020")
QUESTIONS = [
    ("consolidated", "--form", "joint-agency", "--period", "2019"),
    ("consolidated", "--form", "joint-agency", "--period", "2018..2020"),
    ("consolidated", "--form", "joint-agency", "--period", "2018..2020", "--by", "period"),
    ("consolidated", "--form", "joint-agency", "--period", "2018..2020", "--by", "period",
     "--criterion", "campaigns", "--district", "province"),
    ("consolidated", "--form", "joint-agency", "--period", "2019", "--district", "204,193",
     "--criterion", "handling-days,staff-filled"),
    ("consolidated", "--form", "joint-agency", "--period", "2019", "--comparable"),
    ("consolidated", "--form", "concurrent-post", "--period", "2020", "--members"),
    ("consolidated", "--form", "joint-agency", "--period", "2019", "--approved-only"),
    ("ranking", "--form", "joint-agency", "--period", "2019", "--group", "all"),
    COMPLETENESS,
    (*COMPLETENESS, "--by", "period", "--district", "193,204,province"),
]
# What a complete report of joint-agency has beside staff-filled.
REQUIRED_PARTS = ("joint-meetings", "regulations-issued", "tasks-on-time", "advice-adopted",
                  "opinions-resolved")
REQUIRED_COUNTS = ("coordination-sessions", "advice-issued")
# Of these also as of instants that are past.
PAST = [QUESTIONS[0], *QUESTIONS[-3:]]
# A form that the province fills: of a district that no office is enrolled for, too.
APPRAISAL = "joint-agency-appraisal"
SCORES = ("mechanism-score", "coordination-score", "party-leading-score",
          "state-managing-score", "people-masters-score", "responsibility-score",
          "effectiveness-score", "impact-score")


def alone(collector):
    """Bundles that this collector makes from now on name no other."""
    collector.write_config(
        query_public=f"tcp://127.0.0.1:{collector.query_port} {collector.public_key()}")


def report(dice, month):
    rows = [("staff-filled", dice.randint(0, 40), 40), ("campaigns", dice.randint(0, 9), ""),
            ("handling-days", dice.randint(0, 90), dice.choice([0, 7, 30])),
            ("support-funds", f"{dice.randint(0, 99)}.{dice.randint(0, 9)}", "")]
    chosen = [row for row in rows if dice.random() < 0.8]
    if dice.random() < 0.6:  # complete, so that it can be approved
        chosen = [rows[0], *(row for row in chosen if row != rows[0]),
                  *((code, dice.randint(0, 5), 5) for code in REQUIRED_PARTS),
                  *((code, dice.randint(0, 9), "") for code in REQUIRED_COUNTS)]
    return [("joint-agency", month, *row) for row in chosen] or [
        ("joint-agency", month, "campaigns", "n/a", "")]


def list_of_communes(dice, district):
    with open(EXAMPLES / "catalogue" / "communes.csv", encoding="utf-8") as stream:
        codes = [row["code"] for row in csv.DictReader(stream)
                 if row["district_code"] == district and not row["closed"]]
    chosen = sorted(dice.sample(codes, dice.randint(0, len(codes))))
    quarter = f"2020-Q{dice.randint(1, 4)}"
    return [("concurrent-post", quarter, "applying-list", " ".join(chosen), ""),
            ("concurrent-post", quarter, "communes-applying", len(chosen), len(codes))]


def load(province, dice, reports):
    """Several reports in one import; what is wrong with one stops no other."""
    path = province.folder / "some.csv"
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["district", "form", "period", "criterion", "value", "of", "note"])
        for _ in range(reports):
            district = dice.choice(DISTRICTS)
            rows = (list_of_communes(dice, district)
                    if district != "204" and dice.random() < 0.3
                    else report(dice, dice.choice(MONTHS)))
            for row in rows:
                writer.writerow([district, *row, ""])
    province.collectors[0].command("import", path)


def ask_both(keeping, reading, when, question):
    got, want = (client.command(*question, "--format", "csv").ok().out
                 for client in (keeping, reading))
    check(got == want, f"{when}, {' '.join(question)}: kept\n{got}\nread\n{want}")
    return got


def ask_all(keeping, reading, when, past=()):
    for question in QUESTIONS:
        ask_both(keeping, reading, when, question)
    for instant, answers in past:
        for question, then in zip(PAST, answers):
            again = ask_both(keeping, reading, when, (*question, "--as-of", instant))
            check_equal(again, then, f"{when}, as of {instant}, {' '.join(question)}")


def settle(province, keeping, reading):
    """An instant that is past for both, and what is answered as of it from now on."""
    now = province.settled()
    return now, [ask_both(keeping, reading, "settled", (*question, "--as-of", now))
                 for question in PAST]


def act(dice, approver):
    """Approves, returns or reopens something; what cannot be done now is refused."""
    name = dice.choice(["approve", "approve", "return", "reopen"])
    comment = [] if name == "approve" else ["--comment", "see the annex"]
    approver.command(name, "--form", "joint-agency", "--period", dice.choice(MONTHS), "--district",
                     dice.choice(DISTRICTS), *comment).expect_any(0, 4)


def counts(client, question, district):
    rows = client.command(*question, "--format", "csv").ok().rows()
    return next(row for row in rows if row["district"] == district)


def enrol(province, keeping, reading, approver):
    """A report that no office sent becomes timely with the district's enrolment, while no
    district's chain grows."""
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=7)))
    half = f"{today.year}-H{1 if today.month < 7 else 2}"
    question = ("completeness", "--form", APPRAISAL, "--period", half)
    path = report_file(province.folder, "appraisal.csv", APPRAISAL, half,
                       {code: "80" for code in SCORES}, "193")
    ask_both(keeping, reading, "nothing appraised", question)
    approver.command("appraise", path).ok()
    ask_both(keeping, reading, "appraised", question)
    check_equal(counts(keeping, question, "193")["historic"], "1", "of no office")
    province.office("193")
    ask_both(keeping, reading, "enrolled", question)
    check_equal(counts(keeping, question, "193")["on_time"], "1", "of an enrolled office")


def damage_and_rebuild(province, keeping, reading):
    province.cluster.query(
        "UPDATE tonghop.report SET num = array_fill(77::bigint, ARRAY[cardinality(num)])")
    province.collectors[0].command("rebuild").ok()
    ask_all(keeping, reading, "after a rebuild")


def change_catalogue(province, keeping, reading):
    folder = province.folder / "catalogue"
    shutil.copytree(EXAMPLES / "catalogue", folder)
    path = folder / "criteria.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([lines[0], *reversed(lines[1:])]), encoding="utf-8")
    province.collectors[0].command("catalogue", "import", folder).ok()
    # Until the collector has noticed, an answer is by a catalogue that the client lacks.
    for client in (keeping, reading):
        wait_until(lambda: client.command(*QUESTIONS[0]).expect_any(0, 1).status == 0,
                   "the new catalogue is known")
    ask_all(keeping, reading, "with the criteria in another order")


def scenario():
    dice = random.Random(SEED)
    with Province(collectors=2, start=False) as province:
        first, second = province.collectors
        first.write_config(query_cache_mb=4)
        second.write_config(query_cache_mb=0)
        for collector in province.collectors:
            collector.start()
        alone(first)
        keeping = province.commission("keeping")
        province.collectors = [second]
        alone(second)
        reading = province.commission("reading")
        province.collectors = [first, second]
        wait_until(lambda: keeping.command("catalogue").status == 0 and
                   reading.command("catalogue").status == 0, "both know both clients")

        province.collectors = [first]
        approver = province.commission("approver", role="approver")
        province.collectors = [first, second]
        ask_all(keeping, reading, "without a report")
        past, approved = [], 0
        for number in range(ROUNDS):
            load(province, dice, dice.choice([1, 1, 2, 10, 60]))
            if number % 2:
                act(dice, approver)
            ask_all(keeping, reading, f"seed {SEED}, round {number}")
            if number in (ROUNDS // 3, ROUNDS // 2):
                past.append(settle(province, keeping, reading))
            for _ in range(dice.choice([1, 4])):
                act(dice, approver)
            ask_all(keeping, reading, f"seed {SEED}, acts of round {number}", past[-1:])
            approved += int(counts(keeping, COMPLETENESS, "*")["approved"])
        check(province.reports() > 2 * ROUNDS, f"only {province.reports()} reports")
        check(approved > 0, "nothing was ever approved")
        enrol(province, keeping, reading, approver)
        damage_and_rebuild(province, keeping, reading)
        change_catalogue(province, keeping, reading)
        load(province, dice, 10)
        act(dice, approver)
        ask_all(keeping, reading, "after all that", past)
        check_equal(first.command("verify").status, 0, "verify")


main(scenario)

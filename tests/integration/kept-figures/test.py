"""Figures that a collector keeps between questions are those that are read anew: one
collector keeps them, another before the same database keeps none, and after every change
both are asked the same and have to answer the same, to the byte."""

import csv
import os
import random
import shutil

from harness import EXAMPLES, Province, check, check_equal, main, wait_until

SEED = int(os.environ.get("TONGHOP_TEST_SEED", "1"))
ROUNDS = int(os.environ.get("TONGHOP_TEST_ROUNDS", "25"))
DISTRICTS = ["193", "194", "195", "196", "204"]
MONTHS = [f"{year}-{month:02}" for year in (2018, 2019, 2020) for month in (3, 6, 11, 12)]
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
    ("ranking", "--form", "joint-agency", "--period", "2019", "--group", "all"),
]


def alone(collector):
    """Bundles that this collector makes from now on name no other."""
    collector.write_config(
        query_public=f"tcp://127.0.0.1:{collector.query_port} {collector.public_key()}")


def report(dice, month):
    rows = [("staff-filled", dice.randint(0, 40), 40), ("campaigns", dice.randint(0, 9), ""),
            ("handling-days", dice.randint(0, 90), dice.choice([0, 7, 30])),
            ("support-funds", f"{dice.randint(0, 99)}.{dice.randint(0, 9)}", "")]
    chosen = [row for row in rows if dice.random() < 0.8]
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


def ask_all(keeping, reading, when):
    for question in QUESTIONS:
        got, want = (client.command(*question, "--format", "csv").ok().out
                     for client in (keeping, reading))
        check(got == want, f"{when}, {' '.join(question)}: kept\n{got}\nread\n{want}")


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

        ask_all(keeping, reading, "without a report")
        for number in range(ROUNDS):
            load(province, dice, dice.choice([1, 1, 2, 10, 60]))
            ask_all(keeping, reading, f"seed {SEED}, round {number}")
        check(province.reports() > 2 * ROUNDS, f"only {province.reports()} reports")
        damage_and_rebuild(province, keeping, reading)
        change_catalogue(province, keeping, reading)
        load(province, dice, 10)
        ask_all(keeping, reading, "after all that")
        check_equal(first.command("verify").status, 0, "verify")


main(scenario)

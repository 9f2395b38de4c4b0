"""As-of answers: figures come back exactly as they stood, through revisions and a new
catalogue, and never change while reports keep arriving; the horizon goes on by itself
and waits for a writing transaction; histories and differences name what changed."""

import datetime
import shutil
import subprocess
import threading

from harness import (EXAMPLES, SOURCE, Failure, Province, check, check_equal, main, report_file,
                     wait_until)

FORM, MONTH = "joint-agency", "2024-01"
FIRST = {"joint-meetings": ("3", "4"), "coordination-sessions": "5", "support-funds": "12.5"}
SECOND = {"joint-meetings": ("4", "4"), "coordination-sessions": "n/a"}
REGISTER = (SOURCE / "collector" / "store" / "sql" / "writer_register.sql").read_text()


def answers(client, as_of=None, period=MONTH):
    """The CSV of every command that counts or ranks."""
    more = ["--as-of", as_of] if as_of else []
    return [client.command(command, "--form", FORM, "--period", period, "--format", "csv",
                           *more).ok().out for command in ("completeness", "ranking")]


def check_counts(client, empty, first, second, third):
    """By hand: one report of 13 in January 2024, which neither of FIRST and SECOND
    completes, and which is due long since; the district was enrolled after that."""
    def completeness(as_of, period=MONTH):
        rows = client.command("completeness", "--form", FORM, "--period", period, "--as-of", as_of,
                              "--format", "csv").ok().rows()
        return {row["district"]: row for row in rows}

    for as_of, received in ((empty, "0"), (first, "1"), (second, "1")):
        rows = completeness(as_of)
        for district, expected in (("198", 1), ("*", 13)):
            row = rows[district]
            check_equal((row["expected"], row["received"], row["complete"], row["historic"],
                         row["missing"]),
                        (str(expected), received, "0", received, str(expected - int(received))),
                        f"completeness of {district} as of {as_of}")
        check_equal(rows["193"]["missing"], "1", "what did not come is missing")
    for command in ("completeness", "ranking"):
        shown = client.command(command, "--form", FORM, "--period", MONTH, "--as-of", first,
                               "--language", "en").ok().out
        check(f"as of {local(first):%d/%m/%Y %H:%M}" in shown, f"the instant:\n{shown}")
        check("catalogue version 1" in shown.replace("Catalogue", "catalogue"),
              f"the catalogue of then:\n{shown}")
        head = client.command(command, "--form", FORM, "--period", MONTH, "--as-of", first,
                              "--format", "json").ok().json()
        check_equal((head["catalogue_version"], bool(head["as_of"] and head["horizon"])),
                    ("1", True), f"{command}: what the JSON rests on")
        refused = client.command(command, "--form", FORM, "--period", MONTH, "--as-of",
                                 "2998-01-01")
        check("asof.beyond_horizon" in refused.err and not refused.out, refused.err)


def local(instant):
    moment = datetime.datetime.fromisoformat(instant.replace("Z", "+00:00"))
    return moment.astimezone(datetime.timezone(datetime.timedelta(hours=7)))


def figures(client, as_of=None, period=MONTH):
    more = ["--as-of", as_of] if as_of else []
    return client.command("consolidated", "--form", FORM, "--period", period, "--format", "csv",
                          *more).ok().out


class OpenWriter:
    """psql in a transaction that has registered as writers do, as the daemon's role."""

    def __init__(self, province):
        self.psql = subprocess.Popen(
            [str(province.cluster.bin / "psql"), "-X", "-q", "-A", "-t",
             province.cluster.conninfo("collector")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.psql.stdin.write("BEGIN;\nSET TIME ZONE 'UTC';\n" + REGISTER + ";\n")
        self.psql.stdin.flush()
        self.start = self.psql.stdout.readline().strip()
        check(self.start, "psql registers as a writer")

    def end(self):
        self.psql.stdin.write("COMMIT;\n")
        self.psql.stdin.close()
        check_equal(self.psql.wait(30), 0, "psql's exit status")


def check_horizon(province, client):
    was = province.cluster.horizon()
    for _ in range(2):
        wait_until(lambda: province.cluster.horizon() > was, "the horizon advances when idle")
        was = province.cluster.horizon()

    writer = OpenWriter(province)
    held = f"SELECT published < '{writer.start}' FROM tonghop.horizon"
    ceiling = f"SELECT ceiling > timestamptz '{writer.start}' + interval '3 s' FROM tonghop.horizon"
    wait_until(lambda: province.cluster.value(ceiling) == "t", "publishers pass three times")
    check_equal(province.cluster.value(held), "t", "an open writer holds the horizon back")
    late = province.cluster.value("SELECT to_char(now() AT TIME ZONE 'UTC', "
                                  "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
    refused = client.command("consolidated", "--form", FORM, "--period", MONTH, "--as-of", late,
                             "--language", "en")
    check(refused.status != 0 and "asof.beyond_horizon" in refused.err and
          "settled up to 20" in refused.err, f"beyond the horizon:\n{refused.err}")
    writer.end()
    wait_until(lambda: province.cluster.value(held) == "f", "the horizon goes on when it ended")


def check_refusals(client):
    for as_of, code in (("2998-01-01", "asof.beyond_horizon"), ("yesterday", "asof.malformed"),
                        ("2024-02-30", "asof.malformed"),
                        ("2020-01-01", "asof.before_catalogue")):
        for command in (("consolidated",), ("report",), ("report", "--district", "198")):
            refused = client.command(*command, "--form", FORM, "--period", MONTH, "--as-of", as_of)
            check(refused.status != 0 and code in refused.err and not refused.out,
                  f"{command} as of {as_of}: want {code}\n{refused.err}")


def new_catalogue(province, name="catalogue-2", column="closed", cell="2024-06-30"):
    """The sample with one cell of a criterion changed: it is closed."""
    folder = province.folder / name
    shutil.copytree(EXAMPLES / "catalogue", folder)
    path = folder / "criteria.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    heading = lines[0].rstrip("\r\n").split(",")
    changed = 0
    for i, line in enumerate(lines):
        if line.startswith(f"{FORM},support-funds,"):
            cells = line.rstrip("\r\n").split(",")
            cells[heading.index(column)] = cell
            lines[i] = ",".join(cells) + "\n"
            changed += 1
    check_equal(changed, 1, "criteria changed")
    path.write_text("".join(lines), encoding="utf-8")
    return folder


def check_history(province, client, empty, first, second):
    """What the two revisions changed, by hand from FIRST and SECOND."""
    command = ("history", "--form", FORM, "--period", MONTH, "--district", "198")
    rows = client.command(*command, "--format", "csv").ok().rows()
    check_equal([(row["revision"], row["criterion"], row["before"], row["after"])
                 for row in sorted(rows, key=lambda row: (row["revision"], row["criterion"]))],
                [("1", "coordination-sessions", "", "5"), ("1", "joint-meetings", "", "3/4"),
                 ("1", "support-funds", "", "12.5"), ("2", "coordination-sessions", "5", "n/a"),
                 ("2", "joint-meetings", "3/4", "4/4"), ("2", "support-funds", "12.5", "")],
                "what the revisions changed")
    stored = province.cluster.query("SELECT revision, sequence, imported, complete, "
                                    "catalogue_version FROM tonghop.report ORDER BY 1")
    told = {(row["revision"], row["sequence"], row["origin"], row["complete"],
             row["catalogue_version"]) for row in rows}
    check_equal(told, {(r, s, "wire" if i == "f" else "import", "yes" if c == "t" else "no", v)
                       for r, s, i, c, v in stored}, "the revisions themselves")
    early = client.command(*command, "--as-of", first, "--format", "csv").ok().rows()
    check_equal({row["revision"] for row in early}, {"1"}, "the history as of the first")
    check("report.unknown" in client.command(*command, "--as-of", empty).err, "none yet")
    for language, word in (("vi", "Trước"), ("en", "Before")):
        shown = client.command(*command, "--language", language).ok().out
        check(word in shown and "3/4" in shown, f"the table in {language}:\n{shown}")


def check_diff(client, empty, first, second, third):
    def diff(*arguments):
        rows = client.command("diff", "--form", FORM, "--period", MONTH, "--format", "csv",
                              *arguments).ok().rows()
        return {(row["district"], row["criterion"]):
                tuple(row[side + part] for side in ("before_", "after_")
                      for part in ("value", "num", "den", "reported", "not_applicable")) +
                ((row["revision_district"], row["revision_period"], row["revision"]),)
                for row in rows}

    by_first, by_second = ("198", MONTH, "1"), ("198", MONTH, "2")
    # The only report of the month: the province's figures are the district's.
    check_equal(diff("--from", empty, "--to", first), {
        (district, criterion): change for district in ("198", "*") for criterion, change in {
            "joint-meetings": ("", "", "", "0", "0", "0.75", "3", "4", "1", "0", by_first),
            "coordination-sessions": ("", "", "", "0", "0", "5", "", "", "1", "0", by_first),
            "support-funds": ("", "", "", "0", "0", "12.5", "", "", "1", "0", by_first),
        }.items()}, "by the first revision")
    second_only = {
        (district, criterion): change for district in ("198", "*") for criterion, change in {
            "joint-meetings": ("0.75", "3", "4", "1", "0", "1", "4", "4", "1", "0", by_second),
            "coordination-sessions": ("5", "", "", "1", "0", "", "", "", "0", "1", by_second),
            "support-funds": ("12.5", "", "", "1", "0", "", "", "", "0", "0", by_second),
        }.items()}
    check_equal(diff("--from", first, "--to", second), second_only, "by the second revision")
    check_equal(diff("--from", first), second_only, "until the newest instant that is settled")
    check_equal(diff("--from", first, "--to", second, "--district", "province", "--criterion",
                     "support-funds"),
                {("*", "support-funds"): second_only["*", "support-funds"]}, "one figure")
    check_equal(diff("--from", second, "--to", third), {}, "a catalogue that changed no figure")
    both = client.command("diff", "--form", FORM, "--period", "2024-Q1", "--by", "period",
                          "--from", empty, "--to", second, "--criterion", "joint-meetings",
                          "--district", "198", "--format", "csv").ok().rows()
    check_equal([(row["period"], row["revision"], row["after_value"]) for row in both],
                [(MONTH, "1", "1"), (MONTH, "2", "1")], "one figure, changed by two revisions")
    check(all(row["accepted_at"] for row in both), "with the instants of acceptance")
    for language, word in (("vi", "Trước"), ("en", "Before")):
        shown = client.command("diff", "--form", FORM, "--period", MONTH, "--from", first, "--to",
                               second, "--language", language).ok().out
        check(word in shown and "198" not in shown.splitlines()[0], f"in {language}:\n{shown}")
    refused = client.command("diff", "--form", FORM, "--period", MONTH, "--from", second, "--to",
                             first)
    check(refused.status != 0 and "later than --to" in refused.err, f"order:\n{refused.err}")


def check_small_difference(province, client):
    """What changed behind the sixth digit has changed, though the same is shown."""
    collector, path = province.collectors[0], province.folder / "small.csv"
    collector.command("catalogue", "import",
                      new_catalogue(province, "catalogue-3", "decimals", "9")).ok()
    instants = []
    for number in ("7.0000001", "7.0000002"):
        path.write_text("district,form,period,criterion,value,of,note\n"
                        f"198,{FORM},2024-02,support-funds,{number},,\n")
        collector.command("import", path).ok()
        instants.append(province.settled())
    rows = client.command("diff", "--form", FORM, "--period", "2024-02", "--from", instants[0],
                          "--to", instants[1], "--format", "csv").ok().rows()
    check_equal([(r["district"], r["criterion"], r["before_value"], r["after_value"],
                  r["revision_district"], r["revision"]) for r in rows],
                [(district, "support-funds", "7", "7", "198", "2") for district in ("198", "*")],
                "behind the sixth digit")


def check_never_changes(province, office, client):
    """Reports keep arriving, and the owner imports a year, while the same question is
    asked as of instants that lie just below the horizon of the moment."""
    failures, done, period = [], threading.Event(), "2023-01..2024-01"
    asked = {}

    def submit():
        try:
            # On and on until enough instants were asked for: a second brings only one.
            for number in range(3, 300):
                if number >= 15 and len(asked) > 5:
                    break
                path = report_file(province.folder, f"{number}.csv", FORM, MONTH,
                                   {"coordination-sessions": str(number)})
                office.submit(path).ok()
                if number == 6:
                    province.collectors[1].command("import", EXAMPLES / "history-2023.csv",
                                                   "--format", "csv").ok()
        except Failure as failure:
            failures.append(failure)
        finally:
            done.set()

    thread = threading.Thread(target=submit)
    thread.start()
    while not done.is_set() and len(asked) < 200:
        instant = province.cluster.horizon()
        answer = (figures(client, instant, period), *answers(client, instant, period))
        check_equal(asked.setdefault(instant, answer), answer, f"figures as of {instant}")
    thread.join()
    check(not failures, f"submitting: {failures[:1]}")
    check(len(asked) > 3, f"only {len(asked)} instants were asked for")
    for instant, answer in asked.items():
        check_equal((figures(client, instant, period), *answers(client, instant, period)), answer,
                    f"figures as of {instant}, asked again")
    check(len(set(asked.values())) > 2, "the figures changed from instant to instant")
    office.submit(report_file(province.folder, "last.csv", FORM, MONTH,
                              {"coordination-sessions": "99"})).ok()
    rows = client.command("diff", "--form", FORM, "--period", MONTH, "--from", instant,
                          "--district", "198", "--format", "csv").ok().rows()
    check_equal(rows[-1]["after_value"] if rows else "", "99",
                "without --to, what was accepted just before counts")
    imported = client.command("history", "--form", FORM, "--period", "2023-01", "--district", "193",
                              "--format", "csv").ok().rows()
    check_equal({row["origin"] for row in imported}, {"import"}, "origin of an imported report")


def scenario():
    with Province(collectors=2) as province:
        office = province.office("198").start()
        client = province.commission()
        check_horizon(province, client)
        check_refusals(client)

        empty, before, counted = province.settled(), figures(client), [answers(client)]
        office.submit(report_file(province.folder, "1.csv", FORM, MONTH, FIRST)).ok()
        first, of_first = province.settled(), figures(client)
        counted.append(answers(client))
        office.submit(report_file(province.folder, "2.csv", FORM, MONTH, SECOND)).ok()
        second, of_second = province.settled(), figures(client)
        counted.append(answers(client))
        check_equal(len({before, of_first, of_second}), 3, "different figures")
        province.collectors[0].command("catalogue", "import", new_catalogue(province)).ok()
        third = province.settled()
        wait_until(lambda: "support-funds" not in client.command(
            "consolidated", "--form", FORM, "--period", "2024-07", "--format", "csv").out,
            "the new catalogue is in force")
        for instant, want in ((empty, before), (first, of_first), (second, of_second),
                              (third, of_second)):
            check_equal(figures(client, instant), want, f"figures as of {instant}")
        for instant, want in zip((empty, first, second, third), [*counted, counted[-1]]):
            check_equal(answers(client, instant), want, f"counts and ranks as of {instant}")
        check_counts(client, empty, first, second, third)
        later = ("consolidated", "--form", FORM, "--period", "2024-07", "--criterion",
                 "support-funds", "--format", "csv")
        rows = client.command(*later, "--as-of", second).ok().rows()
        check_equal({row["expected"] for row in rows}, {"1", "13"},
                    "by the catalogue in force then the criterion is open")
        check_equal(client.command(*later).ok().rows(), [], "and now it is closed")

        shown = client.command("consolidated", "--form", FORM, "--period", MONTH, "--as-of", first,
                               "--language", "en").ok().out
        check(f"as of {local(first):%d/%m/%Y %H:%M}" in shown, f"the note names the instant:\n{shown}")
        head = client.command("consolidated", "--form", FORM, "--period", MONTH, "--as-of", first,
                              "--format", "json").ok().json()
        check(head["horizon"] and head["as_of"], "JSON names horizon and instant")

        def report(*arguments):
            return client.command("report", "--form", FORM, "--period", MONTH, "--district", "198",
                                  "--format", "csv", *arguments)
        old = {row["criterion"]: row["value"] for row in report("--as-of", first).ok().rows()}
        check_equal(old["support-funds"], "12.5", "the report as of then")
        check("support-funds" not in report().ok().out, "the report as of now")
        check("report.unknown" in report("--as-of", empty).err, "no report was there yet")
        listed = client.command("report", "--form", FORM, "--period", MONTH, "--as-of", first,
                                "--format", "csv").ok().rows()
        check_equal([(row["district"], row["revision"]) for row in listed], [("198", "1")],
                    "the list as of then")

        check_history(province, client, empty, first, second)
        check_diff(client, empty, first, second, third)
        check_never_changes(province, office, client)
        check_small_difference(province, client)
        province.check_chains()


main(scenario)

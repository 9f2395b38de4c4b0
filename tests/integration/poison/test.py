"""A report that the database will not take is set aside with its bytes and answered as
rejected, and its neighbours in the batch are committed; what may pass by itself is tried
again, and nothing is lost. The database's refusals are rules that the test adds to its own
cluster, behind everything that the product checks."""

import hashlib
import json

from harness import Province, check, check_equal, main, report_file, wait_until

MONTHS = [f"2023-{month:02}" for month in range(1, 13)]
POISON = "666"

# Refuses every report with this value among its answers, for good.
REFUSE = """
CREATE OR REPLACE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {poison} = ANY (NEW.num) THEN
    RAISE EXCEPTION 'a value that this database hates' USING ERRCODE = '{code}';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS refuse ON tonghop.report;
CREATE TRIGGER refuse BEFORE INSERT ON tonghop.report FOR EACH ROW EXECUTE FUNCTION public.refuse()
"""
# Fails the first two times, whatever is written: sequences are not rolled back.
FAIL_TWICE = """
CREATE SEQUENCE IF NOT EXISTS public.falls;
ALTER SEQUENCE public.falls RESTART;
GRANT USAGE ON SEQUENCE public.falls TO collector;
CREATE OR REPLACE FUNCTION public.fall() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF nextval('public.falls') <= 2 THEN
    RAISE EXCEPTION 'as it may happen' USING ERRCODE = '{code}';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS fall ON tonghop.report;
CREATE TRIGGER fall BEFORE INSERT ON tonghop.report FOR EACH STATEMENT
  EXECUTE FUNCTION public.fall()
"""


def status_of(office):
    """State of each period, as the office's `status` tells it."""
    return {row["period"]: row for row in office.command("status", "--format", "csv").ok().rows()}


def refused_for_good(province, office, code, months):
    """The third of the months' reports is refused."""
    cluster = province.cluster
    before = province.reports()
    cluster.query(REFUSE.format(poison=POISON, code=code))
    files = [report_file(province.folder, f"{code}-{month}.csv", "joint-agency", month,
                         {"campaigns": POISON if number == 2 else str(number)})
             for number, month in enumerate(months)]
    answer = office.submit(*files).expect(4)
    check(f"({code})" in answer.out, f"the problem is told before warnings: {answer.out}")
    check_equal(province.reports() - before, len(files) - 1, "its neighbours are committed")
    states = status_of(office)
    check_equal({month: row["state"] for month, row in states.items() if month in months},
                {month: "rejected" if number == 2 else "accepted"
                 for number, month in enumerate(months)}, "states in the office")

    check(any("report.not_stored" in str(value) for value in states[months[2]].values()),
          f"the office names the problem: {states[months[2]]}")

    # What the province keeps of it: the exact bytes, whose digest was signed.
    (digest, codes, problems, times, kept), = cluster.query(
        "SELECT encode(digest, 'hex'), codes, problems, times, encode(body, 'hex') "
        "FROM tonghop.rejection "
        f"WHERE problems LIKE '%{code}%'")
    check_equal((codes, times), ("report.not_stored", "1"), "the rejection's record")
    problem, = (one for one in json.loads(problems) if one["severity"] == "error")
    check_equal(problem["value"], code, "the database's reason")
    check("bytes" not in problem, "the bytes stand in their column alone")
    kept = bytes.fromhex(kept)
    check_equal(hashlib.sha256(kept).hexdigest(), digest, "digest of the bytes that were kept")
    check(months[2].encode() in kept, "they are the report's")
    province.collectors[0].process.wait_logged(r"store\.report_refused district=193")

    # Still refused while the cause is there; taken once it is gone, as it was.
    office.command("resubmit", "--all-rejected", "joint-agency", months[2]).ok()
    wait_until(lambda: cluster.value("SELECT times FROM tonghop.rejection "
                                     f"WHERE problems LIKE '%{code}%'") == "2",
               "it is refused once more")
    wait_until(lambda: status_of(office)[months[2]]["state"] == "rejected", "the office knows")
    cluster.query("DROP TRIGGER refuse ON tonghop.report")
    office.command("resubmit", "--all-rejected", "joint-agency", months[2]).ok()
    wait_until(lambda: status_of(office)[months[2]]["state"] == "accepted", "it is accepted")
    check_equal(province.reports() - before, len(files), "all are committed")
    check_equal(cluster.value(f"SELECT encode(body, 'hex') = '{kept.hex()}' "
                              f"FROM tonghop.report WHERE digest = decode('{digest}', 'hex')"),
                "t", "the same bytes")


def failing_twice(province, office, code, month):
    rejections = province.cluster.value("SELECT count(*) FROM tonghop.rejection")
    before = province.reports()
    province.cluster.query(FAIL_TWICE.format(code=code))
    path = report_file(province.folder, f"{code}.csv", "joint-agency", month, {"campaigns": "1"})
    office.submit(path).ok()
    falls = int(province.cluster.value("SELECT last_value FROM public.falls"))
    check(falls >= 3, f"{code}: it was tried again, {falls} times in all")
    check_equal(province.reports() - before, 1, f"{code}: reports")
    check_equal(province.cluster.value("SELECT count(*) FROM tonghop.rejection"), rejections,
                f"{code}: rejections")
    province.cluster.query("DROP TRIGGER fall ON tonghop.report")


def bytes_move_to_their_column(province):
    """A schema of before, whose bytes stand in the problems, is brought up to date."""
    cluster, collector = province.cluster, province.collectors[0]
    collector.stop()
    kept = "SELECT encode(digest, 'hex'), encode(body, 'hex') FROM tonghop.rejection ORDER BY 1"
    words = "SELECT digest, problems::jsonb FROM tonghop.rejection ORDER BY 1"
    before, told = cluster.query(kept), cluster.query(words)
    check_equal(len([row for row in before if row[1]]), 2, "reports that were set aside")
    cluster.query("UPDATE tonghop.rejection SET problems = (SELECT jsonb_agg(CASE p ->> 'code' "
                  "WHEN 'report.not_stored' THEN p || jsonb_build_object('bytes', encode(body, "
                  "'hex')) ELSE p END ORDER BY n) FROM jsonb_array_elements(problems::jsonb) "
                  "WITH ORDINALITY AS e (p, n)) WHERE body IS NOT NULL")
    province.undo_migrations(8)
    collector.command("migrate").ok()
    check_equal(cluster.query(kept), before, "bytes in their column")
    check_equal(cluster.query(words), told, "problems without them")
    collector.start()


def scenario():
    with Province() as province:
        office = province.office("193").start()
        refused_for_good(province, office, "22003", MONTHS[:6])
        refused_for_good(province, office, "23514", MONTHS[6:])
        for number, code in enumerate(("40001", "53100", "57P01", "57014", "58030")):
            failing_twice(province, office, code, f"2022-0{number + 1}")
        # By hand: 0 + 1 + 666 + 3 + 4 + 5, twice.
        row = province.commission().figure("joint-agency", "2023", "campaigns", "193")
        check_equal((row["value"], row["reported"]), ("1358", "12"), "the year's sum")
        office.command("receipts", "verify").ok()
        bytes_move_to_their_column(province)
        province.check_chains()
        province.collectors[0].command("verify").ok()


main(scenario)

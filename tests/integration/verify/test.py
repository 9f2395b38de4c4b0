"""Whatever is changed in the database behind the program's back, `verify` finds it and
names the place; `rebuild` repairs what the reports' bytes tell; exported heads show a
chain that was cut and written anew."""

import csv
import hashlib
import re
import struct

from harness import EXAMPLES, Province, check, check_equal, main

TABLES = ("report", "current_report", "district_head", "province_event", "catalogue_version",
          "state_change")
# Acts on reports of the scenario, in this order.
ACTS = (("return", "193", "2024-01", "--comment", "Sai", "--criterion", "joint-meetings=Sai số"),
        ("approve", "205", "2024-01"),
        ("reopen", "205", "2024-01", "--comment", "Mở lại"),
        ("approve", "205", "2024-02"))


def district(code):
    return f"(SELECT district_id FROM tonghop.district WHERE code = '{code}')"


def entry(code, sequence):
    return f"district_id = {district(code)} AND sequence = {sequence}"


def act(number):
    """Which row of state_change, 1 to 4."""
    return (f"event_sequence = (SELECT event_sequence FROM tonghop.state_change "
            f"ORDER BY event_sequence OFFSET {number - 1} LIMIT 1)")


def key(number):
    """The row of current_report that an act is about."""
    return (f"(district_id, form_id, period) = (SELECT district_id, form_id, period "
            f"FROM tonghop.state_change WHERE {act(number)})")


# What is done; what has to be found, all of it and nothing else: (district, sequence,
# kind), or the kind alone (None: something); whether it is derived from the bytes.
TAMPERINGS = [
    ("a byte of a body",
     f"UPDATE tonghop.report SET body = set_byte(body, 40, get_byte(body, 40) # 1) "
     f"WHERE {entry('193', 3)}",
     {("193", "3", "body.digest")}, False),
    ("a body and its digest",
     f"UPDATE tonghop.report SET body = overlay(body PLACING 'x'::bytea FROM length(body)), "
     f"digest = sha256(overlay(body PLACING 'x'::bytea FROM length(body))) "
     f"WHERE {entry('193', 3)}",
     None, False),
    ("a body of another report",
     f"UPDATE tonghop.report SET (body, digest) = (SELECT body, digest FROM tonghop.report "
     f"WHERE {entry('193', 2)}) WHERE {entry('193', 3)}",
     None, False),
    ("an observation's number",
     f"UPDATE tonghop.report SET num[1] = num[1] + 1 WHERE {entry('194', 2)}",
     {("194", "2", "observations")}, True),
    ("an observation's scale",
     f"UPDATE tonghop.report SET scale[1] = scale[1] + 1 WHERE {entry('194', 2)}",
     {("194", "2", "observations")}, True),
    ("a choice, list, text or reason",
     f"UPDATE tonghop.report SET answer[1] = 'x' WHERE {entry('194', 2)}",
     {("194", "2", "observations")}, True),
    ("an observation taken out",
     f"UPDATE tonghop.report SET criterion_id = criterion_id[2:], num = num[2:], den = den[2:], "
     f"scale = scale[2:], answer = answer[2:] WHERE {entry('194', 2)}",
     {("194", "2", "observations")}, True),
    ("observations of another criterion",
     f"UPDATE tonghop.report SET criterion_id[1] = criterion_id[2], "
     f"criterion_id[2] = criterion_id[1] WHERE {entry('194', 2)}",
     {("194", "2", "observations")}, True),
    ("the bounds of an array",
     f"UPDATE tonghop.report SET num = array_fill(num[1], ARRAY[1], ARRAY[0]) || num[2:] "
     f"WHERE {entry('194', 2)}",
     {("194", "2", "observations")}, True),
    ("an array in two dimensions",
     f"UPDATE tonghop.report SET scale = ARRAY[scale] WHERE {entry('194', 2)}",
     {("194", "2", "observations")}, True),
    ("an array that is empty",
     f"UPDATE tonghop.report SET answer = '{{}}' WHERE {entry('194', 2)}",
     {("194", "2", "observations")}, True),
    ("the highest period",
     f"UPDATE tonghop.report SET period = 2147483647 WHERE {entry('194', 2)}", None, False),
    ("the lowest period",
     f"UPDATE tonghop.report SET period = -2147483648 WHERE {entry('194', 2)}", None, False),
    ("an unknown form",
     f"UPDATE tonghop.report SET form_id = 9999 WHERE {entry('194', 2)}", None, False),
    ("an unknown catalogue version",
     f"UPDATE tonghop.report SET catalogue_version = 0 WHERE {entry('194', 2)}",
     {("194", "2", "body")}, False),
    ("an epoch below every other",
     f"UPDATE tonghop.report SET epoch = -1 WHERE {entry('194', 2)}", None, False),
    ("an epoch above every other",
     f"UPDATE tonghop.report SET epoch = 2147483647 WHERE {entry('194', 2)}", None, False),
    ("the number of values",
     f"UPDATE tonghop.report SET value_count = value_count - 1 WHERE {entry('195', 4)}",
     {("195", "4", "value_count")}, True),
    ("the number of n/a",
     f"UPDATE tonghop.report SET na_count = na_count + 1 WHERE {entry('195', 4)}",
     {("195", "4", "na_count")}, True),
    ("an entry in the middle",
     f"DELETE FROM tonghop.report WHERE {entry('196', 5)}",
     {("196", "5", "entry.missing"), "current"}, False),
    ("the first entry",
     f"DELETE FROM tonghop.report WHERE {entry('196', 1)}",
     {("196", "1", "entry.missing"), "current"}, False),
    ("the last entry",
     f"DELETE FROM tonghop.report WHERE district_id = {district('196')} AND sequence = "
     f"(SELECT max(sequence) FROM tonghop.report WHERE district_id = {district('196')})",
     {"head", "current"}, False),
    ("the last entry and its head",
     f"DELETE FROM tonghop.report WHERE district_id = {district('196')} AND sequence = "
     f"(SELECT max(sequence) FROM tonghop.report WHERE district_id = {district('196')}); "
     f"UPDATE tonghop.district_head AS h SET sequence = r.sequence, hash = r.hash, "
     f"accepted_at = r.accepted_at FROM tonghop.report AS r WHERE r.district_id = h.district_id "
     f"AND r.sequence = h.sequence - 1 AND h.district_id = {district('196')}",
     {"current"}, False),
    ("the instant of acceptance",
     f"UPDATE tonghop.report SET accepted_at = accepted_at + interval '1 microsecond' "
     f"WHERE {entry('198', 2)}",
     {("198", "2", "entry.hash"), ("198", "3", "entry.time")}, False),
    ("the revision",
     f"UPDATE tonghop.report SET revision = revision + 5 WHERE {entry('198', 2)}",
     None, False),
    ("the hash",
     f"UPDATE tonghop.report SET hash = sha256(hash) WHERE {entry('198', 2)}",
     {("198", "2", "entry.hash"), ("198", "3", "entry.hash")}, False),
    ("the mark of an import",
     f"UPDATE tonghop.report SET imported = false WHERE {entry('199', 1)}",
     {("199", "1", "origin"), "complete_at"}, True),
    ("a head's hash",
     f"UPDATE tonghop.district_head SET hash = sha256(hash) "
     f"WHERE district_id = {district('200')}",
     {"head"}, False),
    ("a head's sequence",
     f"UPDATE tonghop.district_head SET sequence = sequence - 1 "
     f"WHERE district_id = {district('200')}",
     {"head"}, False),
    ("a head taken out",
     f"DELETE FROM tonghop.district_head WHERE district_id = {district('200')}",
     {"head"}, False),
    ("an act of the province",
     "UPDATE tonghop.province_event SET payload = replace(payload, '193', '194') "
     "WHERE kind = 'enrolment' AND sequence = (SELECT min(sequence) FROM tonghop.province_event "
     "WHERE kind = 'enrolment')",
     {"event.hash"}, False),
    ("an act taken out",
     "DELETE FROM tonghop.province_event WHERE sequence = 2",
     {("", "2", "event.missing")}, False),
    ("when an act was",
     "UPDATE tonghop.province_event SET at = at - interval '1 day' WHERE sequence = 2",
     {("", "2", "event.hash"), "event.time"}, False),
    ("a catalogue's content",
     "UPDATE tonghop.catalogue_version SET content = content || 'x'::bytea WHERE version = 1",
     {("", "1", "catalogue"), "body"}, False),
    ("a catalogue's content and digest",
     "UPDATE tonghop.catalogue_version SET content = c, digest = sha256(c) FROM (SELECT "
     "decode(replace(encode(content, 'hex'), encode('Ha Long'::bytea, 'hex'), "
     "encode('Ha Lung'::bytea, 'hex')), 'hex') AS c FROM tonghop.catalogue_version) AS changed",
     {("", "1", "catalogue")}, False),
    ("a state that no act led to",
     f"UPDATE tonghop.current_report SET state = 'approved' WHERE {key(1)}", {"state"}, True),
    ("a state of a report that nobody touched",
     f"UPDATE tonghop.current_report SET state = 'returned' WHERE district_id = {district('194')} "
     f"AND period = (SELECT min(period) FROM tonghop.current_report WHERE district_id = "
     f"{district('194')})", {"state"}, True),
    ("an approval taken back",
     f"UPDATE tonghop.current_report SET state = 'received' WHERE {key(4)}", {"state"}, True),
    ("until when a key is open",
     f"UPDATE tonghop.current_report SET open_until = open_until + interval '1 day' "
     f"WHERE {key(1)}", {"open_until"}, True),
    ("a key opened", f"UPDATE tonghop.current_report SET open_until = '2099-01-01' "
     f"WHERE {key(4)}", {"open_until"}, True),
    ("state and opening", f"UPDATE tonghop.current_report SET state = 'received', open_until = NULL "
     f"WHERE {key(1)}", {"state", "open_until"}, True),
    ("an act's comment",
     f"UPDATE tonghop.state_change SET comment = comment || ' ' WHERE {act(1)}", {"act"}, False),
    ("an act's comment on a criterion",
     f"UPDATE tonghop.state_change SET criterion_comment[1] = 'x' WHERE {act(1)}", {"act"}, False),
    ("the criterion of a comment",
     f"UPDATE tonghop.state_change SET criterion_id[1] = criterion_id[1] + 1 WHERE {act(1)}",
     {"act"}, False),
    ("a comment on a criterion taken out",
     f"UPDATE tonghop.state_change SET criterion_id = '{{}}', criterion_comment = '{{}}' "
     f"WHERE {act(1)}", {"act"}, False),
    ("who acted", f"UPDATE tonghop.state_change SET account = 'hoa' WHERE {act(2)}", {"act"}, False),
    ("the role of who acted",
     f"UPDATE tonghop.state_change SET role = 'admin' WHERE {act(2)}", {"act"}, False),
    ("by whose key", f"UPDATE tonghop.state_change SET acting_key = 'portal' WHERE {act(2)}",
     {"act"}, False),
    ("when an act was done",
     f"UPDATE tonghop.state_change SET at = at - interval '1 microsecond' WHERE {act(2)}",
     {"act"}, False),
    ("what an act opened",
     f"UPDATE tonghop.state_change SET open_until = open_until + interval '1 day' WHERE {act(1)}",
     {"act", "open_until"}, False),
    ("what an act led to",
     f"UPDATE tonghop.state_change SET to_state = 'returned' WHERE {act(4)}",
     {"act", "state"}, False),
    ("what an act led from",
     f"UPDATE tonghop.state_change SET from_state = 'returned' WHERE {act(4)}", {"act"}, False),
    ("the revision of an act",
     f"UPDATE tonghop.state_change SET revision = revision + 1 WHERE {act(4)}",
     {"act", "state"}, False),
    ("an act on another period",
     f"UPDATE tonghop.state_change SET period = period + 1 WHERE {act(4)}", None, False),
    ("an act taken out of its table",
     f"DELETE FROM tonghop.state_change WHERE {act(4)}", {"act.missing", "state"}, False),
    ("an act that was followed by another, taken out",
     f"DELETE FROM tonghop.state_change WHERE {act(2)}", {"act.missing"}, False),
    ("an act of another district",
     f"UPDATE tonghop.state_change SET district_id = {district('198')} WHERE {act(2)}",
     {"act", "act.missing"}, False),
    ("an act of no district",
     f"UPDATE tonghop.state_change SET district_id = 9999 WHERE {act(2)}",
     {"act.missing", "stray"}, False),
    ("an act made up",
     f"INSERT INTO tonghop.state_change SELECT district_id, event_sequence + 1000, form_id, period, "
     f"revision, 'received', 'approved', at, NULL, account, role, acting_key, '', '{{}}', '{{}}' "
     f"FROM tonghop.state_change WHERE {act(3)}", {"act", "state", "open_until"}, False),
    ("an act made up behind another event",
     f"INSERT INTO tonghop.state_change SELECT district_id, 1, form_id, period, revision, "
     f"'received', 'approved', at, NULL, account, role, acting_key, '', '{{}}', '{{}}' "
     f"FROM tonghop.state_change WHERE {act(1)}", {"act"}, False),
    ("an act and its event",
     f"UPDATE tonghop.province_event SET payload = replace(payload, '\"to\":\"returned\"', "
     f"'\"to\":\"approved\"') WHERE sequence = (SELECT event_sequence FROM tonghop.state_change "
     f"WHERE {act(1)}); UPDATE tonghop.state_change SET to_state = 'approved', open_until = NULL "
     f"WHERE {act(1)}; UPDATE tonghop.current_report SET state = 'approved', open_until = NULL "
     f"WHERE {key(1)}", {"event.hash"}, False),
    ("an event of an act taken out",
     f"DELETE FROM tonghop.province_event WHERE sequence = (SELECT event_sequence FROM "
     f"tonghop.state_change WHERE {act(3)})", {"event.missing", "act"}, False),
    ("reports of no district",
     f"UPDATE tonghop.current_report SET district_id = 9999 WHERE district_id = {district('201')} "
     f"AND period = (SELECT min(period) FROM tonghop.current_report WHERE district_id = "
     f"{district('201')})",
     None, False),
]


class Database:
    def __init__(self, province):
        self.query = province.cluster.query
        self.query("CREATE SCHEMA saved")
        for table in TABLES:
            self.query(f"CREATE TABLE saved.{table} AS TABLE tonghop.{table}")

    def restore(self):
        self.query("; ".join(f"DELETE FROM tonghop.{table}; "
                             f"INSERT INTO tonghop.{table} SELECT * FROM saved.{table}"
                             for table in TABLES))

    def differs(self):
        """Tables that are not what was saved."""
        return [row[0] for row in self.query(" UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS ("
            f"(TABLE tonghop.{table} EXCEPT ALL TABLE saved.{table}) UNION ALL "
            f"(TABLE saved.{table} EXCEPT ALL TABLE tonghop.{table}))" for table in TABLES))]


def clean(collector, *arguments):
    result = collector.command("verify", "--format", "csv", *arguments).ok()
    check_equal(result.rows(), [], "differences of an untouched database")
    return result


def found(collector, *arguments):
    result = collector.command("verify", "--format", "csv", *arguments).expect(1)
    rows = result.rows()
    check(rows, f"verify lists what it found:\n{result.out}{result.err}")
    check(re.search(r"tonghop-collector: \d+ differences;", result.err),
          f"the number of differences is told:\n{result.err}")
    return rows


def tamper(collector, database):
    for what, statement, expected, repairable in TAMPERINGS:
        database.query(statement)
        check(database.differs(), f"{what}: the statement changes something")
        rows = [(r["district"], r["sequence"], r["what"]) for r in found(collector)]
        print(f"{what}: " + ", ".join(f"{d or 'province'}#{s} {w}" for d, s, w in rows))
        if expected is not None:
            # A place is told where it does not follow from the sample.
            got = {row if row in expected else row[2] for row in rows}
            check_equal(got, expected, f"{what}: what is found")
        check_equal(len(rows), len(set(rows)) if expected else len(rows),
                    f"{what}: each is told once")
        if repairable:
            repaired = {(r["district"], r["sequence"], r["what"]) for r in
                        collector.command("rebuild", "--format", "csv").ok().rows()}
            check(repaired and repaired <= set(rows), f"{what}: {repaired} is what was found")
            check_equal(database.differs(), [], f"{what}: tables that rebuild did not restore")
        else:
            left = database.differs()
            collector.command("rebuild").expect(1)
            check_equal(database.differs(), left, f"{what}: rebuild leaves other tables alone")
        database.restore()
        check_equal(database.differs(), [], "tables after the test put them back")


def lose_states(collector, database):
    """current_report is lost altogether: rebuild has states and openings from the acts."""
    database.query("DELETE FROM tonghop.current_report")
    check_equal({r["what"] for r in found(collector)}, {"current"}, "every key is told")
    collector.command("rebuild").ok()
    check_equal(database.differs(), [], "tables that rebuild did not restore")
    clean(collector)


def tamper_current(collector, database):
    """current_report: to an older revision, lost, made up; a wrong completeness."""
    revised = database.query(
        "SELECT d.code, c.form_id, c.period, r.report_id FROM tonghop.current_report c "
        "JOIN tonghop.report r ON (r.district_id, r.form_id, r.period, r.revision) = "
        "(c.district_id, c.form_id, c.period, c.revision - 1) "
        "JOIN tonghop.district d ON d.district_id = c.district_id LIMIT 1")[0]
    code, form, period, older = revised
    newest = database.query(f"SELECT sequence FROM tonghop.report WHERE district_id = "
                            f"{district(code)} AND form_id = {form} AND period = {period} "
                            f"ORDER BY revision DESC LIMIT 1")[0][0]
    key = f"district_id = {district(code)} AND form_id = {form} AND period = {period}"
    for what, statement, kind in [
            ("the current revision is an older one",
             f"UPDATE tonghop.current_report SET revision = revision - 1, report_id = '{older}' "
             f"WHERE {key}", "current"),
            ("a key lost its current report", f"DELETE FROM tonghop.current_report WHERE {key}",
             "current"),
            ("the first complete arrival",
             f"UPDATE tonghop.current_report SET complete_at = '2020-01-01' WHERE {key}",
             "complete_at")]:
        database.query(statement)
        rows = found(collector)
        check_equal([(r["district"], r["sequence"], r["what"]) for r in rows],
                    [(code, newest, kind)], what)
        check_equal(len(found(collector, "--district", code)), 1, f"{what}, by its district")
        other = "193" if code != "193" else "194"
        clean(collector, "--district", other)
        collector.command("rebuild").ok()
        check_equal(database.differs(), [], f"{what}: tables that rebuild did not restore")
        clean(collector)
    database.query(f"INSERT INTO tonghop.current_report SELECT district_id, form_id, 99999, "
                   f"report_id, 1, 'received', NULL FROM tonghop.current_report WHERE {key}")
    check_equal([r["what"] for r in found(collector)], ["current"], "a key without any report")
    collector.command("rebuild").ok()
    check_equal(database.differs(), [], "tables that rebuild did not restore")


def padded(code, width):
    return code.encode().ljust(width, b"\0")


def rewrite(database, code):
    """Cuts a district's chain by its last entry, and makes the one before it say another
    instant, with every hash as the rules want it: only an exported head can tell."""
    rows = database.query(
        f"SELECT r.epoch, r.sequence, encode(uuid_send(r.report_id), 'hex'), f.code, "
        f"tonghop.period_id(f.frequency, r.period), r.revision, encode(r.digest, 'hex'), "
        f"round(extract(epoch FROM r.accepted_at) * 1000000)::bigint, encode(r.hash, 'hex') "
        f"FROM tonghop.report r JOIN tonghop.form f USING (form_id) "
        f"WHERE r.district_id = {district(code)} ORDER BY r.sequence")
    before, changed, last = rows[-3], rows[-2], rows[-1]
    at = int(changed[7]) + 1
    layout = (b"THE1" + struct.pack(">I", int(changed[0])) + padded(code, 32)
              + struct.pack(">Q", int(changed[1])) + bytes.fromhex(changed[2])
              + padded(changed[3], 64) + padded(changed[4], 16)
              + struct.pack(">I", int(changed[5])) + bytes.fromhex(changed[6])
              + struct.pack(">q", at) + bytes.fromhex(before[8]))
    digest = hashlib.sha256(layout).hexdigest()
    database.query(
        f"DELETE FROM tonghop.report WHERE {entry(code, last[1])}; "
        f"DELETE FROM tonghop.current_report WHERE report_id = '{last[2]}'; "
        f"UPDATE tonghop.report SET accepted_at = accepted_at + interval '1 microsecond', "
        f"hash = '\\x{digest}' WHERE {entry(code, changed[1])}; "
        f"UPDATE tonghop.district_head SET sequence = {changed[1]}, hash = '\\x{digest}', "
        f"accepted_at = accepted_at_of FROM (SELECT accepted_at AS accepted_at_of FROM "
        f"tonghop.report WHERE {entry(code, changed[1])}) AS changed "
        f"WHERE district_id = {district(code)}")
    return last[1]


def exported_heads(province, collector, database):
    heads = province.folder / "heads.txt"
    collector.command("heads", "--output", heads).ok()
    text = heads.read_text()
    check_equal(text.count("district_head ="), 13, "heads of districts")
    check_equal(text.count("province_head ="), 1, "heads of the province")
    check_equal(collector.command("heads").ok().out.splitlines()[-14:], text.splitlines()[-14:],
                "heads on standard output")
    listed = collector.command("heads", "--format", "csv").ok().rows()
    check_equal(len(listed), 14, "heads as a table")
    clean(collector, "--against", heads)

    last = rewrite(database, "202")
    clean(collector)
    rows = found(collector, "--against", heads)
    check_equal([(r["district"], r["sequence"], r["what"]) for r in rows],
                [("202", last, "head.exported")], "a chain that was cut and written anew")
    database.restore()

    # The chains go on: what was exported stays in them.
    more = sorted((EXAMPLES / "reports" / "2024" / "202").glob("*.csv"))[0]
    office = province.office("202").start()
    office.submit(more).ok()
    office.stop()
    clean(collector, "--against", heads)

    forged = province.folder / "forged.txt"
    line = next(l for l in text.splitlines() if l.startswith("district_head = 202 "))
    words = line.split(" ")
    for index, change in ((3, "9"), (4, str(int(words[4]) + 1)), (5, "00" * 32),
                          (6, "00" * 64)):
        forged.write_text(text.replace(line, " ".join(words[:index] + [change]
                                                      + words[index + 1:])))
        result = collector.command("verify", "--against", forged).expect(1)
        check("signature of the head of 202 does not hold" in result.err, result.err)
    forged.write_text(re.sub(r"(?m)^receipt_key = .*$", "receipt_key = " + "ab" * 32, text))
    result = collector.command("verify", "--against", forged).expect(2)
    check("signed by another receipt key" in result.err, result.err)
    forged.write_text("nonsense\n")
    collector.command("verify", "--against", forged).expect(2)


def long_chain(province, collector):
    """A chain longer than what is read at a time (256 entries)."""
    rows = list(csv.reader(open(EXAMPLES / "history-2023.csv", encoding="utf-8", newline="")))
    at = {name: index for index, name in enumerate(rows[0])}
    path = province.folder / "again.csv"
    for number in range(16):
        with open(path, "w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(rows[0])
            for row in rows[1:]:
                if row[at["district"]] == "207":
                    row[at["note"]] = f"lần {number}"
                    writer.writerow(row)
        collector.command("import", path).ok()
    where = f"district_id = {district('207')}"
    count = int(province.cluster.value(f"SELECT count(*) FROM tonghop.report WHERE {where}"))
    check(count > 270, f"{count} entries are more than a page")
    clean(collector)
    places = ["1", "256", "257", str(count)]
    province.cluster.query(f"UPDATE tonghop.report SET num[1] = coalesce(num[1], 0) + 1 "
                           f"WHERE {where} AND sequence IN ({','.join(places)})")
    want = [("207", place, "observations") for place in places]
    check_equal([(r["district"], r["sequence"], r["what"]) for r in found(collector)], want,
                "tampering around the end of a page")
    check_equal([(r["district"], r["sequence"], r["what"]) for r in
                 collector.command("rebuild", "--format", "csv").ok().rows()], want,
                "repaired around the end of a page")
    clean(collector)
    province.cluster.query(f"UPDATE tonghop.report SET num[1] = coalesce(num[1], 0) + 1 "
                           f"WHERE {where}")
    result = collector.command("verify", "--format", "json").expect(1).json()
    check_equal(int(result["differences"]), count, "all are counted")
    check(len(result["rows"]) <= 100, "at most 100 are listed")
    check_equal(result["rows"][0]["sequence"], "1", "the first is named")
    collector.command("rebuild", "--district", "207").ok()
    clean(collector)
    for gone in ("256", "257"):
        province.cluster.query(f"CREATE TABLE saved.gone AS SELECT * FROM tonghop.report "
                               f"WHERE {entry('207', gone)}; "
                               f"DELETE FROM tonghop.report WHERE {entry('207', gone)}")
        rows = [(r["sequence"], r["what"]) for r in found(collector)]
        check((gone, "entry.missing") in rows and
              all(what in ("entry.missing", "current", "complete_at") for _, what in rows),
              f"entry {gone} taken out: {rows}")
        province.cluster.query("INSERT INTO tonghop.report SELECT * FROM saved.gone; "
                               "DROP TABLE saved.gone")
    clean(collector)


def scenario():
    with Province() as province:
        collector = province.collectors[0]
        collector.command("import", EXAMPLES / "history-2023.csv").ok()
        for code in ("193", "205"):
            office = province.office(code).start()
            files = sorted((EXAMPLES / "reports" / "2024" / code).glob("*.csv"),
                           key=lambda path: (".r2" in path.name, path.name))
            office.submit(*[f for f in files if ".r2" not in f.name]).ok()
            for revised in [f for f in files if ".r2" in f.name]:
                office.submit(revised).ok()
            office.stop()
        approver = province.commission("lan", "approver")
        for name, code, month, *more in ACTS:
            approver.command(name, "--form", "joint-agency", "--period", month, "--district", code,
                             *more).ok()

        result = collector.command("verify", "--format", "json").ok().json()
        check_equal(int(result["acts"]), len(ACTS), "acts verified")
        check_equal(int(result["entries"]), province.reports(), "entries verified")
        check_equal(int(result["observations"]),
                    int(province.cluster.value("SELECT sum(cardinality(criterion_id)) "
                                               "FROM tonghop.report")), "observations verified")
        check_equal((result["rows"], result["differences"]), ([], "0"), "nothing differs")
        out = collector.command("verify").ok().out
        check("No difference was found." in out, out)
        clean(collector)
        check_equal(collector.command("rebuild", "--format", "csv").ok().rows(), [],
                    "what rebuild changes of an untouched database")
        collector.command("verify", "--district", "nowhere").expect(2)
        collector.command("verify", "--district", "193,,194").expect(2)

        database = Database(province)
        tamper(collector, database)
        tamper_current(collector, database)
        lose_states(collector, database)
        exported_heads(province, collector, database)
        long_chain(province, collector)


main(scenario)

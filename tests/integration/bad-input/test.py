"""Bad input gets a clear error, and nothing is lost: files, a wrong schema, wrong
usage, and messages that are malformed, many-framed, oversized or of no known kind."""

import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "contract"))

import wire_client as wire  # noqa: E402
from harness import (BUILD, EXAMPLES, Province, check, check_equal, main, report_file, run,  # noqa: E402
                     wait_until)

GOOD = EXAMPLES / "reports" / "2024" / "200" / "joint-agency-2024-01.csv"


def files(province, office):
    bad = report_file(province.folder, "bad.csv", "joint-agency", "2024-01", {
        "joint-meetings": ("x", "4"), "no-such-criterion": "1", "coordination-sessions": "-3",
        "tasks-on-time": ("9", "8")})
    result = office.command("check", bad, "--format", "csv").expect(4)
    places = {(row["line"], row["code"]) for row in result.rows()}
    # Lines by hand: three head lines would be 1-3; here form, period, blank, header, rows.
    for line, code in [("5", "value.malformed"), ("6", "criterion.unknown"),
                       ("7", "value.negative")]:
        check((line, code) in places, f"line {line} has {code}: {sorted(places)}")
    refused = office.command("submit", GOOD, bad)
    refused.expect(4)
    check_equal(office.command("status", "--format", "csv").ok().rows(), [],
                "nothing is written when one of the files is bad")
    missing = office.command("submit", province.folder / "nothing.csv")
    check(missing.status == 2 and "nothing.csv" in missing.err, "a missing file is named")
    binary = province.folder / "binary.csv"
    binary.write_bytes(os.urandom(4096))
    office.command("check", binary).expect(4)


def usage(province, office):
    collector = province.collectors[0]
    for command, names in [
            ((BUILD / "collector" / "tonghop-collector", "--no-such", "run"), "no-such"),
            ((BUILD / "collector" / "tonghop-collector", "improt"), "import"),
            ((BUILD / "reporter" / "tonghop-reporter", "sbmit"), "submit")]:
        result = run(*command).expect(2)
        check(names in result.err, f"{command[1:]} names {names}: {result.err}")
    config = province.folder / "bad.ini"
    config.write_text("database = x\nwriterz = 3\n")
    result = run(BUILD / "collector" / "tonghop-collector", "-c", config, "status").expect(2)
    check("bad.ini:2" in result.err and "writerz" in result.err, result.err)
    key = office.folder / "key"
    key.chmod(0o644)
    result = office.command("run").expect(2)
    check("key" in result.err, f"a key that others can read is refused: {result.err}")
    key.chmod(0o600)
    check(collector.process.running(), "the collector still runs")


def messages_of_no_good(province):
    with tempfile.TemporaryDirectory() as folder:
        messages = wire.load_messages(folder)
        keys = wire.Keys()
        path = province.folder / "hostile.bundle"
        province.collectors[0].command("enrol", "district", "201", keys.hex, "--bundle", path).ok()
        address, server_key = wire.Bundle(path).endpoint("submit")
        client = wire.Client(messages, keys, address, server_key)
        client.send_raw(b"\xff" * 100)
        check_equal(client.receive("error").problem[0].code, b"message.malformed", "no protobuf")
        client.send_raw(b"a", b"b", b"c")
        client.send_raw(b"")
        client.receive(timeout=1)
        client.send(notice_ack={"notice_id": 1})
        client.send(state_change={"request_id": 1})
        client.send(submit={"batch_id": 5, "report": []})
        error = client.receive("error")
        check(error is not None, "an empty batch is answered")
        client.send(submit={"batch_id": 6, "report": [b"junk", b""]})
        receipts = client.receive("receipts")
        check_equal([r.problem[0].code for r in receipts.rejection],
                    [b"report.malformed", b"report.malformed"], "bytes that are no report")
        client.send(submit={"batch_id": 7, "report": [b"\x12" + b"\xff" * 200000]})
        receipts = client.receive("receipts")
        check(receipts.rejection[0].problem[0].code in (b"report.too_large", b"report.malformed"),
              "an oversized report")
        giant = wire.Client(messages, keys, address, server_key)
        giant.send_raw(b"x" * (3 << 20))
        giant.close()
        good = wire.report(messages, "201", "joint-agency", "2024-01", {"joint-meetings": (1, 2)})
        client.send(submit={"batch_id": 8, "report": [good.SerializeToString()]})
        receipts = client.receive("receipts")
        check_equal(len(receipts.run), 1, "an honest report still gets its receipt")
        client.close()


def wrong_schema(province):
    collector = province.collectors[0]
    check_equal(collector.stop(), 0, "exit status at SIGTERM")
    province.cluster.query("INSERT INTO tonghop.schema_migration "
                           "VALUES (9999, 'of a later program', now())")
    collector.start(ready=False)
    wait_until(lambda: not collector.process.running(), "the daemon refuses another schema")
    check_equal(collector.process.process.returncode, 2, "its exit status")
    check("tonghop-collector" in collector.process.logged(), "it names the program to run")
    province.cluster.query("DELETE FROM tonghop.schema_migration WHERE version = 9999")
    collector.start()


def scenario():
    with Province() as province:
        office = province.office("200")
        office.command("catalogue", "--fetch").ok()
        files(province, office)
        usage(province, office)
        messages_of_no_good(province)
        # Unreachable collector: submit still succeeds, into the outbox.
        collector = province.collectors[0]
        collector.stop()
        office.submit(GOOD, wait=False).ok()
        collector.start()
        office.start()
        wait_until(lambda: province.reports() == 2, "the outbox is delivered")
        wrong_schema(province)


main(scenario)

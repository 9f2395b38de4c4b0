"""The contract: a client in another language enrols, submits, verifies its receipts
by itself and queries; what it does wrong is answered and nothing is lost."""

import hashlib
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

import wire_client as wire  # noqa: E402
from harness import Province, check, check_equal, main  # noqa: E402

VALUES = {"staff-filled": (18, 20), "joint-meetings": (3, 4), "regulations-issued": (5, 6),
          "tasks-on-time": (40, 44), "coordination-sessions": 0, "advice-issued": 7,
          "advice-adopted": (6, 7), "opinions-resolved": (0, 0), "support-funds": "n/a"}


def enrol(province, kind, name, keys, *options):
    path = province.folder / f"contract-{name}.bundle"
    province.collectors[0].command("enrol", kind, name, keys.hex, "--bundle", path, *options).ok()
    return wire.Bundle(path)


def submits_and_verifies(province, messages):
    keys = wire.Keys()
    bundle = enrol(province, "district", "203", keys)
    client = wire.Client(messages, keys, *bundle.endpoint("submit"))
    welcome = client.ask("welcome", hello={"protocol_version": 1, "language": b"en"})
    check_equal((welcome.district, welcome.role, welcome.province, welcome.sequence),
                (b"203", b"district", b"quang-ninh", 0), "Welcome")

    parts, offset = b"", 0
    client.send(catalogue_request={"request_id": 7, "credit": 4})
    while True:
        part = client.receive("catalogue_part")
        check_equal(part.offset, offset, "catalogue part offset")
        parts, offset = parts + part.content, offset + len(part.content)
        if part.last:
            break
        client.send(credit={"request_id": 7, "parts": 1})
    check_equal(hashlib.sha256(parts).digest(), welcome.catalogue_digest, "catalogue digest")
    names = {f.name for f in messages.CatalogueBundle.FromString(parts).file}
    check({b"districts.csv", b"forms.csv", b"criteria.csv"} <= names, f"catalogue files {names}")

    good = [wire.report(messages, "203", "joint-agency", period, VALUES).SerializeToString()
            for period in ("2024-01", "2024-02", "2024-03")]
    bad = wire.report(messages, "203", "joint-agency", "2024-04",
                      {"tasks-on-time": (9, 8), "no-such": 1}).SerializeToString()
    receipts = client.ask("receipts", submit={"batch_id": 1, "report": [*good[:2], bad, good[2]]})
    check_equal(receipts.batch_id, 1, "batch id")
    check_equal(sum(len(run.entry) for run in receipts.run), 3, "entries")
    check_equal(len(receipts.run), 1, "one signature for the whole run")
    run = receipts.run[0]
    check_equal(run.previous_hash, bytes(32), "genesis")
    head = wire.verify_run(run, bundle, "203")
    check_equal([e.digest for e in run.entry], [hashlib.sha256(b).digest() for b in good],
                "digests are of the exact bytes")
    rejection, = receipts.rejection
    check_equal(wire.verify_rejection(rejection, bundle, "203"),
                "criterion.unknown,rule.on-time-within-due", "all errors at once")
    check_equal(rejection.digest, hashlib.sha256(bad).digest(), "rejected bytes")

    again = client.ask("receipts", submit={"batch_id": 2, "report": [good[1]]})
    duplicate = again.run[0].entry[0]
    check(duplicate.duplicate, "the same bytes again are a duplicate")
    check_equal((duplicate.sequence, duplicate.accepted_at_us),
                (2, run.entry[1].accepted_at_us), "with the first receipt")
    wire.verify_run(again.run[0], bundle, "203")

    conflict = messages.Report.FromString(good[0])
    conflict.revision = 2
    stale = wire.report(messages, "203", "joint-agency", "2024-01", VALUES)
    foreign = wire.report(messages, "193", "joint-agency", "2024-01", VALUES)
    answer = client.ask("receipts", submit={"batch_id": 3, "report": [
        m.SerializeToString() for m in (conflict, stale, foreign)]})
    codes = [wire.verify_rejection(r, bundle, "203") for r in answer.rejection]
    check_equal(codes, ["report.id_conflict", "revision.stale", "district.not_yours"], "rejections")
    check_equal(answer.rejection[1].current_revision, 1, "the current revision is told")

    entries = client.ask("entries", entries_request={"request_id": 9, "epoch": 1,
                                                     "after_sequence": 0, "limit": 500})
    check_equal(wire.verify_run(entries.run, bundle, "203"), head, "fetched entries end alike")
    bodies = client.ask("bodies", bodies_request={"request_id": 10, "epoch": 1,
                                                  "after_sequence": 1})
    check_equal([(b.sequence, hashlib.sha256(b.report).digest()) for b in bodies.body],
                [(e.sequence, e.digest) for e in entries.run.entry[1:]], "the bytes of reports")
    bodies = client.ask("bodies", bodies_request={"request_id": 11, "epoch": 1,
                                                  "after_sequence": 3})
    check_equal((bodies.request_id, len(bodies.body)), (11, 0), "reports after the last")
    client.close()
    check_equal(province.reports(), 3, "reports in the database")


def parts(client, request_id, **question):
    """The whole answer, under a credit of one part at a time."""
    client.send(query={"request_id": request_id, "credit": 1, "language": b"en",
                       "consolidated": question})
    answer = []
    while not answer or not answer[-1].last:
        answer.append(client.receive("query_part"))
        check(answer[-1] is not None, "a part of the answer")
        client.send(credit={"request_id": request_id, "parts": 1})
    return answer


def spans(client):
    """Several spans of one question: in order, in parts of their own, of one head."""
    question = {"form": b"joint-agency", "district": [b"203"], "criterion": [b"tasks-on-time"]}
    answer = parts(client, 7, period=b"2024-03", also=[
        {"period": b"2024-03", "year_to_date": True},
        {"period": b"2024-03-15", "may_lack": True},
        {"period": b"2024-01..2024-02"}], **question)
    # By hand: 40 of 44 a month; the middle of March holds no whole month.
    check_equal([(part.span, f.period, f.num, f.den) for part in answer for f in part.figure],
                [(0, b"2024-03", b"40", b"44"), (1, b"2024-03.ytd", b"120", b"132"),
                 (3, b"2024-01..2024-02", b"80", b"88")], "figures of every span")
    check_equal([part.span for part in answer], [0, 1, 2, 3], "a part each")
    check_equal([part.HasField("head") for part in answer], [True, False, False, False], "head")
    for also, code in (([{"period": b"2024-03-15"}], b"period.no_base_period"),
                       ([{"period": b"x"}], b"period.malformed"),
                       ([{"period": b"2024"}] * 4, b"query.malformed")):
        error = client.ask("error", query={"request_id": 8, "credit": 9, "consolidated": {
            "period": b"2024-03", "also": also, **question}})
        check_equal([problem.code for problem in error.problem], [code], f"also {also}")


def queries(province, messages):
    keys = wire.Keys()
    bundle = enrol(province, "client", "contract", keys, "--role", "viewer")
    client = wire.Client(messages, keys, *bundle.endpoint("query"))
    client.ask("welcome", hello={"protocol_version": 1, "language": b"en"})
    figures = [f for part in parts(client, 5, form=b"joint-agency", period=b"2024-Q1")
               for f in part.figure]
    by_key = {(f.district, f.criterion): f for f in figures}
    # By hand: 40 of 44 in each of three months; n/a thrice; 0 of 0 has no value.
    tasks = by_key[b"203", b"tasks-on-time"]
    check_equal((tasks.num, tasks.den, tasks.value, tasks.reported, tasks.expected),
                (b"120", b"132", b"0.909091", 3, 3), "tasks on time of 203")
    opinions = by_key[b"203", b"opinions-resolved"]
    check_equal((opinions.num, opinions.den, opinions.value), (b"0", b"0", b""), "0 of 0")
    funds = by_key[b"203", b"support-funds"]
    check_equal((funds.reported, funds.not_applicable, funds.value), (0, 3, b""), "n/a")
    zero = by_key[b"203", b"coordination-sessions"]
    check_equal((zero.reported, zero.value), (3, b"0"), "zero is a value")
    whole = by_key[b"*", b"tasks-on-time"]
    check_equal((whole.reported, whole.expected), (3, 39), "province: 13 districts, 3 months")
    spans(client)

    error = client.ask("error", query={"request_id": 6, "credit": 1, "language": b"en",
                                       "consolidated": {"form": b"nothing", "period": b"2024"}})
    check_equal(error.problem[0].code, b"form.unknown", "an unknown form")
    client.close()


def accepts(answer):
    """The state that was made, or the code of the first problem."""
    if hasattr(answer, "problem"):
        return answer.problem[0].code.decode()
    return answer.state.decode()


def acts_for_accounts(province, messages):
    """A portal's key acts for its accounts: the lower of both roles counts, both are kept;
    nobody else does, and the portal is never admin."""
    district = wire.Keys()
    bundle = enrol(province, "district", "205", district)
    office = wire.Client(messages, district, *bundle.endpoint("submit"))
    office.ask("welcome", hello={"protocol_version": 1, "language": b"en"})
    made = wire.report(messages, "205", "joint-agency", "2024-01", VALUES)
    answer = office.ask("receipts", submit={"batch_id": 1, "report": [made.SerializeToString()]})
    check_equal(len(answer.run), 1, "the report is accepted")
    office.close()

    path = province.folder / "contract-refused.bundle"
    refused = province.collectors[0].command("enrol", "client", "portal-admin", wire.Keys().hex,
                                             "--role", "admin", "--portal", "--bundle", path)
    check("never admin" in refused.expect(2).err, refused.err)
    clients = {}
    for name, options in (("portal", ["--role", "approver", "--portal"]),
                          ("reading-portal", ["--role", "viewer", "--portal"]),
                          ("person", ["--role", "approver"]), ("chief", ["--role", "admin"])):
        keys = wire.Keys()
        bundle = enrol(province, "client", name, keys, *options)
        clients[name] = wire.Client(messages, keys, *bundle.endpoint("query"))
        clients[name].ask("welcome", hello={"protocol_version": 1, "language": b"en"})
    # Whatever was enrolled: the database cannot say that a portal is admin either.
    check_equal(province.cluster.value(
        "SELECT count(*) FROM pg_constraint WHERE conrelid = 'tonghop.enrolment'::regclass AND "
        "pg_get_constraintdef(oid) LIKE '%portal%admin%'"), "1", "the database's own check")

    request = iter(range(100, 200))

    def ask(name, to_state, account=None, role=None, comment=b""):
        change = {"request_id": next(request), "district": b"205", "form": b"joint-agency",
                  "period": b"2024-01", "revision": 1, "to_state": to_state.encode(),
                  "comment": comment}
        if account is not None:
            change["acting_for"] = {"account": account.encode(), "role": role.encode()}
        clients[name].send(state_change=change)
        return accepts(clients[name].receive(timeout=20))

    # One case a line: key, account, its role, what is wanted.
    for name, account, role, want in (
            ("person", "lan", "approver", "role.not_allowed"),   # no portal's key
            ("chief", "lan", "approver", "role.not_allowed"),    # nor an admin's
            ("portal", "lan", "viewer", "role.not_allowed"),     # the account may only read
            ("portal", "lan", "district", "role.not_allowed"),
            ("portal", "lan", "king", "role.not_allowed"),       # no such role
            ("portal", "", "approver", "role.not_allowed"),      # nobody
            ("reading-portal", "lan", "approver", "role.not_allowed"),  # the key may only read
            ("reading-portal", "lan", "admin", "role.not_allowed")):
        check_equal(ask(name, "approved", account, role), want, f"{name} for {account}/{role}")
    check_equal(province.cluster.value("SELECT count(*) FROM tonghop.state_change"), "0",
                "acts that were refused")

    check_equal(ask("portal", "returned", "lan", "approver", b"again, please"), "returned",
                "an approver of the portal")
    check_equal(ask("portal", "approved", "minh", "admin"), "approved", "an admin of the portal")
    check_equal(ask("chief", "received", comment=b"opened"), "received", "an admin's own key")
    check_equal(ask("portal", "approved"), "approved", "the portal's key for itself")
    kept = province.cluster.query(
        "SELECT to_state, account, role, coalesce(acting_key, '-') FROM tonghop.state_change "
        "ORDER BY event_sequence")
    check_equal(kept, [["returned", "lan", "approver", "portal"],
                       ["approved", "minh", "approver", "portal"],  # never admin
                       ["received", "chief", "admin", "-"],
                       ["approved", "portal", "approver", "-"]], "who did what by which key")
    for client in clients.values():
        client.close()
    province.collectors[0].command("verify").ok()


def scenario():
    with tempfile.TemporaryDirectory() as folder, Province() as province:
        messages = wire.load_messages(folder)
        submits_and_verifies(province, messages)
        queries(province, messages)
        acts_for_accounts(province, messages)


main(scenario)

"""Who may send what: every kind of message, by a key of every role, to both sockets, and what
is answered. A client of its own (tests/contract), so nothing is left out on its side."""

import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "contract"))

import wire_client as wire  # noqa: E402
from harness import Province, check, check_equal, main, wait_until  # noqa: E402

STATE = {"request_id": 7, "district": b"193", "form": b"joint-agency", "period": b"2024-01",
         "revision": 1, "to_state": b"approved"}


def acting(role):
    return {"account": b"lan", "role": role.encode()}


# One of every member of ClientMessage; what is sent is well formed and changes nothing.
MESSAGES = {
    "hello": {"protocol_version": 1, "language": b"en"},
    "catalogue_request": {"request_id": 7, "credit": 1},
    "submit": {"batch_id": 7},  # without a report: refused as such where it may be sent
    "entries_request": {"request_id": 7, "epoch": 1},
    "bodies_request": {"request_id": 7, "epoch": 1},
    "notice_ack": {"notice_id": 0},
    "query": {"request_id": 7, "credit": 4, "report_list": {"form": b"joint-agency",
                                                            "period": b"2024-01"}},
    "credit": {"request_id": 99, "parts": 1},
    "cancel": {"request_id": 99},
    "state_change": STATE,
    "assessment_part": {"request_id": 7, "format": b"html", "content": b"<p>"},
    "assessment_freeze": {"request_id": 7},  # without a number
}

# What is answered: a kind of ServerMessage, a code of Error, "" nothing. By hand, from
# docs/security.md: the intake is the districts', the query socket the commission's. Questions
# take a viewer, acts an approver; an admin may do what an approver may.
NO, UNKNOWN = "role.not_allowed", "message.unknown"
QUERY_VIEWER = {
    "hello": "welcome", "catalogue_request": "catalogue_part", "query": "query_part",
    "credit": "", "cancel": "", "submit": NO, "state_change": NO, "assessment_part": NO,
    "assessment_freeze": NO, "entries_request": UNKNOWN, "bodies_request": UNKNOWN,
    "notice_ack": UNKNOWN}
QUERY_APPROVER = {
    **QUERY_VIEWER, "submit": "message.malformed", "state_change": "report.unknown",
    "assessment_part": "", "assessment_freeze": "message.malformed"}
NOBODY = {kind: NO for kind in MESSAGES}
WANT = {
    "submit": {
        "district": {
            "hello": "welcome", "catalogue_request": "catalogue_part",
            "submit": "message.malformed", "entries_request": "entries",
            "bodies_request": "bodies", "notice_ack": "", "credit": "", "cancel": "",
            "query": UNKNOWN, "state_change": UNKNOWN, "assessment_part": UNKNOWN,
            "assessment_freeze": UNKNOWN},
        "viewer": NOBODY, "approver": NOBODY, "admin": NOBODY, "portal": NOBODY},
    "query": {"district": NOBODY, "viewer": QUERY_VIEWER, "approver": QUERY_APPROVER,
              "admin": QUERY_APPROVER, "portal": QUERY_APPROVER},
}
# Who names an account: only a portal's key may, and the lower role counts.
FOR_AN_ACCOUNT = {
    ("viewer", "approver"): NO, ("approver", "approver"): NO, ("admin", "viewer"): NO,
    ("portal", "viewer"): NO, ("portal", "approver"): "report.unknown",
    ("portal", "admin"): "report.unknown", ("portal", "nobody"): NO,
}


class Ground:
    def __init__(self, province, folder):
        self.province = province
        self.messages = wire.load_messages(folder)
        self.keys = {}

    def enrol(self, role, number):
        keys = wire.Keys()
        arguments = {"district": ("district", "193", keys.hex),
                     "portal": ("client", f"portal-{number}", keys.hex, "--role", "approver",
                                "--portal")}.get(
            role, ("client", f"{role}-{number}", keys.hex, "--role", role))
        self.province.collectors[0].command("enrol", *arguments, "--bundle", "-").ok()
        self.keys[role, number] = keys

    def answer(self, socket, keys, kind, body, silent):
        """What comes of one message on a connection of its own. `silent`: another message goes
        after it, and '' when the answer to that comes first; what is refused at once, and
        what is answered by no thread of its own, is answered before it."""
        collector = self.province.collectors[0]
        port = collector.submit_port if socket == "submit" else collector.query_port
        client = wire.Client(self.messages, keys, f"tcp://127.0.0.1:{port}",
                             bytes.fromhex(collector.public_key()))
        try:
            client.send(**{kind: body})
            if silent:
                client.send(hello={"protocol_version": 1})
            found = client.socket.poll(20000) and self.messages.ServerMessage.FromString(
                client.socket.recv())
            check(found, f"{kind} to {socket}: no answer at all")
            name = found.WhichOneof("body")
            if name == "error":
                check_equal(len(found.error.problem), 1, f"{kind} to {socket}: problems")
                return found.error.problem[0].code.decode()
            return "" if name == "welcome" and silent else name
        finally:
            client.close()


def every_kind(ground):
    members = {field.name for field in ground.messages.ClientMessage.DESCRIPTOR.fields}
    check_equal(set(MESSAGES), members, "members of ClientMessage")
    wrong, count = [], 0
    for socket, roles in WANT.items():
        for role, wanted in roles.items():
            check_equal(set(wanted), members, f"kinds of {role} at {socket}")
            for number, (kind, want) in enumerate(wanted.items()):
                # The intake says once a minute to a key that it has no business there.
                keys = ground.keys[role, number if socket == "submit" and role != "district"
                                   else 0]
                got = ground.answer(socket, keys, kind, MESSAGES[kind], want == "")
                count += 1
                if got != want:
                    wrong.append(f"{kind} by {role} to {socket}: got {got!r}, want {want!r}")
    check(not wrong, "\n" + "\n".join(wrong))
    print(f"{count} messages answered as they should be", flush=True)


def for_accounts(ground):
    for (role, account), want in FOR_AN_ACCOUNT.items():
        got = ground.answer("query", ground.keys[role, 0], "state_change",
                            {**STATE, "acting_for": acting(account)}, False)
        check_equal(got, want, f"{role} for an account of role {account}")


def scenario():
    with tempfile.TemporaryDirectory() as folder, Province() as province:
        ground = Ground(province, folder)
        ground.enrol("district", 0)
        for role in ("viewer", "approver", "admin", "portal"):
            for number in range(len(MESSAGES)):
                ground.enrol(role, number)
        refused = province.collectors[0].command("enrol", "client", "p", wire.Keys().hex, "--role",
                                                 "admin", "--portal", "--bundle", "-").expect(2)
        check("never admin" in refused.err, refused.err)
        events = province.cluster.value("SELECT max(sequence) FROM tonghop.province_event")
        province.collectors[0].process.wait_logged(rf"state\.refreshed events={events} ")
        every_kind(ground)
        for_accounts(ground)
        check_equal(province.cluster.value("SELECT max(sequence) FROM tonghop.province_event"),
                    events, "no act came of any of it")
        check_equal(province.reports(), 0, "nor a report")


main(scenario)

"""The attacks, by name in ATTACKS. Each goes on for ground.seconds and returns (what was
sent, what the collector did); it raises Failure when the collector did the wrong thing."""

import os
import resource
import socket
import threading
import time

import forged
import wire_client as wire
import zmq
from curve_peer import connect, frame, greeting
from ground import CRITERION, FORM, close_all
from harness import check, check_equal, wait_until

ATTACKS = {}


def attack(function):
    ATTACKS[function.__name__.replace("_", "-")] = function
    return function


def accepted(ground, district):
    return int(ground.province.cluster.value(
        "SELECT count(*) FROM tonghop.report r JOIN tonghop.district d USING (district_id) "
        f"WHERE d.code = '{district}'"))


# ------------------------------------------------------------------ keys and identity


@attack
def not_enrolled(ground):
    """Keys that the province does not know, again and again."""
    body = ground.report().SerializeToString()
    before, tries = accepted(ground, "193"), 0
    _, bundle, _ = ground.honest
    for _ in ground.until_end():
        clients = [ground.client(wire.Keys(), bundle) for _ in range(40)]
        for client in clients:
            client.send(submit={"batch_id": 1, "report": [body]})
        tries += len(clients)
        time.sleep(0.4)
        check(all(client.receive(timeout=0.001) is None for client in clients), "no answer")
        close_all(clients)
    check_equal(accepted(ground, "193"), before, "reports of strangers that were taken")
    refused = ground.counters("why=not-enrolled")
    check(0 < refused <= 300, f"refusals are logged, within bounds: {refused}")
    return f"{tries} handshakes with keys of nobody", "refused at the handshake, logged within bounds"


@attack
def revoked_in_session(ground):
    """A key that submits through both collectors while it is revoked."""
    keys, bundle, path = ground.enrol("194")
    accepted_at, stop = [0.0, 0.0], threading.Event()

    def submit_through(number):
        client, batch = ground.client(keys, bundle, number), 0
        client.socket.setsockopt(zmq.SNDTIMEO, 100)
        while not stop.is_set():
            batch += 1
            report = wire.report(ground.messages, "194", FORM, f"20{20 + number}-0{1 + batch % 9}",
                                 {CRITERION: batch}, revision=batch)
            sent = time.monotonic()
            try:
                client.send(submit={"batch_id": batch, "report": [report.SerializeToString()]})
            except zmq.Again:
                continue  # cut, and refused since
            answer = client.receive("receipts", 0.3)
            if answer and answer.run:
                accepted_at[number] = sent
            stop.wait(0.02)
        client.close()

    threads = [threading.Thread(target=submit_through, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: all(accepted_at), "both collectors take its reports")
        ground.collector.command("revoke", keys.hex).ok()
        revoked = time.monotonic()
        wait_until(lambda: time.monotonic() - revoked > ground.seconds
                   and time.monotonic() - max(accepted_at) > 2, "no more of its reports are taken")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    late = [max(0.0, at - revoked) for at in accepted_at]
    check(max(late) < 10, f"a revoked key was heard {max(late):.1f} s after the revocation")
    for collector in ground.province.collectors:
        collector.process.wait_logged(r"(message|key)\.refused .*why=revoked")
    return ("reports every 20 ms through both, revoked meanwhile",
            f"the last ones taken {late[0]:.2f} s and {late[1]:.2f} s after `revoke` had ended")


@attack
def another_districts_code(ground):
    keys, bundle, _ = ground.enrol("195")
    client, sent = ground.client(keys, bundle), 0
    for _ in ground.until_end():
        bodies = [ground.report("196", f"2023-0{1 + i % 9}").SerializeToString() for i in range(10)]
        answer = client.ask("receipts", submit={"batch_id": sent + 1, "report": bodies})
        check_equal(len(answer.run), 0, "entries")
        codes = {wire.verify_rejection(rejection, bundle, "195") for rejection in answer.rejection}
        check_equal(codes, {"district.not_yours"}, "signed rejections")
        sent += len(bodies)
    client.close()
    check_equal(accepted(ground, "196"), 0, "reports of the other district")
    return f"{sent} reports about 196 by a key of 195", "each rejected, signed: district.not_yours"


class Tap:
    """A man in the middle: passes bytes on and keeps what the client sent."""

    def __init__(self, port):
        self.port, self.sent = port, b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        client, _ = self.listener.accept()
        self.collector = connect(self.port)
        threading.Thread(target=self._pass, args=(client, self.collector, True),
                         daemon=True).start()
        self._pass(self.collector, client, False)

    def _pass(self, source, sink, keep):
        try:
            while data := source.recv(65536):
                if keep:
                    self.sent += data
                sink.sendall(data)
        except OSError:
            pass
        close_all([source, sink])


@attack
def replayed_bytes(ground):
    """What a listener on the line recorded: in the same session, and as a new one."""
    keys, bundle, _ = ground.enrol("198")
    _, server_key = bundle.endpoint("submit")
    tap = Tap(ground.port)
    client = wire.Client(ground.messages, keys, tap.address, server_key)
    body = ground.report("198").SerializeToString()
    check_equal(len(client.ask("receipts", submit={"batch_id": 1, "report": [body]}).run), 1,
                "the honest report")
    recorded = tap.sent
    # The message is the tail: a long frame with 33 bytes around payload and flags.
    tail = recorded[recorded.rindex(b"\x07MESSAGE") - 9:]
    tap.collector.sendall(tail * 3)
    check_equal(ground.cut([tap.collector]), 1, "the session with a repeated frame is cut")
    client.close()
    sessions = 0
    for _ in ground.until_end():
        raw = connect(ground.port)
        raw.sendall(recorded)
        check_equal(ground.cut([raw]), 1, "a recorded session is cut")
        raw.close()
        sessions += 1
    check_equal(accepted(ground, "198"), 1, "reports")
    return (f"a frame again in its session, {sessions} times a whole recorded session",
            "every one cut at its handshake or nonce; the report counted once")


# --------------------------------------------------------------- before the handshake


@attack
def giant_frames_before(ground):
    """Frames that claim to be endless, before any key was shown."""
    claims, cut = 0, 0
    for _ in ground.until_end():
        sockets = []
        for claimed in (1 << 62, 1 << 40, 1 << 31, 2 << 20):
            for flags in (0, 4):
                raw = connect(ground.port)
                raw.sendall(greeting() + frame(b"x" * 1000, flags, claimed))
                sockets.append(raw)
        claims += len(sockets)
        cut += ground.cut(sockets)
        close_all(sockets)
    check_equal(cut, claims, "connections that were cut")
    return f"{claims} frames that claim 2 MiB to 4 EiB", "cut at the frame's head"


@attack
def megabytes_before(ground):
    """Frames of a size that a message may have, on many connections, never finished, by
    peers that have shown no key."""
    sockets, sent = [], 0
    body = b"x" * 65536
    for _ in ground.until_end():
        while len(sockets) < 400:
            raw = connect(ground.port)
            raw.setblocking(False)
            send_some(raw, greeting() + frame(b"", 4, 1 << 20))
            sockets.append(raw)
        for raw in list(sockets):
            size = send_some(raw, body)
            sent += max(size, 0)
            if size < 0:
                raw.close()
                sockets.remove(raw)
    close_all(sockets)
    return f"{sent >> 20} MiB of unfinished frames on up to 400 connections", "cut"


def send_some(raw, data):
    """How much was taken; -1 when the connection is gone."""
    try:
        return raw.send(data)
    except BlockingIOError:
        return 0
    except OSError:
        return -1


@attack
def slow_handshakes(ground):
    """200 connections, a byte a second each."""
    sockets = [connect(ground.port) for _ in range(200)]
    bytes_to_send = greeting()
    start, position = time.monotonic(), 0
    while time.monotonic() - start < max(ground.seconds, 13):
        for raw in sockets:
            raw.setblocking(False)
            send_some(raw, bytes_to_send[position:position + 1])
        position = min(position + 1, 63)
        time.sleep(1)
    cut = ground.cut(sockets)
    close_all(sockets)
    check_equal(cut, len(sockets), "slow handshakes that were cut")
    return "200 handshakes, a byte a second", "all cut after 10 s"


@attack
def silent_connections(ground):
    """2,000 connections that say nothing, kept up."""
    sockets, opened = [], 0
    end = time.monotonic() + max(ground.seconds, 13)
    while time.monotonic() < end:
        for raw in [raw for raw in sockets[:500] if ground_closed(raw)]:
            raw.close()
            sockets.remove(raw)
        while len(sockets) < 2000:
            sockets.append(connect(ground.port))
            opened += 1
        time.sleep(0.05)
    close_all(sockets)
    check(opened > 2000, "the first ones were cut after their time")
    return f"2,000 at once, {opened} in all", "each cut after 10 s"


def ground_closed(raw):
    raw.setblocking(False)
    try:
        return raw.recv(4096) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


# ---------------------------------------------------------------- after the handshake


@attack
def giant_frames_after(ground):
    keys, _, _ = ground.enrol("199")
    claims = cut = 0
    for _ in ground.until_end():
        peers = []
        for claimed in (1 << 62, 1 << 40, 1 << 31, 2 << 20):
            peer = ground.peer(keys)
            peer.send(frame(b"\x07MESSAGE" + bytes(1000), 0, claimed))
            peers.append(peer.socket)
        claims += len(peers)
        cut += ground.cut(peers)
        close_all(peers)
    check_equal(cut, claims, "connections that were cut")
    return f"{claims} frames that claim 2 MiB to 4 EiB", "cut at the frame's head"


def stream_parts(ground, keys, part_bytes, connections):
    """Parts without an end on each connection; (bytes sent, times that it was cut)."""
    totals = []

    def stream(total):
        peer = None
        for _ in ground.until_end():
            try:
                if peer is None:
                    peer = ground.peer(keys)
                data = b"".join(peer.part(b"x" * part_bytes, more=True)
                                for _ in range(1 if part_bytes > 1000 else 500))
                if peer.send(data):
                    total[0] += len(data)
                    continue
            except OSError:
                pass
            if peer:
                peer.close()
                total[1] += 1
            peer = None
        if peer:
            peer.close()

    threads = []
    for _ in range(connections):
        totals.append([0, 0])
        threads.append(threading.Thread(target=stream, args=(totals[-1],)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return sum(total[0] for total in totals), sum(total[1] for total in totals)


@attack
def endless_multipart(ground):
    keys, _, _ = ground.enrol("200")
    sent, cut = stream_parts(ground, keys, 1 << 20, 4)
    check(cut > 0, "endless messages are cut off")
    return f"{sent >> 20} MiB in parts of 1 MiB, no part the last", f"cut {cut} times"


@attack
def parts_of_one_byte(ground):
    keys, _, _ = ground.enrol("200")
    sent, cut = stream_parts(ground, keys, 1, 4)
    return f"{sent >> 10} KiB in parts of 1 byte, no part the last", f"cut {cut} times"


@attack
def hoard_of_connections(ground):
    """One enrolled key, very many connections, each asks for much and reads nothing."""
    keys, _, _ = ground.enrol("201")
    ask = ground.messages.ClientMessage(
        catalogue_request={"request_id": 1, "credit": 16}).SerializeToString()
    peers, made = [], 0
    for _ in ground.until_end():
        try:
            peer = ground.peer(keys)
        except OSError:
            continue
        peer.socket.settimeout(0.5)
        peers.append(peer)
        made += 1
        for _ in range(4):
            peer.send(peer.part(ask))
    left = made - ground.cut([peer.socket for peer in peers])
    close_all(peers)
    check(left <= 4, f"{left} connections of one key were kept")
    return f"{made} connections of one key, 4 requests of 16 parts on each, nothing read", \
        f"{left} of them kept"


# ---------------------------------------------------------------------- bombs of bytes


def field(number, body):
    return varint(number << 3 | 2) + varint(len(body)) + body


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def nested(depth, number):
    body = b""
    for _ in range(depth):
        body = field(number, body)
    return body


SIZE = 1_000_000  # a message may hold 1,114,112 bytes


def bombs():
    """Each: name, bytes of a ClientMessage. 13 = the member `submit`."""
    submit = submit_number()
    batch = b"\x08\x01"
    return [
        ("groups and ends without a start", b"\x0b\x0c" * (SIZE // 2)),
        ("submessages in submessages", field(submit, nested(60_000, 2))),
        ("a million empty submessages", field(submit, batch + b"\xf2\x01\x00" * (SIZE // 3))),
        ("half a million empty reports", field(submit, batch + b"\x12\x00" * (SIZE // 2))),
        ("unknown fields", field(submit, batch + b"\xf8\x3f\x01" * (SIZE // 3))),
        ("unknown fields outside", b"\xf8\x3f\x01" * (SIZE // 3)),
        ("one member again and again", field(submit, batch + field(2, b"")) * (SIZE // 8)),
        ("all members of the oneof in turn",
         b"".join(field(number, b"") for number in range(1, 40)) * (SIZE // 120)),
        ("a length beyond the end", field(submit, batch + b"\x12\xff\xff\xff\x7f")),
        ("a varint without an end", b"\xff" * SIZE),
        ("a report of empty observations", report_bomb(submit, b"\x4a\x00" * 65_000)),
        ("a report of observations in one another",
         report_bomb(submit, field(9, nested(20_000, 2)))),
        ("256 reports of 1,900 empty observations",
         field(submit, batch + field(2, b"\x0a\x10" + bytes(16) + b"\x4a\x00" * 1_900) * 256)),
        ("a set of 60,000 communes", report_bomb(submit, field(9, field(5, b"\x0a\x00" * 60_000)))),
        ("256 prior runs of nothing",
         field(submit, batch + field(2, b"x") * 256 + (b"\xf2\x01" + varint(3000)
                                                       + b"\x1a\x00" * 1500) * 256)),
    ]


def report_bomb(submit, observations):
    return field(submit, b"\x08\x01" + field(2, b"\x0a\x10" + bytes(16) + observations))


_submit_number = []


def submit_number():
    return _submit_number[0]


@attack
def protobuf_bombs(ground):
    keys, _, _ = ground.enrol("202")
    _submit_number[:] = [ground.messages.ClientMessage.DESCRIPTOR
                         .fields_by_name["submit"].number]
    prepared = bombs()
    sent = answered = 0
    peers = [ground.peer(keys) for _ in range(2)]
    for _ in ground.until_end():
        for name, payload in prepared:
            for peer in peers:
                check(peer.send(peer.part(payload)), f"connection lost at: {name}")
            sent += len(peers)
        for peer in peers:
            answered += not ground.drain(peer.socket)
    close_all(peers)
    check(ground.collector.process.running(), "the collector runs")
    return f"{sent} messages of {len(prepared)} kinds, up to 1 MB", \
        "dropped, or answered as malformed or rejected"


@attack
def many_problems(ground):
    """Batches at every limit at once, as fast as answers come: all that can be wrong with a
    report is wrong with each."""
    keys, bundle, _ = ground.enrol("203")
    peers = [ground.client(keys, bundle) for _ in range(4)]
    report = ground.report("203")
    del report.observation[:]
    for number in range(2000):
        made = report.observation.add(criterion=b"c%d" % number)
        made.number.unscaled = 10 ** 18
    heavy = report.SerializeToString()
    count = 1_000_000 // len(heavy)
    sent = answered = 0
    for _ in ground.until_end():
        for peer in peers:
            sent += 1
            peer.send(submit={"batch_id": sent, "report": [heavy] * count})
        for peer in peers:
            answered += peer.receive(timeout=20) is not None  # busy, or receipts
    close_all(peers)
    check_equal(answered, sent, "every batch was answered")
    return f"{sent} batches of {count} reports with 4,000 problems each", "each answered: rejected, or busy"


@attack
def bad_texts(ground):
    """Invalid UTF-8, NUL, over-long codes, in every text of a report and around it."""
    keys, bundle, _ = ground.enrol("204")
    client, batch, sent = ground.client(keys, bundle), 0, 0
    before = accepted(ground, "204")
    bad = [b"\xff\xfe", b"a\0b", b"\xed\xa0\x80", b"\xc0\xaf", b"x" * 70_000, b"'; DROP TABLE x --",
           b"\xf4\x90\x80\x80"]
    for _ in ground.until_end():
        bodies = []
        for text in bad:
            for name in ("report_id", "province", "district", "form", "period"):
                report = ground.report("204")
                setattr(report, name, text)
                bodies.append(report.SerializeToString())
            for kind in ("criterion", "choice", "text", "note"):
                report = ground.report("204")
                setattr(report.observation[0], kind, text)
                if kind == "note":
                    continue  # long notes of valid text are warnings at most
                bodies.append(report.SerializeToString())
        for body in bodies:
            batch += 1
            answer = client.ask("receipts", submit={"batch_id": batch, "report": [body]})
            check_equal((len(answer.run), len(answer.rejection)), (0, 1), "it is rejected")
            sent += 1
        client.send(hello={"protocol_version": 1, "language": b"\xff\0", "software": b"\0" * 1000})
        check(client.receive("welcome") is not None, "a greeting in no language is answered")
    client.close()
    check_equal(accepted(ground, "204"), before, "reports that were taken")
    return f"{sent} reports with bad texts", "each rejected by name"


# ------------------------------------------------------- before the office, a false province


@attack
def server_with_another_key(ground):
    forger, peak = forged.before(ground, os.urandom(32), "205")
    check_equal(forger.greeted, 0, "greetings that it could read")
    return ("a server in the collector's place with a key of its own",
            f"(the office) no word to it, its report kept, then delivered; peak {peak:.0f} MiB")


@attack
def server_with_the_stolen_key(ground):
    secret = bytes.fromhex((ground.collector.folder / "key").read_text().strip())
    forger, peak = forged.before(ground, secret, "206")
    check(forger.lies > 10, f"the office heard {forger.lies} lies")
    return (f"{forger.lies} lies with the collector's CURVE key, not its receipt key: catalogues, "
            "notices, announcements of keys, receipts, rejections",
            f"(the office) believed no receipt and no announcement, kept its report, then delivered it; peak "
            f"{peak:.0f} MiB")


# ------------------------------------------------------------------------ descriptors


@attack
def no_descriptors_left(ground):
    """More connections than the collector may have descriptors."""
    limit = len(os.listdir(f"/proc/{ground.pid}/fd")) + 60
    _, hard = resource.prlimit(ground.pid, resource.RLIMIT_NOFILE)
    before = resource.prlimit(ground.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(ground.pid, resource.RLIMIT_NOFILE, (limit, hard))
    sockets = []
    try:
        for _ in ground.until_end():
            while len(sockets) < 500:
                sockets.append(connect(ground.port))
            time.sleep(0.1)
    finally:
        close_all(sockets)
        resource.prlimit(ground.pid, resource.RLIMIT_NOFILE, before)
    check(ground.collector.process.running(), "the collector runs")
    return f"500 connections where {limit} descriptors are all", "standing connections served"

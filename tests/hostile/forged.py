"""A server that is not the province, before a real office: with a key of its own, and with
the collector's stolen CURVE key but without the key that signs receipts."""

import hashlib
import os
import re
import threading
import time

import wire_client as wire
import zmq
import zmq.utils.z85 as z85
from harness import Office, check, check_equal, report_file, wait_until

REPORTER_MIB = 64


class Forger:
    """A ROUTER that answers everything with lies."""

    def __init__(self, ground, secret, district):
        self.ground, self.district, self.lies, self.greeted = ground, district, 0, 0
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.curve_server, self.socket.curve_secretkey = True, z85.encode(secret)
        self.port = self.socket.bind_to_random_port("tcp://127.0.0.1")
        self.stopping = False
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while not self.stopping:
            if self.socket.poll(50):
                peer, frame = self.socket.recv_multipart()[:2]
                message = self.ground.messages.ClientMessage.FromString(frame)
                for lie in self._lies(message):
                    self.lies += 1
                    body = lie if isinstance(lie, bytes) else lie.SerializeToString()
                    self.socket.send_multipart([peer, body])
        self.socket.close()
        self.context.term()

    def _lies(self, message):
        kind = message.WhichOneof("body")
        if kind == "hello":
            self.greeted += 1
            return [self._say(notice=notice) for notice in self._notices()] + [self._welcome()]
        if kind == "catalogue_request":
            return self._catalogue(message.catalogue_request.request_id)
        if kind == "submit":
            return self._receipts(message.submit)
        return [b"\xff" * 1000]

    def _say(self, **body):
        return self.ground.messages.ServerMessage(**body)

    def _welcome(self):
        return self._say(welcome={
            "protocol_version": 1, "province": b"quang-ninh", "district": self.district.encode(),
            "role": b"district", "epoch": 1, "sequence": 0, "hash": bytes(32),
            "catalogue_version": 1 if self.greeted % 2 else 2**62, "window": 2**31,
            "catalogue_digest": os.urandom(32), "max_report_bytes": 2**31,
            "max_batch_bytes": 2**31, "max_batch_reports": 2**31,
            "announcement": self._announcements()})

    def _announcements(self):
        """Its own endpoint and receipt key, as if the province announced them."""
        own, known = os.urandom(32), bytes.fromhex(self._receipt_key())
        content = self.ground.messages.Announcement(
            province=b"quang-ninh", announced_us=2**62,
            submit=[{"address": f"tcp://127.0.0.1:{self.port}".encode(), "server_key": own}],
            receipt_key=[known, own]).SerializeToString()
        ids = [hashlib.sha256(key).digest()[:8] for key in (known, own)]
        return [{"content": content, "key_id": ids[0], "signature": os.urandom(64)},
                {"content": content, "key_id": ids[1], "signature": os.urandom(64)},
                {"content": content, "key_id": ids[0], "signature": bytes(64)},
                {"content": content, "key_id": b"", "signature": b""},
                *({"content": os.urandom(10_000), "key_id": ids[0], "signature": os.urandom(64)}
                  for _ in range(50))]

    @staticmethod
    def _notices():
        return [{"notice_id": 2**63 + 1, "kind": b"report.approved"},
                {"notice_id": 5, "kind": b"\xff\xfe", "form": b"joint-agency"},
                {"notice_id": 6, "kind": b"report.returned", "form": b"a\0b", "period": b"2024-01"},
                {"notice_id": 7, "kind": b"no.such.kind", "text": b"x" * 200_000},
                {"notice_id": 8, "kind": b"report.returned", "form": b"joint-agency",
                 "period": b"\xed\xa0\x80", "text": b"\x1b[2J" * 10_000},
                {"notice_id": 9, "kind": b"report.returned", "form": b"joint-agency",
                 "period": b"2024-01", "comment": [{"criterion": b"\xff", "text": b"\0"}] * 5_000}]

    def _catalogue(self, request):
        content = b"lies" * 60_000
        part = {"request_id": request, "version": 1, "digest": hashlib.sha256(content).digest()}
        return [self._say(catalogue_part={**part, "total_bytes": 2**60, "content": content}),
                self._say(catalogue_part={**part, "total_bytes": 10, "content": content,
                                          "last": True}),
                self._say(catalogue_part={**part, "total_bytes": len(content), "content": content,
                                          "last": True}),
                self._say(catalogue_part={**part, "digest": b"", "offset": 2**63, "last": True})]

    def _receipts(self, submit):
        entries, rejections = [], []
        for number, body in enumerate(submit.report):
            report = self.ground.messages.Report.FromString(body)
            digest = hashlib.sha256(body).digest()
            entries.append({"sequence": number + 1, "report_id": report.report_id,
                            "form": report.form, "period": report.period, "digest": digest,
                            "revision": report.revision, "accepted_at_us": 1})
            rejections.append({"report_id": report.report_id, "digest": digest,
                               "problem": [{"code": b"state.approved", "severity": 1}],
                               "key_id": os.urandom(8), "signature": os.urandom(64)})
        key = bytes.fromhex(self._receipt_key())
        run = {"epoch": 1, "previous_hash": bytes(32), "entry": entries,
               "key_id": hashlib.sha256(key).digest()[:8], "signature": os.urandom(64)}
        return [self._say(receipts={"batch_id": submit.batch_id, "run": [run]}),
                self._say(receipts={"batch_id": submit.batch_id, "rejection": rejections})]

    def _receipt_key(self):
        return wire.Bundle(self.ground.honest[2]).values["receipts", "key"][0]

    def stop(self):
        self.stopping = True
        self.thread.join()


def before(ground, secret, district):
    """An office before a forger; what it did with the lies, and its peak of memory. At the
    end it finds the province again and delivers its report."""
    forger = Forger(ground, secret, district)
    office = Office(ground.province, district, f"forged-{district}")
    try:
        key = office.keygen()
        real = ground.folder / f"forged-{district}.bundle"
        ground.collector.command("enrol", "district", district, key, "--bundle", real).ok()
        led_astray = ground.folder / f"astray-{district}.bundle"
        led_astray.write_text(re.sub(r"(?m)^endpoint = tcp://\S+", "endpoint = "
                                     f"tcp://127.0.0.1:{forger.port}", real.read_text(), count=1))
        led_astray.write_text("".join(
            line for line in led_astray.read_text().splitlines(keepends=True)
            if not line.startswith("endpoint") or f":{forger.port} " in line))
        office.command("join", real).ok()
        office.command("catalogue", "--fetch").ok()
        office.command("join", led_astray).ok()
        pinned = (office.folder / "bundle.ini").read_bytes()
        office.start()
        path = report_file(ground.folder, f"{district}.csv", "joint-agency", "2024-01",
                           {"campaigns": "5"})
        office.submit(path, wait=False).ok()
        for _ in ground.until_end():
            time.sleep(0.1)
        check(office.process.running(), "the office's daemon runs on")
        peak = office.process.peak_mib()
        check(peak < REPORTER_MIB, f"the office's peak of memory: {peak:.0f} MiB")
        row, = office.command("status", "--format", "csv").ok().rows()
        check_equal(row["state"], "queued", "the report is neither accepted nor rejected")
        check((office.folder / "bundle.ini").read_bytes() == pinned, "the bundle is as it was")
        office.command("status", "--notices").ok()
        office.command("receipts", "verify").ok()
        office.stop()
        office.command("join", real).ok()
        office.start()
        wait_until(lambda: office.command("status", "--format", "csv").ok().rows()[0]["state"]
                   == "accepted", "the real province accepts the report")
        office.command("receipts", "verify").ok()
        return forger, peak
    finally:
        if office.process:
            office.stop()
        forger.stop()

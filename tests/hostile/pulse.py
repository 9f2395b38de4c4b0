#!/usr/bin/python3
"""The honest office beside the attack, in a process of its own: a report every 100 ms on one
connection, and every second one on a new connection. Writes a line for each: kind, when it
was sent, when its verified receipt came (both of the monotonic clock; "-": none within 30 s).

    pulse.py MESSAGES BUNDLE PUBLIC SECRET DISTRICT FIRST-REVISION
"""

import pathlib
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "contract"))

import wire_client as wire  # noqa: E402

EVERY, NEW_EVERY, DEADLINE = 0.1, 1.0, 30.0


class Office:
    def __init__(self, folder, bundle, public, secret, district, revision):
        self.messages = wire.load_messages(folder)
        self.keys = wire.Keys.__new__(wire.Keys)
        self.keys.public_z85, self.keys.secret_z85 = public.encode(), secret.encode()
        self.bundle, self.district, self.revision = wire.Bundle(bundle), district, int(revision)
        self.batch = 0

    def connect(self):
        return wire.Client(self.messages, self.keys, *self.bundle.endpoint("submit"))

    def submit(self, client):
        """True when a receipt came that verifies."""
        self.batch += 1
        report = wire.report(self.messages, self.district, "joint-agency", "2024-01",
                             {"campaigns": self.batch}, revision=self.revision)
        client.send(submit={"batch_id": self.batch, "report": [report.SerializeToString()]})
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            answer = client.receive(timeout=end - time.monotonic())
            if answer is None:
                return False
            kind = answer.DESCRIPTOR.name
            if kind == "Busy":
                time.sleep(answer.retry_after_ms / 1000)
                client.send(submit={"batch_id": self.batch, "report": [report.SerializeToString()]})
            elif kind == "Receipts" and answer.batch_id == self.batch:
                for run in answer.run:
                    wire.verify_run(run, self.bundle, self.district)
                self.revision += 1
                return len(answer.run) == 1
        return False

    def one(self, kind, client):
        sent = time.monotonic()
        came = self.submit(client)
        print(kind, f"{sent:.4f}", f"{time.monotonic():.4f}" if came else "-", flush=True)

    def beat(self):
        client, next_new = self.connect(), time.monotonic()
        while True:
            start = time.monotonic()
            self.one("same", client)
            if start >= next_new:
                next_new = start + NEW_EVERY
                other = self.connect()
                self.one("new", other)
                other.close()
            time.sleep(max(0.0, start + EVERY - time.monotonic()))


if __name__ == "__main__":
    Office(*sys.argv[1:]).beat()

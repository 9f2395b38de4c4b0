"""An independent client of the wire contract, in another language: messages are
generated from proto/, the ledger's arithmetic is written anew from docs/protocol.md.
It shares no code with the product."""

import binascii
import hashlib
import importlib
import pathlib
import struct
import subprocess
import sys
import time
import uuid

import nacl.exceptions
import nacl.signing
import zmq
import zmq.utils.z85

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def load_messages(folder):
    """Generates and imports the messages into `folder`."""
    proto = SOURCE / "proto"
    subprocess.run(["protoc", f"-I{proto}", f"--python_out={folder}",
                    str(proto / "tonghop" / "v1" / "tonghop.proto")], check=True)
    sys.path.insert(0, str(folder))
    return importlib.import_module("tonghop.v1.tonghop_pb2")


def padded(text, size):
    data = text.encode() if isinstance(text, str) else text
    assert len(data) <= size
    return data.ljust(size, b"\0")


def entry_hash(epoch, district, entry, previous):
    """SHA-256 of the fixed layout of a ledger entry (docs/protocol.md)."""
    layout = (b"THE1" + struct.pack(">I", epoch) + padded(district, 32) +
              struct.pack(">Q", entry.sequence) + entry.report_id + padded(entry.form, 64) +
              padded(entry.period, 16) + struct.pack(">I", entry.revision) + entry.digest +
              struct.pack(">q", entry.accepted_at_us) + previous)
    assert len(layout) == 220
    return hashlib.sha256(layout).digest()


class Keys:
    def __init__(self):
        public, secret = zmq.curve_keypair()
        self.public_z85, self.secret_z85 = public, secret
        self.hex = binascii.hexlify(zmq.utils.z85.decode(public)).decode()


class Bundle:
    """What `enrol` wrote, read by another parser than the product's."""

    def __init__(self, path):
        self.values, section = {}, ""
        for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif "=" in line and not line.startswith(("#", ";")):
                key, value = line.split("=", 1)
                self.values.setdefault((section, key.strip()), []).append(value.strip())

    def endpoint(self, kind):
        address, key = self.values[kind, "endpoint"][0].split()
        return address, bytes.fromhex(key)

    def receipt_keys(self):
        return [bytes.fromhex(value) for value in self.values["receipts", "key"]]

    @property
    def province(self):
        return self.values["province", "code"][0]


class Client:
    """A DEALER with CURVE; one frame a message."""

    def __init__(self, messages, keys, address, server_key, context=None):
        self.messages = messages
        self.socket = (context or zmq.Context.instance()).socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.curve_publickey, self.socket.curve_secretkey = keys.public_z85, keys.secret_z85
        self.socket.curve_serverkey = zmq.utils.z85.encode(server_key)
        self.socket.connect(address)

    def send(self, **body):
        self.socket.send(self.messages.ClientMessage(**body).SerializeToString())

    def send_raw(self, *frames):
        self.socket.send_multipart(list(frames))

    def receive(self, kind=None, timeout=10.0):
        """The next message (of that kind); None when none came in time."""
        end = time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            if left <= 0 or not self.socket.poll(int(left * 1000)):
                return None
            frames = self.socket.recv_multipart()
            assert len(frames) == 1, f"{len(frames)} frames"
            message = self.messages.ServerMessage.FromString(frames[0])
            if kind is None or message.WhichOneof("body") == kind:
                return getattr(message, message.WhichOneof("body"))

    def ask(self, kind, timeout=10.0, **body):
        self.send(**body)
        answer = self.receive(kind, timeout)
        assert answer is not None, f"no {kind} within {timeout} s"
        return answer

    def close(self):
        self.socket.close()


def verify_run(run, bundle, district):
    """Recomputes the chain of a run and checks its signature; the last hash."""
    previous = run.previous_hash
    for position, entry in enumerate(run.entry):
        assert position == 0 or entry.sequence == run.entry[position - 1].sequence + 1
        previous = entry_hash(run.epoch, district, entry, previous)
    signed = (b"tonghop-receipt-v1" + padded(bundle.province, 32) + run.key_id +
              struct.pack(">I", run.epoch) + padded(district, 32) +
              struct.pack(">Q", run.entry[-1].sequence) + previous)
    verify_signature(bundle, run.key_id, signed, run.signature)
    return previous


def verify_rejection(rejection, bundle, district):
    codes = ",".join(sorted({p.code.decode() for p in rejection.problem if p.severity == 1}))
    signed = (b"tonghop-rejection-v1" + padded(bundle.province, 32) + rejection.key_id +
              padded(district, 32) + rejection.report_id + rejection.digest +
              struct.pack(">I", len(codes)) + codes.encode())
    verify_signature(bundle, rejection.key_id, signed, rejection.signature)
    return codes


def verify_signature(bundle, key_id, signed, signature):
    for key in bundle.receipt_keys():
        if hashlib.sha256(key).digest()[:8] == key_id:
            nacl.signing.VerifyKey(key).verify(signed, bytes(signature))
            return
    raise nacl.exceptions.BadSignatureError("no key of the bundle has this id")


def report(messages, district, form, period, values, province="quang-ninh", revision=1,
           report_id=None):
    """A Report; values: {criterion: int or (num, den) or "n/a" or text}."""
    made = messages.Report(report_id=report_id or uuid.uuid4().bytes, province=province.encode(),
                           district=district.encode(), form=form.encode(),
                           period=period.encode(), revision=revision, catalogue_version=1)
    for criterion, value in values.items():
        observation = made.observation.add(criterion=criterion.encode())
        if value == "n/a":
            observation.not_applicable.reason = b""
            observation.not_applicable.SetInParent()
        elif isinstance(value, tuple):
            observation.ratio.num.unscaled, observation.ratio.den.unscaled = value
            observation.ratio.num.SetInParent()
            observation.ratio.den.SetInParent()
        elif isinstance(value, int):
            observation.number.unscaled = value
            observation.number.SetInParent()
        elif isinstance(value, list):
            observation.communes.code.extend(code.encode() for code in value)
            observation.communes.SetInParent()
        else:
            observation.choice = value.encode()
    return made

"""A CURVE client made of bytes on a TCP connection (ZMTP 3, RFC 26), for what a library
would not do: parts without an end, lengths that are lies, a handshake a byte at a time."""

import socket
import struct

import nacl.bindings as sodium

MORE = 1


def greeting(mechanism=b"CURVE"):
    return b"\xff" + bytes(8) + b"\x7f\x03\x00" + mechanism.ljust(20, b"\0") + bytes(32)


def frame(body, flags=0, claimed=None):
    """A ZMTP frame; `claimed`: the length that it pretends to have."""
    size = len(body) if claimed is None else claimed
    if size > 255:
        return struct.pack(">BQ", flags | 2, size) + body
    return struct.pack(">BB", flags, size) + body


def connect(port, timeout=10):
    return socket.create_connection(("127.0.0.1", port), timeout)


class CurvePeer:
    """`public`, `secret`, `server`: 32 bytes each."""

    def __init__(self, port, public, secret, server):
        self.socket = connect(port)
        self.public, self.secret, self.server = public, secret, server
        self.session_public, self.session_secret = sodium.crypto_box_keypair()
        self.counter = 0

    def _nonce(self):
        self.counter += 1
        return struct.pack(">Q", self.counter)

    def _receive(self, size):
        data = b""
        while len(data) < size:
            some = self.socket.recv(size - len(data))
            if not some:
                raise ConnectionError("the collector closed the connection")
            data += some
        return data

    def _receive_frame(self):
        flags = self._receive(1)[0]
        size = struct.unpack(">Q", self._receive(8))[0] if flags & 2 else self._receive(1)[0]
        return self._receive(size)

    def hello(self):
        short = self._nonce()
        box = sodium.crypto_box(bytes(64), b"CurveZMQHELLO---" + short, self.server,
                                self.session_secret)
        return frame(b"\x05HELLO\x01\x00" + bytes(72) + self.session_public + short + box, flags=4)

    def initiate(self, welcome):
        assert welcome[:8] == b"\x07WELCOME"
        opened = sodium.crypto_box_open(welcome[24:], b"WELCOME-" + welcome[8:24], self.server,
                                        self.session_secret)
        their_session, cookie = opened[:32], opened[32:]
        vouch_nonce = bytes(range(16))
        vouch = sodium.crypto_box(self.session_public + self.server, b"VOUCH---" + vouch_nonce,
                                  their_session, self.secret)
        metadata = b"\x0bSocket-Type" + struct.pack(">I", 6) + b"DEALER"
        self.shared = sodium.crypto_box_beforenm(their_session, self.session_secret)
        short = self._nonce()
        box = sodium.crypto_box_afternm(self.public + vouch_nonce + vouch + metadata,
                                        b"CurveZMQINITIATE" + short, self.shared)
        return frame(b"\x08INITIATE" + cookie + short + box, flags=4)

    def handshake(self):
        self.socket.sendall(greeting())
        self._receive(64)
        self.socket.sendall(self.hello())
        self.socket.sendall(self.initiate(self._receive_frame()))
        ready = self._receive_frame()
        if not ready.startswith(b"\x05READY"):
            raise ConnectionError("the collector refused the key")
        return self

    def part(self, body, more=False):
        """The bytes of one part."""
        short = self._nonce()
        box = sodium.crypto_box_afternm(bytes([MORE if more else 0]) + body,
                                        b"CurveZMQMESSAGEC" + short, self.shared)
        return frame(b"\x07MESSAGE" + short + box)

    def send(self, data):
        """False when the collector has cut the connection."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def close(self):
        self.socket.close()

"""The ground of the hostile scenarios: a province with two collectors, an honest office's
pulse beside every attack, and what each attack needs to begin."""

import pathlib
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "integration"), str(HERE.parent / "contract")]

import wire_client as wire  # noqa: E402
import zmq.utils.z85 as z85  # noqa: E402
from curve_peer import CurvePeer  # noqa: E402
from harness import Province, check, peak_mib, wait_until  # noqa: E402

PERIOD, FORM, CRITERION = "2024-01", "joint-agency", "campaigns"


class Ground:
    """Everything of one run; `seconds`: how long an attack goes on."""

    def __init__(self, seconds):
        self.seconds, self.pulse, self.enrolled = seconds, None, 0

    def __enter__(self):
        self.province = Province(collectors=2).__enter__()
        try:
            self.folder = self.province.folder
            (self.folder / "messages").mkdir()
            self.messages = wire.load_messages(self.folder / "messages")
            self.collector = self.province.collectors[0]
            self.honest = self.enrol("207")
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, *failure):
        self.stop_pulse()
        return self.province.__exit__(*failure)

    @property
    def port(self):
        return self.collector.submit_port

    @property
    def pid(self):
        return self.collector.process.pid

    def enrol(self, district):
        """Keys and bundle of one more key of the district."""
        keys = wire.Keys()
        self.enrolled += 1
        path = self.folder / f"hostile-{self.enrolled}.bundle"
        self.collector.command("enrol", "district", district, keys.hex, "--bundle", path).ok()
        bundle = wire.Bundle(path)
        return keys, bundle, path

    def client(self, keys, bundle, collector=0):
        address, key = bundle.values["submit", "endpoint"][collector].split()
        return wire.Client(self.messages, keys, address, bytes.fromhex(key))

    def peer(self, keys, port=None):
        """A client made of bytes, its handshake done."""
        server = bytes.fromhex(self.collector.public_key())
        return CurvePeer(port or self.port, z85.decode(keys.public_z85),
                         z85.decode(keys.secret_z85), server).handshake()

    def report(self, district="193", period=PERIOD, **values):
        return wire.report(self.messages, district, FORM, period, values or {CRITERION: 1})

    def counters(self, pattern):
        """How often the collector logged it."""
        return self.collector.process.logged().count(pattern)

    # ------------------------------------------------------------ measuring

    def start_pulse(self):
        keys, bundle, path = self.honest
        self.pulse_log = self.folder / "pulse.log"
        # Revisions go on where an earlier pulse ended.
        revision = int(self.province.cluster.value(
            "SELECT coalesce(max(r.revision), 0) + 1 FROM tonghop.report r "
            "JOIN tonghop.district d USING (district_id) WHERE d.code = '207'"))
        with open(self.pulse_log, "wb") as output, open(self.folder / "pulse.err", "ab") as errors:
            self.pulse = subprocess.Popen(
                [sys.executable, HERE / "pulse.py", self.folder / "messages", path,
                 keys.public_z85, keys.secret_z85, "207", str(revision)],
                stdout=output, stderr=errors)
        wait_until(lambda: {"same", "new"} <= {beat[0] for beat in self.beats()},
                   "the honest office has receipts")

    def stop_pulse(self):
        if self.pulse:
            self.pulse.terminate()
            self.pulse.wait()
            self.pulse = None

    def beats(self):
        """Each: kind, when it was sent, how long its receipt took (None: none came)."""
        lines = [line.split() for line in self.pulse_log.read_text().splitlines(keepends=False)]
        return [(kind, float(sent), None if came == "-" else float(came) - float(sent))
                for kind, sent, came in (line for line in lines if len(line) == 3)]

    def slowest(self, start, end):
        """Slowest honest receipt sent within the time: on the standing connection, on a new
        one. Waits until what was sent within it is answered."""
        wait_until(lambda: any(beat[1] > end for beat in self.beats())
                   or self.pulse.poll() is not None, "the honest office's later reports",
                   deadline=90)
        check(self.pulse.poll() is None, "the honest office's program ended: "
              + (self.folder / "pulse.err").read_text()[-2000:])
        found = {}
        for kind in ("same", "new"):
            took = [beat[2] for beat in self.beats() if beat[0] == kind and start <= beat[1] <= end]
            check(None not in took, "an honest report got no receipt within 30 s")
            found[kind] = max(took, default=0.0)
        return found["same"], found["new"]

    def reset_peak(self):
        """VmHWM begins anew at what is resident now."""
        pathlib.Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def peak_mib(self):
        return peak_mib(self.pid)

    def open_connections(self):
        """Connections that the kernel counts as established at the submit port's end."""
        count = 0
        for line in pathlib.Path(f"/proc/{self.pid}/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "01" and int(fields[1].split(":")[1], 16) == self.port:
                count += 1
        return count

    # ------------------------------------------------------------- helpers

    def until_end(self):
        """Yields while the attack goes on."""
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            yield

    def drain(self, raw):
        """True when the other end has closed the TCP connection."""
        try:
            before = raw.gettimeout()
            raw.settimeout(0.01)
            try:
                while True:
                    if not raw.recv(65536):
                        return True
            except TimeoutError:
                raw.settimeout(before)
                return False
        except OSError:
            return True

    def cut(self, sockets, deadline=15):
        """Waits until the collector has closed all of them; how many were closed."""
        closed = set()
        end = time.monotonic() + deadline
        while len(closed) < len(sockets) and time.monotonic() < end:
            for raw in sockets:
                if raw not in closed and self.drain(raw):
                    closed.add(raw)
            time.sleep(0.05)
        return len(closed)


def close_all(things):
    for thing in things:
        try:
            thing.close()
        except OSError:
            pass


def raw_socket(port):
    return socket.create_connection(("127.0.0.1", port), 10)

"""A province whose offices sit behind lines of their own (link.py), each in a network
namespace that vanishes with its processes: nothing is left behind, whatever happens."""

import ctypes
import json
import os
import pathlib
import shutil
import subprocess
import sys

from ground import DISTRICTS, Ground, Inactive
from harness import Failure, check, wait_until
from link import CLONE_NEWNET, ip, new_namespace

HERE = pathlib.Path(__file__).resolve().parent
COLLECTOR = "10.77.0.1"
ESTABLISHED = "01"  # of /proc/net/tcp


def can_make_networks():
    if os.geteuid() != 0:
        raise Inactive("network namespaces need root")
    missing = [name for name in ("ip", "nsenter", "unshare") if not shutil.which(name)]
    if missing:
        raise Inactive(f"this machine lacks {' and '.join(missing)}")
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
        subprocess.run(["unshare", "--net", "true"], check=True, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as failure:
        raise Inactive(f"cannot make networks: {failure}") from None


class Line:
    """The line of one office, in the hands of the test."""

    def __init__(self, number, seed):
        self.number = number
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "link.py"), str(number), seed], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.counts = self._answer()
        self.prefix = ["nsenter", f"--net=/proc/{self.process.pid}/ns/net", "--"]

    def _answer(self):
        answer = self.process.stdout.readline()
        if not answer:
            raise Failure(f"the line ended: {self.process.communicate()[1][-1000:].strip()}")
        return json.loads(answer)

    def order(self, **order):
        """The counts of link.py until now."""
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        self.counts = self._answer()
        return self.counts

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()
        self.process.stderr.close()


class NetworkGround(Ground):
    """Collectors in one namespace, every office in another behind a Line."""

    def __init__(self, seed, settings=None, districts=DISTRICTS):
        super().__init__(seed, districts=districts)
        self.settings, self.lines, self.home = settings or {}, {}, None

    def __enter__(self):
        can_make_networks()
        self.home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self.province.submit_host = COLLECTOR
        try:
            new_namespace()
            ip("address", "add", f"{COLLECTOR}/32", "dev", "lo")
            return super().__enter__()
        except BaseException:
            self._go_home()
            raise

    def __exit__(self, *failure):
        try:
            super().__exit__(*failure)
        finally:
            for line in self.lines.values():
                line.close()
            self._go_home()

    def _go_home(self):
        if self.home is None:
            return
        ctypes.CDLL(None).setns(self.home, CLONE_NEWNET)
        os.close(self.home)
        self.home = None

    def equip(self, sender):
        """Lays the line before the office's daemon is started."""
        number = self.senders.index(sender) + 1
        self.lines[sender] = Line(number, self.seed)
        sender.office.prefix = self.lines[sender].prefix
        sender.office.settings.update(self.settings)

    def connections(self):
        """Office ports of the collector's established connections, by office."""
        found = {sender: set() for sender in self.senders}
        port = self.province.collectors[0].submit_port
        with open("/proc/thread-self/net/tcp", encoding="ascii") as table:
            for line in list(table)[1:]:
                _, local, remote, state = line.split()[:4]
                if state != ESTABLISHED or int(local.split(":")[1], 16) != port:
                    continue
                address, peer = remote.split(":")
                number = int(address[2:4], 16)  # 10.77.NUMBER.2, its bytes the other way round
                found[self.senders[number - 1]].add(int(peer, 16))
        return found

    def wait_connected(self, sender):
        wait_until(lambda: self.connections()[sender], f"{sender.code} is connected", 60)

    def lost(self):
        """Packets that the lines have lost so far."""
        return sum(line.order()["lost"] for line in self.lines.values())


def check_bites(before, after, what):
    check(after > before, f"{what}: no packet was harmed, so nothing was tested")

#!/usr/bin/python3
"""An office's line to the province: two network namespaces, joined by two TUN devices and
this program, which carries every packet between them, or does to it what it is told.

    link.py NUMBER SEED

Run within the namespace of the province: it gives that one the address 10.77.NUMBER.1 and
lives itself in a new namespace with 10.77.NUMBER.2, which `nsenter --net=/proc/PID/ns/net`
enters. Everything is gone with this program and what runs in that namespace.

Orders are lines of JSON on standard input, each answered by a line with the counts so far:
  {"loss": 0.1, "delay": 0.2, "jitter": 0.1}  of every packet, each way; seconds. A delay
                                              of its own for each packet: they overtake.
  {"drop": ["up", "down"]}                    throws away what goes that way, silently
  {"forget": ["up", "down"]}                  the same for the connections seen so far, for
                                              ever; new ones pass (as a firewall forgets)
  {"cable": false}                            takes the office's device down, or up again
"""

import ctypes
import fcntl
import heapq
import json
import os
import random
import select
import struct
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
TCP = 6
LARGEST = 65536


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


def new_namespace():
    """Moves the calling thread, and what it starts from now on."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "cannot make a network namespace")
    ip("link", "set", "lo", "up")


def open_device(name, own, peer):
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    ip("address", "add", own, "peer", peer, "dev", name)
    ip("link", "set", name, "up")
    return tun


def port_of_office(packet, way):
    """The office's port of a TCP packet, else 0."""
    if len(packet) < 24 or packet[0] >> 4 != 4 or packet[9] != TCP:
        return 0
    at = (packet[0] & 15) * 4 + (0 if way == "up" else 2)
    return int.from_bytes(packet[at:at + 2], "big")


class Link:
    """What the line does at the moment."""

    def __init__(self, number, seed):
        self.random = random.Random(f"{seed}/link/{number}")
        province, office = f"10.77.{number}.1", f"10.77.{number}.2"
        far = open_device(f"office{number}", province, office)
        new_namespace()
        near = open_device("uplink", office, province)
        self.route()
        self.ways = {near: ("up", far), far: ("down", near)}
        self.loss = self.delay = self.jitter = 0.0
        self.drop, self.forget = [], {"up": set(), "down": set()}
        self.ports, self.late, self.number = set(), [], 0
        self.counts = {"carried": 0, "lost": 0, "delayed": 0, "overtaken": 0}

    @staticmethod
    def route():
        ip("route", "replace", "default", "dev", "uplink")

    def order(self, line):
        wanted = json.loads(line)
        self.loss = wanted.get("loss", self.loss)
        self.delay = wanted.get("delay", self.delay)
        self.jitter = wanted.get("jitter", self.jitter)
        self.drop = wanted.get("drop", self.drop)
        for way in wanted.get("forget", []):
            self.forget[way] |= self.ports
        if "cable" in wanted:
            ip("link", "set", "uplink", "up" if wanted["cable"] else "down")
            if wanted["cable"]:
                self.route()
        forgotten = sorted(self.forget["up"] | self.forget["down"])
        print(json.dumps({**self.counts, "forgotten": forgotten}), flush=True)

    def take(self, tun):
        """One packet from a device. False: there is none."""
        way, other = self.ways[tun]
        try:
            packet = os.read(tun, LARGEST)
        except OSError:  # none, or the device is down
            return False
        port = port_of_office(packet, way)
        if port:
            self.ports.add(port)
        if (way in self.drop or port in self.forget[way]
                or self.random.random() < self.loss):
            self.counts["lost"] += 1
        elif self.delay:
            due = time.monotonic() + self.delay + self.random.uniform(-self.jitter, self.jitter)
            self.counts["delayed"] += 1
            self.counts["overtaken"] += any(due < one[0] and one[2] == other
                                            for one in self.late[-8:])
            self.number += 1
            heapq.heappush(self.late, (due, self.number, other, packet))
        else:
            self.carry(other, packet)
        return True

    def carry(self, tun, packet):
        try:
            os.write(tun, packet)
            self.counts["carried"] += 1
        except OSError:  # the device is down
            self.counts["lost"] += 1

    def run(self):
        poll = select.poll()
        for one in (sys.stdin.fileno(), *self.ways):
            poll.register(one, select.POLLIN)
        while True:
            wait = max(0, self.late[0][0] - time.monotonic()) * 1000 if self.late else None
            for descriptor, event in poll.poll(wait):
                if descriptor != sys.stdin.fileno():
                    if not self.take(descriptor) and event & select.POLLERR:
                        time.sleep(0.01)  # a device that is down is always ready
                    continue
                line = sys.stdin.readline()
                if not line:
                    return
                self.order(line)
            while self.late and self.late[0][0] <= time.monotonic():
                _, _, tun, packet = heapq.heappop(self.late)
                self.carry(tun, packet)


def main():
    link = Link(int(sys.argv[1]), sys.argv[2])
    print(json.dumps(link.counts), flush=True)
    link.run()


if __name__ == "__main__":
    main()

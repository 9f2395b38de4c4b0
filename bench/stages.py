"""Where the time of ingest goes: the collector's own stage counters, and the processor time
of every process that takes part, over one window."""

import os
import pathlib
import re
import signal

from harness import wait_until

# Stages in which a thread works or waits for the database, with who does it; the others are
# messages waiting for a thread, and their time is no one's.
DOERS = {"decode": "event", "validate": "event", "read": "writers", "prepare": "writers",
         "statement": "writers", "commit": "writers", "sign": "writers", "send": "event"}


def read_counters(process):
    """What the collector logs when asked by SIGUSR1: reports, bytes, and for each stage how
    often and how many microseconds."""
    pattern = re.compile(r"intake\.stages (.*)")
    before = len(pattern.findall(process.logged()))
    os.kill(process.pid, signal.SIGUSR1)
    line = wait_until(lambda: pattern.findall(process.logged())[before:], "the stages are logged")[0]
    fields = dict(word.split("=") for word in line.split())
    return {name: tuple(map(int, value.split("/"))) for name, value in fields.items()}


def cpu_of(stat):
    fields = stat.read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def processor(collector, postmaster):
    """Seconds by who spent them: threads of the collector by name, and PostgreSQL. A thread
    or backend that ends in between is lost with its time."""
    seconds = {}
    for task in pathlib.Path(f"/proc/{collector}/task").iterdir():
        name = (task / "comm").read_text().strip()
        name = ("event" if task.name == str(collector) else "CURVE and TCP" if "/IO/" in name
                else "writers" if name.startswith("writer-") else "the rest")
        seconds[f"collector, {name}"] = seconds.get(f"collector, {name}", 0) + cpu_of(task / "stat")
    seconds["PostgreSQL"] = 0
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            text = entry.read_text()
        except OSError:
            continue  # ended meanwhile
        if int(text.rsplit(")", 1)[1].split()[1]) == postmaster:
            seconds["PostgreSQL"] += cpu_of(entry)
    return seconds


class Window:
    """From its making to close()."""

    def __init__(self, province):
        self.process = province.collectors[0].process
        self.postmaster = province.cluster.postmaster()
        self.counters, self.seconds = self._look()

    def _look(self):
        return read_counters(self.process), processor(self.process.pid, self.postmaster)

    def close(self, elapsed, generator_seconds):
        """Prints the table. `elapsed`: seconds from the first send to the last receipt."""
        counters, seconds = self._look()
        reports, size = (counters[name][0] - self.counters[name][0]
                         for name in ("reports", "bytes"))
        print(f"\n{'stage':24} {'passes':>9} {'ms/pass':>9} {'us/report':>10} {'of elapsed':>11}")
        for name, value in counters.items():
            if len(value) < 2:
                continue
            passes, spent = (now - then for now, then in zip(value, self.counters[name]))
            doer = DOERS.get(name)
            share = f"{spent / 1e6 / elapsed:.0%}" if doer else "waiting"
            print(f"{name + (f' ({doer})' if doer else ''):24} {passes:>9} "
                  f"{spent / 1e3 / max(passes, 1):>9.3f} {spent / reports:>10.2f} {share:>11}")
        print(f"\n{'processor time':24} {'us/report':>20} {'of a core':>21}")
        seconds = {name: seconds[name] - self.seconds.get(name, 0) for name in seconds}
        seconds["generator of the load"] = generator_seconds
        for name, spent in seconds.items():
            print(f"{name:24} {spent * 1e6 / reports:>20.2f} {spent / elapsed:>21.0%}")
        print(f"{'all':24} {sum(seconds.values()) * 1e6 / reports:>20.2f} "
              f"{sum(seconds.values()) / elapsed:>21.0%}")
        print(f"{reports} reports of {size / reports:.0f} bytes in {elapsed:.2f} s\n", flush=True)

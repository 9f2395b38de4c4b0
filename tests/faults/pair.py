"""A province on a primary and a synchronous standby, which takes over for good when the
primary is killed, and gets a standby of its own made from it."""

import contextlib
import os
import pathlib
import shutil
import signal

from ground import DurableProvince
from harness import Failure, wait_until
from replica import add_standby

NAME = "mate"  # what either calls itself to the other
SYNCHRONOUS = f"synchronous_standby_names = '{NAME}'\n"


def children(pid):
    """The processes that a postmaster has started."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # Behind the name in brackets: state and parent.
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(folder.name))
    return found


def gone(pid):
    try:
        os.kill(pid, 0)
        return False
    except ProcessLookupError:
        return True


class PairedProvince(DurableProvince):
    """Collectors know both servers, and write to whichever takes writes. A commit is only
    acknowledged when both have it on the disk, also by the server that has just taken over:
    it waits for its new standby."""

    def __init__(self, collectors=2):
        super().__init__(collectors)
        self.wants_start, self.mate = False, None

    def _build(self):
        super()._build()
        self.mate = add_standby(self, "postgres-2", NAME)
        for cluster in self.cluster, self.mate:
            with open(cluster.data / "postgresql.auto.conf", "a", encoding="utf-8") as stream:
                stream.write(SYNCHRONOUS)
            os.kill(cluster.postmaster(), signal.SIGHUP)
        self._wait_synchronous()
        for collector in self.collectors:
            collector.write_config(database=self._either("collector"),
                                   owner_database=self._either("owner"))
            collector.start()

    def _either(self, user):
        hosts = f"{self.cluster.folder},{self.mate.folder}"
        return f"host={hosts} user={user} dbname=postgres target_session_attrs=read-write"

    def _wait_synchronous(self):
        wait_until(lambda: self.cluster.value("SELECT count(*) FROM pg_stat_replication WHERE "
                                              "sync_state = 'sync'") == "1",
                   "commits wait for the standby")

    def kill_primary(self):
        """kill -9, for good; its backends end when they notice, perhaps later than this."""
        postmaster = self.cluster.postmaster()
        self.orphans = children(postmaster)
        os.kill(postmaster, signal.SIGKILL)

    def take_over(self):
        self.mate.promote()
        self.cluster, self.mate = self.mate, self.cluster

    def replace_mate(self):
        """Makes a standby anew where the killed primary was."""
        lost = self.mate
        wait_until(lambda: all(map(gone, self.orphans)), "the killed primary's backends end")
        self.clusters.remove(lost)
        shutil.rmtree(lost.data)
        self.mate = add_standby(self, lost.folder.name, NAME)
        self._wait_synchronous()

    def cancel_waits(self):
        """Ends waits for the standby that went away, as an operator may by mistake: such a
        commit succeeds with a warning, and only here."""
        with contextlib.suppress(Failure):
            return self.cluster.value(
                "SELECT count(*) FROM (SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE "
                "usename = 'collector' AND wait_event = 'SyncRep') AS c") != "0"

"""A streaming replica of a cluster of the harness."""

from harness import Cluster, wait_until


class Standby(Cluster):
    """A streaming replica of a running cluster, in a folder of its own, which answers
    queries. `name` is what synchronous_standby_names of the primary may call it."""

    def __init__(self, folder, primary, name="standby", durable=False, settings=None):
        self.primary, self.name = primary, name
        super().__init__(folder, durable, settings)

    def _make(self):
        self._run("pg_basebackup", "-D", self.data, "-d",
                  f"host={self.primary.folder} user=owner application_name={self.name}",
                  "-R", "-X", "stream", "-c", "fast", "--no-sync")

    def streams(self):
        """Whether it receives what its primary writes."""
        return self.primary.value("SELECT count(*) FROM pg_stat_replication WHERE "
                                  f"application_name = '{self.name}' AND state = 'streaming'") == "1"

    def pause(self):
        """What it shows stands still from here on, whatever it receives."""
        self.query("SELECT pg_wal_replay_pause()")
        wait_until(lambda: self.value("SELECT pg_get_wal_replay_pause_state()") == "paused",
                   "the standby pauses")

    def resume(self):
        self.query("SELECT pg_wal_replay_resume()")

    def promote(self):
        """Makes it a primary of its own, which takes writes when this returns."""
        self._run("pg_ctl", "-D", self.data, "-w", "-t", "60", "promote")


def add_standby(province, folder="standby", name="standby"):
    """A running replica of the province's primary, which receives what that writes."""
    standby = province.keep(Standby(province.folder / folder, province.cluster, name,
                                    province.durable)).start()
    wait_until(standby.streams, f"{name} receives what the primary writes")
    return standby

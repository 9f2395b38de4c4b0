"""Real processes for integration tests: a private PostgreSQL cluster on a unix
socket, collectors, reporters and the commission's client, each in one temporary
folder, on ports of their own, all stopped by pid and removed whatever happens.

    with Province() as province:
        office = province.office("193").start()
        office.submit(path)
        rows = province.commission().consolidated("concurrent-post", "2024-Q1")
"""

import contextlib
import csv
import io
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TONGHOP_BUILD", SOURCE / "build" / "test"))
EXAMPLES = SOURCE / "examples" / "quang-ninh"
DEADLINE = float(os.environ.get("TONGHOP_TEST_DEADLINE", "30"))


# What takes a migration back, for tests of migrations; newest first.
UNDO = {
    9: "DROP INDEX tonghop.province_event_announcement; "
       "ALTER TABLE tonghop.enrolment DROP COLUMN announced_at",
    8: "ALTER TABLE tonghop.rejection DROP COLUMN body",
}
INSTANT = ("to_char({} AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') "
           "|| '+07:00'")  # as answers name instants, and --as-of takes them


class Failure(AssertionError):
    """What a scenario found wrong."""


def check(condition, message):
    if not condition:
        raise Failure(message)


def check_equal(got, want, what):
    if got != want:
        raise Failure(f"{what}: got {got!r}, want {want!r}")


def wait_until(condition, what, deadline=DEADLINE):
    """Waits for a condition, never for a time; returns its first true value."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"not within {deadline:g} s: {what}")
        time.sleep(0.02)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def postgres_bin():
    if os.environ.get("PG_BINDIR"):
        return pathlib.Path(os.environ["PG_BINDIR"])
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    check(found, "no PostgreSQL server is installed (apt-get install postgresql-15)")
    return found[-1].parent


class Cluster:
    """A private PostgreSQL: unix socket only, an unprivileged account runs it."""

    def __init__(self, folder, durable=False, settings=None):
        self.folder = pathlib.Path(folder)
        self.settings = settings or {}
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.bin = postgres_bin()
        self.durable = durable
        self.account = None
        if os.geteuid() == 0:
            self.account = "postgres" if self._has_account("postgres") else "nobody"
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.account:
            entry = pwd.getpwnam(self.account)
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        self._make()

    def _make(self):
        """Fills the data folder."""
        self._run("initdb", "-D", self.data, "-U", "owner", "-A", "trust", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-sync")

    @staticmethod
    def _has_account(name):
        try:
            pwd.getpwnam(name)
            return True
        except KeyError:
            return False

    def _command(self, program, *arguments):
        command = [str(self.bin / program), *map(str, arguments)]
        return ["runuser", "-u", self.account, "--", *command] if self.account else command

    def _execute(self, command, name):
        result = subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)
        check(result.returncode == 0, f"{name} failed:\n{result.stdout}")

    def _run(self, program, *arguments):
        self._execute(self._command(program, *arguments), program)

    def start_command(self):
        durability = [] if self.durable else ["-c fsync=off", "-c synchronous_commit=off",
                                              "-c full_page_writes=off"]
        options = " ".join(["-c listen_addresses=''", f"-c unix_socket_directories={self.folder}",
                            "-c max_connections=100", *durability,
                            *(f"-c {name}={value}" for name, value in self.settings.items())])
        return self._command("pg_ctl", "-D", self.data, "-l", self.log, "-w", "-t", "60",
                             "-o", options, "start")

    def start(self):
        self._execute(self.start_command(), "pg_ctl start")
        return self

    def stop_command(self, mode="fast"):
        return self._command("pg_ctl", "-D", self.data, "-w", "-t", "60", "-m", mode, "stop")

    def stop(self, mode="fast"):
        if (self.data / "postmaster.pid").exists():
            with contextlib.suppress(Failure):
                self._execute(self.stop_command(mode), "pg_ctl stop")

    def postmaster(self):
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def conninfo(self, user="owner", database="postgres"):
        return f"host={self.folder} user={user} dbname={database}"

    def query(self, sql, user="owner"):
        """Rows of a statement as lists of text, by psql."""
        result = subprocess.run(
            [str(self.bin / "psql"), "-X", "-q", "-A", "-t", "-F", "\x1f", "-v", "ON_ERROR_STOP=1",
             self.conninfo(user), "-c", sql],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        check(result.returncode == 0, f"psql: {result.stderr}")
        return [line.split("\x1f") for line in result.stdout.splitlines()]

    def value(self, sql):
        rows = self.query(sql)
        return rows[0][0] if rows else None

    def now(self):
        """An instant of its clock."""
        return self.value(f"SELECT {INSTANT.format('clock_timestamp()')}")

    def horizon(self):
        """Up to which instant questions may be asked as of."""
        return self.value(f"SELECT {INSTANT.format('published')} FROM tonghop.horizon")

    def answers(self):
        """Whether it takes connections, after a crash of a backend or a start."""
        with contextlib.suppress(Failure):
            return self.value("SELECT 1") == "1"
        return False

    def configure(self, text):
        """Settings of ALTER SYSTEM, all of them, in force a moment later."""
        (self.data / "postgresql.auto.conf").write_text(text)
        os.kill(self.postmaster(), signal.SIGHUP)

    def writing(self, table, waits_for=None, user=None):
        """The pid of a backend that has written to a table and not committed; None."""
        with contextlib.suppress(Failure):
            pid = self.value(
                "SELECT a.pid FROM pg_stat_activity AS a JOIN pg_locks AS l USING (pid) WHERE "
                f"l.relation = 'tonghop.{table}'::regclass AND l.mode = 'RowExclusiveLock'"
                + (f" AND a.wait_event = '{waits_for}'" if waits_for else "")
                + (f" AND a.usename = '{user}'" if user else "") + " LIMIT 1")
            return int(pid) if pid else None


def peak_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise Failure(f"no peak of process {pid}")


class Process:
    """A daemon with its log in a file; stopped by pid."""

    def __init__(self, name, command, log, environment=None):
        self.name, self.log = name, pathlib.Path(log)
        self.offset = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output,
                                            env={**os.environ, **(environment or {})})

    @property
    def pid(self):
        return self.process.pid

    def logged(self):
        """What this process wrote since it was started."""
        with open(self.log, "rb") as stream:
            stream.seek(self.offset)
            return stream.read().decode("utf-8", "replace")

    def wait_logged(self, pattern, deadline=DEADLINE):
        def look():
            found = re.search(pattern, self.logged())
            if not found and self.process.poll() is not None:
                raise Failure(f"{self.name} ended with {self.process.returncode} before it "
                              f"logged {pattern!r}:\n{self.logged()[-3000:]}")
            return found
        return wait_until(look, f"{self.name} logs {pattern!r}\n", deadline)

    def peak_mib(self):
        """The most that was resident at once."""
        return peak_mib(self.pid)

    def running(self):
        return self.process.poll() is None

    def kill(self):
        """kill -9"""
        if self.running():
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, deadline=DEADLINE):
        """SIGTERM; the exit status. Killed when it does not end in time."""
        if self.running():
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"{self.name} did not end within {deadline:g} s of SIGTERM:\n"
                          f"{self.logged()[-3000:]}") from None


class Result:
    """What a command printed and how it ended."""

    def __init__(self, command, completed):
        self.command = " ".join(map(str, command))
        self.status = completed.returncode
        self.out, self.err = completed.stdout, completed.stderr

    def ok(self):
        return self.expect(0)

    def expect(self, status):
        check(self.status == status, f"`{self.command}` exited {self.status}, want {status}\n"
                                     f"stdout:\n{self.out}\nstderr:\n{self.err}")
        return self

    def expect_any(self, *statuses):
        return self if self.status in statuses else self.expect(statuses[0])

    def rows(self):
        return list(csv.DictReader(io.StringIO(self.out)))

    def json(self):
        return json.loads(self.out)


def run(*command, input=None, timeout=120, environment=None):
    completed = subprocess.run(list(map(str, command)), input=input, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, timeout=timeout,
                               env={**os.environ, **(environment or {})})
    return Result(command, completed)


class Collector:
    """One collector process with a configuration of its own."""

    def __init__(self, province, number):
        self.province, self.number = province, number
        self.folder = province.folder / f"collector-{number}"
        self.folder.mkdir()
        self.submit_port, self.query_port = free_port(), free_port()
        self.config = self.folder / "collector.ini"
        self.process, self.prefix = None, []
        self.settings = {
            "database": province.cluster.conninfo("collector"),
            "owner_database": province.cluster.conninfo(),
            "province": "quang-ninh",
            "province_name_vi": "Tỉnh Quảng Ninh",
            "province_name_en": "Quang Ninh Province",
            "key_file": self.folder / "key",
            "receipt_key_file": province.folder / "receipt.key",
            "submit_bind": f"tcp://{province.submit_host}:{self.submit_port}",
            "query_bind": f"tcp://127.0.0.1:{self.query_port}",
            "database_timeout_ms": 2000,
        }
        self.write_config()

    def write_config(self, **settings):
        self.settings.update(settings)
        lines = []
        for key, value in self.settings.items():
            for one in value if isinstance(value, list) else [value]:
                lines.append(f"{key} = {one}\n")
        self.config.write_text("".join(lines))

    def command(self, *arguments, **options):
        return run(BUILD / "collector" / "tonghop-collector", "-c", self.config, *arguments,
                   **options)

    def public_key(self):
        return (self.folder / "key.pub").read_text().strip()

    def start(self, ready=True, environment=None):
        self.process = Process(f"collector-{self.number}",
                               [*self.prefix, BUILD / "collector" / "tonghop-collector", "-c",
                                self.config, "run"], self.folder / "log", environment)
        self.province.processes.append(self.process)
        if ready:
            self.process.wait_logged(r"collector\.ready")
        return self

    def stop(self):
        return self.process.stop()


class Office:
    """A district office: its state folder, commands and daemon."""

    def __init__(self, province, code, name=None):
        self.province, self.code = province, code
        self.folder = province.folder / (name or f"office-{code}")
        self.process = None
        self.prefix, self.environment = [], {}  # before its daemon; of all its programs
        self.settings = {"answer_timeout_ms": 2000, "backoff_base_ms": 50,
                         "backoff_cap_ms": 1000}

    def command(self, *arguments, **options):
        settings = [f"--{key.replace('_', '-')}={value}" for key, value in self.settings.items()]
        return run(BUILD / "reporter" / "tonghop-reporter", f"--state-dir={self.folder}",
                   *settings, *arguments, environment=self.environment, **options)

    def keygen(self):
        return self.command("keygen").ok().out.strip().split()[-1]

    def enrol_and_join(self, collector=None):
        key = self.keygen()
        bundle = self.province.folder / f"{self.folder.name}.bundle"
        (collector or self.province.collectors[0]).command(
            "enrol", "district", self.code, key, "--bundle", bundle, "--force").ok()
        self.command("join", bundle).ok()
        return self

    def start(self):
        settings = [f"--{key.replace('_', '-')}={value}" for key, value in self.settings.items()]
        self.process = Process(self.folder.name,
                               [*self.prefix, BUILD / "reporter" / "tonghop-reporter",
                                f"--state-dir={self.folder}", *settings, "run"],
                               self.province.folder / f"{self.folder.name}.log",
                               self.environment)
        self.province.processes.append(self.process)
        return self

    def stop(self):
        return self.process.stop()

    def submit(self, *files, wait=True):
        arguments = ["submit", *files]
        if wait:
            arguments += ["--wait", "--timeout", "30"]
        return self.command(*arguments)


class Commission:
    """A client of the commission."""

    def __init__(self, province, name, role="viewer"):
        self.province, self.name = province, name
        self.folder = province.folder / f"client-{name}"
        key = self.command("keygen").ok().out.strip().split()[-1]
        bundle = province.folder / f"client-{name}.bundle"
        province.collectors[0].command("enrol", "client", name, key, "--role", role,
                                       "--bundle", bundle).ok()
        self.command("join", bundle).ok()

    def command(self, *arguments, **options):
        return run(BUILD / "commission" / "cli" / "tonghop", f"--state-dir={self.folder}", *arguments,
                   **options)

    def consolidated(self, form, period, *arguments):
        return self.command("consolidated", "--form", form, "--period", period, "--format", "csv",
                            *arguments).ok().rows()

    def figure(self, form, period, criterion, district="*"):
        for row in self.consolidated(form, period, "--criterion", criterion):
            if row["district"] == district:
                return row
        raise Failure(f"no figure of {criterion} for {district} at {period}")


class Province:
    """The whole system, made in a temporary folder and taken down at the end."""

    def __init__(self, collectors=1, start=True, catalogue=EXAMPLES / "catalogue",
                 durable=False):
        self.wanted, self.wants_start = collectors, start
        self.catalogue, self.durable = catalogue, durable
        self.processes, self.collectors, self.clusters = [], [], []
        self.submit_host = "127.0.0.1"

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tonghop-test-"))
        self.folder.chmod(0o755)
        try:
            self._build()
        except BaseException:
            self._tear_down(failed=True)
            raise
        return self

    def _build(self):
        self.cluster = self.keep(Cluster(self.folder / "postgres", self.durable)).start()
        self.collectors = [Collector(self, i + 1) for i in range(self.wanted)]
        for collector in self.collectors:
            collector.command("keygen").ok()
        public = [(f"tcp://{self.submit_host}:{c.submit_port} {c.public_key()}",
                   f"tcp://127.0.0.1:{c.query_port} {c.public_key()}") for c in self.collectors]
        for collector in self.collectors:
            collector.write_config(submit_public=[p[0] for p in public],
                                   query_public=[p[1] for p in public])
        first = self.collectors[0]
        first.command("migrate").ok()
        # The daemon runs with the writer's rights only.
        self.cluster.query("CREATE ROLE collector LOGIN; GRANT tonghop_writer TO collector")
        first.command("catalogue", "import", self.catalogue).ok()
        if self.wants_start:
            for collector in self.collectors:
                collector.start()

    def keep(self, cluster):
        """A cluster that is stopped at the end."""
        self.clusters.append(cluster)
        return cluster

    def office(self, code, name=None):
        return Office(self, code, name).enrol_and_join()

    def commission(self, name="commission", role="viewer"):
        return Commission(self, name, role)

    def reports(self):
        """Number of accepted reports in the database."""
        return int(self.cluster.value("SELECT count(*) FROM tonghop.report"))

    def settled(self):
        """An instant up to which everything that was done so far is settled."""
        now = self.cluster.now()
        wait_until(lambda: self.cluster.horizon() > now, "the horizon passes an instant")
        return now

    def enrolled_since(self, day):
        """As if the districts that are enrolled had been so since that day: what was due
        before is history. Collectors read it with the act that this makes, offices with
        their next greeting."""
        self.cluster.query(f"UPDATE tonghop.district SET first_enrolled_at = '{day}' "
                           "WHERE first_enrolled_at IS NOT NULL")
        self.commission(f"since-{day}")
        acts = self.cluster.value("SELECT max(sequence) FROM tonghop.province_event")
        for collector in self.collectors:
            collector.process.wait_logged(rf"state\.refreshed events={acts}\b")

    def undo_migrations(self, version):
        """The schema as it was before a migration; `migrate` then makes it anew."""
        newest = int(self.cluster.value("SELECT max(version) FROM tonghop.schema_migration"))
        check_equal(newest, max(UNDO), "the newest migration that UNDO knows")
        steps = [step for number, step in UNDO.items() if number >= version]
        self.cluster.query("; ".join([*steps, "DELETE FROM tonghop.schema_migration "
                                      f"WHERE version >= {version}"]))

    def check_chains(self):
        """Sequences without gaps, and one current report a key, by SQL alone."""
        gaps = self.cluster.query(
            "SELECT district_id FROM tonghop.report GROUP BY district_id, epoch "
            "HAVING count(*) <> max(sequence) OR min(sequence) <> 1")
        check_equal(gaps, [], "districts whose chain has a gap")
        lost = self.cluster.query(
            "SELECT r.district_id, r.form_id, r.period FROM tonghop.report r "
            "LEFT JOIN tonghop.current_report c USING (district_id, form_id, period) "
            "GROUP BY 1, 2, 3 HAVING max(r.revision) <> max(c.revision) OR max(c.revision) IS NULL")
        check_equal(lost, [], "keys whose newest revision is not current")

    def __exit__(self, kind, *_):
        self._tear_down(failed=kind is not None)

    def _tear_down(self, failed):
        if failed:
            for log in sorted(self.folder.glob("**/*log")):
                text = log.read_text(errors="replace")
                print(f"--- {log.relative_to(self.folder)} (last lines)\n"
                      + "\n".join(text.splitlines()[-25:]), file=sys.stderr)
        for process in reversed(self.processes):
            with contextlib.suppress(Exception):
                process.stop(deadline=5)
        for cluster in reversed(self.clusters):
            with contextlib.suppress(Exception):
                cluster.stop("immediate")
        if not os.environ.get("TONGHOP_TEST_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)


def report_file(folder, name, form, period, values, district=None):
    """Writes a report file; values: {criterion: value or (value, of)}."""
    path = pathlib.Path(folder) / name
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["form", form])
        writer.writerow(["period", period])
        if district:
            writer.writerow(["district", district])
        stream.write("\n")
        writer.writerow(["criterion", "value", "of", "note"])
        for criterion, value in values.items():
            value, of = value if isinstance(value, tuple) else (value, "")
            writer.writerow([criterion, value, of, ""])
    return path


def main(scenario):
    """Runs a scenario function; its exit status is the test's."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        scenario()
    except Failure as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        sys.exit(1)
    print("ok")

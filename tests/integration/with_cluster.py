"""with_cluster.py PROGRAM [ARGUMENT...]: makes a private PostgreSQL cluster, runs a test
program in it and removes it, however this ends; its exit status is the program's.

The program finds in its environment TONGHOP_TEST_DATABASE, a superuser's connection
string, and TONGHOP_TEST_DATABASE_STOP and _START, commands that take the server away and
bring it back. TONGHOP_FSYNC=on keeps the cluster durable, for measurements.
"""

import contextlib
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

from harness import Cluster, Failure

# Deadlocks are found out while a test waits, and a commit is what it is in production.
SETTINGS = {"deadlock_timeout": "100ms", "synchronous_commit": "on"}


def run(cluster, command):
    """The exit status of the test program, which does not outlive this one."""
    environment = {
        **os.environ,
        "TONGHOP_TEST_DATABASE": cluster.conninfo(),
        "TONGHOP_TEST_DATABASE_STOP": shlex.join(cluster.stop_command("immediate")),
        "TONGHOP_TEST_DATABASE_START": shlex.join(cluster.start_command()),
    }
    program = subprocess.Popen(command, env=environment)
    try:
        return program.wait()
    finally:
        if program.poll() is None:
            program.kill()
            program.wait()


def main(command):
    if not command:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tonghop-test-"))
    folder.chmod(0o755)
    cluster, status = None, 1
    try:
        cluster = Cluster(folder / "postgres", durable=os.environ.get("TONGHOP_FSYNC") == "on",
                          settings=SETTINGS)
        status = run(cluster.start(), command)
    except Failure as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
    finally:
        if cluster:
            if status != 0 and cluster.log.exists():
                lines = cluster.log.read_text(errors="replace").splitlines()
                print("--- last lines of PostgreSQL's log", *lines[-20:], sep="\n",
                      file=sys.stderr)
            with contextlib.suppress(Exception):
                cluster.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
    # Ended by a signal: a status that a shell would give.
    sys.exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Signs of life to systemd come from the event loops: they arrive while a loop runs, and end
when that one thread is stopped, though all the others go on."""

import contextlib
import ctypes
import os
import socket

from harness import Failure, Province, check, main, wait_until

PTRACE_ATTACH, PTRACE_DETACH = 16, 17
WAIT_ALL_THREADS = 0x40000000  # __WALL
SILENCE = 3  # times the interval in which a sign of life would be due


class Listener:
    """What systemd would hear at $NOTIFY_SOCKET."""

    def __init__(self, folder, interval):
        path = str(folder / "notify")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.interval = interval
        self.environment = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": str(int(interval * 1e6))}

    def hear(self, wait):
        """The next words, or "" when none come in time."""
        self.socket.settimeout(wait)
        try:
            return self.socket.recv(4096).decode()
        except TimeoutError:
            return ""

    def wait_for(self, words, what):
        wait_until(lambda: words in self.hear(1), what)

    def drain(self):
        self.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.socket.recv(4096)


@contextlib.contextmanager
def stopped(thread):
    """Stops one thread of a process, and lets it go on."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
    if libc.ptrace(PTRACE_ATTACH, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), f"cannot stop thread {thread}")
    os.waitpid(thread, WAIT_ALL_THREADS)
    try:
        yield
    finally:
        libc.ptrace(PTRACE_DETACH, thread, None, None)


def check_loop(listener, process, others):
    for _ in range(3):
        listener.wait_for("WATCHDOG=1", f"{process.name} gives a sign of life")
    # The main thread, whose id is the process's, runs the event loop.
    check(len(os.listdir(f"/proc/{process.pid}/task")) > others, "there are other threads")
    with stopped(process.pid):
        listener.drain()
        words = listener.hear(SILENCE * listener.interval)
        check("WATCHDOG=1" not in words, f"{process.name} feeds the watchdog without its loop")
    listener.wait_for("WATCHDOG=1", f"{process.name} gives signs of life again")
    check(process.running(), f"{process.name} goes on")


def scenario():
    with Province(start=False) as province:
        collector = province.collectors[0]
        listener = Listener(collector.folder, 2)
        collector.start(environment=listener.environment)
        listener.wait_for("READY=1", "the collector is ready")
        check_loop(listener, collector.process, 4)
        office = province.office("193")
        listener = Listener(office.folder, 1)
        office.environment.update(listener.environment)
        office.start()
        listener.wait_for("READY=1", "the office is ready")
        listener.wait_for("STATUS=connected to", "the office tells how it stands")
        check_loop(listener, office.process, 1)
        collector.stop()
        check(office.process.running(), "the office outlives the collector")
        office.environment.clear()
        if office.stop() != 0:
            raise Failure("the office ends in order")
        listener.wait_for("STOPPING=1", "the office tells that it stops")


if __name__ == "__main__":
    main(scenario)

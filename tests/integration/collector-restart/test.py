"""No collector: submit still succeeds into the outbox, status says since when, and
everything is delivered once a collector is there; also across kill -9 of both."""

import socket

from harness import EXAMPLES, Province, check, check_equal, main, wait_until

REPORTS = EXAMPLES / "reports" / "2024" / "194"


class Manager:
    """The socket on which systemd would hear what the daemon says of itself."""

    def __init__(self, folder):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        self.heard = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def wait(self, line):
        def look():
            try:
                while True:
                    self.heard += self.socket.recv(4096).decode() + "\n"
            except BlockingIOError:
                return line in self.heard.splitlines()
        wait_until(look, f"the daemon tells its manager {line}")


def scenario():
    with Province(start=False) as province:
        collector = province.collectors[0]
        collector.start()
        office = province.office("194").start()
        office.submit(REPORTS / "joint-agency-2024-01.csv").ok()

        collector.process.kill()
        office.submit(REPORTS / "joint-agency-2024-02.csv", wait=False).ok()
        status = wait_until(
            lambda: (lambda r: r if "joint-agency" in r.out else None)(office.command("status")),
            "status shows the report")
        check(status.status == 0, "status works while the collector is away")
        office.process.kill()
        office.start()
        collector.start()
        wait_until(lambda: province.reports() == 2, "the outbox is delivered after the restarts")
        office.submit(REPORTS / "joint-agency-2024-03.csv").ok()

        check_equal(collector.stop(), 0, "exit status at SIGTERM")
        with Manager(province.folder) as manager:
            collector.start(environment={"NOTIFY_SOCKET": manager.path})
            manager.wait("READY=1")
            manager.wait("WATCHDOG=1")
            check_equal(collector.stop(), 0, "exit status under a manager")
            manager.wait("STOPPING=1")
        collector.start()
        office.submit(REPORTS / "concurrent-post-2024-Q1.csv").ok()
        check_equal(province.reports(), 4, "reports in the end")
        province.check_chains()
        office.command("receipts", "verify").ok()


main(scenario)

"""The receipt is lost on its way: the reporter sends again, gets the first receipt
as a duplicate, and the report counts exactly once."""

import selectors
import socket
import threading

from harness import (EXAMPLES, Province, check, check_equal, free_port, main, wait_until)


class Proxy:
    """Forwards TCP; while `deaf`, what the collector answers is thrown away."""

    def __init__(self, target):
        self.port, self.target = free_port(), target
        self.deaf, self.swallowed = False, 0
        self.stopping = False
        self.pairs = []
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        while not self.stopping:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                continue
            self.pairs.append((client, server))
            threading.Thread(target=self._pump, args=(client, server), daemon=True).start()

    def _pump(self, client, server):
        with selectors.DefaultSelector() as selector:
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in selector.select(0.1):
                    try:
                        data = key.fileobj.recv(65536)
                    except OSError:
                        data = b""
                    if not data:
                        client.close()
                        server.close()
                        return
                    if self.deaf and key.fileobj is server:
                        self.swallowed += len(data)
                        continue
                    try:
                        key.data.sendall(data)
                    except OSError:
                        return

    def cut(self):
        """Ends every connection as a network would."""
        for client, server in self.pairs:
            for end in (client, server):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        self.pairs.clear()

    def close(self):
        self.stopping = True
        self.cut()
        self.listener.close()


def scenario():
    with Province() as province:
        collector = province.collectors[0]
        proxy = Proxy(collector.submit_port)
        collector.write_config(
            submit_public=f"tcp://127.0.0.1:{proxy.port} {collector.public_key()}")
        office = province.office("193")
        office.settings["answer_timeout_ms"] = 1000
        office.start()
        reports = EXAMPLES / "reports" / "2024" / "193"
        office.submit(reports / "joint-agency-2024-01.csv").ok()
        check_equal(province.reports(), 1, "the first report arrives through the proxy")
        # Only a link that stands can lose a receipt and nothing else.
        office.process.wait_logged(r"-> delivering")

        proxy.deaf = True
        office.submit(reports / "joint-agency-2024-02.csv", wait=False).ok()
        wait_until(lambda: province.reports() == 2, "the report is committed")
        wait_until(lambda: proxy.swallowed > 0, "its receipt is swallowed")
        queued = [row for row in office.command("status", "--format", "csv").ok().rows()]
        check(queued is not None, "status answers while a receipt is outstanding")
        proxy.cut()
        proxy.deaf = False

        def verified():
            result = office.command("receipts", "--format", "csv")
            return result.status == 0 and len(result.rows()) == 2
        wait_until(verified, "the office holds both receipts")
        check_equal(province.reports(), 2, "reports after it was sent again")
        province.check_chains()
        office.command("receipts", "verify").ok()
        row = province.commission().figure("joint-agency", "2024-02", "joint-meetings", "193")
        check_equal((row["reported"], row["expected"]), ("1", "1"), "the report counts once")
        proxy.close()


main(scenario)

"""A revoked key is refused within two seconds, in session and at the handshake, and
a key that was never enrolled is refused and logged once a minute, not once a try."""

import re

from harness import EXAMPLES, Office, Province, check, check_equal, main, wait_until

REPORTS = EXAMPLES / "reports" / "2024" / "199"


def scenario():
    with Province() as province:
        collector = province.collectors[0]
        office = province.office("199").start()
        office.submit(REPORTS / "joint-agency-2024-01.csv").ok()

        collector.command("revoke", office.folder / "key.pub").ok()
        events = province.cluster.value("SELECT max(sequence) FROM tonghop.province_event")
        collector.process.wait_logged(rf"state\.refreshed events={events} ", deadline=2)
        office.submit(REPORTS / "joint-agency-2024-02.csv", wait=False).ok()
        collector.process.wait_logged(r"message\.refused .*why=revoked|key\.refused .*why=revoked")
        check_equal(province.reports(), 1, "nothing was taken after the revocation")
        wait_until(lambda: "2024-02" in office.command("status").out,
                   "the report stays in the outbox")

        # A new connection of the revoked key fails at the handshake.
        office.stop()
        office.start()
        collector.process.wait_logged(r"key\.refused .*why=revoked")
        check_equal(province.reports(), 1, "reports after the second try")

        # Never enrolled: a bundle made for another key does not even join.
        stranger = Office(province, "199", "stranger")
        stranger.keygen()
        refused = stranger.command("join", province.folder / "office-199.bundle")
        refused.expect(2)
        check("key" in refused.err, f"join says that the key is another one: {refused.err}")

        # The office comes back under a new key, and what waited is delivered.
        office.stop()
        (office.folder / "key").rename(office.folder / "key.old")
        (office.folder / "key.pub").rename(office.folder / "key.pub.old")
        office.enrol_and_join()
        office.start()
        wait_until(lambda: province.reports() == 2, "the outbox is delivered under the new key")
        lines = re.findall(r"key\.refused .*", collector.process.logged())
        check(len(lines) <= 2, f"refusals are logged once a key and minute, not {len(lines)} times")


main(scenario)

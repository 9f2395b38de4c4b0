"""Every administrative act is an event of the province's chain, with who did it and what;
what was refused or only tried leaves none. The chain holds afterwards."""

import json
import os
import pwd

from harness import EXAMPLES, Province, check, check_equal, main, wait_until

OPERATOR = "os:" + pwd.getpwuid(os.getuid()).pw_name
FORM, MONTH, PERIOD = "joint-agency", "2024-01", ("--form", "joint-agency", "--period", "2024-01")
PLACE = {"district": "193", "form": FORM, "period": MONTH}
ABOUT_193 = (*PERIOD, "--district", "193")


def events(province):
    """(kind, actor, payload) of the province's chain, oldest first."""
    return [(kind, actor, json.loads(payload)) for kind, actor, payload in province.cluster.query(
        "SELECT kind, actor, payload FROM tonghop.province_event ORDER BY sequence")]


def rows_of(path, district, months):
    """A file to import: the heading and one district's months of the example's history."""
    lines = (EXAMPLES / "history-2023.csv").read_text(encoding="utf-8").splitlines()
    names = lines[0].split(",")
    at = {name: names.index(name) for name in ("district", "form", "period")}
    chosen = [line for line in lines[1:] if line.split(",")[at["district"]] == district
              and line.split(",")[at["form"]] == FORM
              and line.split(",")[at["period"]] in months]
    check(chosen, "the example's history has such rows")
    path.write_text("\n".join([lines[0], *chosen]) + "\n", encoding="utf-8")
    return path


class Acts:
    def __init__(self, province):
        self.province, self.count = province, len(events(province))

    def made(self, what, *wanted):
        """Exactly these events are new; each (kind, actor, members of the payload)."""
        found = events(self.province)[self.count:]
        self.count += len(found)
        check_equal([(kind, actor) for kind, actor, _ in found],
                    [(kind, actor) for kind, actor, _ in wanted], what)
        for (_, _, payload), (_, _, members) in zip(found, wanted):
            check_equal({name: payload.get(name) for name in members}, members, what)
        print(f"{what}: {', '.join(kind for kind, _, _ in wanted) or 'no event'}", flush=True)


def operators(province, acts):
    """Acts at the province's own machine."""
    collector, folder = province.collectors[0], province.folder
    collector.command("catalogue", "import", province.catalogue).ok()
    acts.made("the same catalogue again")

    office = province.office("193")
    key = (office.folder / "key.pub").read_text().strip()
    acts.made("enrol district", ("enrolment", OPERATOR, {"name": "193", "role": "district",
                                                         "public_key": key}))
    collector.command("enrol", "district", "193", key, "--bundle", folder / "again").ok()
    acts.made("the same key again")
    collector.command("enrol", "district", "nowhere", "ab" * 32, "--bundle", folder / "x").expect(2)
    acts.made("a district that there is not")
    approver = province.commission("lan", "approver")
    acts.made("enrol client", ("enrolment", OPERATOR, {"name": "lan", "role": "approver",
                                                       "portal": False}))
    viewer = province.commission("minh")
    acts.made("enrol client", ("enrolment", OPERATOR, {"name": "minh", "role": "viewer"}))

    stranger = province.office("194", "lost")
    acts.made("enrol district", ("enrolment", OPERATOR, {"name": "194"}))
    lost = (stranger.folder / "key.pub").read_text().strip()
    collector.command("revoke", lost).ok()
    acts.made("revoke", ("revocation", OPERATOR, {"name": "194", "public_key": lost}))
    collector.command("revoke", lost).expect(2)
    acts.made("revoke again")

    collector.command("announce", "--dry-run").ok()
    acts.made("announce --dry-run")
    collector.command("announce").ok()
    acts.made("announce", ("announcement", OPERATOR, {}))
    collector.command("announce").ok()
    acts.made("the same keys again")

    collector.command("unlock", *ABOUT_193, "--reason", "Bão số 3", "--until", "2099-12-31").ok()
    acts.made("unlock", ("exception", OPERATOR, {**PLACE, "reason": "Bão số 3",
                                                 "account": OPERATOR}))

    history = rows_of(folder / "history.csv", "194", ("2023-01", "2023-02"))
    collector.command("import", history, "--dry-run").ok()
    acts.made("import --dry-run")
    digest = province.cluster.value("SELECT encode(sha256(pg_read_binary_file("
                                    f"'{history}')), 'hex')")
    counts = {"file": "history.csv", "format": "csv", "sha256": digest,
              "bytes": history.stat().st_size}
    collector.command("import", history).ok()
    acts.made("import", ("import", OPERATOR, {**counts, "accepted": 2, "duplicate": 0,
                                              "rejected": 0}))
    collector.command("import", history).ok()
    acts.made("import again", ("import", OPERATOR, {**counts, "accepted": 0, "duplicate": 2}))
    return office, approver, viewer


def approvers(province, acts, office, approver, viewer):
    """Acts over the query socket, by the key's account."""
    office.start()
    office.submit(EXAMPLES / "reports" / "2024" / "193" / f"{FORM}-{MONTH}.csv").ok()
    acts.made("a report")  # stands in its district's chain

    viewer.command("approve", *ABOUT_193).expect(4)
    acts.made("approve by a viewer")
    for name, arguments, before, after in (
            ("approve", (), "received", "approved"),
            ("reopen", ("--comment", "Theo đề nghị"), "approved", "received"),
            ("return", ("--comment", "Thiếu biên bản"), "received", "returned")):
        approver.command(name, *ABOUT_193, *arguments).ok()
        acts.made(name, ("state", "lan", {**PLACE, "revision": 1, "account": "lan",
                                          "role": "approver", "from": before, "to": after}))
    approver.command("reopen", *ABOUT_193, "--comment", "x").expect(4)
    acts.made("reopen what was not approved")

    # January of 194 was imported; everything else of the month is excused.
    approver.command("approve", "--form", FORM, "--period", "2023-01", "--district", "194").ok()
    acts.made("approve", ("state", "lan", {"district": "194", "period": "2023-01"}))
    districts = [code for (code,) in province.cluster.query(
        "SELECT d.code FROM tonghop.district d JOIN tonghop.district_opening o USING (district_id) "
        "WHERE o.opened <= '2023-01-01' AND (o.closed IS NULL OR o.closed >= '2023-01-31') "
        "ORDER BY 1")]
    excuses = [word for code in districts if code != "194"
               for word in ("--exception", f"{code}:{FORM}:2023-01=mất hồ sơ")]
    ask = ("assessment", "--form", FORM, "--period", "2023-01")
    viewer.command(*ask, "--kind", "preliminary", "--output", province.folder / "1.html").ok()
    acts.made("a preliminary assessment")
    viewer.command(*ask, "--kind", "final", *excuses, "--output", province.folder / "2.html").expect(4)
    acts.made("a final assessment by a viewer")
    approver.command(*ask, "--kind", "final", *excuses, "--output", province.folder / "3.html").ok()
    acts.made("a final assessment", ("assessment", "lan", {
        "number": 1, "kind": "final", "period": "2023-01", "forms": [FORM], "account": "lan",
        "role": "approver"}))


def restoration(province, acts, office):
    office.stop()
    collector = province.collectors[0]
    collector.command("restored", "--reason", "thử", "--yes").expect(2)
    acts.made("restored while a collector runs")
    collector.stop()
    wait_until(lambda: province.cluster.value(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'collector'") == "0",
        "the collector's connections are gone")
    collector.command("restored", "--reason", "hỏng đĩa", "--yes").ok()
    acts.made("restored", ("restored", OPERATOR, {"number": 1, "reason": "hỏng đĩa"}))


def scenario():
    with Province() as province:
        acts = Acts(province)
        first = events(province)
        check_equal([(kind, actor) for kind, actor, _ in first], [("catalogue", OPERATOR)],
                    "the catalogue's import")
        check_equal(first[0][2]["version"], 1, "its version")
        office, approver, viewer = operators(province, acts)
        approvers(province, acts, office, approver, viewer)
        restoration(province, acts, office)
        province.collectors[0].command("verify").ok()


main(scenario)

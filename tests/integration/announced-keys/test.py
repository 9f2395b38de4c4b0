"""New server keys and receipt keys are announced over the wire: offices and clients take
them while they run, no bundle is carried anywhere and no daemon is restarted; an office that
was away follows; the province knows who holds what."""

import json
import time

from harness import BUILD, Office, Province, check, check_equal, main, report_file, run, wait_until

FORM = "joint-agency"


def sample(office, month):
    return report_file(office.province.folder, f"{office.code}-{month}.csv", FORM,
                       f"2023-{month:02}", {"campaigns": str(month)})


def pinned(party):
    """{section or key: values} of the bundle that a party holds."""
    values = {}
    for line in (party.folder / "bundle.ini").read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition(" = ")
        if equals:
            values.setdefault(key, []).append(value)
    return values


def announcements(province):
    return [json.loads(text) for text, in province.cluster.query(
        "SELECT payload FROM tonghop.province_event WHERE kind = 'announcement' "
        "ORDER BY sequence")]


def held_by(collector, office):
    key = (office.folder / "key.pub").read_text().strip()
    row, = [row for row in collector.command("enrolments", "--format", "csv").ok().rows()
            if row["key"] == key]
    return row["announced"]


def announce(collector, *offices):
    """Announces, and sees that connected offices have it, on disk, within two seconds."""
    known = len(announcements(collector.province))
    begun = time.monotonic()
    rows = collector.command("announce", "--format", "csv").ok().rows()
    made = announcements(collector.province)
    check_equal(len(made), known + 1, "announcements")
    instant = str(made[-1]["announced_us"])
    for office in offices:
        wait_until(lambda: pinned(office).get("announced_us") == [instant], "the office has it")
    if offices:
        took = time.monotonic() - begun
        print(f"taken {took:.2f} s after `announce` began", flush=True)
        check(took < 10, f"far more than two seconds: {took}")  # a busy machine
        wait_until(lambda: all(held_by(collector, office) for office in offices),
                   "the province knows it")
    return rows


def same_again(collector, office):
    """What the bundles say is announced, once."""
    province = collector.province
    shown = collector.command("announce", "--dry-run", "--format", "csv").ok()
    check("dry run" in shown.err, shown.err)
    check_equal(announcements(province), [], "a dry run announces nothing")
    check_equal(held_by(collector, office), "", "the office holds none")
    rows = announce(collector, office)
    check_equal(rows, shown.rows(), "what the dry run showed is announced")
    own = collector.public_key()
    check_equal([(row["what"], row["key"]) for row in rows],
                [("submit", own), ("query", own),
                 ("receipt", (province.folder / "receipt.key.pub").read_text().strip())],
                "addresses and keys")
    again = collector.command("announce").ok()
    check("nothing is new" in again.err, again.err)
    check_equal(len(announcements(province)), 1, "it is announced once")
    late = province.office("195")
    check_equal(pinned(late)["announced_us"], pinned(office)["announced_us"],
                "a new bundle has it already")


def server_key(province, office, client):
    """A second collector with a key of its own takes the place of the first."""
    old, new = province.collectors
    both = {kind: [f"tcp://127.0.0.1:{getattr(c, port)} {c.public_key()}" for c in (old, new)]
            for kind, port in (("submit_public", "submit_port"), ("query_public", "query_port"))}
    old.write_config(**both)
    new.start()
    announce(old, office)
    check_equal(pinned(office)["endpoint"], both["submit_public"], "the office's endpoints")
    client.consolidated(FORM, "2023-01")  # takes what is announced to clients
    check_equal(pinned(client)["endpoint"], both["query_public"], "the client's endpoints")
    old.stop()
    office.submit(sample(office, 2)).ok()
    check_equal(province.reports(), 2, "reports, the second by the new endpoint")
    check_equal(client.figure(FORM, "2023-02", "campaigns", office.code)["value"], "2",
                "the client asks there")

    new.write_config(**{kind: lines[1:] for kind, lines in both.items()})
    announce(new, office)
    check_equal(pinned(office)["endpoint"], both["submit_public"][1:], "the first is forgotten")
    client.consolidated(FORM, "2023-01")
    check_equal(pinned(client)["endpoint"], both["query_public"][1:], "by the client too")
    print("the server key was exchanged", flush=True)
    return new


def receipt_key(province, collector, office, away, client):
    """Announced while the old one signs; then it signs, and the running office believes."""
    old, new = province.folder / "receipt.key", province.folder / "receipt-2.key"
    run(BUILD / "collector" / "tonghop-collector", "-c", collector.config,
        f"--receipt-key-file={new}", "keygen").ok()
    collector.write_config(receipt_keys=[f"{new}.pub"])
    collector.stop()
    collector.start()
    announce(collector, office)
    publics = [(province.folder / f"{path.name}.pub").read_text().strip() for path in (old, new)]
    check_equal(pinned(office)["key"], publics, "the office holds both keys")

    collector.stop()
    collector.write_config(receipt_key_file=new, receipt_keys=[f"{old}.pub"])
    collector.start()
    office.submit(sample(office, 3)).ok()
    announce(collector, office)
    check_equal(pinned(office)["key"], publics[::-1], "the one that signs is first")
    office.command("receipts", "verify").ok()

    # Away all the while, with a bundle of the old key alone.
    check_equal(pinned(away)["key"], publics[:1], "keys of the office that was away")
    away.start()
    away.submit(sample(away, 1)).ok()
    check_equal(pinned(away)["key"], publics[::-1], "it followed")
    away.command("receipts", "verify").ok()
    away.stop()

    client.consolidated(FORM, "2023-03")
    check_equal(pinned(client)["key"], publics[::-1], "and so did the client")
    print("the receipt key was exchanged", flush=True)


def joined_again(province, collector, office):
    """Joining with a bundle of before does not keep the office from what is announced."""
    before = province.folder / "old.bundle"
    before.write_text("".join(
        line for line in (office.folder / "bundle.ini").read_text(encoding="utf-8")
        .splitlines(keepends=True) if not line.startswith("announced_us")), encoding="utf-8")
    office.stop()
    office.command("join", before).ok()
    check("announced_us" not in pinned(office), "joined with the bundle of before")
    office.start()
    wait_until(lambda: "announced_us" in pinned(office), "it is told again")
    check_equal(pinned(office)["announced_us"], [str(announcements(province)[-1]["announced_us"])],
                "what it holds")


def scenario():
    with Province(collectors=2, start=False) as province:
        old, new = province.collectors
        for kind, port in (("submit", old.submit_port), ("query", old.query_port)):
            old.write_config(**{f"{kind}_public": [f"tcp://127.0.0.1:{port}"]})
        old.start()
        office, client = province.office("193").start(), province.commission()
        first = office.process.pid
        office.submit(sample(office, 1)).ok()
        same_again(old, office)
        last = server_key(province, office, client)
        away = Office(province, "194").enrol_and_join(last)
        receipt_key(province, last, office, away, client)
        check(office.process.running() and office.process.pid == first,
              "one daemon lived through all of it")
        check_equal(office.command("status", "--format", "csv").ok().out.count(",accepted"), 3,
                    "its reports")
        joined_again(province, last, office)
        for row in announcements(province):
            check_equal(sorted(row), ["announced_us", "content", "key_id", "signature"],
                        "what is recorded")
        office.stop()
        last.stop()
        province.check_chains()
        last.command("verify").ok()


main(scenario)

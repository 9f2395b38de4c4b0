"""Keys: files that others could read are refused; no secret is in a log, a process's
arguments or environment, a bundle or the database; the server key, the receipt key and an
office's key are exchanged without a report or a receipt being lost."""

import base64
import binascii
import pathlib
import shutil
import stat
import subprocess

import zmq.utils.z85

from harness import (BUILD, Province, check, check_equal, main, report_file, run,
                     wait_until)


def sample(office, month):
    return report_file(office.province.folder, f"{office.code}-{month}.csv", "joint-agency",
                       f"2023-{month:02}", {"campaigns": str(month)})


# ------------------------------------------------------------------------- files

def modes(province, office, client):
    """Made for their owner alone; with any right for others, every program refuses."""
    collector = province.collectors[0]
    collector.stop()
    programs = {
        collector.folder / "key": [lambda: collector.command("run")],
        province.folder / "receipt.key": [lambda: collector.command("run"),
                                          lambda: collector.command("heads", "--output", "-")],
        office.folder / "key": [lambda: office.command("run"),
                                lambda: office.command("join", "any.bundle")],
        client.folder / "key": [lambda: client.command("completeness", "--form", "joint-agency",
                                                       "--period", "2024-01")],
    }
    for path, attempts in programs.items():
        check_equal(stat.S_IMODE(path.stat().st_mode), 0o600, f"mode of {path.name}")
        for mode in (0o640, 0o604, 0o620, 0o601, 0o666):
            path.chmod(mode)
            for attempt in attempts:
                result = attempt().expect(2)
                check(f"chmod 600 {path}" in result.err, f"it says what to do: {result.err}")
        path.chmod(0o600)
    collector.start()


# ------------------------------------------------------------------------ secrets

def forms_of(path):
    """All that a secret could look like."""
    digits = path.read_text().strip()
    raw = bytes.fromhex(digits)
    return {digits.encode(), digits.upper().encode(), raw, raw[::-1], zmq.utils.z85.encode(raw),
            base64.b64encode(raw).rstrip(b"="), binascii.hexlify(raw, " "),
            binascii.hexlify(raw, ":")}


def everything_told(province):
    """{where: bytes}: logs, arguments and environments of the processes that run, the
    database, bundles, everything else that lies in the province's folder but keys."""
    told = {}
    for process in province.processes:
        if process.running():
            for name in ("cmdline", "environ"):
                told[f"{process.name} {name}"] = pathlib.Path(
                    f"/proc/{process.pid}/{name}").read_bytes()
    dump = subprocess.run([str(province.cluster.bin / "pg_dump"), province.cluster.conninfo()],
                          stdout=subprocess.PIPE, check=True)
    told["database"] = dump.stdout
    for path in province.folder.rglob("*"):
        if path.is_file() and province.cluster.data not in path.parents:
            told[str(path)] = path.read_bytes()
    return told


def secrets(province, keys):
    told = everything_told(province)
    own = {str(path) for path in keys}
    check(own <= set(told), "the search reads files")
    check(any(name.endswith(" cmdline") and b"run" in text for name, text in told.items()),
          "the search reads arguments")
    for path in keys:
        for form in forms_of(path):
            found = [name for name, text in told.items() if form in text and name != str(path)]
            check_equal(found, [], f"places that hold the secret {path}")
    # A public key is found where it belongs, so a secret would be.
    public = (province.folder / "receipt.key.pub").read_bytes().strip()
    check(any(public in text for name, text in told.items() if name.endswith(".bundle")),
          "the search finds a public key in a bundle")
    print(f"{len(keys)} secrets in none of {len(told)} places", flush=True)


# ----------------------------------------------------------------------- rotation

def new_bundle(province, office, collector=None):
    """What an office gets when endpoints or receipt keys are new: its own key, enrolled as it
    is."""
    bundle = province.folder / f"{office.folder.name}.bundle"
    (collector or province.collectors[0]).command(
        "enrol", "district", office.code, office.folder / "key.pub", "--bundle", bundle,
        "--force").ok()
    office.command("join", bundle).ok()


def restart(office):
    office.stop()
    office.start()


def server_key(province, office):
    """A second collector with the new key beside the first; then the first one goes."""
    old, new = province.collectors
    both = [f"tcp://127.0.0.1:{c.submit_port} {c.public_key()}" for c in (old, new)]
    check(old.public_key() != new.public_key(), "another key")
    old.write_config(submit_public=both[:1])
    new_bundle(province, office)
    restart(office)
    office.submit(sample(office, 1)).ok()

    new.start()
    old.write_config(submit_public=both)
    new_bundle(province, office)  # needs no --replace, and the running office no stop
    restart(office)
    office.submit(sample(office, 2)).ok()
    old.stop()
    office.submit(sample(office, 3)).ok()
    check_equal(province.reports(), 3, "reports over both keys")

    new.write_config(submit_public=both[1:])
    new_bundle(province, office, new)
    check(old.public_key() not in (office.folder / "bundle.ini").read_text(),
          "the old key is forgotten")
    restart(office)
    office.submit(sample(office, 4)).ok()
    print("the server key was exchanged", flush=True)
    return new


def client_bundle(province, client, collector):
    """A client gets its bundle again, which forgets the endpoint that is gone."""
    ask = ("completeness", "--form", "joint-agency", "--period", "2023-01", "--format", "csv")
    bundle = province.folder / "client-again.bundle"
    collector.write_config(query_public=[collector.settings["query_public"][1]])
    collector.command("enrol", "client", client.name, client.folder / "key.pub", "--role",
                      "viewer", "--bundle", bundle).ok()
    refused = client.command("join", bundle).expect(2)
    check("--replace" in refused.err, f"it says how: {refused.err}")
    client.command("join", "--replace", bundle).ok()
    check(province.collectors[0].public_key() not in (client.folder / "bundle.ini").read_text(),
          "the old key is forgotten")
    check(client.command(*ask).ok().rows(), "the province answers")


def psql(province, program, *arguments):
    subprocess.run([str(province.cluster.bin / program), *map(str, arguments),
                    province.cluster.conninfo()], check=True, stdout=subprocess.DEVNULL)


def restored(province, collector, offices, backup):
    """What a backup from before the exchange lacks comes back with receipts by both keys, and
    the province believes both: each report keeps the instant at which it first came."""
    came = "SELECT encode(digest, 'hex'), {} FROM tonghop.report ORDER BY 1"
    before = dict(province.cluster.query(came.format("accepted_at")))
    for office in offices:
        office.stop()
    collector.stop()
    psql(province, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", backup, "-d")
    check_equal(province.reports(), 4, "reports in the backup")
    collector.command("restored", "--reason", "thử", "--yes").ok()
    collector.start()
    for office in offices:
        office.start()
    wait_until(lambda: province.reports() == 7, "what was lost is sent again")
    after = dict(province.cluster.query(came.format("coalesce(received_at, accepted_at)")))
    check_equal(after, before, "when reports came")
    check_equal(province.cluster.query("SELECT origin, count(*) FROM tonghop.v_report GROUP BY 1 "
                                       "ORDER BY 1"), [["restored", "3"], ["wire", "4"]],
                "origins")
    check("prior.refused" not in collector.process.logged(), "no receipt was disbelieved")
    offices[1].stop()


def receipt_key(province, office, collector):
    """Announced in bundles before it signs; the old one is believed for ever after."""
    old, new = province.folder / "receipt.key", province.folder / "receipt-2.key"
    heads = province.folder / "heads.txt"
    collector.command("heads", "--output", heads).ok()
    run(BUILD / "collector" / "tonghop-collector", "-c", collector.config,
        f"--receipt-key-file={new}", "keygen").ok()
    uninformed = province.office("194")
    new_bundle(province, uninformed, collector)
    backup = province.folder / "backup.sql"
    psql(province, "pg_dump", "--clean", "--if-exists", "-n", "tonghop", "-f", backup)
    collector.write_config(receipt_keys=[f"{new}.pub"])
    new_bundle(province, office, collector)
    keys = [line.split("=")[1].strip() for line in
            (office.folder / "bundle.ini").read_text().splitlines() if line.startswith("key =")]
    check_equal(keys, [pathlib.Path(f"{path}.pub").read_text().strip() for path in (old, new)],
                "the bundle holds both, the one that signs first")
    restart(office)
    office.submit(sample(office, 5)).ok()

    collector.stop()
    collector.write_config(receipt_key_file=new, receipt_keys=[f"{old}.pub"])
    collector.start()
    office.submit(sample(office, 6)).ok()
    office.command("receipts", "verify").ok()

    # Who was not told does not believe the new key, and keeps its report until it was.
    uninformed.start()
    uninformed.submit(sample(uninformed, 1), wait=False).ok()
    wait_until(lambda: province.reports() == 7, "the report is stored")
    uninformed.process.wait_logged(r"signed by key [0-9a-f]{16}, which this office does not")
    states = {row["state"] for row in uninformed.command("status", "--format", "csv").ok().rows()}
    check("accepted" not in states, f"nothing is accepted for it: {states}")
    new_bundle(province, uninformed, collector)
    restart(uninformed)
    wait_until(lambda: "accepted" in {row["state"] for row in uninformed.command(
        "status", "--format", "csv").ok().rows()}, "with the new bundle it is")
    check_equal(province.reports(), 7, "and stored once")
    restored(province, collector, (office, uninformed), backup)

    # Receipts and heads of before hold by the new bundle, and by that alone which names both.
    office.command("receipts", "verify").ok()
    collector.command("verify", "--against", heads, "--receipt-key", f"{old}.pub").ok()
    collector.command("verify", "--against", heads).expect_any(1, 2, 4)
    print("the receipt key was exchanged", flush=True)
    return new


def office_key(province, office, collector):
    """Two keys of one district for a while, then the old one goes."""
    old_public = (office.folder / "key.pub").read_text().strip()
    fresh = province.folder / "fresh"
    made = run(BUILD / "reporter" / "tonghop-reporter", f"--state-dir={fresh}", "keygen").ok()
    check(made.out.strip() != old_public, "another key")
    bundle = province.folder / "fresh.bundle"
    collector.command("enrol", "district", office.code, fresh / "key.pub", "--bundle",
                      bundle).ok()
    count = province.reports()
    office.submit(sample(office, 7)).ok()  # the old key is as good as before
    office.stop()
    kept = province.folder / "retired"
    kept.mkdir()
    for name in ("key", "key.pub"):
        shutil.move(office.folder / name, kept / name)
        shutil.move(fresh / name, office.folder / name)
    office.command("join", bundle).ok()
    office.start()
    office.submit(sample(office, 8)).ok()
    collector.command("revoke", old_public).ok()
    office.submit(sample(office, 9)).ok()
    check_equal(province.reports() - count, 3, "reports by the old key and the new one")
    office.command("receipts", "verify").ok()
    enrolled = {row["key"]: row["revoked"] for row in collector.command(
        "enrolments", "--format", "csv").ok().rows() if row["name"] == office.code}
    check(enrolled[old_public] and not enrolled[made.out.strip()], f"enrolments: {enrolled}")
    print("the office's key was exchanged", flush=True)
    return kept / "key"


def faults(collector, province):
    """Settings that cannot be meant."""
    before = collector.settings["receipt_keys"]
    secret = collector.settings["receipt_key_file"]
    for wrong, words in ((["abc"], "no public key"), ([secret], "no public key"),
                         ([province.folder / "none.pub"], "none.pub"),
                         ([f"{number:064x}" for number in range(8)], "more than a bundle holds")):
        collector.write_config(receipt_keys=wrong)
        for command in (["run"], ["enrol", "district", "196", "ef" * 32, "--bundle", "-"]):
            result = collector.command(*command).expect(2)
            check("receipt_keys" in result.err and words in result.err, f"{wrong}: {result.err}")
    collector.write_config(receipt_keys=before)


def scenario():
    with Province(collectors=2, start=False) as province:
        for collector in province.collectors:
            collector.write_config(log_level="debug")
        province.collectors[0].start()
        office, client = province.office("193").start(), province.commission()
        keys = [province.collectors[0].folder / "key", province.collectors[1].folder / "key",
                province.folder / "receipt.key", office.folder / "key", client.folder / "key"]
        office.stop()
        modes(province, office, client)
        office.start()
        last = server_key(province, office)
        client_bundle(province, client, last)
        keys += [receipt_key(province, office, last), office_key(province, office, last),
                 province.folder / "office-194" / "key"]
        secrets(province, keys)
        faults(last, province)
        office.stop()
        last.stop()
        province.check_chains()
        last.command("verify").ok()


main(scenario)

"""An office compares its log with the province's: equal, lost, tampered with, and with a
province that no longer holds what it had signed; `--pull` rebuilds a lost outbox from
the province, byte for byte."""

import shutil
import sqlite3

from harness import EXAMPLES, Province, check, check_equal, main

CODE = "205"
REPORTS = EXAMPLES / "reports" / "2024" / CODE


def outbox(office, sql, write=False):
    connection = sqlite3.connect(office.folder / "outbox.db")
    try:
        rows = connection.execute(sql).fetchall()
        if write:
            connection.commit()
        return rows
    finally:
        connection.close()


def held(office):
    """What an office keeps for ever of its reports, and the chain."""
    return (outbox(office, "SELECT report_id, form, period, revision, digest, content, state, "
                           "answered_us, epoch, sequence, body FROM report ORDER BY sequence"),
            outbox(office, "SELECT * FROM entry ORDER BY epoch, sequence"))


def differences(office, *arguments, status=1):
    result = office.command("reconcile", "--format", "csv", *arguments).expect(status)
    return [(row["sequence"], row["difference"]) for row in result.rows()]


def lost(province, office):
    """The same key and bundle in a new folder, without the outbox."""
    again = type(office)(province, CODE, "office-again")
    shutil.copytree(office.folder, again.folder)
    for path in again.folder.glob("outbox.db*"):
        path.unlink()
    return again


def scenario():
    with Province() as province:
        collector = province.collectors[0]
        collector.command("import", EXAMPLES / "history-2023.csv").ok()
        imported = province.reports()
        of_district = int(province.cluster.value(
            "SELECT count(*) FROM tonghop.report JOIN tonghop.district USING (district_id) "
            f"WHERE code = '{CODE}'"))
        office = province.office(CODE).start()
        files = sorted(REPORTS.glob("*.csv"), key=lambda path: (".r2" in path.name, path.name))
        revised = [f for f in files if ".r2" in f.name]
        check(revised, "the sample has a revision")
        office.submit(*[f for f in files if f not in revised]).ok()
        office.submit(*revised).ok()
        check_equal(province.reports(), imported + len(files), "reports in the province")

        result = office.command("reconcile").expect(2)
        check("dừng nó" in result.err, f"the daemon is to be stopped first:\n{result.err}")
        office.stop()
        check_equal(differences(office, status=0), [], "an office that is level")
        kept = held(office)
        check_equal(len(kept[0]), len(files), "reports in the outbox")

        # ---- a lost outbox
        again = lost(province, office)
        sequences = [str(n) for n in range(1, of_district + len(files) + 1)]
        own = [str(row[9]) for row in kept[0]]
        check_equal(sorted(differences(again)),
                    sorted([(n, "entry.lacking") for n in sequences]
                           + [(n, "report.lacking") for n in own]), "what a lost outbox lacks")
        check_equal(outbox(again, "SELECT count(*) FROM entry"), [(0,)],
                    "entries after reconcile without --pull")
        check_equal(differences(again, "--pull", status=0), [], "after --pull")
        check_equal(held(again), kept, "the rebuilt outbox against the one that was lost")
        again.command("receipts", "verify").ok()
        check_equal(differences(again, "--pull", status=0), [], "after --pull again")

        # What is submitted again is known, and revisions go on where they were.
        again.command("submit", revised[0]).ok()
        check_equal(held(again), kept, "the outbox after an unchanged file")

        # ---- a part that is lacking or wrong
        first = kept[0][0]
        identity = f"report_id = x'{first[0].hex()}'"
        outbox(again, f"DELETE FROM report WHERE {identity}", write=True)
        check_equal(differences(again), [(str(first[9]), "report.lacking")], "one report lost")
        differences(again, "--pull", status=0)
        check_equal(held(again), kept, "one report came back")
        outbox(again, f"UPDATE report SET state = 'queued' WHERE {identity}", write=True)
        check_equal(differences(again), [(str(first[9]), "report.state")], "one not answered")
        outbox(again, f"UPDATE report SET state = 'accepted', digest = zeroblob(32) "
                      f"WHERE {identity}", write=True)
        check_equal(differences(again), [(str(first[9]), "report.other")], "other bytes")
        outbox(again, f"DELETE FROM report WHERE {identity}", write=True)
        differences(again, "--pull", status=0)
        outbox(again, "UPDATE entry SET hash = zeroblob(32) WHERE sequence = 2", write=True)
        check_equal(differences(again, "--pull"), [("2", "entry.other")], "another entry")

        # ---- a province that lacks what it had signed
        last = sequences[-1]
        where = (f"district_id = (SELECT district_id FROM tonghop.district WHERE code = '{CODE}')")
        province.cluster.query(
            f"DELETE FROM tonghop.report WHERE {where} AND sequence = {last}; "
            f"UPDATE tonghop.district_head AS h SET sequence = r.sequence, hash = r.hash, "
            f"accepted_at = r.accepted_at FROM tonghop.report AS r "
            f"WHERE r.district_id = h.district_id AND r.sequence = {last} - 1 AND h.{where}")
        for arguments in ((), ("--pull",)):
            check_equal(differences(office, *arguments), [(last, "entry.gone")],
                        "an entry that the province lost")
        check_equal(held(office), kept, "the outbox after all of that")
        collector.stop()
        result = office.command("reconcile").expect(3)
        check(result.err.strip(), "why there is no answer")


main(scenario)

"""An office reports for its own district only: its own program says so before
anything is sent, and the province refuses it from a program that does not."""

import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "contract"))

import wire_client as wire  # noqa: E402
from harness import EXAMPLES, Province, check, check_equal, main  # noqa: E402


def scenario():
    with tempfile.TemporaryDirectory() as folder, Province() as province:
        office = province.office("193").start()
        own = office.submit(EXAMPLES / "reports" / "2024" / "193" / "joint-agency-2024-01.csv")
        own.ok()
        foreign = EXAMPLES / "reports" / "2024" / "194" / "joint-agency-2024-01.csv"
        refused = office.submit(foreign, wait=False).expect(4)
        check("194" in refused.out + refused.err, "the message names the district")

        messages = wire.load_messages(folder)
        keys = wire.Keys()
        path = province.folder / "second.bundle"
        province.collectors[0].command("enrol", "district", "193", keys.hex, "--bundle", path).ok()
        bundle = wire.Bundle(path)
        client = wire.Client(messages, keys, *bundle.endpoint("submit"))
        body = wire.report(messages, "194", "joint-agency", "2024-02", {"joint-meetings": (1, 2)})
        answer = client.ask("receipts", submit={"batch_id": 1,
                                                "report": [body.SerializeToString()]})
        check_equal(wire.verify_rejection(answer.rejection[0], bundle, "193"),
                    "district.not_yours", "signed rejection")
        check_equal(len(answer.run), 0, "entries for a foreign district")
        client.close()
        check_equal(province.reports(), 1, "reports in the database")
        check_equal(province.cluster.value("SELECT codes FROM tonghop.rejection"),
                    "district.not_yours", "the rejection is recorded")


main(scenario)

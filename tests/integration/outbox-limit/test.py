"""An outbox that holds what it may: new reports are refused with what to do, none that waits
is given up, `status` says so, and all of them arrive once the province is back."""

from harness import Province, check, check_equal, main, report_file, wait_until

FORM = "joint-agency"
NOTED = ("staff-filled", "joint-meetings", "regulations-issued", "tasks-on-time",
         "advice-adopted", "opinions-resolved")


def large(province, number):
    """A report of about 18 kB: six notes of 1,000 letters of three bytes."""
    path = report_file(province.folder, f"{number}.csv", FORM, "2024-01",
                       {"coordination-sessions": str(number + 1),
                        **{code: ("1", "2") for code in NOTED}})
    lines = path.read_text(encoding="utf-8").splitlines()
    noted = [line + "ệ" * 1000 if line.split(",")[0] in NOTED else line for line in lines]
    path.write_text("\n".join(noted) + "\n", encoding="utf-8")
    return path


def head(office):
    return office.command("status", "--format", "json").ok().json()


def scenario():
    with Province() as province:
        collector = province.collectors[0]
        office = province.office("193")
        office.settings["outbox_limit_mb"] = 1
        office.start()
        wait_until(lambda: head(office)["catalogue_version"] == "1", "the office has a catalogue")
        collector.stop()
        said = office.command("--language=en", "status").ok().out
        check("the outbox is full" not in said, f"an empty outbox:\n{said}")

        taken = 0
        while (result := office.submit(large(province, taken), wait=False)).status == 0:
            taken += 1
            check(taken < 100, "a limit of 1 MB is reached")
        check_equal(result.status, 1, "the exit status of a refusal")
        for words in ("the outbox is full", "outbox_limit_mb = 1", "tonghop-reporter status"):
            check(words in result.err, f"the refusal says '{words}':\n{result.err}")
        # 1,048,576 bytes; each report is above 18,000 and below 20,000.
        check(52 <= taken <= 58, f"{taken} reports fit")
        now = head(office)
        check_equal((now["queued"], now["outbox_limit_mb"]), (str(taken), "1"), "what waits")
        check(1048576 - 20000 < int(now["queued_bytes"]) <= 1048576, now["queued_bytes"])
        said = " ".join(office.command("--language=en", "status").ok().out.split())
        check("hold 1 of 1 MB allowed; the outbox is full: new reports may be refused" in said,
              said)
        said = " ".join(office.command("--language=vi", "status").ok().out.split())
        check("hộp gửi đầy: báo cáo mới có thể không được nhận" in said, said)
        office.submit(large(province, taken), wait=False).expect(1)

        collector.start()
        wait_until(lambda: head(office)["queued"] == "0", "all of them have arrived", 60)
        check_equal(province.reports(), taken, "reports that were accepted into the outbox")
        office.submit(large(province, taken)).ok()
        check_equal(province.reports(), taken + 1, "there is room again")


main(scenario)

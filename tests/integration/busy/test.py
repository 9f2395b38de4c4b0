"""A full queue is answered busy and never stops others: an office with many reports
and one with few, before a collector whose queues hold next to nothing, both end with
every receipt, and nothing counts twice. The collector tells on SIGUSR1 how often each stage
of their way was passed."""

import os
import re
import signal

from harness import Province, check, check_equal, main, report_file, wait_until

MONTHS = [f"{year}-{month:02}" for year in range(2022, 2024) for month in range(1, 13)]


def check_stages(process):
    """Of what was taken, every message passes each stage once; every batch, too."""
    os.kill(process.pid, signal.SIGUSR1)
    told = process.wait_logged(r"intake\.stages waiting=0 reports=(\d+) bytes=(\d+) (.*)")
    reports, size = int(told[1]), int(told[2])
    check(reports >= len(MONTHS) + 1 and size > reports * 50, f"what was taken: {told[0]}")
    stages = {name: (int(times), int(us))
              for name, times, us in re.findall(r"(\w+)=(\d+)/(\d+)", told[3])}
    passed = {name: times for name, (times, _) in stages.items()}
    for name in ("queue", "return", "send"):
        check_equal(passed[name], passed["validate"], f"messages that passed '{name}'")
    check(passed["decode"] > passed["validate"], f"messages were answered busy: {told[0]}")
    for name in ("read", "prepare", "statement", "sign"):
        check_equal(passed[name], passed["commit"], f"batches that passed '{name}'")
    # A writer may take several messages into a batch, but here a message has a report at least.
    check(0 < passed["commit"] <= passed["validate"] <= reports, f"batches: {told[0]}")
    for name in ("decode", "validate", "queue", "read", "statement", "commit", "sign"):
        check(stages[name][1] > 0, f"'{name}' took some time: {told[0]}")


def scenario():
    with Province(start=False) as province:
        collector = province.collectors[0]
        collector.write_config(district_queue=1, queue_reports=2, batch_reports=1, writers=1)
        collector.start()
        many, few = province.office("193"), province.office("207")
        many.settings.update(batch_reports=4, window=4)
        files = [report_file(province.folder, f"{month}.csv", "joint-agency", month,
                             {"campaigns": str(number)}) for number, month in enumerate(MONTHS)]
        many.start()
        few.start()
        many.submit(*files, wait=False).ok()
        few.submit(files[0]).ok()
        wait_until(lambda: province.reports() == len(MONTHS) + 1, "all reports are committed")
        wait_until(lambda: len(many.command("receipts", "--format", "csv").ok().rows())
                   == len(MONTHS), "the office holds all receipts")
        province.check_chains()
        # By hand: 0 + 1 + ... + 23.
        row = province.commission().figure("joint-agency", "2022..2023", "campaigns", "193")
        check_equal((row["value"], row["reported"]), (str(sum(range(24))), "24"), "their sum")
        check_stages(collector.process)
        check_equal(collector.stop(), 0, "exit status after SIGTERM")
        drained = collector.process.wait_logged(r"intake\.drained left=0 .* busy=(\d+)")
        check(int(drained[1]) > 0, "the queue was full at times")


main(scenario)

"""A full queue is answered busy and never stops others: an office with many reports
and one with few, before a collector whose queues hold next to nothing, both end with
every receipt, and nothing counts twice."""

from harness import Province, check, check_equal, main, report_file, wait_until

MONTHS = [f"{year}-{month:02}" for year in range(2022, 2024) for month in range(1, 13)]


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
        collector.stop()
        drained = collector.process.wait_logged(r"intake\.drained left=0 .* busy=(\d+)")
        check(int(drained[1]) > 0, "the queue was full at times")


main(scenario)

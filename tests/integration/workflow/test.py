"""States of reports: approved, returned with comments, reopened, by whom and why; what may
not be done is refused by code; every act is seen as of its instant and never before; what
was answered survives a crash."""

import concurrent.futures

from harness import EXAMPLES, Province, check, check_equal, main, report_file, wait_until

FORM, MONTH = "joint-agency", "2024-03"
KEY = ("--form", FORM, "--period", MONTH)
MEETINGS = "joint-meetings"


def act(client, name, *arguments, status=0):
    """Rows of an act on reports of the month."""
    return client.command(name, *KEY, *arguments, "--format", "csv").expect(status).rows()


def refused(client, name, code, *arguments):
    rows = act(client, name, *arguments, status=4)
    check_equal([(row["outcome"], row["code"]) for row in rows], [("refused", code)],
                f"{name} {arguments}")
    return rows[0]


def state(client, district="194", *arguments):
    """(revision, state) as the province tells it."""
    rows = client.command("report", *KEY, "--format", "csv", *arguments).ok().rows()
    return [(row["revision"], row["state"]) for row in rows if row["district"] == district]


def meetings(client, *arguments):
    """num/den of the province's joint meetings, and how many reports count."""
    rows = client.consolidated(FORM, MONTH, "--district", "province", "--criterion", MEETINGS,
                               *arguments)
    return f"{rows[0]['num']}/{rows[0]['den']} {rows[0]['reported']}"


def history(client, *arguments):
    """(revision, act, account, role, criterion, comment) of each act."""
    rows = client.command("history", *KEY, "--district", "194", "--format", "csv",
                          *arguments).ok().rows()
    return [(row["revision"], row["act"], row["account"], row["role"], row["criterion"],
             row["comment"]) for row in rows if row["act"]]


def revise(province, office, name, held, planned):
    """The sample's report with other meetings; its result."""
    source = EXAMPLES / "reports" / "2024" / "194" / f"{FORM}-{MONTH}.csv"
    path = province.folder / name
    path.write_text(source.read_text(encoding="utf-8").replace(
        f"{MEETINGS},4,4", f"{MEETINGS},{held},{planned}"), encoding="utf-8")
    return office.submit(path)


def check_who_may(province, viewer, approver):
    """Roles, and acts that lead nowhere."""
    row = refused(viewer, "approve", "role.not_allowed", "--district", "194")
    check("approver" in row["message"], row["message"])
    refused(approver, "approve", "report.unknown", "--district", "206")
    refused(approver, "approve", "report.unknown", "--district", "206", "--revision", "1")
    row = refused(approver, "approve", "state.changed", "--district", "194", "--revision", "2")
    check("1 received" in row["message"], f"the current one is told: {row['message']}")
    refused(approver, "reopen", "state.not_allowed", "--district", "194")
    refused(approver, "return", "state.comment_required", "--district", "194")
    refused(approver, "return", "state.comment_required", "--district", "194", "--comment", "  ")
    refused(approver, "return", "criterion.unknown", "--district", "194", "--criterion",
            "nothing=?")
    refused(approver, "return", "text.too_long", "--district", "194", "--comment", "ệ" * 10001)
    refused(approver, "approve", "district.unknown", "--district", "nowhere", "--revision", "1")
    for wrong in (("--district", "194", "--criterion", "no-text"),
                  ("--district", "194", "--revision", "0"),
                  ("--district", "193,194", "--revision", "1"), ()):
        approver.command("return", *KEY, *wrong).expect(2)
    check_equal(province.cluster.value("SELECT count(*) FROM tonghop.state_change"), "0",
                "acts that were refused")
    check_equal(state(approver), [("1", "received")], "the report that nobody touched")


def check_return(province, office, approver, moments):
    comment = "Thiếu biên bản họp; đề nghị kiểm tra lại"
    rows = act(approver, "return", "--district", "194", "--comment", comment, "--criterion",
               f"{MEETINGS}=Cộng cả tháng 2?", "--criterion", "support-funds=Đơn vị tính?")
    check_equal([(row["revision"], row["outcome"], row["state"]) for row in rows],
                [("1", "done", "returned")], "returned")
    again = act(approver, "return", "--district", "194", "--comment", comment, "--criterion",
                "support-funds=Đơn vị tính?", "--criterion", f"{MEETINGS}=Cộng cả tháng 2?")
    check_equal([row["at"] for row in again], [row["at"] for row in rows],
                "the same act again is answered by its first instant")
    refused(approver, "return", "state.not_allowed", "--district", "194", "--comment", "khác")
    check_equal(province.cluster.query("SELECT count(*), max(open_until - at) FROM "
                                       "tonghop.state_change"), [["1", "10 days"]],
                "one act, which opens the key for 10 days")
    moments["returned"] = province.settled()

    revise(province, office, "2.csv", 3, 4).ok()
    check_equal(state(approver), [("2", "received")], "a new revision is received")
    check_equal(province.cluster.value("SELECT open_until IS NOT NULL FROM tonghop.current_report "
                                       "WHERE revision = 2"), "t", "the key stays open")
    moments["revised"] = province.settled()
    return comment


def check_approve(province, office, approver, chief, moments):
    rows = act(approver, "approve", "--district", "193,194,206", status=4)
    check_equal([(row["district"], row["revision"], row["outcome"], row["code"]) for row in rows],
                [("193", "1", "done", ""), ("194", "2", "done", ""),
                 ("206", "", "refused", "report.unknown")], "several at once")
    check_equal(province.cluster.value("SELECT open_until IS NULL FROM tonghop.current_report "
                                       "WHERE revision = 2"), "t", "approving closes the key")
    refused(approver, "return", "state.not_allowed", "--district", "194", "--comment", "muộn")
    refused(chief, "approve", "state.not_allowed", "--district", "194")
    moments["approved"] = province.settled()

    late = revise(province, office, "3.csv", 2, 4)
    check(late.status == 4 and "đã được duyệt" in late.out,
          f"an approved report is locked:\n{late.out}{late.err}")
    rows = act(chief, "reopen", "--district", "194", "--comment", "Theo đề nghị của thành phố")
    check_equal([(row["revision"], row["state"]) for row in rows], [("2", "received")], "reopened")
    moments["reopened"] = province.settled()
    revise(province, office, "4.csv", 2, 4).ok()
    check_equal(state(approver), [("4", "received")], "then it is taken")
    moments["last"] = province.settled()


def check_as_of(approver, moments):
    """Figures by hand: 193 held 4 of 4 meetings, 194 by revision 4, 3 and 2 of 4."""
    want = {  # state of 194; all figures; approved ones only
        "received": ([("1", "received")], "8/8 2", "/ 0"),
        "returned": ([("1", "returned")], "8/8 2", "/ 0"),
        "revised": ([("2", "received")], "7/8 2", "/ 0"),
        "approved": ([("2", "approved")], "7/8 2", "7/8 2"),
        "reopened": ([("2", "received")], "7/8 2", "4/4 1"),
        "last": ([("4", "received")], "6/8 2", "4/4 1"),
    }
    for name, (revision, all_figures, approved) in want.items():
        as_of = ("--as-of", moments[name])
        check_equal(state(approver, "194", *as_of), revision, f"state when {name}")
        check_equal(meetings(approver, *as_of), all_figures, f"figures when {name}")
        check_equal(meetings(approver, "--approved-only", *as_of), approved,
                    f"approved figures when {name}")
    shown = approver.command("report", *KEY, "--district", "194", "--as-of", moments["approved"],
                             "--format", "json").ok().json()
    check_equal((shown["state"], shown["revision"]), ("approved", "2"), "one report as of then")


def check_history(approver, comment, moments):
    acts = [("1", "returned", "lan", "approver", "", comment),
            ("1", "returned", "lan", "approver", MEETINGS, "Cộng cả tháng 2?"),
            ("1", "returned", "lan", "approver", "support-funds", "Đơn vị tính?"),
            ("2", "approved", "lan", "approver", "", ""),
            ("2", "reopened", "chief", "admin", "", "Theo đề nghị của thành phố")]
    check_equal(history(approver), acts, "who did what, and why")
    check_equal(history(approver, "--as-of", moments["returned"]), acts[:3], "by then")
    check_equal(history(approver, "--as-of", moments["received"]), [], "nothing yet")
    shown = approver.command("history", *KEY, "--district", "194").ok().out
    check("đã trả lại" in shown and "lan (approver)" in shown and "Đơn vị tính?" in shown, shown)


def check_crash(province, approver, collector):
    """kill -9 between acts: what was answered is there; what was not can be asked again."""
    done = {}
    districts = ["195", "196", "198", "199"]
    for code in districts:
        rows = act(approver, "return", "--district", code, "--comment", f"Ý kiến {code}")
        done[code] = rows[0]["at"]
        collector.process.kill()
        collector.start()
    for code in districts:
        check_equal(state(approver, code), [("1", "returned")], f"{code} after the crash")
        rows = act(approver, "return", "--district", code, "--comment", f"Ý kiến {code}")
        check_equal(rows[0]["at"], done[code], f"{code} asked again")

    # In the midst of many: an act is either there, once, or can be done.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        running = [pool.submit(approver.command, "approve", *KEY, "--district",
                               "200,201,202,203", "--format", "csv")]
        wait_until(lambda: province.cluster.value(
            "SELECT count(*) > 0 FROM tonghop.state_change s JOIN tonghop.district d USING "
            "(district_id) WHERE d.code = '200'") == "t", "the first of four is approved")
        collector.process.kill()
        collector.start()
        told = {row["district"]: row for row in running[0].result().rows()}
    for code in ("200", "201", "202", "203"):
        rows = act(approver, "approve", "--district", code)
        check_equal(rows[0]["outcome"], "done", f"{code} is approved in the end")
        if told.get(code, {}).get("outcome") == "done":
            check_equal(rows[0]["at"], told[code]["at"], f"{code} was answered before")
    check_equal(province.cluster.query(
        "SELECT d.code, count(*) FROM tonghop.state_change s JOIN tonghop.district d USING "
        "(district_id) WHERE s.to_state = 'approved' AND d.code >= '200' AND d.code <= '203' "
        "GROUP BY 1 ORDER BY 1"),
        [[code, "1"] for code in ("200", "201", "202", "203")], "each is done once")


SCORES = ("mechanism-score", "coordination-score", "party-leading-score",
          "state-managing-score", "people-masters-score", "responsibility-score",
          "effectiveness-score", "impact-score")
APPRAISAL, HALF = "joint-agency-appraisal", "2024-H1"


def check_appraise(province, office, viewer, approver):
    """A form of the province about a district: checked, receipted, in the figures."""
    def sheet(name, district, **changed):
        values = {code: changed.get(code.replace("-", "_"), "80") for code in SCORES}
        return report_file(province.folder, name, APPRAISAL, HALF, values, district)

    def submit(client, path, status=0):
        return client.command("appraise", path, "--format", "csv").expect(status)

    template = province.folder / "sheet.csv"
    approver.command("appraise", "--template", APPRAISAL, HALF, "194", "-o", template).ok()
    check(all(code in template.read_text(encoding="utf-8") for code in SCORES), "the template")
    approver.command("appraise", "--template", FORM, MONTH, "194").expect(2)

    good = sheet("good.csv", "194", mechanism_score="91.5")
    approver.command("appraise", "--check", good).ok()
    bad = sheet("bad.csv", "194", mechanism_score="101")
    for arguments in (("--check", bad), (bad,)):
        result = approver.command("appraise", *arguments, "--format", "csv").expect(4)
        check("value.out_of_range" in result.out, f"{arguments}:\n{result.out}")
    result = approver.command("appraise", "--check", sheet("none.csv", None)).expect(4)
    check("district" in result.out, "a file without its district")
    result = approver.command("appraise", "--check", EXAMPLES / "reports" / "2024" / "194" /
                              f"{FORM}-{MONTH}.csv", "--format", "csv").expect(4)
    check("form.not_yours" in result.out, "a form that districts fill")
    check("role.not_allowed" in submit(viewer, good, 4).err, "a viewer may not")
    check_equal(province.cluster.value("SELECT count(*) FROM tonghop.report r JOIN tonghop.form f "
                                       f"USING (form_id) WHERE f.code = '{APPRAISAL}'"), "0",
                "nothing was entered yet")

    first = submit(approver, good).rows()[0]
    check_equal((first["district"], first["revision"], first["outcome"]), ("194", "1", "accepted"),
                "the first")
    kept = approver.folder / "appraisals"
    check_equal(sorted(path.name for path in kept.iterdir()),
                [f"{APPRAISAL}-{HALF}-194.r1.{end}" for end in ("receipt", "report")],
                "what is kept")
    again = submit(approver, good).rows()[0]
    check_equal((again["outcome"], again["sequence"], again["at"]),
                ("unchanged", first["sequence"], first["at"]), "the same file again")
    second = submit(approver, sheet("second.csv", "194", mechanism_score="93.5")).rows()[0]
    check_equal((second["revision"], second["outcome"]), ("2", "accepted"), "a correction")
    submit(approver, sheet("other.csv", "193", mechanism_score="86.5"))
    # By hand: (93.5 + 86.5) / 2 = 90; everything else 80 and 80.
    rows = {(row["district"], row["criterion"]): (row["value"], row["reported"])
            for row in approver.consolidated(APPRAISAL, HALF)}
    check_equal([rows["194", "mechanism-score"], rows["*", "mechanism-score"],
                 rows["*", "impact-score"]], [("93.5", "1"), ("90", "2"), ("80", "2")],
                "figures of appraisals")
    check_equal([row["outcome"] for row in approver.command(
        "approve", "--form", APPRAISAL, "--period", HALF, "--district", "194", "--format",
        "csv").ok().rows()], ["done"], "an appraisal is approved like any report")
    result = submit(approver, sheet("late.csv", "194", mechanism_score="50"), 4)
    check_equal(result.rows()[0]["outcome"], "rejected", "and locked by that")
    check("state.approved" in result.err, result.err)

    # The district's office still cannot send such a form, and has its chain whole.
    refused = office.submit(good)
    check(refused.status == 4 and "form.not_yours" in refused.out, refused.out)
    office.stop()
    office.command("reconcile", "--pull").ok()
    office.command("receipts", "verify").ok()


def check_stored(province):
    """Rows and events one to one; instants along the chain."""
    check_equal(province.cluster.query(
        "SELECT count(*) FROM tonghop.state_change s FULL JOIN (SELECT * FROM "
        "tonghop.province_event WHERE kind = 'state') e ON e.sequence = s.event_sequence "
        "AND e.at = s.at AND e.actor = s.account WHERE e.sequence IS NULL OR "
        "s.event_sequence IS NULL"), [["0"]], "acts without event, or events without act")
    check_equal(province.cluster.query(
        "SELECT count(*) FROM tonghop.current_report c JOIN LATERAL (SELECT to_state FROM "
        "tonghop.state_change s WHERE (s.district_id, s.form_id, s.period, s.revision) = "
        "(c.district_id, c.form_id, c.period, c.revision) ORDER BY event_sequence DESC LIMIT 1) l "
        "ON true WHERE l.to_state <> c.state"), [["0"]], "states that are not the last act's")


def scenario():
    with Province() as province:
        collector = province.collectors[0]
        viewer = province.commission()
        approver = province.commission("lan", "approver")
        chief = province.commission("chief", "admin")
        offices = {code: province.office(code).start() for code in
                   ("193", "194", "195", "196", "198", "199", "200", "201", "202", "203")}
        moments = {}
        for code in ("193", "194"):
            offices[code].submit(EXAMPLES / "reports" / "2024" / code /
                                 f"{FORM}-{MONTH}.csv").ok()
        moments["received"] = province.settled()

        check_who_may(province, viewer, approver)
        comment = check_return(province, offices["194"], approver, moments)
        check_approve(province, offices["194"], approver, chief, moments)
        check_as_of(approver, moments)
        check_equal(meetings(approver, "--approved-only"), "4/4 1", "approved ones now")
        check_history(approver, comment, moments)

        incomplete = report_file(province.folder, "incomplete.csv", FORM, "2024-02",
                                 {MEETINGS: ("3", "4")})
        offices["194"].submit(incomplete).ok()
        rows = approver.command("approve", "--form", FORM, "--period", "2024-02", "--district",
                                "194", "--format", "csv").expect(4).rows()
        check_equal([row["code"] for row in rows], ["state.incomplete"], "an incomplete report")

        for code, office in offices.items():
            if code not in ("193", "194"):
                office.submit(EXAMPLES / "reports" / "2024" / code / f"{FORM}-{MONTH}.csv").ok()
        check_crash(province, approver, collector)
        check_as_of(approver, moments)
        check_appraise(province, offices["194"], viewer, approver)
        check_stored(province)
        province.collectors[0].command("verify").ok()
        province.check_chains()


main(scenario)

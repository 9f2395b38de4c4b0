"""An office that requires sign-off: a draft is not sent, a prepared report is not sent and not
replaced, a released one is sent and acknowledged; what is withdrawn is gone; `status` says what
is to be done next."""

import shutil
import time

from harness import EXAMPLES, Province, check, check_equal, main, wait_until

FORM, PERIOD = "joint-agency", "2024-01"
KEY = ["--form", FORM, "--period", PERIOD]
QUIET_S = 1.5  # a report that is queued is accepted in a fraction of this


def sample(period=PERIOD):
    return EXAMPLES / "reports" / "2024" / "193" / f"{FORM}-{period}.csv"


def rows(office):
    return office.command("status", "--all", "--format", "csv").ok().rows()


def states(office):
    return sorted((r["period"], r["revision"], r["state"]) for r in rows(office))


def words(office, language="en"):
    return " ".join(office.command("--language", language, "status").ok().out.split())


def stays_away(province, count, what):
    time.sleep(QUIET_S)
    check_equal(province.reports(), count, what)


def edited(province, name):
    """The sample with the staff trained (a plain count) one less, and what it says then."""
    text = sample().read_text()
    check("staff-trained,15,," in text, "the sample has this figure")
    path = province.folder / name
    path.write_text(text.replace("staff-trained,15,,", "staff-trained,14,,"))
    return path, "staff-trained", "14"


def drafted(province, office):
    office.command("submit", sample(), "--wait").expect(2)
    result = office.command("--language=en", "submit", sample()).ok()
    check("kept as a draft, not sent" in result.out and "prepare" in result.out, result.out)
    first = rows(office)[0]["report_id"]
    result = office.command("submit", sample(), "--format", "csv").ok()
    check_equal([(r["form"], r["revision"], r["state"]) for r in result.rows()],
                [(FORM, "", "draft")], "what submit tells programs")
    check_equal(states(office), [(PERIOD, "", "draft")], "the later draft replaced the earlier")
    check(rows(office)[0]["report_id"] != first, "it is another draft")
    stays_away(province, 0, "a draft is not sent")
    head = office.command("status", "--format", "json").ok().json()
    check_equal((head["drafts"], head["prepared"]), ("1", "0"), "what waits, for programs")
    check("Sign-off: drafts 1, prepared 0" in words(office), words(office))
    check("Chờ duyệt: 1 bản nháp, 0 báo cáo đã lập xong" in words(office, "vi"),
          words(office, "vi"))
    short = rows(office)[0]["report_id"][:8]
    check(f"a draft; when it is finished: tonghop-reporter prepare {short}" in words(office),
          words(office))
    check(f"bản nháp; khi lập xong: tonghop-reporter prepare {short}" in words(office, "vi"),
          words(office, "vi"))
    office.command("release", *KEY).expect(2)
    return short


def prepared(province, office, short):
    office.command("prepare", "ffffffff").expect(2)
    office.command("prepare", short, *KEY).expect(2)
    office.command("prepare").expect(2)
    office.command("prepare", short).ok()
    check_equal(states(office), [(PERIOD, "", "prepared")], "prepared")
    check("Sign-off: drafts 0, prepared 1" in words(office), words(office))
    office.command("prepare", short).expect(2)
    result = office.command("submit", sample()).expect(2)
    check("withdraw" in result.err, result.err)
    stays_away(province, 0, "a prepared report is not sent")
    check(f"when it is approved: tonghop-reporter release {short}" in words(office),
          words(office))
    check(f"khi được duyệt: tonghop-reporter release {short}" in words(office, "vi"),
          words(office, "vi"))


def released(province, office, short):
    result = office.command("--language=en", "release", short).ok()
    check("revision 1" in result.out, result.out)
    wait_until(lambda: states(office) == [(PERIOD, "1", "accepted")], "it is acknowledged")
    check_equal(province.reports(), 1, "the province has it")
    check(rows(office)[0]["report_id"].startswith(short), "the id is the draft's")
    check("Not sent yet" not in words(office), "nothing is left to be done")
    office.command("release", short).expect(2)
    office.command("withdraw", short).expect(2)

    office.command("submit", sample()).ok()
    office.command("prepare", *KEY).ok()
    result = office.command("--language=en", "release", *KEY).ok()
    check("says the same as revision 1" in result.out, result.out)
    check_equal(states(office), [(PERIOD, "1", "accepted")], "the same again is not sent")


def withdrawn(province, office):
    office.command("submit", sample("2024-02")).ok()
    office.command("withdraw", "--form", FORM, "--period", "2024-02").ok()
    office.command("submit", sample("2024-02")).ok()
    office.command("prepare", "--form", FORM, "--period", "2024-02").ok()
    office.command("withdraw", "--form", FORM, "--period", "2024-02").ok()
    office.command("prepare", "--form", FORM, "--period", "2024-02").expect(2)
    check_equal(states(office), [(PERIOD, "1", "accepted")], "withdrawn")


def corrected(province, office, reader):
    """What was prepared is what arrives, whatever became of the file since."""
    path, criterion, value = edited(province, "corrected.csv")
    office.command("submit", path).ok()
    path.unlink()
    office.command("prepare", *KEY).ok()
    office.stop()
    office.start()
    stays_away(province, 1, "nor by a daemon that starts")
    office.command("release", *KEY).ok()
    wait_until(lambda: states(office) == [(PERIOD, "1", "accepted"), (PERIOD, "2", "accepted")],
               "the correction is acknowledged")
    check_equal(reader.figure(FORM, PERIOD, criterion, "193")["value"], value, "its figure")


def rule_changed(province, office):
    """A draft that was good when it was made: preparing judges it by the rules of now."""
    period = "2024-02"
    about = ["--form", FORM, "--period", period]
    office.command("submit", sample(period)).ok()
    catalogue = province.folder / "stricter"
    shutil.copytree(EXAMPLES / "catalogue", catalogue)
    with open(catalogue / "rules.csv", "a", encoding="utf-8") as stream:
        stream.write(f"{FORM},none-trained,staff-trained,<,0,error,Không ai được đào tạo,"
                     "Nobody is trained\n")
    province.collectors[0].command("catalogue", "import", catalogue).ok()
    wait_until(lambda: office.command("status", "--format", "json").ok().json()
               ["catalogue_version"] == "2", "the office holds the stricter catalogue")
    before = states(office)
    result = office.command("--language=en", "prepare", *about).expect(4)
    check("Nobody is trained" in result.out + result.err, f"why:\n{result.out}{result.err}")
    check_equal(states(office), before, "the draft stays a draft")
    check((period, "", "draft") in before, f"it is one: {before}")
    office.command("release", *about).expect(2)
    stays_away(province, 2, "nothing of it is sent")
    province.collectors[0].command("catalogue", "import", EXAMPLES / "catalogue").ok()
    wait_until(lambda: office.command("status", "--format", "json").ok().json()
               ["catalogue_version"] == "3", "the office holds the old rules again")
    office.command("prepare", *about).ok()
    office.command("withdraw", *about).ok()


def settings_off(province, office):
    """Drafts are not stranded when the office gives sign-off up; submit sends at once."""
    office.command("submit", sample("2024-02")).ok()
    office.settings["sign_off"] = "no"
    office.submit(sample("2024-03")).ok()
    check_equal(province.reports(), 3, "sent at once")
    office.command("prepare", "--form", FORM, "--period", "2024-02").ok()
    office.command("release", "--form", FORM, "--period", "2024-02").ok()
    wait_until(lambda: province.reports() == 4, "the draft of before is released")
    office.command("receipts", "verify").ok()


def scenario():
    with Province(collectors=1) as province:
        reader = province.commission("reader")
        office = province.office("193")
        office.settings["sign_off"] = "yes"
        office.start()
        office.process.wait_logged("delivery welcomed")
        short = drafted(province, office)
        prepared(province, office, short)
        released(province, office, short)
        withdrawn(province, office)
        corrected(province, office, reader)
        rule_changed(province, office)
        settings_off(province, office)
        province.collectors[0].command("verify").ok()


main(scenario)

"""Assessments of the sample province: figures against a computation of their own, final
ones refused, frozen and reprinted, and whatever people write stays text."""

import collections
import csv
import hashlib
import html.parser
from fractions import Fraction

from harness import EXAMPLES, Commission, Province, check, check_equal, main

FORMS = "joint-agency,joint-agency-review"
MISSING = "202:joint-agency:2023-08"


class Page(html.parser.HTMLParser):
    """Tags, attributes, and the text of every paragraph and table cell."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.cells, self.rows = set(), set(), [], []
        self.style, self.inside = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self.inside.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag in ("p", "li"):
            self.cells.append("")
        if tag in ("meta", "br"):
            self.inside.pop()

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" in self.inside:
            self.style.append(data)
        elif "td" in self.inside or "th" in self.inside:
            self.rows[-1][-1] += data
        elif self.cells:
            self.cells[-1] += data

    def row(self, name):
        """The first table row that has this cell."""
        for row in self.rows:
            if name in row:
                return row
        raise AssertionError(f"the document has no row of {name!r}")

    def says(self, text):
        return any(text in cell for cell in self.cells)


def table(name):
    with open(EXAMPLES / "catalogue" / f"{name}.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def history():
    with open(EXAMPLES / "history-2023.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def people(value, percent=False, digits=2):
    """SEMANTICS 5.7: 1.234,5 and 19,21 %; half away from zero."""
    scaled = value * (100 if percent else 1) * 10**digits
    number = int(scaled + Fraction(1, 2))
    whole, part = divmod(number, 10**digits)
    text = f"{whole:,}".replace(",", ".")
    fraction = f"{part:0{digits}}".rstrip("0")
    return text + ("," + fraction if fraction else "") + ("\u00a0%" if percent else "")


def province_figures(rows, form):
    """SEMANTICS 5 for the whole of 2023 and the kinds that this test looks at:
    {criterion: (num, den)}, den 1 for what is no ratio."""
    criteria = {row["code"]: row for row in table("criteria") if row["form"] == form}
    by_key = collections.defaultdict(list)
    for row in rows:
        if row["form"] == form and row["value"] != "n/a":
            by_key[row["criterion"], row["district"]].append(row)
    sums = {}
    for (code, _), own in by_key.items():
        kind, agg = criteria[code]["kind"], criteria[code]["time_agg"]
        if kind not in ("count", "amount", "ratio"):
            continue
        own.sort(key=lambda row: row["period"])
        own = own[-1:] if agg == "last" else own
        num, den = sums.get(code, (Fraction(0), Fraction(0)))
        sums[code] = (num + sum(Fraction(row["value"]) for row in own),
                      den + sum(Fraction(row["of"] or 0) for row in own))
    return {code: (num, den if criteria[code]["kind"] == "ratio" else Fraction(1))
            for code, (num, den) in sums.items()}


def document(client, path, *arguments):
    client.command("assessment", *arguments, "--output", path).ok()
    return Page(path.read_text(encoding="utf-8"))


def check_figures(page, rows, marked):
    names = {row["code"]: row for row in table("criteria") if row["form"] == "joint-agency"}
    figures = province_figures(rows, "joint-agency")
    check_equal(len(figures), 15, "criteria of the form")
    for code, (num, den) in figures.items():
        ratio = names[code]["kind"] == "ratio"
        percent = names[code]["display"] == "percent"
        digits = max(2, int(names[code]["decimals"]))
        shown = people(num / den, percent, digits) + ("*" if marked else "")
        parts = f"{people(num)}/{people(den)}" if ratio else ""
        row = page.row(names[code]["name_vi"])
        check_equal(row[3], shown + parts, f"figure of {code}")
        target = names[code]["target"]
        attained = "–"
        if target:
            reach = num / den / Fraction(target)
            if names[code]["direction"] == "down":
                reach = 1 / reach
            attained = people(100 * min(reach, Fraction(1)))
        check_equal(row[5], attained, f"attainment of {code}")


def check_recommendations(page, rows):
    """The latest answer of each district, by choice."""
    latest = {}
    for row in sorted(rows, key=lambda row: row["period"]):
        if row["form"] == "joint-agency-review" and row["criterion"] == "recommendation":
            latest[row["district"]] = row["value"]
    count = collections.Counter(latest.values())
    districts = {row["code"]: row["name_vi"] for row in table("districts")}
    for choice in table("choices"):
        if (choice["form"], choice["criterion"]) != ("joint-agency-review", "recommendation"):
            continue
        row = page.row(choice["name_vi"])
        at = row.index(choice["name_vi"])
        check_equal(row[at + 1], str(count[choice["value"]]), f"districts of {choice['value']}")
        names = [name.strip().rstrip("*") for name in row[at + 3].split(",") if name.strip()]
        check_equal(sorted(names), sorted(districts[code] for code, value in latest.items()
                                          if value == choice["value"]),
                    f"names of {choice['value']}")


def heads_digest(province, as_of):
    """What docs/protocol.md says of the common digest, from the stored rows."""
    rows = province.cluster.query(
        "SELECT DISTINCT ON (d.code) d.code, r.epoch, r.sequence, encode(r.hash, 'hex') "
        "FROM tonghop.report r JOIN tonghop.district d USING (district_id) "
        f"WHERE r.accepted_at <= '{as_of}' ORDER BY d.code, epoch DESC, sequence DESC")
    rows += [["*", "0", *row] for row in province.cluster.query(
        "SELECT sequence, encode(hash, 'hex') FROM tonghop.province_event "
        f"WHERE at <= '{as_of}' ORDER BY sequence DESC LIMIT 1")]
    return hashlib.sha256("".join(" ".join(row) + "\n" for row in rows).encode()).hexdigest()


def preliminary(province, viewer):
    rows = history()
    page = document(viewer, province.folder / "preliminary.html", "--form", FORMS,
                    "--period", "2023")
    check_figures(page, rows, marked=True)
    check_recommendations(page, rows)
    check(page.says("Số liệu sơ bộ, tính đến "), "a preliminary document says so")
    check(page.says("đã nhận 155/156 báo cáo phải có (99,4\u00a0%), trong đó 155 đầy đủ, 149 đúng "
                    "hạn, 0 đã được phê duyệt"), "completeness in the introduction")
    check(page.says("1 báo cáo chưa gửi và 181 báo cáo chưa được phê duyệt"), "what is preliminary")
    as_of = page.row("Thời điểm chốt số liệu")[1]
    check(heads_digest(province, as_of) in page.row("Số chuỗi báo cáo và mã băm chung")[1],
          "the digest of the heads is that of the stored chains")
    # The same instant gives the same text but for how far the horizon is by then.
    again = document(viewer, province.folder / "again.html", "--form", FORMS, "--period", "2023",
                     "--as-of", as_of)
    horizon = "Số liệu không còn thay đổi đến"
    check_equal([row for row in again.rows if horizon not in row],
                [row for row in page.rows if horizon not in row], "the same as of the instant")

    english = viewer.command("--language", "en", "assessment", "--form", "concurrent-post",
                             "--period", "2023-Q4", "--style", "party").ok().out
    page = Page(english)
    row = page.row("Communes applying the model of all communes")
    check_equal(row[3], "18.64\u00a0%*33/177", "33 communes of 177, by the sample's own table")
    check(page.says("Communist Party of Viet Nam"), "the Party's heading")
    return as_of


HOSTILE = ("</p><script>alert(1)</script><img src=x onerror=alert(2)> & \u202egnorw\u202c "
           + "A" * 3000)


def hostile(province, collector, viewer):
    """Markup, directional overrides and a word as long as a page."""
    path = province.folder / "hostile.csv"
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow("district form period criterion value of note".split())
        for criterion in ("achievements", "proposals"):
            writer.writerow(["193", "joint-agency-review", "2022-H1", criterion, HOSTILE, "", ""])
    collector.command("import", path).ok()
    page = document(viewer, province.folder / "hostile.html", "--form", "joint-agency-review",
                    "--period", "2022-H1", "--subject", "<b>Sơ kết</b>", "--issuer", "A & <i>B</i>",
                    "--recipients", "<u>C</u>", "--recipients", "D")
    check(not page.tags & {"script", "img", "a", "iframe", "object", "link", "b", "i", "u"},
          f"no foreign element: {sorted(page.tags)}")
    check(page.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class",
                              "rowspan"}, f"no foreign attribute: {sorted(page.attributes)}")
    check("url(" not in "".join(page.style) and "@import" not in "".join(page.style),
          "nothing is loaded")
    want = HOSTILE.replace("\u202e", "\ufffd").replace("\u202c", "\ufffd")
    check(page.says(want), "the narrative stands there as text")
    check(page.says("<b>Sơ kết</b>") and page.says("A & <i>B</i>") and page.says("- <u>C</u>;")
          and page.says("- D."), "so do the texts of the heading")


def final(province, collector, viewer, approver, before_approval):
    ask = ["assessment", "--form", FORMS, "--period", "2023", "--kind", "final"]
    excuse = ["--exception", f"{MISSING}=Báo cáo thất lạc do ngập lụt"]
    refused = approver.command(*ask).expect(4)
    lines = [line for line in refused.err.splitlines() if ": chưa " in line]
    check_equal(len(lines), 182, "every report that hinders it is listed")
    check(f"tonghop: {MISSING}: chưa gửi (Huyện Ba Chẽ)" in lines, "the missing one among them")
    for form in FORMS.split(","):
        approver.command("approve", "--form", form, "--period", "2023", "--district", "all").ok()
    refused = approver.command(*ask).expect(4)
    check_equal([line for line in refused.err.splitlines() if ": chưa " in line],
                [f"tonghop: {MISSING}: chưa gửi (Huyện Ba Chẽ)"], "the missing one alone is left")
    # States are those of the instant: then nothing was approved.
    approver.command(*ask, *excuse, "--as-of", before_approval).expect(4)
    approver.command(*ask, *excuse, "--exception", "193:joint-agency:2023-08=x").expect(2)
    approver.command(*ask, "--exception", f"{MISSING}=").expect(2)
    check("role.not_allowed" in viewer.command(*ask, *excuse).expect(4).err,
          "a viewer may not freeze")
    check_equal(viewer.command("assessment", "--list", "--format", "csv").ok().rows(), [],
                "nothing is frozen by what was refused")

    path = province.folder / "final.html"
    page = document(approver, path, *ask[1:], *excuse)
    check_figures(page, history(), marked=False)
    check(page.says("Bản tổng kết số 1,"), "the document shows its number")
    row = page.row("Báo cáo thất lạc do ngập lụt")
    check_equal(row[1:5:3], ["Huyện Ba Chẽ", "chưa gửi"], "the exception stands in an annex")
    frozen = path.read_bytes()

    listed = viewer.command("assessment", "--list", "--format", "csv").ok().rows()
    check_equal([(row["number"], row["forms"], row["period"], row["account"], row["exceptions"],
                  row["digest"]) for row in listed],
                [("1", FORMS.replace(",", " "), "2023", "approver", "1",
                  hashlib.sha256(frozen).hexdigest())], "the list")
    return frozen


def reprint(province, collector, viewer, approver, frozen):
    """New revisions, another assessment and a restart change nothing of the first."""
    def again(number):
        path = province.folder / "reprint.html"
        viewer.command("assessment", "--reprint", str(number), "--output", path).ok()
        return path.read_bytes()
    approver.command("reopen", "--form", "joint-agency", "--period", "2023-12", "--district", "193",
                     "--comment", "sai số liệu").ok()
    path = province.folder / "revision.csv"
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow("district form period criterion value of note".split())
        for row in history():
            if (row["district"], row["form"], row["period"]) == ("193", "joint-agency", "2023-12"):
                value = "1" if row["criterion"] == "campaigns" else row["value"]
                writer.writerow(["193", "joint-agency", "2023-12", row["criterion"], value,
                                 row["of"], ""])
    collector.command("import", path).ok()
    check_equal(again(1), frozen, "reprinted after a new revision")
    ask = ["assessment", "--form", "joint-agency-review", "--period", "2023-H1", "--kind", "final"]
    second = approver.command("--language", "en", *ask, "--style", "party").ok().out.encode()
    collector.stop()
    collector.start()
    check_equal(again(1), frozen, "reprinted after a restart")
    check_equal(again(2), second, "so is the second")
    check("assessment.unknown" in viewer.command("assessment", "--reprint", "3").expect(4).err,
          "there is no third")


def tampering(province, collector):
    collector.command("verify").ok()
    cases = [
        ("a file's content",
         "UPDATE tonghop.assessment_file SET content = content || '\\x20' WHERE number = 1",
         "UPDATE tonghop.assessment_file SET content = substr(content, 1, length(content) - 1) "
         "WHERE number = 1"),
        ("a file's content and digest",
         "UPDATE tonghop.assessment_file SET content = content || '\\x20', "
         "digest = sha256(content || '\\x20') WHERE number = 1",
         "UPDATE tonghop.assessment_file SET content = substr(content, 1, length(content) - 1), "
         "digest = sha256(substr(content, 1, length(content) - 1)) WHERE number = 1"),
        ("its instant", "UPDATE tonghop.assessment SET as_of = as_of - interval '1 day'",
         "UPDATE tonghop.assessment SET as_of = as_of + interval '1 day'"),
        ("an exception",
         "UPDATE tonghop.assessment SET exceptions = replace(exceptions, 'thất', 'that') "
         "WHERE number = 1",
         "UPDATE tonghop.assessment SET exceptions = replace(exceptions, 'that', 'thất') "
         "WHERE number = 1"),
        ("a file that is gone", "DELETE FROM tonghop.assessment_file WHERE number = 2", None),
    ]
    for what, change, undo in cases:
        province.cluster.query(change)
        found = collector.command("verify", "--format", "csv").expect(1)
        check(any(row["what"] == "assessment" for row in found.rows()), f"verify finds {what}")
        if undo:
            province.cluster.query(undo)
            collector.command("verify").ok()
    province.cluster.query("DELETE FROM tonghop.assessment WHERE number = 2")
    collector.command("verify").expect(1)


def scenario():
    with Province() as province:
        collector = province.collectors[0]
        collector.command("import", EXAMPLES / "history-2023.csv", timeout=300).ok()
        viewer = province.commission()
        approver = Commission(province, "approver", "approver")
        before_approval = preliminary(province, viewer)
        hostile(province, collector, viewer)
        frozen = final(province, collector, viewer, approver, before_approval)
        reprint(province, collector, viewer, approver, frozen)
        tampering(province, collector)


main(scenario)

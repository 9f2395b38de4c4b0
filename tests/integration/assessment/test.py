"""Assessments of the sample province: figures against a computation of their own, final
ones refused, frozen and reprinted, and whatever people write stays text."""

import collections
import csv
import pathlib
import sys
import hashlib
import html.parser
from fractions import Fraction

from harness import EXAMPLES, Commission, Province, check, check_equal, main

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "official-xlsx"))
from workbook import Workbook  # noqa: E402

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


def cells(sheet, code, *names):
    """The row whose first column "Mã" has this code: its cells by these headings, and their
    formats."""
    columns = sheet.headings()
    for number, row in sheet.rows().items():
        if row[columns["Mã"]] == code:
            return ([row.get(columns[name], "") for name in names],
                    [sheet.number_formats.get((number, columns[name])) for name in names])
    raise AssertionError(f"sheet {sheet.name!r} has no row of {code!r}")


def check_book(content, page, rows, marked):
    """The workbook says what the page says, in numbers."""
    book = Workbook(content)
    sheets = {sheet.name: sheet for sheet in book.sheets}
    names = ["Tóm tắt", "Kết quả toàn tỉnh", "Xếp hạng các đơn vị", "Tình hình gửi báo cáo",
             "Lựa chọn của các đơn vị", "Thuyết minh", "joint-agency", "joint-agency-review"]
    check_equal(list(sheets), names + ([] if marked else ["Các ngoại lệ"]) + ["Các chuỗi báo cáo"],
                "sheets")
    check(all(sheet.frozen and not sheet.formulas for sheet in book.sheets),
          "headings stay, nothing is a formula")
    summary = {row["A"]: row["B"] for row in sheets["Tóm tắt"].rows().values()}
    check(page.row("Số chuỗi báo cáo và mã băm chung")[1].endswith(
        summary["Mã băm chung của các chuỗi báo cáo"]), "the digest of the page")
    check_equal(summary["Thời điểm chốt số liệu"], page.row("Thời điểm chốt số liệu")[1], "instant")
    mark = '"*"' if marked else ""
    criteria = {row["code"]: row for row in table("criteria") if row["form"] == "joint-agency"}
    for code, (num, den) in province_figures(rows, "joint-agency").items():
        got, formats = cells(sheets["Kết quả toàn tỉnh"], code, "Kết quả")
        check(abs(Fraction(got[0]) - num / den) < Fraction(1, 10**6), f"figure of {code}: {got}")
        check(formats[0].endswith(mark) and ("*" in formats[0]) == marked, f"mark of {code}")
        check_equal("%" in formats[0], criteria[code]["display"] == "percent", f"format of {code}")
    got, _ = cells(sheets["Tình hình gửi báo cáo"], "*", "Phải có", "Đã nhận", "Đúng hạn",
                   "Thiếu", "Đã nhận (%)", "Đúng hạn (%)")
    check_equal([round(value, 6) for value in got],
                [156, 155, 149, 1, round(155 / 156, 6), round(149 / 156, 6)], "completeness")
    texts = sum(row["form"] == "joint-agency-review" and row["criterion"] in
                {c["code"] for c in table("criteria")
                 if c["form"] == "joint-agency-review" and c["kind"] == "text"}
                and row["value"] not in ("", "n/a") for row in rows)
    check_equal(len(sheets["Thuyết minh"].rows()), texts, "narratives")
    campaigns = sum(Fraction(row["value"]) for row in rows if row["value"] != "n/a"
                    and (row["form"], row["district"], row["criterion"]) ==
                    ("joint-agency", "194", "campaigns"))
    heading = next(name for name in sheets["joint-agency"].headings()
                   if name.startswith(criteria["campaigns"]["name_vi"]))
    got, formats = cells(sheets["joint-agency"], "194", heading)
    check_equal((got, formats), ([float(campaigns)], ["#,##0" + mark]), "a district's figure")
    return sheets


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
    path = province.folder / "preliminary.xlsx"
    viewer.command("assessment", "--form", FORMS, "--period", "2023", "--as-of", as_of, "--output",
                   path).ok()
    check_book(path.read_bytes(), page, rows, marked=True)
    viewer.command("assessment", "--form", FORMS, "--period", "2023", "--output", path, "--xlsx",
                   path).expect(2)
    path = province.folder / "completeness.xlsx"
    viewer.command("completeness", "--form", "joint-agency", "--period", "2023", "--format", "xlsx",
                   "--output", path).ok()
    got, formats = cells(Workbook(path.read_bytes()).sheets[0], "*", "Đầy đủ (%)", "Đúng hạn (%)")
    check_equal(([round(value, 6) for value in got], formats),
                ([round(155 / 156, 6), round(149 / 156, 6)], ["0.00%"] * 2), "rates")
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
    book = province.folder / "final.xlsx"
    page = document(approver, path, *ask[1:], *excuse, "--xlsx", book)
    sheets = check_book(book.read_bytes(), page, history(), marked=False)
    check_equal(cells(sheets["Các ngoại lệ"], "202", "Kỳ báo cáo", "Lý do")[0],
                ["Tháng 8/2023", "Báo cáo thất lạc do ngập lụt"], "the exception's row")
    check_figures(page, history(), marked=False)
    check(page.says("Bản tổng kết số 1,"), "the document shows its number")
    row = page.row("Báo cáo thất lạc do ngập lụt")
    check_equal(row[1:5:3], ["Huyện Ba Chẽ", "chưa gửi"], "the exception stands in an annex")
    frozen = path.read_bytes()

    listed = viewer.command("assessment", "--list", "--format", "csv").ok().rows()
    check_equal([(row["number"], row["forms"], row["period"], row["account"], row["exceptions"],
                  row["digest"], row["xlsx_digest"]) for row in listed],
                [("1", FORMS.replace(",", " "), "2023", "approver", "1",
                  hashlib.sha256(frozen).hexdigest(),
                  hashlib.sha256(book.read_bytes()).hexdigest())], "the list")
    return frozen, book.read_bytes()


def reprint(province, collector, viewer, approver, frozen, book):
    """New revisions, another assessment and a restart change nothing of the first."""
    def again(number, form="html"):
        path = province.folder / f"reprint.{form}"
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
    check(again(1, "xlsx") == book, "the workbook too is reprinted")
    check(Workbook(again(2, "xlsx")).sheets[0].name == "Summary",
          "a workbook is kept though nobody asked for it")
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
        frozen, book = final(province, collector, viewer, approver, before_approval)
        reprint(province, collector, viewer, approver, frozen, book)
        tampering(province, collector)


main(scenario)

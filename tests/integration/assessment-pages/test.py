"""Assessments as they come out of a printer: Chromium makes pages of the sample province's
documents, and what a reader would find ugly on them is looked for in the text of the pages."""

import html.parser
import pathlib
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree

from harness import EXAMPLES, Commission, Province, check, check_equal, main

FORMS = "joint-agency,joint-agency-review"
MM = 72 / 25.4
HEADINGS = {"h2", "h3", "h4"}
# What no English word has; the districts' names have English forms.
VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯàáãèéìíòóõùúýÀÁÃÈÉÌÍÒÓÕÙÚÝ\u1ea0-\u1ef9]")


class Source(html.parser.HTMLParser):
    """What the document consists of: headings, captions and lead-ins, and of each table below
    a caption the text of its first row."""

    def __init__(self, text):
        super().__init__()
        self.leads, self.captions, self.first_rows, self.text = [], [], [], []
        self.open, self.into, self.wanted, self.first = [], None, False, False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        classes = (dict(attributes).get("class") or "").split()
        self.open.append(tag)
        if tag in HEADINGS or tag == "p" and ({"caption", "lead"} & set(classes)):
            self.into = self.captions if "caption" in classes else self.leads
            self.into.append("")
            self.wanted = "caption" in classes
        if tag == "tr" and "tbody" in self.open:
            self.first, self.wanted = self.wanted, False
            if self.first:
                self.first_rows.append([])
        if tag in ("td", "span", "br") and self.first:
            self.first_rows[-1].append("")
        if tag in ("meta", "br"):
            self.open.pop()

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass
        if tag in HEADINGS or tag == "p":
            self.into = None
        if tag == "tr":
            self.first = False

    def handle_data(self, data):
        if "style" in self.open:
            return
        self.text.append(data)
        if self.into is not None:
            self.into[-1] += data
        elif self.first and "td" in self.open:
            self.first_rows[-1][-1] += data


def squeeze(text):
    return " ".join(text.split()).casefold()


class Paper:
    """The pages: their sizes, the boxes of their words, and their text as it was drawn."""

    def __init__(self, page):
        self.source = Source(page.read_text(encoding="utf-8"))
        pdf = page.with_suffix(".pdf")
        # The page is ours and may run nothing; a sandbox is not to be had in every container.
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            subprocess.run([shutil.which("chromium"), "--headless", "--no-sandbox",
                            "--disable-gpu", "--no-pdf-header-footer",
                            f"--user-data-dir={profile}", f"--print-to-pdf={pdf}", page.as_uri()],
                           check=True, capture_output=True, timeout=120)
        boxes = subprocess.run(["pdftotext", "-bbox", pdf, "-"], check=True, capture_output=True,
                               timeout=60).stdout
        self.pages = [node for node in xml.etree.ElementTree.fromstring(boxes).iter()
                      if node.tag.endswith("}page")]
        drawn = subprocess.run(["pdftotext", "-raw", pdf, "-"], check=True, capture_output=True,
                               timeout=60).stdout.decode("utf-8")
        self.texts = [squeeze(text) for text in drawn.split("\f")[:-1]]
        check_equal(len(self.texts), len(self.pages), "pages")

    def words(self, number):
        """Boxes of a page's words but for its number: (left, top, right, bottom)."""
        found = [tuple(float(word.get(name)) for name in ("xMin", "yMin", "xMax", "yMax"))
                 for word in self.pages[number] if word.tag.endswith("}word")]
        return [box for box in found if box[3] > 20 * MM]

    def size(self, number):
        return tuple(round(float(self.pages[number].get(name)) / MM) for name in
                     ("width", "height"))

    def text(self, number):
        """Without the page's number, wherever it was drawn."""
        mine = str(number + 1)
        text = self.texts[number]
        text = text[len(mine):].lstrip() if text.startswith(mine + " ") else text
        return text[:-len(mine)].rstrip() if text.endswith(" " + mine) else text


def check_sizes(paper, what):
    """A4, nothing outside of the margins of Nghị định 30/2020/NĐ-CP."""
    for number in range(len(paper.pages)):
        width, height = paper.size(number)
        check((width, height) in ((210, 297), (297, 210)), f"{what}: page {number + 1} is A4")
        left = 30 if width == 210 else 15
        for box in paper.words(number):
            check(box[0] > left * MM - 1 and box[2] < (width - 15) * MM + 1 and
                  box[3] < (height - 14) * MM,
                  f"{what}: page {number + 1} has words outside of its margins: {box}")


def check_captions(paper, what):
    """Below a caption, on its page, stands the first row of its table."""
    source = paper.source
    check_equal(len(source.first_rows), len(source.captions), f"{what}: tables with a caption")
    for caption, row in zip(source.captions, source.first_rows):
        number = squeeze(caption).split(". ")[0] + ". "
        pages = [page for page in range(len(paper.pages)) if number in paper.text(page)]
        check_equal(len(pages), 1, f"{what}: pages with {caption!r}")
        below = paper.text(pages[0]).split(number, 1)[1]
        for cell in row:
            for word in squeeze(cell).split()[:2]:
                # A long word may be broken anywhere.
                check(word[:16] in below, f"{what}: {caption!r} and its first row ({cell!r}) are on "
                      f"page {pages[0] + 1}")


def check_ends(paper, what):
    """No page ends with a heading, a caption or a lead-in, none is empty."""
    for number in range(len(paper.pages)):
        text = paper.text(number)
        check(text, f"{what}: page {number + 1} is not empty")
        for lead in paper.source.leads + paper.source.captions:
            check(not text.endswith(squeeze(lead)),
                  f"{what}: page {number + 1} ends with {lead!r}")


def check_signature(paper, what, recipients, total):
    """Recipients and signature stand on one page, below the last rows of a table; the pages
    before are filled."""
    pages = [page for page in range(len(paper.pages)) if recipients in paper.text(page)]
    check_equal(len(pages), 1, f"{what}: pages with recipients")
    page = pages[0]
    above = paper.text(page).split(recipients)[0]
    check(total in above, f"{what}: the signature's page {page + 1} holds the table's end")
    for number in range(page):
        height = float(paper.pages[number].get("height"))
        bottom = max(box[3] for box in paper.words(number))
        check(bottom > 0.55 * height,
              f"{what}: page {number + 1} is filled to {bottom / height:.0%} only")


def look_at(client, folder, what, english, *arguments):
    path = folder / f"{what}.html"
    language = ["--language", "en"] if english else []
    client.command(*language, "assessment", *arguments, "--output", path).ok()
    paper = Paper(path)
    check_sizes(paper, what)
    check_captions(paper, what)
    check_ends(paper, what)
    check_signature(paper, what, *(("recipients:", "province ") if english
                                   else ("nơi nhận:", "toàn tỉnh ")))
    return paper


def check_english(paper):
    """But for the reports' own texts, which this form has none of, and the document's number."""
    for text in paper.source.text:
        check(not VIETNAMESE.search(text.replace("BC-BCĐ", "")),
              f"an English document says {text!r}")
    check("people's committee of quang ninh" in paper.text(0), "the province's English name")


def scenario():
    with Province() as province:
        folder = pathlib.Path(province.folder)
        province.collectors[0].command("import", EXAMPLES / "history-2023.csv", timeout=300).ok()
        viewer = province.commission()
        approver = Commission(province, "approver", "approver")
        year = ["--form", FORMS, "--period", "2023"]
        for style in ("state", "party"):
            look_at(viewer, folder, f"preliminary-{style}", False, *year, "--style", style)
            look_at(viewer, folder, f"preliminary-{style}-en", True, *year, "--style", style)
        # Longer and longer above the tables, so that pages end elsewhere.
        for lines in range(2, 12, 3):
            look_at(viewer, folder, f"lines-{lines}", False, "--form", "joint-agency", "--period",
                    "2023", "--subject", "Kết quả thực hiện nhiệm vụ của các đơn vị " * lines)
        check_english(look_at(viewer, folder, "figures-en", True, "--form", "joint-agency",
                              "--period", "2023"))
        # Longer and longer below them, until the recipients do not fit there.
        for lines in (3, 38, 40):
            names = [word for n in range(lines) for word in ("--recipients", f"Cơ quan thứ {n}")]
            look_at(viewer, folder, f"nothing-{lines}", False, "--form", FORMS, "--period", "2022",
                    *names)
        look_at(viewer, folder, "posts", False, "--form", "concurrent-post", "--period", "2023")
        for form in FORMS.split(","):
            approver.command("approve", "--form", form, "--period", "2023", "--district",
                             "all").ok()
        look_at(approver, folder, "final", False, *year, "--kind", "final", "--exception",
                "202:joint-agency:2023-08=Báo cáo thất lạc do ngập lụt")


main(scenario)

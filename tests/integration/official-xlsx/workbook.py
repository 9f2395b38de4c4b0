"""Reads a workbook back with nothing but zip and XML: what a spreadsheet would see."""

import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Sheet:
    def __init__(self, name, root, formats):
        self.name, self.root = name, root
        self.cells, self.number_formats = {}, {}
        for cell in root.iter(MAIN + "c"):
            letters, row = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r")).groups()
            place = int(row), letters
            value = cell.find(MAIN + "v")
            if cell.get("t") == "inlineStr":
                self.cells[place] = "".join(t.text or "" for t in cell.iter(MAIN + "t"))
            elif value is not None:
                self.cells[place] = float(value.text)
                self.number_formats[place] = formats[int(cell.get("s", 0))]
        self.formulas = list(root.iter(MAIN + "f"))
        pane = next(root.iter(MAIN + "pane"))
        self.frozen = pane.get("state") == "frozen"
        self.header = int(pane.get("ySplit"))  # rows that stay: the last holds the headings
        self.filter = next(root.iter(MAIN + "autoFilter")).get("ref")
        page = next(root.iter(MAIN + "pageSetup"))
        self.paper, self.orientation = page.get("paperSize"), page.get("orientation")

    def title(self):
        return [self.cells[key] for key in sorted(self.cells) if key[0] < self.header]

    def headings(self):
        """Heading -> column; of two that are equal (a code's, say) the first."""
        found = {}
        for (row, letters), text in self.cells.items():
            if row == self.header:
                found.setdefault(text, letters)
        return found

    def rows(self):
        """Below the headings: row number -> {column: value}."""
        rows = {}
        for (row, letters), value in self.cells.items():
            if row > self.header:
                rows.setdefault(row, {})[letters] = value
        return rows


class Workbook:
    def __init__(self, content):
        archive = zipfile.ZipFile(io.BytesIO(content))
        assert archive.testzip() is None
        self.names = archive.namelist()
        self.text = {name: archive.read(name).decode() for name in self.names
                     if name.endswith((".xml", ".rels"))}
        styles = ElementTree.fromstring(self.text["xl/styles.xml"])
        codes = {int(f.get("numFmtId")): f.get("formatCode") for f in styles.iter(MAIN + "numFmt")}
        builtin = {0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"}
        formats = [codes.get(int(x.get("numFmtId")), builtin.get(int(x.get("numFmtId"))))
                   for x in styles.find(MAIN + "cellXfs")]
        book = ElementTree.fromstring(self.text["xl/workbook.xml"])
        self.defined = {n.get("name"): n.text for n in book.iter(MAIN + "definedName")}
        self.sheets = [
            Sheet(sheet.get("name"),
                  ElementTree.fromstring(self.text[f"xl/worksheets/sheet{i + 1}.xml"]), formats)
            for i, sheet in enumerate(book.iter(MAIN + "sheet"))]

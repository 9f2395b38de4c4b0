"""The catalogue as plain data, and its CSV files (SEMANTICS 3). Days are
datetime.date, both ends of an interval belong to it, an end of None is open."""

import csv
import dataclasses
import datetime
import io


@dataclasses.dataclass
class Interval:
    opened: datetime.date
    closed: datetime.date = None

    def has(self, day):
        return self.opened <= day and (self.closed is None or day <= self.closed)


@dataclasses.dataclass
class District:
    code: str
    openings: list  # of Interval, apart from one another
    successor: str = ""

    def is_open(self, day):
        return any(opening.has(day) for opening in self.openings)


@dataclasses.dataclass
class Commune:
    code: str
    district: str
    interval: Interval


@dataclasses.dataclass
class Criterion:
    code: str
    kind: str
    interval: Interval
    time_agg: str = ""
    district_agg: str = ""
    decimals: int = 0
    minimum: str = ""
    maximum: str = ""
    choices: list = dataclasses.field(default_factory=list)
    required: bool = False
    group: str = "all"
    direction: str = ""
    weight: int = 0
    target: str = ""
    percent: bool = False  # of a ratio: people see it as a percentage


@dataclasses.dataclass
class Form:
    code: str
    frequency: str
    interval: Interval
    criteria: list
    filled_by: str = "district"
    due_days: int = 10
    lock_days: str = ""

    def criterion(self, code):
        return next(c for c in self.criteria if c.code == code)


@dataclasses.dataclass
class Target:
    form: str
    criterion: str
    district: str  # "": of all
    interval: Interval
    target: str


@dataclasses.dataclass
class Catalogue:
    districts: list
    communes: list
    forms: list
    named: dict      # code: (first day, last day)
    holidays: list   # of (day, working)
    displaced: list  # codes whose later openings stand at the end of districts.csv
    targets: list = dataclasses.field(default_factory=list)

    def form(self, code):
        return next(f for f in self.forms if f.code == code)

    def communes_of(self, district, day):
        return [c.code for c in self.communes if c.district == district and c.interval.has(day)]


def _day(day):
    return day.isoformat() if day else ""


def _district_rows(catalogue):
    rows, last = [], []
    for district in catalogue.districts:
        for position, opening in enumerate(district.openings):
            row = {"code": district.code, "name_vi": "Huyện " + district.code, "kind": "district",
                   "opened": _day(opening.opened), "closed": _day(opening.closed),
                   "successor": district.successor if opening is district.openings[-1] else ""}
            late = position > 0 and district.code in catalogue.displaced
            (last if late else rows).append(row)
    return rows + last


def _tables(catalogue):
    forms = catalogue.forms
    return {
        "districts.csv": _district_rows(catalogue),
        "communes.csv": [
            {"code": c.code, "name_vi": "Xã " + c.code, "district_code": c.district,
             "opened": _day(c.interval.opened), "closed": _day(c.interval.closed)}
            for c in catalogue.communes],
        "forms.csv": [
            {"code": f.code, "name_vi": "Biểu " + f.code, "filled_by": f.filled_by,
             "frequency": f.frequency, "due_days": f.due_days, "lock_days": f.lock_days,
             "opened": _day(f.interval.opened), "closed": _day(f.interval.closed)} for f in forms],
        "groups.csv": [{"form": f.code, "group": g, "name_vi": "Nhóm " + g}
                       for f in forms for g in dict.fromkeys(c.group for c in f.criteria)],
        "criteria.csv": [
            {"form": f.code, "code": c.code, "group": c.group, "name_vi": "Tiêu chí " + c.code,
             "kind": c.kind, "display": "percent" if c.percent else "", "decimals": c.decimals, "time_agg": c.time_agg,
             "district_agg": c.district_agg, "min": c.minimum, "max": c.maximum,
             "direction": c.direction, "weight": c.weight, "target": c.target,
             "required": "yes" if c.required else "no",
             "opened": _day(c.interval.opened), "closed": _day(c.interval.closed)}
            for f in forms for c in f.criteria],
        "choices.csv": [{"form": f.code, "criterion": c.code, "value": value, "name_vi": value}
                        for f in forms for c in f.criteria for value in c.choices],
        "targets.csv": [
            {"form": t.form, "criterion": t.criterion, "district": t.district,
             "from": _day(t.interval.opened), "to": _day(t.interval.closed), "target": t.target}
            for t in catalogue.targets],
        "periods.csv": [{"code": code, "name_vi": code, "from": _day(first), "to": _day(last)}
                        for code, (first, last) in catalogue.named.items()],
        "holidays.csv": [{"date": _day(day), "name_vi": "Nghỉ", "working": "yes" if w else "no"}
                         for day, w in catalogue.holidays],
    }


def table_text(rows, separator=",", newline="\n", mark=False):
    """Rows (dictionaries with one set of keys) as the text of a CSV file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=separator, lineterminator=newline)
    writer.writeheader()
    writer.writerows(rows)
    return ("\ufeff" if mark else "") + out.getvalue()


def write_catalogue(catalogue, folder, random):
    """Writes the folder in the spellings that a spreadsheet may give its files."""
    folder.mkdir()
    for name, rows in _tables(catalogue).items():
        if not rows:
            continue
        separator = random.choice(",,;") if name != "criteria.csv" else ","
        text = table_text(rows, separator, random.choice(["\n", "\r\n"]), random.random() < 0.3)
        (folder / name).write_bytes(text.encode())

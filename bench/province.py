"""The province that is measured: a catalogue of N units and one form of 24 criteria, its
history as an import file, and the plain tables that the references read and write."""

import csv
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
CRITERIA = 24
MONTHS = 120
FIRST_YEAR = 2015


def districts(count):
    """Codes and names: Vietnam's districts, again and again with a suffix when more are
    asked for."""
    with open(HERE / "data" / "vietnam-districts.csv", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for number in range(count):
        row = rows[number % len(rows)]
        round_ = number // len(rows)
        suffix = f"-{round_}" if round_ else ""
        yield row["code"] + suffix, row["name_vi"], row["name_en"], row["kind"]


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def criterion(number):
    """12 counts, 6 amounts, 6 ratios: as bench/offices.c fills them."""
    code = f"c{number:02}"
    kind = "count" if number <= 12 else "amount" if number <= 18 else "ratio"
    weight, target = (1, "0.5") if kind == "ratio" else (0, "")
    return ["bench", code, "figures", f"Chỉ tiêu {number}", f"Criterion {number}", kind, "", "",
            "number", {"count": 0, "amount": 2, "ratio": 0}[kind], "sum", "sum", "up", 0, "",
            target, weight, "no", "2010-01-01", "", "", ""]


def make_catalogue(folder, count):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    units = list(districts(count))
    write(folder / "districts.csv",
          "code,name_vi,name_en,kind,communes,opened,closed,successor,tile_col,tile_row",
          ([code, vi, en, kind, 10, "2010-01-01", "", "", "", ""] for code, vi, en, kind in units))
    write(folder / "communes.csv", "code,name_vi,name_en,district_code,opened,closed", [])
    write(folder / "forms.csv",
          "code,name_vi,name_en,filled_by,frequency,due_days,lock_days,opened,closed",
          [["bench", "Đo", "Bench", "district", "month", 10, "", "2010-01-01", ""]])
    write(folder / "groups.csv", "form,group,name_vi,name_en",
          [["bench", "figures", "Số liệu", "Figures"]])
    write(folder / "criteria.csv",
          "form,code,group,name_vi,name_en,kind,unit_vi,unit_en,display,decimals,time_agg,"
          "district_agg,direction,min,max,target,weight,required,opened,closed,guide_vi,guide_en",
          (criterion(number) for number in range(1, CRITERIA + 1)))
    write(folder / "choices.csv", "form,criterion,value,name_vi,name_en", [])
    write(folder / "rules.csv", "form,code,left,op,right,severity,message_vi,message_en", [])
    write(folder / "targets.csv", "form,criterion,district,from,to,target", [])
    write(folder / "periods.csv", "code,name_vi,name_en,from,to", [])
    write(folder / "holidays.csv", "date,name_vi,working", [])
    return [unit[0] for unit in units]


def values(unit, month):
    """Unscaled numerators and denominators of one report; amounts have two decimals."""
    for number in range(1, CRITERIA + 1):
        value = (unit * 131 + month * 31 + number * 7) % 997 + 1
        yield number, value, value + 20 if number > 18 else None


def write_history(path, codes, months=MONTHS):
    """The import file of every unit and month; the number of observations."""
    with open(path, "w", encoding="utf-8") as stream:
        stream.write("district,form,period,criterion,value,of,note\n")
        for unit, code in enumerate(codes):
            for month in range(months):
                period = f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02}"
                stream.write("".join(
                    f"{code},bench,{period},c{number:02},"
                    f"{num // 100}.{num % 100:02},,\n" if 12 < number <= 18 else
                    f"{code},bench,{period},c{number:02},{num},{den or ''},\n"
                    for number, num, den in values(unit, month)))
    return len(codes) * months * CRITERIA


PLAIN = """
DROP TABLE IF EXISTS plain_report, plain_observation;
CREATE TABLE plain_report (district integer NOT NULL, period integer NOT NULL,
    revision integer NOT NULL, body bytea NOT NULL, PRIMARY KEY (district, period, revision));
CREATE TABLE plain_observation (district integer NOT NULL, criterion integer NOT NULL,
    period integer NOT NULL, revision integer NOT NULL, num bigint, den bigint,
    PRIMARY KEY (district, criterion, period, revision));
"""

# The same observations as the history, from the database itself.
FILL_PLAIN = """
INSERT INTO plain_observation
SELECT r.district_id, o.criterion_id, r.period, r.revision, o.num, o.den
FROM tonghop.report r
CROSS JOIN LATERAL unnest(r.criterion_id, r.num, r.den) AS o (criterion_id, num, den);
CREATE INDEX plain_by_period ON plain_observation (period, criterion);
ANALYZE plain_observation;
"""

# Months are numbered year * 12 + month - 1.
PROVINCE_YEAR = """SELECT criterion, count(*), sum(num), sum(den)
FROM plain_observation WHERE period BETWEEN {first} AND {last}
GROUP BY criterion ORDER BY criterion"""
MATRIX_YEAR = """SELECT criterion, district, count(*), sum(num), sum(den)
FROM plain_observation WHERE period BETWEEN {first} AND {last}
GROUP BY criterion, district ORDER BY criterion, district"""
TREND = """SELECT period, count(*), sum(num), sum(den)
FROM plain_observation WHERE criterion = (SELECT criterion_id FROM tonghop.criterion
                                          WHERE code = 'c01')
GROUP BY period ORDER BY period"""
COMPLETENESS = """SELECT district, count(DISTINCT period)
FROM plain_observation WHERE period BETWEEN {first} AND {last}
GROUP BY district ORDER BY district"""

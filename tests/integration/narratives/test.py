"""Narratives come by criterion, then district, then period, each in the catalogue's order,
with notes and reasons of n/a when asked for, and as of an instant as they stood then. What
is wanted is read from the sample's own files."""

import csv
import io

from harness import EXAMPLES, Province, check, check_equal, main, wait_until

HISTORY = EXAMPLES / "history-2023.csv"
FIRST = """district,form,period,criterion,value,of,note
198,joint-agency,2024-01,staff-filled,0,15,"một ghi chú, có dấu phẩy"
198,joint-agency,2024-01,joint-meetings,n/a,,không có kế hoạch
198,joint-agency,2024-01,support-funds,12.5,,
199,concurrent-post,2024-Q1,achievements,"Dòng một: ""tốt"", rõ
dòng hai; hết",,
199,concurrent-post,2024-Q1,causes,n/a,,chưa đánh giá
"""
SECOND = FIRST.replace("dòng hai; hết", "dòng hai, đã sửa")


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def order_of(name, column):
    rows = rows_of((EXAMPLES / "catalogue" / name).read_text(encoding="utf-8-sig"))
    return list(dict.fromkeys(row[column] for row in rows))


def texts_of(sources, form, notes):
    """(criterion, district, period, kind, text) in the order that is wanted."""
    kinds = {row["code"]: (number, row["kind"]) for number, row in enumerate(
        row for row in rows_of((EXAMPLES / "catalogue" / "criteria.csv")
                               .read_text(encoding="utf-8-sig")) if row["form"] == form)}
    districts = order_of("districts.csv", "code")
    found = []
    for row in sources:
        if row["form"] != form:
            continue
        number, kind = kinds[row["criterion"]]
        place = (number, districts.index(row["district"]), row["period"])
        head = (row["criterion"], row["district"], row["period"])
        if row["value"] == "n/a":
            if notes and row["note"]:
                found.append((place, (*head, "reason", row["note"])))
            continue
        if kind == "text":
            found.append((place, (*head, "text", row["value"])))
        if notes and row["note"]:
            found.append((place, (*head, "note", row["note"])))
    return [text for _, text in sorted(found, key=lambda item: item[0])]


def ask(client, form, *arguments, period="2023..2024"):
    return client.command("narratives", "--form", form, "--period", period, *arguments)


def got(client, form, *arguments):
    return [(row["criterion"], row["district"], row["period"], row["kind"], row["text"])
            for row in ask(client, form, "--format", "csv", *arguments).ok().rows()]


def check_table(client):
    """For people: a heading a criterion, the district and the period, lines that fit."""
    shown = ask(client, "concurrent-post", "--district", "199", "--notes", period="2024-Q1").ok()
    lines = shown.out.splitlines()
    at = lines.index("▪ Kết quả nổi bật")
    check(lines[at + 1].startswith("  ") and lines[at + 1].endswith(", Quý I/2024"),
          f"district and period: {lines[at + 1]}")
    check_equal(lines[at + 2:at + 4], ['    Dòng một: "tốt", rõ', "    dòng hai; hết"], "the text")
    check("    Lý do không áp dụng: chưa đánh giá" in lines, "the reason of n/a")
    wide = ask(client, "concurrent-post").ok()
    check(max(map(len, wide.out.splitlines())) <= 120, "lines fit the width")
    nothing = ask(client, "concurrent-post", "--language", "en", period="2019-Q1").ok()
    check("There is no narrative for this question" in nothing.out, "nothing is told")


def check_refusals(client):
    for arguments, code in ((("--criterion", "nonsense"), "criterion.unknown"),
                            (("--group", "nonsense"), "group.unknown"),
                            (("--district", "999"), "district.unknown"),
                            (("--as-of", "yesterday"), "asof.malformed")):
        refused = ask(client, "concurrent-post", "--format", "csv", *arguments)
        check(refused.status != 0 and code in refused.err and not refused.out,
              f"{arguments}: {refused.err}")
    client.command("narratives", "--form", "concurrent-post").expect(2)


def scenario():
    with Province() as province:
        collector, client = province.collectors[0], province.commission()
        paths = []
        for number, content in enumerate((FIRST, SECOND)):
            paths.append(province.folder / f"more-{number}.csv")
            paths[-1].write_text(content, encoding="utf-8")
        collector.command("import", HISTORY).ok()
        collector.command("import", paths[0]).ok()
        sources = rows_of(HISTORY.read_text(encoding="utf-8")) + rows_of(FIRST)
        for form in ("concurrent-post", "joint-agency-review", "joint-agency"):
            for notes in (False, True):
                check_equal(got(client, form, *(["--notes"] if notes else [])),
                            texts_of(sources, form, notes), f"texts of {form}, notes {notes}")
        want = texts_of(sources, "concurrent-post", False)
        check(len(want) > 20, "the sample has narratives")
        check_equal(got(client, "concurrent-post", "--criterion", "proposals", "--district",
                        "193,199"),
                    [text for text in want if text[0] == "proposals" and text[1] in
                     ("193", "199")], "of two districts and a criterion")
        check_equal(got(client, "concurrent-post", "--group", "narrative", "--district", "all"),
                    want, "of a group")
        check_equal(got(client, "concurrent-post", "--approved-only"), [], "nothing is approved")
        check_table(client)
        check_refusals(client)

        instant = province.cluster.value(
            "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', "
            "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
        wait_until(lambda: province.cluster.value(
            f"SELECT published >= '{instant}' FROM tonghop.horizon") == "t", "the horizon passes")
        collector.command("import", paths[1]).ok()
        check_equal(got(client, "concurrent-post", "--as-of", instant), want, "as of before")
        check_equal(got(client, "joint-agency", "--notes", "--as-of", instant),
                    texts_of(sources, "joint-agency", True), "notes as of before")
        check_equal(got(client, "concurrent-post"),
                    [(*text[:4], text[4].replace("dòng hai; hết", "dòng hai, đã sửa"))
                     for text in want], "the corrected text now")


if __name__ == "__main__":
    main(scenario)

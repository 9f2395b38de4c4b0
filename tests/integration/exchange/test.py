"""What is exported and imported elsewhere gives the same figures: as our long CSV, and as
DHIS2's data values in JSON and, shuffled, in CSV. The data values are worked out here from
the sample's CSV by the rule of docs/dhis2.md, and compared one by one."""

import csv
import io
import json
import random

from harness import EXAMPLES, Province, check, check_equal, main

HISTORY = EXAMPLES / "history-2023.csv"
FORMS = {"joint-agency": "month", "joint-agency-review": "half", "concurrent-post": "quarter"}
SPAN = "2023-01..2024-06"
HEADING = ["district", "form", "period", "criterion", "value", "of", "note", "received_at"]

# What the history lacks: n/a with its reason, zero, a note, an empty list of communes, a
# narrative that needs quotes.
MORE = """district,form,period,criterion,value,of,note,received_at
198,joint-agency,2024-01,staff-filled,0,15,"một ghi chú, có dấu phẩy",
198,joint-agency,2024-01,joint-meetings,n/a,,không có kế hoạch,
198,joint-agency,2024-01,support-funds,12.50,,,
198,joint-agency,2024-01,campaigns,0,,,
199,concurrent-post,2024-Q1,applying-list,none,,,
199,concurrent-post,2024-Q1,communes-applying,0,11,,
199,concurrent-post,2024-Q1,decision,continue,,,
199,concurrent-post,2024-Q1,achievements,"Dòng một: ""tốt"", rõ
dòng hai; hết",,,
"""


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def plain(number):
    """A decimal as reports keep it: without zeros behind."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def dhis2_period(period):
    return period.replace("-H", "S").replace("-", "")


def want_values(rows, kinds):
    """Data values of the rows of a report, by hand from docs/dhis2.md."""
    values = set()
    for row in rows:
        kind = kinds[row["form"], row["criterion"]]
        element = f"{row['form']}/{row['criterion']}"
        place = (dhis2_period(row["period"]), row["district"])
        if row["value"] == "n/a":
            values.add((element + "/na", *place, "true", row["note"]))
        elif kind == "ratio":
            values.add((element + "/num", *place, plain(row["value"]), row["note"]))
            values.add((element + "/den", *place, plain(row["of"]), ""))
        else:
            number = kind in ("count", "amount", "score")
            value = plain(row["value"]) if number else row["value"]
            if kind == "communes" and value != "none":
                value = " ".join(sorted(value.split()))
            values.add((element, *place, value, row["note"]))
    return values


def got_values(document):
    values = set()
    for value in document["dataValues"]:
        check(set(value) <= {"dataElement", "period", "orgUnit", "value", "comment"},
              f"members of a data value: {value}")
        check(all(isinstance(member, str) for member in value.values()), f"all texts: {value}")
        values.add((value["dataElement"], value["period"], value["orgUnit"], value["value"],
                    value.get("comment", "")))
    check_equal(len(values), len(document["dataValues"]), "data values, each once")
    return values


def figures(client):
    found = []
    for form in FORMS:
        for more in ((), ("--by", "period")):
            found.append(client.command("consolidated", "--form", form, "--period", SPAN,
                                        "--format", "csv", "--members", *more).ok().out)
    return found


def completeness(client):
    return [client.command("completeness", "--form", form, "--period", SPAN, "--format", "csv",
                           "--by", "period").ok().out for form in FORMS]


def export(client, form, *arguments, period=SPAN):
    return client.command("export", "--form", form, "--period", period, *arguments)


def check_long(client, folder):
    """Exports every form; the rows are those that were imported."""
    files = []
    source = rows_of(HISTORY.read_text(encoding="utf-8")) + rows_of(MORE)
    for form in FORMS:
        path = folder / f"{form}.csv"
        export(client, form, "-o", path).ok()
        text = path.read_text(encoding="utf-8")
        check_equal(text.splitlines()[0].split(","), HEADING, "the heading")

        def key(row):
            value = row["value"]
            if value.replace(".", "").isdigit() and " " not in value:
                value = plain(value)
            return (row["district"], row["period"], row["criterion"], value, plain(row["of"]),
                    row["note"])
        want = {key(row) for row in source if row["form"] == form}
        got = {key(row) for row in rows_of(text)}
        check_equal(sorted(got ^ want)[:3], [], f"rows of {form} that differ")
        files.append(path)
    return files


def check_dhis2(client, folder, kinds):
    files = []
    source = rows_of(HISTORY.read_text(encoding="utf-8")) + rows_of(MORE)
    for form in FORMS:
        path = folder / f"{form}.json"
        export(client, form, "--format", "dhis2", "-o", path).ok()
        document = json.loads(path.read_text(encoding="utf-8"))
        check_equal(document["dataSet"], form, "dataSet")
        want = want_values([row for row in source if row["form"] == form], kinds)
        got = got_values(document)
        check_equal(sorted(got ^ want)[:3], [], f"data values of {form} that differ")
        files.append(path)
    # Leaving n/a out is told; what is left is the rest.
    omitted = export(client, "joint-agency", "--format", "dhis2", "--omit-not-applicable").ok()
    flags = sum(1 for row in source if row["form"] == "joint-agency" and row["value"] == "n/a")
    check(flags > 0 and f"{flags} answers n/a were left out" in omitted.err,
          f"want {flags} omitted: {omitted.err}")
    check(not any(value["dataElement"].endswith("/na")
                  for value in omitted.json()["dataValues"]), "no n/a is left")
    return files


def check_figures(client):
    """Consolidated: sums of the sample's own rows."""
    source = [row for row in rows_of(HISTORY.read_text(encoding="utf-8"))
              if row["form"] == "joint-agency" and row["criterion"] == "tasks-on-time"
              and row["value"] != "n/a"]
    document = export(client, "joint-agency", "--format", "dhis2", "--figures", "consolidated",
                      period="2023").ok().json()
    got = {(value["dataElement"], value["orgUnit"]): value["value"]
           for value in document["dataValues"]}
    check_equal({value["period"] for value in document["dataValues"]}, {"2023"}, "periods")
    for unit in ["quang-ninh"] + sorted({row["district"] for row in source}):
        rows = [row for row in source if unit in ("quang-ninh", row["district"])]
        for part, column in (("num", "value"), ("den", "of")):
            check_equal(got["joint-agency/tasks-on-time/" + part, unit],
                        str(sum(int(row[column]) for row in rows)), f"{part} of {unit}")

    document = export(client, "joint-agency-review", "--format", "dhis2", "--figures",
                      "consolidated", "--district", "province", period="2023-H1").ok().json()
    choices = {value["categoryOptionCombo"]: int(value["value"])
               for value in document["dataValues"]
               if value["dataElement"] == "joint-agency-review/recommendation/districts"}
    want = {}
    for row in rows_of(HISTORY.read_text(encoding="utf-8")):
        if (row["form"], row["period"], row["criterion"]) == ("joint-agency-review", "2023-H1",
                                                              "recommendation"):
            want[row["value"]] = want.get(row["value"], 0) + 1
    check(want, "the sample has recommendations")
    check_equal({k: v for k, v in choices.items() if v}, want, "districts by recommendation")

    refused = export(client, "joint-agency", "--format", "dhis2", "--figures", "consolidated",
                     period="2023-9M")
    check(refused.status == 2 and "DHIS2 has no period for 2023-9M" in refused.err,
          f"nine months: {refused.err}")
    export(client, "joint-agency", "--format", "dhis2", "--figures", "consolidated", "--by",
           "period", period="2023-9M").ok()


def shuffled_csv(documents, path):
    """The same data values as DHIS2's own CSV, in any order."""
    rows = [value for document in documents for value in document["dataValues"]]
    random.Random(7).shuffle(rows)
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow(["dataelement", "period", "orgunit", "categoryoptioncombo",
                         "attributeoptioncombo", "value", "storedby", "lastupdated", "comment",
                         "followup", "deleted"])
        for value in rows:
            writer.writerow([value["dataElement"], value["period"], value["orgUnit"],
                             "HllvX50cXC0", "HllvX50cXC0", value["value"], "someone",
                             "2024-06-01T00:00:00.000+0000", value.get("comment", ""), "false",
                             ""])
    return path


def check_faults(collector, folder):
    """Every fault at once, each with the number of its data value; neighbours are stored."""
    values = [
        {"dataElement": "fbfJHSPpUQD", "value": "1"},
        {"dataElement": "joint-agency/campaigns", "value": "1", "orgUnit": "999"},
        {"dataElement": "joint-agency/campaigns", "value": "1", "period": "2024Q1"},
        {"dataElement": "joint-agency/campaigns", "value": "1", "categoryOptionCombo": "male"},
        {"dataElement": "joint-agency/campaigns", "value": 1.5, "period": "202402"},
        {"dataElement": "joint-agency/campaigns", "value": "3", "period": "202403"},
    ]
    path = folder / "faults.json"
    path.write_text(json.dumps({"period": "202401", "orgUnit": "200", "dataValues": values}))
    problems = folder / "problems.csv"
    result = collector.command("import", path, "--problems", problems).expect(4)
    errors = {(row["line"], row["code"]) for row in rows_of(problems.read_text())
              if row["severity"] == "error"}
    check_equal(errors, {("1", "dhis2.element_unknown"), ("1", "form.unknown"),
                         ("2", "district.unknown"), ("3", "period.malformed"),
                         ("4", "dhis2.category_unsupported"), ("5", "file.number_not_exact")},
                "the faults")
    check("5 of 6 reports were rejected" in result.err, f"neighbours are stored: {result.err}")
    path.write_text('{"dataValues": [{"dataElement": "x"}')
    broken = collector.command("import", path).expect(4)
    check("after data value 1: ']' is expected" in broken.err, f"cut off: {broken.err}")
    collector.command("import", path, "--input-format", "xml").expect(2)


def kinds_of():
    rows = rows_of((EXAMPLES / "catalogue" / "criteria.csv").read_text(encoding="utf-8-sig"))
    return {(row["form"], row["code"]): row["kind"] for row in rows}


def import_all(province, files):
    for path in files:
        province.collectors[0].command("import", path).ok()


def scenario():
    with Province() as province:
        more = province.folder / "more.csv"
        more.write_text(MORE, encoding="utf-8")
        import_all(province, [HISTORY, more])
        client = province.commission()
        want, want_completeness = figures(client), completeness(client)
        check("joint-agency,2024-01,198,joint-meetings,ratio,0,1,1," in "".join(want),
              "n/a is counted beside the figure")
        long_files = check_long(client, province.folder)
        dhis2_files = check_dhis2(client, province.folder, kinds_of())
        check_figures(client)
        nothing = export(client, "joint-agency", period="2019-01").ok()
        check("there is no report" in nothing.err, "an empty export is told")
        export(client, "joint-agency", "--format", "xlsx").expect(2)

        with Province() as second:
            import_all(second, long_files)
            reader = second.commission()
            check_equal(figures(reader), want, "figures after export and import")
            check_equal(completeness(reader), want_completeness, "completeness likewise")

        with Province() as third:
            import_all(third, dhis2_files)
            reader = third.commission()
            check_equal(figures(reader), want, "figures after DHIS2's JSON")
            documents = [json.loads(path.read_text(encoding="utf-8")) for path in dhis2_files]
            reports = third.reports()
            path = shuffled_csv(documents, third.folder / "shuffled.csv")
            third.collectors[0].command("import", path).ok()
            check_equal(third.reports(), reports, "DHIS2's CSV, shuffled, holds the same reports")
            check_faults(third.collectors[0], third.folder)
            third.collectors[0].command("verify").ok()


if __name__ == "__main__":
    main(scenario)

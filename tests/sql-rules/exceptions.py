"""Where the store does what a rule forbids or what a table looks like, and why it may."""

# Tables with district_id that are not districts' data, whole on every node.
SHARED = {
    "district": "the catalogue's list of districts, which every node joins with",
    "enrolment": "keys, few, looked up by key before a district is known",
    "district_opening": "catalogue in force, replaced as a whole by an import",
    "commune": "catalogue in force, replaced as a whole by an import",
}

# Tables of the coordinator alone.
LOCAL = {
    "horizon": "one row, beside the advisory locks that it rests on",
    "schema_migration": "what was applied, before anything is distributed",
}

COORDINATOR = "all collectors connect to one coordinator, whose advisory locks these are"

# (rule, table or file): why.
EXCEPTIONS = {
    ("identity", "district"): "filled by imports of the catalogue alone, on the coordinator",
    ("identity", "form"): "filled by imports of the catalogue alone, on the coordinator",
    ("identity", "criterion"): "filled by imports of the catalogue alone, on the coordinator",
    ("node", "lock.sql"): COORDINATOR,
    ("node", "horizon_lock.sql"): COORDINATOR,
    ("node", "horizon_publish.sql"): COORDINATOR,
    ("node", "writer_register.sql"): COORDINATOR,
    ("node", "batch_settings.sql"): COORDINATOR,
    ("node", "restored_sessions.sql"): "all collectors connect to one coordinator, which it asks",
    ("conflict", "batch_write_reports.sql"):
        "not used where Citus is: batch_write_reports_citus.sql takes its place",
}

# (earlier, later): why a reference table is written behind a statement about many districts.
ONE = "an act on one report: the one district is in an array; `unlock`: see docs/scaling.md"
SEQUENTIAL = "the owner's role makes such a transaction sequential (docs/scaling.md)"
ORDER = {
    ("batch_lock_heads", "event_insert"): ONE,
    ("exception_latest", "event_insert"): SEQUENTIAL,
    ("restored_heads", "event_insert"): SEQUENTIAL,
    ("restored_heads", "restored_put"): SEQUENTIAL,
}

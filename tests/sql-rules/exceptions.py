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
}

#include "reporter/entry/commands.h"

static const struct th_option join_options[] = {
    {"replace", 0, NULL, "leave the province or district joined before; its outbox is put aside"},
    {.name = NULL},
};
static const struct th_option catalogue_options[] = {
    {"fetch", 0, NULL, "ask the province for the one in force (10 s at most)"},
    TH_FORMAT_OPTION,
    {.name = NULL},
};
static const struct th_option template_options[] = {
    {"output", 'o', "FILE", "where to write; default FORM-PERIOD.csv, '-' for standard output"},
    {"separator", 0, "CHAR", "',' (default) or ';' (with decimal commas, for Vietnamese Excel)"},
    {"empty", 0, NULL, "no values of earlier reports"},
    {"force", 0, NULL, "write over a file that exists"},
    {.name = NULL},
};
static const struct th_option format_options[] = {
    TH_FORMAT_OPTION,
    {.name = NULL},
};
static const struct th_option submit_options[] = {
    {"wait", 'w', NULL, "wait for the province's answers and show them"},
    {"timeout", 0, "SECONDS", "with --wait: how long, default 60"},
    TH_FORMAT_OPTION,
    {.name = NULL},
};
static const struct th_option draft_options[] = {
    {"form", 0, "FORM", "with --period, instead of an id: the draft of this form"},
    {"period", 0, "PERIOD", "and of this period"},
    {.name = NULL},
};
static const struct th_option status_options[] = {
    {"watch", 0, NULL, "show it anew every second until Ctrl-C"},
    {"all", 0, NULL, "every report, not the latest 20 only"},
    {"notices", 0, NULL, "the province's notices instead, all of them; they count as read then"},
    TH_FORMAT_OPTION,
    {.name = NULL},
};
static const struct th_option reconcile_options[] = {
    {"pull", 0, NULL, "fetch the entries and reports that the outbox lacks"},
    TH_FORMAT_OPTION,
    {.name = NULL},
};
static const struct th_option resubmit_options[] = {
    {"all-rejected", 0, NULL, "every rejected report of FORM and PERIOD"},
    {.name = NULL},
};

static const struct th_command commands[] = {
    {
        .name = "keygen",
        .summary = "make this office's key",
        .description =
            "Makes the key by which the province knows this office and prints the public half. "
            "The secret half stays in state_dir/key, readable by you alone. An existing key is "
            "never overwritten.\n"
            "\n"
            "Examples:\n"
            "  tonghop-reporter keygen\n"
            "  tonghop-reporter --state-dir ./state --language en keygen\n",
        .run = th_command_keygen,
    },
    {
        .name = "join",
        .arguments = "FILE",
        .summary = "take up the bundle that the province sent",
        .description =
            "Reads the enrolment bundle (made by `tonghop-collector enrol`), checks that it is "
            "for this office's key, and pins it: from now on only this province is believed. "
            "Prints a fingerprint: call the province and compare it before anything is sent.\n"
            "Joining the same district again takes up new endpoints or keys.\n"
            "\n"
            "Examples:\n"
            "  tonghop-reporter join 194.bundle\n"
            "  tonghop-reporter join other.bundle --replace\n",
        .options = join_options,
        .minimum_arguments = 1,
        .maximum_arguments = 1,
        .run = th_command_join,
    },
    {
        .name = "catalogue",
        .summary = "the forms that can be reported",
        .description =
            "Shows the catalogue that this office holds: its version and its forms. The daemon "
            "keeps it up to date by itself; --fetch asks the province now.\n"
            "\n"
            "Examples:\n"
            "  tonghop-reporter catalogue\n"
            "  tonghop-reporter catalogue --fetch --format json\n",
        .options = catalogue_options,
        .run = th_command_catalogue,
    },
    {
        .name = "template",
        .arguments = "FORM PERIOD",
        .summary = "a sheet to fill in, with the last values beside",
        .description =
            "Writes a CSV file for a spreadsheet: one row a criterion with its name, unit and "
            "guidance, and the values of the last period beside. Fill in the columns value (and "
            "of, for ratios); write n/a where a criterion does not apply. If the period was "
            "reported already, its values are filled in to be corrected, because a new revision "
            "replaces the whole report.\n"
            "\n"
            "Examples:\n"
            "  tonghop-reporter template joint-agency 2024-03\n"
            "  tonghop-reporter template joint-agency 2024-03 --separator ';' -o thang3.csv\n",
        .options = template_options,
        .minimum_arguments = 2,
        .maximum_arguments = 2,
        .run = th_command_template,
    },
    {
        .name = "check",
        .arguments = "FILE",
        .summary = "find the problems of a report file, offline",
        .description =
            "Applies the same rules as the province, by the catalogue held, and lists every "
            "problem with its line and column. Errors must be put right; warnings deserve a "
            "look. Nothing is sent or kept. Exit status 0: fit to be sent, 4: errors.\n"
            "\n"
            "Examples:\n"
            "  tonghop-reporter check joint-agency-2024-03.csv\n"
            "  tonghop-reporter check --format json report.json\n",
        .options = format_options,
        .minimum_arguments = 1,
        .maximum_arguments = 1,
        .run = th_command_check,
    },
    {
        .name = "submit",
        .arguments = "FILE...",
        .summary = "put report files into the outbox",
        .description =
            "Checks all files, and when every one is good puts them into the outbox together; "
            "with an error in any, nothing is kept and all problems are listed (exit status 4). "
            "Once it says so, a report is on the disk and will reach the province, whatever "
            "happens to this machine or the line. A file that says the same as the newest "
            "revision changes nothing.\n"
            "The daemon (`tonghop-reporter run`) delivers; with --wait and no daemon running, "
            "this command delivers itself. With --wait: exit status 4 when the province rejects "
            "a report, 3 when it has not answered in time.\n"
            "With the setting sign_off a file becomes a draft instead, which is not sent, in place "
            "of the earlier draft of its form and period: see prepare and release. --wait is "
            "refused then.\n"
            "\n"
            "Examples:\n"
            "  tonghop-reporter submit joint-agency-2024-03.csv\n"
            "  tonghop-reporter submit *.csv --wait --timeout 120\n",
        .options = submit_options,
        .minimum_arguments = 1,
        .maximum_arguments = TH_COMMAND_ARGUMENTS,
        .run = th_command_submit,
    },
    {
        .name = "prepare",
        .arguments = "ID | --form FORM --period PERIOD",
        .summary = "finish a draft: what is to be signed off is fixed",
        .description =
            "Checks a draft (made by submit with the setting sign_off) once more, by the catalogue "
            "held now, and fixes what it says: a later submit of its form and period is refused "
            "until it is released or withdrawn. Nothing is sent. Exit status 4 and all problems "
            "when it has errors; it stays a draft then. An id may be shortened to its first 6 "
            "digits or more.\n"
            "\n"
            "Examples:\n"
            "  tonghop-reporter prepare 3f2a91c0\n"
            "  tonghop-reporter prepare --form joint-agency --period 2024-03\n",
        .options = draft_options,
        .maximum_arguments = 1,
        .run = th_command_prepare,
    },
    {
        .name = "release",
        .arguments = "ID | --form FORM --period PERIOD",
        .summary = "put a prepared report into the queue",
        .description =
            "Gives a prepared report its revision and puts it into the queue, from where it is "
            "delivered as after a submit without sign_off. One that says the same as the newest "
            "revision is not sent again. When it was released is kept, not by whom.\n"
            "\n"
            "Examples:\n"
            "  tonghop-reporter release 3f2a91c0\n"
            "  tonghop-reporter release --form joint-agency --period 2024-03\n",
        .options = draft_options,
        .maximum_arguments = 1,
        .run = th_command_release,
    },
    {
        .name = "withdraw",
        .arguments = "ID | --form FORM --period PERIOD",
        .summary = "drop a draft or a prepared report",
        .description =
            "Takes away what was not released. What was released stays: submit a corrected file "
            "instead, which becomes a new revision.\n"
            "\n"
            "Examples:\n"
            "  tonghop-reporter withdraw 3f2a91c0\n"
            "  tonghop-reporter withdraw --form joint-agency --period 2024-03\n",
        .options = draft_options,
        .maximum_arguments = 1,
        .run = th_command_withdraw,
    },
    {
        .name = "run",
        .summary = "deliver what the outbox holds, as a daemon",
        .description =
            "Keeps a connection to the province, sends what waits in the outbox, and keeps the "
            "signed receipts. Stays in the foreground and logs to standard error; systemd units "
            "use it as it is. One at a time delivers from a state_dir. SIGTERM stops it cleanly, "
            "a second one at once; nothing is ever lost by stopping.\n"
            "\n"
            "Example:\n"
            "  tonghop-reporter -c /etc/tonghop/reporter.ini run\n",
        .run = th_command_run,
    },
    {
        .name = "status",
        .summary = "is it connected, what waits, what was answered",
        .description =
            "Shows the connection, the queue, what waits for sign-off and what to do next with it, "
            "the last receipt, the catalogue, the latest "
            "reports with their state, problems and what the province decided (approved, "
            "returned, until when a correction is taken), and the latest notices of the province, "
            "unread ones first. --notices lists all notices with what is said of each criterion; "
            "shown as a table they count as read, as csv or json they do not.\n"
            "\n"
            "Examples:\n"
            "  tonghop-reporter status\n"
            "  tonghop-reporter status --watch\n"
            "  tonghop-reporter status --notices\n"
            "  tonghop-reporter status --all --format csv\n",
        .options = status_options,
        .run = th_command_status,
    },
    {
        .name = "receipts",
        .summary = "the entries of this district's ledger",
        .description =
            "Lists every entry of the district's chain that this office holds: what the province "
            "accepted, when, under which number. Entries that the province imported are there "
            "too.\n"
            "\n"
            "Examples:\n"
            "  tonghop-reporter receipts\n"
            "  tonghop-reporter receipts --format csv > receipts.csv\n",
        .options = format_options,
        .run = th_command_receipts,
    },
    {
        .name = "receipts verify",
        .summary = "check all receipts offline",
        .description =
            "Computes the whole chain again from the outbox, checks every signature by the keys "
            "of the pinned bundle, compares the entries with the bytes of this office's reports, "
            "and looks for gaps. Needs no connection. Exit status 1 names the first difference.\n"
            "\n"
            "Example:\n"
            "  tonghop-reporter receipts verify\n",
        .options = format_options,
        .run = th_command_receipts_verify,
    },
    {
        .name = "reconcile",
        .summary = "compare this office's log with what the province holds",
        .description =
            "Asks the province for every entry of this district's chain, checks hashes and "
            "signatures, and lists what differs from the outbox: entries that one of the two "
            "lacks, other entries, reports of this office that are lacking or other. Exit status "
            "1 when there is a difference. Stop the daemon first.\n"
            "--pull rebuilds a lost outbox: fetches the entries, then the exact bytes of the "
            "reports, which the signed entries confirm. Nothing that is held is changed.\n"
            "\n"
            "Examples:\n"
            "  tonghop-reporter reconcile\n"
            "  tonghop-reporter reconcile --pull\n",
        .options = reconcile_options,
        .run = th_command_reconcile,
    },
    {
        .name = "resubmit",
        .arguments = "ID... | --all-rejected FORM PERIOD",
        .summary = "send rejected reports again, unchanged",
        .description =
            "Puts rejected reports back into the queue, with the same bytes and id: for instance "
            "after the province has unlocked a period. What must change is submitted as a new "
            "file instead. An id may be shortened to its first 6 digits or more.\n"
            "\n"
            "Examples:\n"
            "  tonghop-reporter resubmit 3f2a91c0\n"
            "  tonghop-reporter resubmit --all-rejected joint-agency 2024-03\n",
        .options = resubmit_options,
        .minimum_arguments = 1,
        .maximum_arguments = TH_COMMAND_ARGUMENTS,
        .run = th_command_resubmit,
    },
    {.name = NULL},
};

const struct th_program th_reporter_program = {
    .name = "tonghop-reporter",
    .summary =
        "A district office's program: checks report files, keeps them in an outbox that survives "
        "anything short of a lost disk, delivers them to the province and keeps the signed "
        "receipts.\n"
        "First steps: keygen, send the key to the province, join FILE, run; then template, check, "
        "submit, status.\n",
    .default_config = "/etc/tonghop/reporter.ini",
    .keys = th_reporter_keys,
    .commands = commands,
};

/* tonghop-collector: the province's program. The commands are in admin/ and run.c;
 * this page is their table. */
#include "collector/admin/admin.h"
#include "collector/run.h"
#include "collector/settings.h"
#include "common/base/command.h"

static const struct th_command commands[] = {
    {"keygen", NULL, "make the collector's keys where they are missing",
     "Makes the key of the sockets (key_file) and the key that signs receipts "
     "(receipt_key_file), each with its public half in a .pub file beside it, and prints both "
     "public keys. Keys that are there are kept. Collectors before one database share one "
     "receipt_key_file and have a key_file each.\n\n"
     "Keep a copy of the receipt key in a safe: offices trust it for ever.\n\n"
     "Example:\n  tonghop-collector keygen",
     NULL, 0, 0, th_admin_keygen},
    {"migrate", NULL, "bring the database to this program's schema",
     "Makes or upgrades the schema in owner_database, and writes the province into it the "
     "first time: the setting 'province' is its code for ever. Harmless when there is nothing "
     "to do. Run it before the first start and after each update.\n\n"
     "Example:\n  tonghop-collector -c /etc/tonghop/collector.ini migrate",
     NULL, 0, 0, th_admin_migrate},
    {"catalogue check", "DIR", "look for faults in a folder of catalogue files",
     "Reads districts.csv, forms.csv, groups.csv, criteria.csv and the other files of the "
     "folder, and lists every fault with its file, line and column (exit status 4), or counts "
     "what is in it. Needs no database.\n\n"
     "Example:\n  tonghop-collector catalogue check catalogue/",
     th_admin_catalogue_options, 1, 1, th_admin_catalogue_check},
    {"catalogue import", "DIR", "put a catalogue into force",
     "Checks the folder as 'catalogue check' does, then makes it the next version of the "
     "catalogue, all or nothing; offices fetch it by themselves. A change that would strand "
     "accepted reports is refused (exit status 4) with their number: close a district, form or "
     "criterion by a date in its 'closed' column instead of removing it.\n\n"
     "Example:\n  tonghop-collector catalogue import catalogue/",
     th_admin_catalogue_options, 1, 1, th_admin_catalogue_import},
    {"catalogue export", "DIR", "write the catalogue's files into a folder",
     "Writes the catalogue in force, or an earlier version, as CSV files to edit and import "
     "again. The folder is made when it is missing.\n\n"
     "Example:\n  tonghop-collector catalogue export catalogue-3/ --version 3",
     th_admin_catalogue_export_options, 1, 1, th_admin_catalogue_export},
    {"enrol district", "CODE KEY", "admit a district office's key and write its bundle",
     "CODE is the district's in the catalogue. KEY is the public key that the office's "
     "'tonghop-reporter keygen' printed, or the path of its .pub file. Writes the bundle that "
     "the office joins with (no secret is in it): the addresses of submit_public, the server's "
     "key, the receipt key. Compare the fingerprint by telephone. A key that is enrolled so "
     "already gets its bundle again.\n\n"
     "Examples:\n  tonghop-collector enrol district 193 office-193.pub\n"
     "  tonghop-collector enrol district 193 office-193.pub --bundle - > 193.bundle",
     th_admin_enrol_options, 2, 2, th_admin_enrol_district},
    {"enrol client", "NAME KEY", "admit a key of the commission and write its bundle",
     "NAME is what the client is called in the records: letters, digits, - _ . only. A viewer "
     "reads; an approver also approves, returns and appraises; an admin may do everything. "
     "--portal marks the key of a portal, which acts for accounts of its own; it is never "
     "admin.\n\n"
     "Examples:\n  tonghop-collector enrol client commission commission.pub --role viewer\n"
     "  tonghop-collector enrol client portal portal.pub --role approver --portal",
     th_admin_enrol_client_options, 2, 2, th_admin_enrol_client},
    {"revoke", "KEY", "refuse a key from now on",
     "KEY is 64 hexadecimal digits ('enrolments' lists them) or a .pub file. Running sessions "
     "end within 2 seconds. A revoked key never comes back: make a new one.\n\n"
     "Example:\n  tonghop-collector revoke office-193.pub",
     NULL, 1, 1, th_admin_revoke},
    {"enrolments", NULL, "list the keys that were ever admitted",
     "Lists name, role, since when, until when (revoked), the public key, and of which "
     "announcement ('announce') an office said that it holds the keys.\n\n"
     "Example:\n  tonghop-collector enrolments --format csv",
     th_admin_enrolments_options, 0, 0, th_admin_enrolments},
    {"announce", NULL, "tell offices and clients new keys and addresses over the wire",
     "Announces the addresses of submit_public and query_public with their server keys, and the "
     "receipt keys (receipt_key_file first, then receipt_keys), signed with the receipt key, in "
     "place of those in the bundles. Offices and clients that hold this receipt key take it: "
     "connected offices within 2 seconds, all others when they greet next, and new bundles have "
     "it. Announce a new receipt key while the old one still signs, and a new server key while "
     "the old endpoint still answers; 'enrolments' shows which office holds what. Says so when "
     "there is nothing new.\n\n"
     "Examples:\n  tonghop-collector announce --dry-run\n"
     "  tonghop-collector announce --receipt-keys /etc/tonghop/receipt-2.key.pub",
     th_admin_announce_options, 0, 0, th_admin_announce},
    {"import", "FILE", "load past reports in bulk from CSV, or DHIS2's JSON or CSV",
     "FILE ('-': standard input) has a line for every value under the heading "
     "district,form,period,criterion,value,of,note,received_at (the last three may be missing; "
     "columns in any order; all lines of one report together). 'of' is a ratio's denominator; "
     "'n/a' means not applicable; commune codes are parted by blanks; received_at tells when "
     "the report came in and decides whether it was on time.\n\n"
     "Every report is judged, entered into the ledger and counted like one from an office, but "
     "never locked, and is taken whole or not at all. Problems are listed with their lines; "
     "with any report rejected the exit status is 4. Importing a file again finds what is "
     "stored and changes nothing, so correct the file and import it whole. Each import but a "
     "dry run is recorded in the province's chain.\n\n"
     "Data values of DHIS2 are read too, as JSON or CSV and up to 64 MiB, with data elements "
     "FORM/CRITERION (docs/dhis2.md). In its JSON a problem's line is the number of the data "
     "value in the file.\n\n"
     "Examples:\n  tonghop-collector import history-2023.csv --dry-run\n"
     "  tonghop-collector import history-2023.csv --problems problems.csv --language vi",
     th_admin_import_options, 1, 1, th_admin_import},
    {"unlock", NULL, "take reports of a locked period for a while",
     "Makes an exception from the lock: reports of the form and period are taken from these "
     "districts until T. --period may be any that holds base periods; each base period and "
     "district is an act of its own in the province's chain, with who, when and why. Offices "
     "are told, and send what was rejected again with 'tonghop-reporter resubmit'. A later "
     "exception for the same base period and district takes the place of the earlier; --end "
     "ends it now. All problems are listed at once (exit status 4), and then nothing is "
     "written.\n\n"
     "Examples:\n  tonghop-collector unlock --form joint-agency --period 2024-03 --district "
     "193,194 --until 2024-05-31 --reason 'Số liệu thẩm định lại'\n"
     "  tonghop-collector unlock --form joint-agency --period 2024-Q1 --district all --end "
     "--reason 'Done'\n"
     "  tonghop-collector unlock --list --format csv",
     th_admin_unlock_options, 0, 0, th_admin_unlock},
    {"status", NULL, "count what the database holds",
     "Shows the versions of schema and catalogue, the keys enrolled, the reports held and the "
     "last acceptance.\n\n"
     "Example:\n  tonghop-collector status --format json",
     th_admin_status_options, 0, 0, th_admin_status},
    {"verify", NULL, "recompute the ledger and everything derived from it",
     "Walks every district's chain in one snapshot: sequences without gaps, hashes recomputed "
     "from the stored fields, the bytes of each report against their digest and their row, the "
     "observations, counts and current reports derived anew from the bytes; then the province's "
     "own chain and the catalogues. Lists up to 100 differences, counts all, and exits 1 when "
     "there is one. Collectors may run meanwhile.\n\n"
     "--against checks the chains against heads that 'heads' exported before: a chain that was "
     "cut and written anew no longer contains them.\n\n"
     "Examples:\n  tonghop-collector verify\n"
     "  tonghop-collector verify --against /media/usb/heads-2024-06.txt --format csv",
     th_admin_verify_options, 0, 0, th_admin_verify},
    {"heads", NULL, "export the signed heads of all chains",
     "Writes the last entry of every district's chain and of the province's own, each signed "
     "with the receipt key. Keep the file away from the database (on paper, with an auditor): "
     "'verify --against' then proves that nothing before it was changed.\n\n"
     "Examples:\n  tonghop-collector heads --output heads-2024-06.txt\n"
     "  tonghop-collector heads --format table",
     th_admin_heads_options, 0, 0, th_admin_heads},
    {"rebuild", NULL, "derive figures and current reports from the reports' bytes again",
     "Writes observations, counts and current reports anew wherever they are not what the "
     "bytes say, lists what changed, and verifies. Bytes and chains are never touched: what is "
     "wrong with those stays, and the exit status is 1. Needs the owner's rights "
     "(owner_database).\n\n"
     "Example:\n  tonghop-collector rebuild --district 193",
     th_admin_rebuild_options, 0, 0, th_admin_rebuild},
    {"restored", NULL, "go on after the database was restored to an older moment",
     "Run it once after a backup was restored, before any collector is started; it refuses "
     "while one is connected. Records the restoration in the province's chain with the moment "
     "of the backup, and begins the next epoch of every district's chain, on the hash of its "
     "restored head. Offices then send again what they hold receipts for and the province has "
     "lost; the old receipts, which the province verifies, decide whether a report was in "
     "time. Answers as of instants between the moment and now are marked as void from then "
     "on. Enrolments, catalogues, unlocks, imports and states since the backup are to be made "
     "again.\n\n"
     "--heads names the newest file of 'heads' from before the loss: the entries that are gone "
     "are counted by it and recorded. --epoch is for the case that an office reports receipts "
     "of a higher epoch, made after an earlier restoration that the backup does not know of. "
     "The clock of the database must be right. Needs the owner's rights (owner_database).\n\n"
     "Examples:\n  tonghop-collector restored --reason 'disk failure of 12 March'\n"
     "  tonghop-collector restored --heads heads-2026-03.txt --reason 'disk failure' --yes",
     th_admin_restored_options, 0, 0, th_admin_restored},
    {"run", NULL, "serve reporters and the commission until told to stop",
     "Checks the schema, loads keys and catalogue, binds both sockets and serves. SIGTERM\n"
     "or Ctrl-C: takes no more, finishes what waits (drain_timeout_ms) and exits; a second\n"
     "signal exits at once. While the database is away the sockets stay open and nothing\n"
     "is acknowledged; service goes on by itself when it is back.\n\n"
     "Example:\n  tonghop-collector -c /etc/tonghop/collector.ini run",
     NULL, 0, 0, th_collector_run},
    {NULL},
};

static const struct th_program program = {
    .name = "tonghop-collector",
    .summary = "The provincial collector of tonghop: receives the districts' reports, keeps\n"
               "them in PostgreSQL with a verifiable ledger, and answers the commission.",
    .default_config = "/etc/tonghop/collector.ini",
    .keys = th_collector_keys,
    .commands = commands,
};

int main(int argc, char **argv)
{
    struct th_collector_settings settings = {0};
    return th_program_main(&program, argc, argv, &settings, &settings);
}

/* The administrative commands of tonghop-collector. main.c holds the table of
 * commands with their texts; here are what the rows point to. The context of each
 * is the program's settings (collector/settings.h). They connect as
 * owner_database, else database. */
#ifndef TONGHOP_COLLECTOR_ADMIN_H
#define TONGHOP_COLLECTOR_ADMIN_H

#include "common/base/command.h"

typedef enum th_status th_admin_fn(void *settings, const struct th_command_line *line,
                                   struct th_error *error);

/* keygen.c: makes key_file and receipt_key_file where they are missing. */
th_admin_fn th_admin_keygen;

/* migrate.c: schema and province. */
th_admin_fn th_admin_migrate;

/* catalogue.c */
th_admin_fn th_admin_catalogue_check, th_admin_catalogue_import, th_admin_catalogue_export;
extern const struct th_option th_admin_catalogue_options[], th_admin_catalogue_export_options[];

/* enrol.c: admits keys and writes bundles. */
th_admin_fn th_admin_enrol_district, th_admin_enrol_client, th_admin_revoke, th_admin_enrolments;
extern const struct th_option th_admin_enrol_options[], th_admin_enrol_client_options[],
    th_admin_enrolments_options[];

/* announce.c: tells offices and clients new keys and endpoints. */
th_admin_fn th_admin_announce;
extern const struct th_option th_admin_announce_options[];

/* import.c: bulk history from CSV, through the same validation, ledger and figures
 * as the wire. */
th_admin_fn th_admin_import;
extern const struct th_option th_admin_import_options[];

/* unlock.c: exceptions from the lock of base periods. */
th_admin_fn th_admin_unlock;
extern const struct th_option th_admin_unlock_options[];

/* status.c */
th_admin_fn th_admin_status;
extern const struct th_option th_admin_status_options[];

/* verify.c: recomputes chains, bytes and figures; rebuild.c: writes what is derived
 * anew; heads.c: exports signed heads. */
th_admin_fn th_admin_verify, th_admin_rebuild, th_admin_heads;
extern const struct th_option th_admin_verify_options[], th_admin_rebuild_options[],
    th_admin_heads_options[];

/* restored.c: begins an epoch after the database was put back to an older moment. */
th_admin_fn th_admin_restored;
extern const struct th_option th_admin_restored_options[];

#endif

/* The collector's door to PostgreSQL: one th_store is one libpq connection with its
 * prepared statements, used by one thread. No other folder speaks SQL or libpq.
 * Statements live in store/sql/, migrations in store/migrations/, both embedded. */
#ifndef TONGHOP_COLLECTOR_STORE_H
#define TONGHOP_COLLECTOR_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/status.h"
#include "common/domain/catalogue.h"
#include "common/wire/announcement.h"

struct th_store;

/* Connects with a deadline (ms). The connection sets application_name to `purpose`.
 * TH_UNREACHABLE when nothing answers; TH_USAGE when conninfo is malformed or the
 * database refuses the role. Never prints a password. */
enum th_status th_store_open(const char *conninfo, const char *purpose, int timeout_ms,
                             struct th_store **store, struct th_error *error) TH_MUST_USE;
void th_store_close(struct th_store **store);

/* Closes and connects again with the same settings. */
enum th_status th_store_reopen(struct th_store *store, int timeout_ms,
                               struct th_error *error) TH_MUST_USE;

/* The schema's version against the one that this program was built for. TH_USAGE
 * names the command to run ("tonghop-collector migrate", or a newer program). */
enum th_status th_store_check_schema(struct th_store *store, struct th_error *error) TH_MUST_USE;

/* Applies what is missing, under an advisory lock, each migration in its own
 * transaction; makes the group roles tonghop_writer and tonghop_reader when they
 * are not there. `applied` receives how many. */
enum th_status th_store_migrate(struct th_store *store, int *applied,
                                struct th_error *error) TH_MUST_USE;
int th_store_schema_version(void); /* that this program knows */

/* ---- province ---- */
struct th_province {
    char code[33], name_vi[200], name_en[200], time_zone[64];
};
/* Writes the province at the first call; later calls only compare the code
 * (TH_USAGE when it differs) and update names. */
enum th_status th_store_put_province(struct th_store *store, const struct th_province *province,
                                     struct th_error *error) TH_MUST_USE;
/* TH_USAGE when `migrate` did not run yet. */
enum th_status th_store_get_province(struct th_store *store, struct th_province *province,
                                     struct th_error *error) TH_MUST_USE;

/* Highest sequence of the province's chain: changes with every administrative act.
 * Cheap; collectors poll it every second. */
enum th_status th_store_event_sequence(struct th_store *store, uint64_t *sequence,
                                       struct th_error *error) TH_MUST_USE;

/* ---- horizon ---- */
/* Moves the horizon up to which questions may be asked as of (SEMANTICS 9): above every
 * instant at which a transaction may still accept something it never goes. Collectors
 * call it every second; it waits for no writer. */
enum th_status th_store_publish_horizon(struct th_store *store, struct th_error *error) TH_MUST_USE;

/* ---- catalogue ---- */
/* The catalogue in force (`version` 0) or of one version, with one reference; NULL
 * in *catalogue when none was imported. */
enum th_status th_store_load_catalogue(struct th_store *store, uint64_t version,
                                       struct th_catalogue **catalogue,
                                       struct th_error *error) TH_MUST_USE;

/* Version of the catalogue in force, 0: none was imported. Cheap. */
enum th_status th_store_catalogue_version(struct th_store *store, uint64_t *version,
                                          struct th_error *error) TH_MUST_USE;

/* A catalogue together with the store's ids of its rows; shared, read-only. */
struct th_catalogue_ids {
    struct th_catalogue *catalogue;
    int32_t *district_ids;      /* by district index */
    int32_t *form_ids;          /* by form index */
    int32_t **criterion_ids;    /* by form index, criterion index */
    int64_t *first_enrolled_us; /* by district index; INT64_MAX: never enrolled */
    int32_t max_district_id, max_criterion_id;
    int32_t *district_of_id;  /* id -> district index, -1: not in this version */
    int32_t *criterion_of_id; /* id -> index in its form, -1 */
};
enum th_status th_store_load_ids(struct th_store *store, const struct th_catalogue *catalogue,
                                 struct th_catalogue_ids **ids, struct th_error *error) TH_MUST_USE;
/* The district with this id, as the database gave it; NULL when this version of the catalogue
 * has none. */
const struct th_district *th_catalogue_ids_district(const struct th_catalogue_ids *ids, int32_t id);
struct th_catalogue_ids *th_catalogue_ids_retain(struct th_catalogue_ids *ids); /* atomic */
void th_catalogue_ids_release(struct th_catalogue_ids **ids);

/* One refused difference of an import and how many accepted observations (or
 * reports) it would strand. */
struct th_stranded {
    struct th_change change; /* texts owned by the old catalogue */
    uint64_t reports;
};
/* Imports a read and packed catalogue in one transaction. Outcomes: *version is the
 * new version; the version in force when nothing changed (*changed false);
 * TH_REJECTED and `stranded` (caller frees with free) when data would be stranded. */
enum th_status th_store_import_catalogue(struct th_store *store, struct th_catalogue *catalogue,
                                         const char *actor, uint64_t *version, bool *changed,
                                         struct th_stranded **stranded, size_t *stranded_count,
                                         struct th_error *error) TH_MUST_USE;

/* ---- imports of reports ---- */
struct th_import_act {
    const char *file, *format; /* name without its folder ("-": standard input); "csv" ... */
    uint64_t bytes;            /* that were read */
    uint8_t digest[32];        /* SHA-256 of them */
    uint64_t accepted, duplicate, rejected; /* reports */
};
/* Records an import that has ended in the province's chain, as an act of its own (kind
 * "import"): the reports were committed before. */
enum th_status th_store_record_import(struct th_store *store, const struct th_import_act *act,
                                      const char *actor, struct th_error *error) TH_MUST_USE;

/* ---- enrolments ---- */
struct th_enrolment {
    uint8_t public_key[32];
    char name[65], role[16];
    bool portal;
    int32_t district_id;                   /* 0: a client */
    int64_t enrolled_at_us, revoked_at_us; /* revoked: 0 = admitted */
    int64_t announced_us; /* of the announcement that the office holds; 0: of none */
};
/* Enrols a key; with role "district" `name` is a district's code. TH_USAGE when the
 * key is enrolled already, or the district is unknown. */
enum th_status th_store_enrol(struct th_store *store, const struct th_enrolment *enrolment,
                              const char *actor, struct th_error *error) TH_MUST_USE;
enum th_status th_store_revoke(struct th_store *store, const uint8_t public_key[32],
                               const char *actor, struct th_enrolment *revoked,
                               struct th_error *error) TH_MUST_USE;
/* All rows, newest last; the caller frees *enrolments. */
enum th_status th_store_list_enrolments(struct th_store *store, struct th_enrolment **enrolments,
                                        size_t *count, struct th_error *error) TH_MUST_USE;

/* ---- announcements of keys ---- */
/* Records an announcement in the province's chain (kind "announcement"). TH_USAGE when one
 * of the same instant or later is there. */
enum th_status th_store_announce(struct th_store *store, const struct th_announcement *announcement,
                                 const char *actor, struct th_error *error) TH_MUST_USE;
/* The newest ones, at most `limit`, oldest first; all in the arena. One that cannot be read
 * is left out. */
enum th_status th_store_announcements(struct th_store *store, size_t limit, struct th_arena *arena,
                                      struct th_announcement **announcements, size_t *count,
                                      struct th_error *error) TH_MUST_USE;
/* Records which one an office says that it holds. */
enum th_status th_store_note_announced(struct th_store *store, const uint8_t public_key[32],
                                       int64_t announced_us, struct th_error *error) TH_MUST_USE;

/* ---- counts for `status` ---- */
struct th_store_status {
    uint64_t reports, current_reports, rejections, districts_enrolled, clients_enrolled;
    uint64_t catalogue_version, event_sequence;
    int64_t last_accepted_at_us, database_now_us;
    int schema_version;
};
enum th_status th_store_get_status(struct th_store *store, struct th_store_status *status,
                                   struct th_error *error) TH_MUST_USE;

#endif

/* The catalogue (SEMANTICS 3): what can be reported, by whom, when. Built once
 * from its CSV files, then read-only and safe to share between threads.
 * Everything points into one allocation; free with th_catalogue_release. */
#ifndef TONGHOP_DOMAIN_CATALOGUE_H
#define TONGHOP_DOMAIN_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/buffer.h"
#include "common/base/status.h"
#include "common/domain/decimal.h"
#include "common/domain/period.h"

#define TH_DISTRICT_CODE_MAX  32 /* bytes, NUL not counted */
#define TH_FORM_CODE_MAX      64
#define TH_CRITERION_CODE_MAX 64
#define TH_COMMUNE_CODE_MAX   32

/* Days, both inclusive; `closed` is TH_DAY_FOREVER when empty. */
struct th_interval {
    int32_t opened, closed;
};

struct th_name {
    const char *vi, *en; /* en falls back to vi when its cell is empty */
};

struct th_opening {
    struct th_interval interval;
    int32_t communes; /* number in this interval, -1 when not given */
};

struct th_district {
    const char *code;
    struct th_name name;
    const char *kind;
    struct th_opening *openings; /* by opened */
    size_t opening_count;
    const struct th_district *successor; /* NULL: none */
    int32_t tile_column, tile_row;       /* -1: none */
    size_t index;                        /* position in th_catalogue.districts */
};

struct th_commune {
    const char *code;
    struct th_name name;
    const struct th_district *district;
    struct th_interval interval;
};

enum th_kind {
    TH_KIND_COUNT,
    TH_KIND_AMOUNT,
    TH_KIND_RATIO,
    TH_KIND_SCORE,
    TH_KIND_CHOICE,
    TH_KIND_COMMUNES,
    TH_KIND_TEXT,
};
enum th_time_agg {
    TH_TIME_SUM,
    TH_TIME_LAST,
    TH_TIME_AVERAGE,
    TH_TIME_MIN,
    TH_TIME_MAX,
    TH_TIME_LISTED
};
enum th_district_agg {
    TH_DISTRICT_SUM,
    TH_DISTRICT_AVERAGE,
    TH_DISTRICT_MIN,
    TH_DISTRICT_MAX,
    TH_DISTRICT_DISTRIBUTION,
    TH_DISTRICT_UNION,
    TH_DISTRICT_LISTED
};
enum th_direction { TH_DIRECTION_NONE, TH_DIRECTION_UP, TH_DIRECTION_DOWN };

struct th_group {
    const char *code;
    struct th_name name;
};

struct th_choice {
    const char *value;
    struct th_name name;
};

struct th_form;
struct th_codes;

struct th_criterion {
    const struct th_form *form;
    const char *code;
    const struct th_group *group;
    struct th_name name, unit, guide; /* unit and guide may be "" */
    enum th_kind kind;
    bool percent;     /* display: people see the ratio as a percentage */
    uint8_t decimals; /* digits after the point allowed, 0..9 */
    enum th_time_agg time_agg;
    enum th_district_agg district_agg;
    enum th_direction direction;
    bool has_min, has_max, has_target;
    struct th_decimal min, max, target; /* of a ratio: of its quotient */
    int32_t weight;
    bool required;
    struct th_interval interval;
    struct th_choice *choices;
    size_t choice_count;
    size_t index;                    /* position in the form's criteria */
    const struct th_codes *by_value; /* private to catalogue.c: look-up of choices */
};

/* One term of a rule's side. */
enum th_term_kind {
    TH_TERM_NUMBER,
    TH_TERM_VALUE,
    TH_TERM_NUM,
    TH_TERM_DEN,
    TH_TERM_DISTRICT_COMMUNES
};
struct th_term {
    enum th_term_kind kind;
    int sign;                             /* +1 or -1 */
    const struct th_criterion *criterion; /* of VALUE, NUM, DEN */
    struct th_decimal number;             /* of NUMBER */
};
enum th_comparison { TH_LESS, TH_LESS_EQUAL, TH_EQUAL, TH_GREATER_EQUAL, TH_GREATER };
struct th_rule {
    const char *code;
    struct th_term *left, *right;
    size_t left_count, right_count;
    const char *left_text, *right_text;
    enum th_comparison comparison;
    bool error; /* severity error, else warning */
    struct th_name message;
};

struct th_target {
    const struct th_criterion *criterion;
    const struct th_district *district; /* NULL: every district and the province */
    struct th_interval interval;
    struct th_decimal target;
};

struct th_form {
    const char *code;
    struct th_name name;
    bool by_province; /* filled_by = province: an appraisal */
    enum th_frequency frequency;
    int32_t due_days;
    int32_t lock_days; /* valid when has_lock */
    bool has_lock;
    struct th_interval interval;
    struct th_group *groups; /* order on screen */
    size_t group_count;
    struct th_criterion *criteria; /* order on screen */
    size_t criterion_count;
    struct th_rule *rules;
    size_t rule_count;
    size_t index;
    const struct th_codes *by_code; /* private to catalogue.c: look-up of criteria */
};

struct th_named_period {
    const char *code;
    struct th_name name;
    struct th_interval interval;
};

struct th_holiday {
    int32_t day;
    bool working; /* a weekend day that is worked */
    struct th_name name;
};

struct th_catalogue {
    uint64_t version; /* 0 until the store gave it one; set by the owner before sharing */
    struct th_district *districts;
    size_t district_count;
    struct th_commune *communes; /* sorted by code, then opened */
    size_t commune_count;
    struct th_form *forms;
    size_t form_count;
    struct th_target *targets;
    size_t target_count;
    struct th_named_period *periods;
    size_t period_count;
    struct th_holiday *holidays; /* by day */
    size_t holiday_count;
    uint8_t digest[32]; /* SHA-256 of the canonical files' serialised CatalogueBundle; set by
                           common/wire when packed or unpacked, zero before */
};

/* One CSV file of the folder, by its base name. */
struct th_catalogue_file {
    char name[32]; /* "districts.csv" */
    struct th_slice content;
};

/* The names of all files in their canonical order, NULL at the end. districts,
 * forms, groups and criteria are needed; the others may be absent (= empty). */
extern const char *const th_catalogue_file_names[];

/* A fault of an import: where and what, for people. */
struct th_fault {
    const char *file; /* one of th_catalogue_file_names or "" */
    size_t line;      /* 1-based, 0: the whole file */
    char column[32];  /* "" when about the row */
    char code[48];    /* "catalogue.duplicate", "catalogue.unknown_reference" ... */
    char message[256];
};
struct th_fault_list {
    struct th_fault *faults;
    size_t count, capacity;
};
void th_fault_list_free(struct th_fault_list *list);

/* Builds a catalogue, or returns NULL and lists EVERY fault of every file. An
 * unknown column is a fault, a missing optional column takes its default. The
 * result has one reference. */
struct th_catalogue *th_catalogue_read(const struct th_catalogue_file *files, size_t count,
                                       struct th_fault_list *faults);

/* Shared ownership across threads (atomic count). */
struct th_catalogue *th_catalogue_retain(const struct th_catalogue *catalogue);
void th_catalogue_release(struct th_catalogue **catalogue);

/* Appends one file in canonical form (UTF-8, ',', LF, all columns in the fixed
 * order, rows in file order): reading it back gives an equal catalogue, and equal
 * catalogues give equal bytes. `name` from th_catalogue_file_names. */
void th_catalogue_write(const struct th_catalogue *catalogue, const char *name,
                        struct th_buffer *out);

/* Look-ups by code; NULL when unknown. */
const struct th_district *th_catalogue_district(const struct th_catalogue *catalogue,
                                                struct th_slice code);
const struct th_form *th_catalogue_form(const struct th_catalogue *catalogue, struct th_slice code);
const struct th_criterion *th_form_criterion(const struct th_form *form, struct th_slice code);
const struct th_choice *th_criterion_choice(const struct th_criterion *criterion,
                                            struct th_slice value);
/* The commune as it stands on `day`; NULL when unknown, or not open then. */
const struct th_commune *th_catalogue_commune(const struct th_catalogue *catalogue,
                                              struct th_slice code, int32_t day);

bool th_interval_has(struct th_interval interval, int32_t day);
bool th_district_is_open(const struct th_district *district, int32_t day);
/* Number of communes on `day`: of the opening; when that is not given, the
 * communes listed for it; -1 when neither is known or it is closed. */
int32_t th_district_communes(const struct th_catalogue *catalogue,
                             const struct th_district *district, int32_t day);

/* Criterion names of the enumerations, as in criteria.csv. */
const char *th_kind_name(enum th_kind kind);
const char *th_time_agg_name(enum th_time_agg agg);         /* "" for listed */
const char *th_district_agg_name(enum th_district_agg agg); /* "" for listed */

/* The name in "vi" or "en". */
const char *th_name_in(struct th_name name, const char *language);

/* What a change of catalogue would strand (SEMANTICS 3): differences that matter
 * to accepted data, found without the data; the store counts the observations. */
enum th_change_kind {
    TH_CHANGE_CRITERION_REMOVED,
    TH_CHANGE_CHOICE_REMOVED,
    TH_CHANGE_KIND,
    TH_CHANGE_FREQUENCY,
    TH_CHANGE_AGGREGATION,
    TH_CHANGE_DECIMALS,
    TH_CHANGE_FORM_REMOVED,
    TH_CHANGE_DISTRICT_REMOVED,
    TH_CHANGE_FORM_INTERVAL,
    TH_CHANGE_CRITERION_INTERVAL,
    TH_CHANGE_DISTRICT_INTERVAL,
};
struct th_change {
    enum th_change_kind kind;
    const char *district, *form, *criterion,
        *choice;             /* of the OLD catalogue; NULL: not about one */
    struct th_interval lost; /* of interval changes: reports about base periods ending here */
};
/* Calls `each` for every such difference. */
void th_catalogue_compare(const struct th_catalogue *old_catalogue,
                          const struct th_catalogue *new_catalogue,
                          void (*each)(void *context, const struct th_change *change),
                          void *context);

#endif

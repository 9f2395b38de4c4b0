/* What only the catalogue's own files see: the memory behind a th_catalogue, its
 * look-up tables, and the words of its enumerations. */
#ifndef TONGHOP_DOMAIN_CATALOGUE_PRIVATE_H
#define TONGHOP_DOMAIN_CATALOGUE_PRIVATE_H

#include <stdatomic.h>

#include "common/domain/catalogue.h"

/* Codes to positions: open addressing, filled while reading, never changed after. */
struct th_codes;

/* A table for at most `capacity` codes, from `arena`. */
struct th_codes *th_codes_create(struct th_arena *arena, size_t capacity);

/* Remembers `code` (which must live as long as the table) at `index` and returns
 * true; returns false when the code is there already. */
bool th_codes_add(struct th_codes *codes, const char *code, size_t index);

/* Where `code` was added; false when it is unknown. NULL is an empty table. */
bool th_codes_find(const struct th_codes *codes, struct th_slice code, size_t *index);

/* The allocation behind a catalogue: everything, this struct included, lies in `arena`. */
struct th_catalogue_store {
    struct th_catalogue shown; /* first: a th_catalogue points here */
    struct th_arena *arena;
    atomic_size_t references;
    struct th_codes *districts, *forms;
    /* Positions in communes by district: those of district d are
     * commune_order[commune_start[d]] up to, not including, commune_start[d + 1]. */
    const uint32_t *commune_order, *commune_start;
};

/* Positions in th_catalogue_file_names. */
enum th_catalogue_file_index {
    TH_FILE_DISTRICTS,
    TH_FILE_COMMUNES,
    TH_FILE_FORMS,
    TH_FILE_GROUPS,
    TH_FILE_CRITERIA,
    TH_FILE_CHOICES,
    TH_FILE_RULES,
    TH_FILE_TARGETS,
    TH_FILE_PERIODS,
    TH_FILE_HOLIDAYS,
    TH_FILE_COUNT,
};

#define TH_COLUMNS_MAX 24

/* One column of a file, in canonical order. */
struct th_column {
    const char *name;
    bool needed;
};

/* The columns of a file of th_catalogue_file_names, ended by a NULL name. */
const struct th_column *th_catalogue_columns(enum th_catalogue_file_index file);

/* Words of enumerations by value, NULL at the end; the last words of aggregations
 * and the first of directions are "" (an empty cell). */
extern const char *const th_kind_words[];
extern const char *const th_time_agg_words[];
extern const char *const th_district_agg_words[];
extern const char *const th_direction_words[];
extern const char *const th_comparison_words[];
extern const char *const th_display_words[];  /* number, percent */
extern const char *const th_severity_words[]; /* warning, error */
extern const char *const th_filler_words[];   /* district, province */
extern const char *const th_answer_words[];   /* no, yes */

/* Positions of columns, as th_catalogue_columns gives them. */
enum {
    DISTRICT_CODE,
    DISTRICT_VI,
    DISTRICT_EN,
    DISTRICT_KIND,
    DISTRICT_COMMUNES,
    DISTRICT_OPENED,
    DISTRICT_CLOSED,
    DISTRICT_SUCCESSOR,
    DISTRICT_TILE_COLUMN,
    DISTRICT_TILE_ROW
};
enum { COMMUNE_CODE, COMMUNE_VI, COMMUNE_EN, COMMUNE_DISTRICT, COMMUNE_OPENED, COMMUNE_CLOSED };
enum {
    FORM_CODE,
    FORM_VI,
    FORM_EN,
    FORM_FILLED_BY,
    FORM_FREQUENCY,
    FORM_DUE_DAYS,
    FORM_LOCK_DAYS,
    FORM_OPENED,
    FORM_CLOSED
};
enum { GROUP_FORM, GROUP_CODE, GROUP_VI, GROUP_EN };
enum {
    CRITERION_FORM,
    CRITERION_CODE,
    CRITERION_GROUP,
    CRITERION_VI,
    CRITERION_EN,
    CRITERION_KIND,
    CRITERION_UNIT_VI,
    CRITERION_UNIT_EN,
    CRITERION_DISPLAY,
    CRITERION_DECIMALS,
    CRITERION_TIME_AGG,
    CRITERION_DISTRICT_AGG,
    CRITERION_DIRECTION,
    CRITERION_MIN,
    CRITERION_MAX,
    CRITERION_TARGET,
    CRITERION_WEIGHT,
    CRITERION_REQUIRED,
    CRITERION_OPENED,
    CRITERION_CLOSED,
    CRITERION_GUIDE_VI,
    CRITERION_GUIDE_EN
};
enum { CHOICE_FORM, CHOICE_CRITERION, CHOICE_VALUE, CHOICE_VI, CHOICE_EN };
enum { RULE_FORM, RULE_CODE, RULE_LEFT, RULE_OP, RULE_RIGHT, RULE_SEVERITY, RULE_VI, RULE_EN };
enum { TARGET_FORM, TARGET_CRITERION, TARGET_DISTRICT, TARGET_FROM, TARGET_TO, TARGET_TARGET };
enum { PERIOD_CODE, PERIOD_VI, PERIOD_EN, PERIOD_FROM, PERIOD_TO };
enum { HOLIDAY_DATE, HOLIDAY_VI, HOLIDAY_EN, HOLIDAY_WORKING };

#endif

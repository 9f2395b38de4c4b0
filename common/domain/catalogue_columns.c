#include "common/domain/catalogue_private.h"

const char *const th_catalogue_file_names[] = {
    "districts.csv", "communes.csv", "forms.csv",   "groups.csv",   "criteria.csv", "choices.csv",
    "rules.csv",     "targets.csv",  "periods.csv", "holidays.csv", NULL,
};

const char *const th_kind_words[] = {"count",  "amount",   "ratio", "score",
                                     "choice", "communes", "text",  NULL};
const char *const th_time_agg_words[] = {"sum", "last", "average", "min", "max", "", NULL};
const char *const th_district_agg_words[] = {"sum",          "average", "min", "max",
                                             "distribution", "union",   "",    NULL};
const char *const th_direction_words[] = {"", "up", "down", NULL};
const char *const th_comparison_words[] = {"<", "<=", "=", ">=", ">", NULL};
const char *const th_display_words[] = {"number", "percent", NULL};
const char *const th_severity_words[] = {"warning", "error", NULL};
const char *const th_filler_words[] = {"district", "province", NULL};
const char *const th_answer_words[] = {"no", "yes", NULL};

static const struct th_column districts[] = {
    {"code", true},      {"name_vi", true},   {"name_en", false}, {"kind", false},
    {"communes", false}, {"opened", true},    {"closed", false},  {"successor", false},
    {"tile_col", false}, {"tile_row", false}, {NULL, false},
};
static const struct th_column communes[] = {
    {"code", true},   {"name_vi", true}, {"name_en", false}, {"district_code", true},
    {"opened", true}, {"closed", false}, {NULL, false},
};
static const struct th_column forms[] = {
    {"code", true},      {"name_vi", true},  {"name_en", false},   {"filled_by", true},
    {"frequency", true}, {"due_days", true}, {"lock_days", false}, {"opened", true},
    {"closed", false},   {NULL, false},
};
static const struct th_column groups[] = {
    {"form", true}, {"group", true}, {"name_vi", true}, {"name_en", false}, {NULL, false},
};
static const struct th_column criteria[] = {
    {"form", true},       {"code", true},      {"group", true},    {"name_vi", true},
    {"name_en", false},   {"kind", true},      {"unit_vi", false}, {"unit_en", false},
    {"display", false},   {"decimals", false}, {"time_agg", true}, {"district_agg", true},
    {"direction", false}, {"min", false},      {"max", false},     {"target", false},
    {"weight", false},    {"required", false}, {"opened", true},   {"closed", false},
    {"guide_vi", false},  {"guide_en", false}, {NULL, false},
};
static const struct th_column choices[] = {
    {"form", true},    {"criterion", true}, {"value", true},
    {"name_vi", true}, {"name_en", false},  {NULL, false},
};
static const struct th_column rules[] = {
    {"form", true},     {"code", true},       {"left", true},        {"op", true},  {"right", true},
    {"severity", true}, {"message_vi", true}, {"message_en", false}, {NULL, false},
};
static const struct th_column targets[] = {
    {"form", true}, {"criterion", true}, {"district", false}, {"from", true},
    {"to", false},  {"target", true},    {NULL, false},
};
static const struct th_column periods[] = {
    {"code", true}, {"name_vi", true}, {"name_en", false},
    {"from", true}, {"to", true},      {NULL, false},
};
static const struct th_column holidays[] = {
    {"date", true}, {"name_vi", true}, {"name_en", false}, {"working", false}, {NULL, false},
};

const struct th_column *th_catalogue_columns(enum th_catalogue_file_index file)
{
    static const struct th_column *const all[TH_FILE_COUNT] = {
        [TH_FILE_DISTRICTS] = districts, [TH_FILE_COMMUNES] = communes, [TH_FILE_FORMS] = forms,
        [TH_FILE_GROUPS] = groups,       [TH_FILE_CRITERIA] = criteria, [TH_FILE_CHOICES] = choices,
        [TH_FILE_RULES] = rules,         [TH_FILE_TARGETS] = targets,   [TH_FILE_PERIODS] = periods,
        [TH_FILE_HOLIDAYS] = holidays,
    };
    return all[file];
}

/* What `tonghop consolidated` was told to ask, checked. */
#ifndef TONGHOP_COMMISSION_CONSOLIDATED_OPTIONS_H
#define TONGHOP_COMMISSION_CONSOLIDATED_OPTIONS_H

#include <stdbool.h>

#include "common/base/arena.h"
#include "common/base/command.h"
#include "common/domain/catalogue.h"
#include "common/render/table.h"
#include "tonghop/v1/tonghop.pb-c.h"

struct th_consolidated_options {
    struct th_slice *forms, *districts, *criteria; /* districts "*": the province's own row */
    size_t form_count, district_count, criterion_count;
    const char *period, *output, *as_of; /* as_of NULL: the latest */
    bool province_only, by_period, year_to_date, approved_only, members, comparable, official;
    enum th_format format;
};

/* TH_USAGE when something needed is not given, or a value is none of those allowed.
 * Lists live in the arena. */
enum th_status th_consolidated_options_read(const struct th_command_line *line,
                                            struct th_arena *arena,
                                            struct th_consolidated_options *options,
                                            struct th_error *error) TH_MUST_USE;

/* The criteria to ask of form `position`: with several forms, each is asked for its
 * own; what no form has goes to the first, whose answer says that it is unknown.
 * `chosen` takes criterion_count items. False when criteria were named and none of
 * them is this form's: the form need not be asked. */
bool th_consolidated_criteria(const struct th_consolidated_options *options,
                              const struct th_catalogue *catalogue, size_t position,
                              struct th_slice *chosen, size_t *chosen_count);

/* The question about form `position`, which points into the options and the arena. False
 * when criteria were named and none of them is this form's: it need not be asked. */
bool th_consolidated_question(const struct th_consolidated_options *options,
                              const struct th_catalogue *catalogue, size_t position,
                              struct th_arena *arena, Tonghop__V1__ConsolidatedQuery *question);

/* A list of codes of any command; nothing when it was not given. */
enum th_status th_cli_list(const struct th_command_line *line, const char *name,
                           struct th_arena *arena, struct th_slice **items, size_t *count,
                           struct th_error *error) TH_MUST_USE;

/* --format of any command: "table" when not given. */
enum th_status th_cli_format(const struct th_command_line *line, enum th_format *format,
                             struct th_error *error) TH_MUST_USE;

#endif

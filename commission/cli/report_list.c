#include <stdlib.h>

#include "commission/cli/kept_answer.h"
#include "commission/cli/people.h"
#include "commission/cli/report.h"
#include "commission/cli/words.h"
#include "common/base/clock.h"

enum { DISTRICT, DISTRICT_NAME, PERIOD, REVISION, STATE, ACCEPTED_AT, COMPLETE, ORIGIN, COLUMNS };

struct th_report_list {
    const struct th_catalogue *catalogue;
    const char *language;
    enum th_format format;
    struct th_column columns[COLUMNS];
    struct th_table *table;
    struct th_arena *arena; /* of one row */
};

struct th_report_list *th_report_list_create(const struct th_catalogue *catalogue,
                                             const char *language, enum th_format format,
                                             const char *title, FILE *out)
{
    static const struct {
        const char *name;
        enum th_word heading;
        bool right;
    } plan[COLUMNS] = {
        [DISTRICT] = {"district", TH_WORD_CODE, false},
        [DISTRICT_NAME] = {"district_name", TH_WORD_DISTRICT, false},
        [PERIOD] = {"period", TH_WORD_PERIOD, false},
        [REVISION] = {"revision", TH_WORD_REVISION, true},
        [STATE] = {"state", TH_WORD_STATE, false},
        [ACCEPTED_AT] = {"accepted_at", TH_WORD_ACCEPTED_AT, false},
        [COMPLETE] = {"complete", TH_WORD_COMPLETE, false},
        [ORIGIN] = {"origin", TH_WORD_ORIGIN, false},
    };
    struct th_report_list *list = calloc(1, sizeof(*list));
    if (!list)
        abort();
    list->catalogue = catalogue;
    list->language = language;
    list->format = format;
    list->arena = th_arena_create(0);
    for (size_t i = 0; i < COLUMNS; i++)
        list->columns[i] =
            (struct th_column){.name = plan[i].name,
                               .heading = th_word(plan[i].heading, language),
                               .right = plan[i].right,
                               .wrap = i == DISTRICT_NAME,
                               .people_only = i == DISTRICT_NAME,
                               .cell = i == ACCEPTED_AT ? TH_CELL_INSTANT : TH_CELL_BY_COLUMN};
    list->table = th_table_create(out, format, title, list->columns, COLUMNS);
    return list;
}

void th_report_list_as_of(struct th_report_list *list, int64_t as_of_us,
                          struct th_void_span taken_back)
{
    char instant[40], local[40];
    th_instant_format(as_of_us, instant);
    th_instant_format_local(as_of_us, local);
    const char *text =
        th_format_is_for_people(list->format)
            ? th_arena_printf(list->arena, "%s %s", th_word(TH_WORD_AS_OF, list->language), local)
            : instant;
    th_table_note(list->table, "as_of", text);
    th_cli_note_void(list->table, list->format, taken_back, list->arena);
}

void th_report_list_add(struct th_report_list *list, const struct th_stored_report *stored)
{
    char instant[40], local[40];
    const char *language = list->language;
    th_arena_reset(list->arena);
    th_instant_format(stored->accepted_at_us, instant);
    th_instant_format_local(stored->accepted_at_us, local);
    const char *cells[COLUMNS] = {
        [DISTRICT] = stored->district,
        [DISTRICT_NAME] = th_people_district(list->catalogue, stored->district, language),
        [PERIOD] = stored->period,
        [REVISION] = th_arena_printf(list->arena, "%u", stored->report.revision),
        [STATE] = stored->state,
        [ACCEPTED_AT] = instant,
        [COMPLETE] = stored->complete ? "yes" : "no",
        [ORIGIN] = stored->origin,
    };
    const char *people[COLUMNS] = {
        [PERIOD] = th_people_period(list->catalogue, stored->period, language, list->arena),
        [STATE] = th_stored_report_state(stored, language),
        [ACCEPTED_AT] = local,
        [COMPLETE] = th_word(stored->complete ? TH_WORD_YES : TH_WORD_NO, language),
        [ORIGIN] = th_stored_report_origin(stored, language),
    };
    th_table_row(list->table, cells, people);
}

enum th_status th_report_list_finish(struct th_report_list **list, struct th_error *error)
{
    enum th_status status = th_table_finish(&(*list)->table, error);
    th_arena_destroy(&(*list)->arena);
    free(*list);
    *list = NULL;
    return status;
}

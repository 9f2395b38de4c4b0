#include "commission/cli/figure_set.h"

#include <stdlib.h>
#include <string.h>

#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/domain/consolidate.h"
#include "common/wire/message.h"

#define HEADING_LINES 16

static struct th_kept_figure *new_figure(struct th_figure_set *set)
{
    if (set->count == set->capacity) {
        set->capacity = set->capacity ? set->capacity * 2 : 256;
        set->figures = realloc(set->figures, set->capacity * sizeof(*set->figures));
        if (!set->figures)
            abort();
    }
    return &set->figures[set->count++];
}

static const char *text_of(ProtobufCBinaryData data, struct th_arena *arena)
{
    const char *text = th_bytes_text(data, SIZE_MAX, arena);
    return text ? text : "";
}

struct th_change_side th_kept_read_side(const Tonghop__V1__Figure *wire, struct th_arena *arena)
{
    struct th_change_side side = {text_of(wire->num, arena), text_of(wire->den, arena),
                                  text_of(wire->value, arena)};
    const char *num = th_bytes_text(wire->exact_num, TH_EXACT_TEXT - 1, arena);
    const char *den = th_bytes_text(wire->exact_den, TH_EXACT_TEXT - 1, arena);
    if (!*side.num && num && den) {
        side.num = num;
        side.den = den;
    }
    return side;
}

enum th_status th_figure_set_add(struct th_figure_set *set, const Tonghop__V1__Figure *wire,
                                 struct th_arena *arena, struct th_error *error)
{
    const struct th_criterion *criterion =
        th_form_criterion(set->form, th_bytes_slice(wire->criterion));
    if (!criterion)
        return th_error_set(error, TH_PERMANENT,
                            "the answer names a criterion that the form does not have");
    size_t order = set->count;
    struct th_change_side side = th_kept_read_side(wire, arena);
    bool ratio = wire->num.len > 0;
    *new_figure(set) = (struct th_kept_figure){
        .criterion = criterion,
        .period = text_of(wire->period, arena),
        .district = text_of(wire->district, arena),
        .choice = text_of(wire->choice, arena),
        .num = ratio ? side.num : "",
        .den = ratio ? side.den : "",
        .value = side.value,
        .side = side,
        .reported = wire->reported,
        .expected = wire->expected,
        .not_applicable = wire->not_applicable,
        .order = order,
    };
    return TH_OK;
}

/* An answer under way: the figures of span i go to sets[i]. */
struct taking {
    struct th_asking *asking;
    struct th_figure_set *sets;
    size_t count, begun;
};

static enum th_status take_part(void *context, const Tonghop__V1__QueryPart *part,
                                struct th_error *error)
{
    struct taking *taking = context;
    enum th_status status = part->head ? th_asking_head(taking->asking, part->head, error) : TH_OK;
    if (status != TH_OK)
        return status;
    if (part->span >= taking->count || part->span > taking->begun)
        return th_error_set(error, TH_PERMANENT,
                            "the answer is about a period that was not asked for");
    struct th_figure_set *set = &taking->sets[part->span];
    taking->begun = part->span + 1;
    set->form = taking->asking->form;
    for (size_t i = 0; i < part->n_figure && status == TH_OK; i++)
        status = th_figure_set_add(set, part->figure[i], taking->asking->arena, error);
    return status;
}

/* The canonical identifier, by the catalogue of the answer. */
static enum th_status name_span(const struct th_asking *asking, struct th_figure_set *set,
                                ProtobufCBinaryData id, bool year_to_date, struct th_error *error)
{
    const struct th_catalogue *catalogue = asking->catalogue;
    struct th_period period;
    if (th_period_parse(th_bytes_slice(id), catalogue->periods, catalogue->period_count, &period,
                        NULL) != TH_OK)
        return th_error_set(error, TH_RETRY,
                            "the province's catalogue has just changed; ask again");
    if (year_to_date)
        th_period_to_date(&period);
    set->period = th_arena_text(asking->arena, th_slice_of(period.id));
    return TH_OK;
}

enum th_status th_figure_sets_ask(struct th_asking *asking, struct th_figure_set *sets,
                                  Tonghop__V1__ConsolidatedQuery *question, struct th_error *error)
{
    struct taking taking = {asking, sets, question->n_also + 1, 0};
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_CONSOLIDATED;
    query.consolidated = question;
    enum th_status status = th_asking_ask(asking, &query, take_part, &taking, error);
    /* One that does not know of several spans answers the first. */
    if (status == TH_OK && taking.begun != taking.count)
        return th_error_set(error, TH_PERMANENT,
                            "the province's collector is too old to answer several periods at "
                            "once; have it updated");
    if (status == TH_OK)
        status = name_span(asking, &sets[0], question->period, question->year_to_date, error);
    for (size_t i = 1; i < taking.count && status == TH_OK; i++)
        status = name_span(asking, &sets[i], question->also[i - 1]->period,
                           question->also[i - 1]->year_to_date, error);
    return status;
}

void th_figure_set_free(struct th_figure_set *set)
{
    free(set->figures);
    *set = (struct th_figure_set){0};
}

static bool is_province(const char *district)
{
    return strcmp(district, "*") == 0;
}

static int by_key(const void *left, const void *right)
{
    const struct th_kept_figure *a = left, *b = right;
    if (a->criterion->index != b->criterion->index)
        return a->criterion->index < b->criterion->index ? -1 : 1;
    int order = strcmp(a->period, b->period);
    if (order == 0)
        order = strcmp(a->district, b->district);
    if (order == 0 && is_province(a->district))
        order = strcmp(a->choice, b->choice);
    return order;
}

void th_figure_set_index(struct th_figure_set *set)
{
    if (set->count > 0)
        qsort(set->figures, set->count, sizeof(*set->figures), by_key);
}

const struct th_kept_figure *th_figure_set_find(const struct th_figure_set *set, const char *period,
                                                const char *district,
                                                const struct th_criterion *criterion,
                                                const char *choice)
{
    struct th_kept_figure key = {
        .criterion = criterion, .period = period, .district = district, .choice = choice};
    if (set->count == 0)
        return NULL;
    return bsearch(&key, set->figures, set->count, sizeof(*set->figures), by_key);
}

struct th_change_side th_kept_side(const struct th_kept_figure *figure)
{
    if (!figure)
        return (struct th_change_side){"", "", ""};
    return figure->side;
}

bool th_kept_in_points(const struct th_criterion *criterion)
{
    return criterion->kind == TH_KIND_RATIO && criterion->percent;
}

const char *th_kept_people_change(const struct th_criterion *criterion, const char *exact,
                                  bool percent, const char *language, struct th_arena *arena)
{
    char text[TH_CHANGE_TEXT * 2];
    if (!*exact)
        return "–";
    bool points = !percent && th_kept_in_points(criterion);
    int digits = percent || criterion->decimals < 2 ? 2 : criterion->decimals;
    th_render_number(exact, false, digits, language, text, sizeof(text));
    const char *sign = *exact != '-' && strcmp(exact, "0") != 0 ? "+" : "";
    if (points)
        return th_arena_printf(arena, "%s%s %s", sign, text, th_word(TH_WORD_POINTS, language));
    return th_arena_printf(arena, "%s%s%s", sign, text, percent ? "\u00a0%" : "");
}

const char *th_kept_people_value(const struct th_kept_figure *figure, const char *language,
                                 struct th_arena *arena)
{
    if (!figure)
        return "–";
    if (*figure->choice && !*figure->value)
        return th_people_choice(figure->criterion, figure->choice, language);
    return th_people_value(figure->criterion, figure->value, language, arena);
}

void th_kept_print_heading(const struct th_asking *asking, const char *text, const char *more)
{
    struct th_slice lines[HEADING_LINES];
    FILE *out = asking->output.file;
    const char *whole = *more ? th_arena_printf(asking->arena, "▪ %s: %s", text, more)
                              : th_arena_printf(asking->arena, "▪ %s", text);
    size_t count = th_people_wrap(whole, th_people_width(fileno(out)), lines, HEADING_LINES);
    fputc('\n', out);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%.*s\n", (int)lines[i].size, lines[i].bytes);
}

#include "commission/cli/changes.h"

#include <string.h>

#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/base/buffer.h"
#include "common/domain/report_file.h"

#define NONE "–"

static bool same_code(struct th_slice a, struct th_slice b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.bytes, b.bytes, a.size) == 0);
}

static const struct th_observation *find(const struct th_report *report, struct th_slice code)
{
    for (size_t i = 0; report && i < report->observation_count; i++)
        if (same_code(report->observations[i].criterion_code, code))
            return &report->observations[i];
    return NULL;
}

const char *th_changes_text(const struct th_observation *observation, struct th_arena *arena)
{
    TH_CLEANUP_BUFFER struct th_buffer value = {0}, of = {0};
    if (!observation)
        return "";
    th_report_cell_write(observation, '.', &value, &of);
    const char *text = value.bytes ? value.bytes : "";
    return of.bytes && *of.bytes ? th_arena_printf(arena, "%s/%s", text, of.bytes)
                                 : th_arena_text(arena, th_slice_of(text));
}

const char *th_changes_people(const struct th_observation *observation, const char *language,
                              struct th_arena *arena)
{
    TH_CLEANUP_BUFFER struct th_buffer value = {0}, of = {0};
    if (!observation)
        return NONE;
    th_report_cell_write(observation, '.', &value, &of);
    const char *text = value.bytes ? value.bytes : "";
    switch (observation->answer) {
    case TH_ANSWER_NUMBER:
        return th_people_number(text, language, arena);
    case TH_ANSWER_RATIO:
        return th_people_ratio(text, of.bytes ? of.bytes : "", language, arena);
    case TH_ANSWER_CHOICE:
        if (observation->criterion)
            text = th_people_choice(observation->criterion, text, language);
        break;
    case TH_ANSWER_NOT_APPLICABLE:
        return th_word(TH_WORD_NOT_APPLICABLE, language);
    case TH_ANSWER_COMMUNES:
    case TH_ANSWER_TEXT:
        break;
    }
    return th_arena_text(arena, th_slice_of(text));
}

/* Values are written in one way only, so equal texts are equal values; 1.50 and 1.5 are
 * told apart, as reports tell them apart. */
static bool is_same(const struct th_observation *a, const struct th_observation *b,
                    struct th_arena *arena)
{
    return a && b && a->answer == b->answer &&
           strcmp(th_changes_text(a, arena), th_changes_text(b, arena)) == 0;
}

size_t th_changes_find(const struct th_report *before, const struct th_report *after,
                       struct th_arena *arena, struct th_value_change **changes)
{
    size_t most = after->observation_count + (before ? before->observation_count : 0), count = 0;
    *changes = th_arena_alloc(arena, (most + 1) * sizeof(**changes));
    for (size_t i = 0; i < after->observation_count; i++) {
        const struct th_observation *now = &after->observations[i];
        const struct th_observation *was = find(before, now->criterion_code);
        if (!is_same(was, now, arena))
            (*changes)[count++] = (struct th_value_change){now->criterion_code, was, now};
    }
    for (size_t i = 0; before && i < before->observation_count; i++) {
        const struct th_observation *was = &before->observations[i];
        if (!find(after, was->criterion_code))
            (*changes)[count++] = (struct th_value_change){was->criterion_code, was, NULL};
    }
    return count;
}

#include "commission/cli/people.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "commission/cli/words.h"
#include "common/base/buffer.h"
#include "common/base/text.h"
#include "common/render/table.h"

#define NONE          "–"
#define NUMBER_TEXT   256
#define DEFAULT_WIDTH 120
#define MOST_DIGITS   9 /* after the point of a reported number */

const char *th_people_value(const struct th_criterion *criterion, const char *exact,
                            const char *language, struct th_arena *arena)
{
    char text[NUMBER_TEXT];
    if (!*exact)
        return NONE;
    bool percent = criterion->percent && criterion->kind == TH_KIND_RATIO;
    int digits = criterion->decimals > 2 ? criterion->decimals : 2;
    th_render_number(exact, percent, digits, language, text, sizeof(text));
    return th_arena_text(arena, th_slice_of(text));
}

const char *th_people_number(const char *exact, const char *language, struct th_arena *arena)
{
    char text[NUMBER_TEXT];
    th_render_number(exact, false, MOST_DIGITS, language, text, sizeof(text));
    return th_arena_text(arena, th_slice_of(text));
}

const char *th_people_ratio(const char *num, const char *den, const char *language,
                            struct th_arena *arena)
{
    if (!*num && !*den)
        return "";
    return th_arena_printf(arena, "%s/%s", th_people_number(num, language, arena),
                           th_people_number(den, language, arena));
}

const char *th_people_criterion(const struct th_criterion *criterion, const char *language,
                                struct th_arena *arena)
{
    const char *name = th_name_in(criterion->name, language);
    const char *unit = th_name_in(criterion->unit, language);
    return *unit ? th_arena_printf(arena, "%s (%s)", name, unit) : name;
}

const char *th_people_choice(const struct th_criterion *criterion, const char *value,
                             const char *language)
{
    const struct th_choice *choice = th_criterion_choice(criterion, th_slice_of(value));
    return choice ? th_name_in(choice->name, language) : value;
}

const char *th_people_district(const struct th_catalogue *catalogue, const char *code,
                               const char *language)
{
    if (strcmp(code, "*") == 0)
        return th_word(TH_WORD_PROVINCE, language);
    const struct th_district *district = th_catalogue_district(catalogue, th_slice_of(code));
    return district ? th_name_in(district->name, language) : code;
}

const char *th_people_communes(const struct th_catalogue *catalogue, const struct th_slice *codes,
                               size_t count, int32_t day, const char *language,
                               struct th_arena *arena)
{
    TH_CLEANUP_BUFFER struct th_buffer joined = {0};
    for (size_t i = 0; i < count; i++) {
        const struct th_commune *commune = th_catalogue_commune(catalogue, codes[i], day);
        if (i > 0)
            th_buffer_add_text(&joined, ", ");
        if (commune)
            th_buffer_add_text(&joined, th_name_in(commune->name, language));
        else
            th_buffer_add(&joined, codes[i].bytes, codes[i].size);
    }
    return th_arena_text(arena, th_buffer_slice(&joined));
}

const char *th_people_period(const struct th_catalogue *catalogue, const char *id,
                             const char *language, struct th_arena *arena)
{
    return th_people_period_asked(catalogue, id, false, language, arena);
}

const char *th_people_period_asked(const struct th_catalogue *catalogue, const char *id,
                                   bool to_date, const char *language, struct th_arena *arena)
{
    struct th_period period;
    char title[400];
    if (th_period_parse(th_slice_of(id), catalogue->periods, catalogue->period_count, &period,
                        NULL) != TH_OK)
        return id;
    if (to_date)
        th_period_to_date(&period);
    th_period_title(&period, catalogue->periods, catalogue->period_count, language, title,
                    sizeof(title));
    return th_arena_text(arena, th_slice_of(title));
}

const char *th_people_frequency(enum th_frequency frequency, const char *language)
{
    static const enum th_word words[] = {
        [TH_DAILY] = TH_WORD_DAILY,         [TH_MONTHLY] = TH_WORD_MONTHLY,
        [TH_QUARTERLY] = TH_WORD_QUARTERLY, [TH_HALF_YEARLY] = TH_WORD_HALF_YEARLY,
        [TH_YEARLY] = TH_WORD_YEARLY,
    };
    return th_word(words[frequency], language);
}

/* Bytes of the first `characters` of UTF-8. */
static size_t bytes_of(const char *text, size_t characters)
{
    const char *at = text;
    while (*at && characters-- > 0)
        do
            at++;
        while (((unsigned char)*at & 0xC0) == 0x80);
    return (size_t)(at - text);
}

size_t th_people_wrap(const char *text, size_t width, struct th_slice *lines, size_t capacity)
{
    size_t count = 0;
    while (*text == ' ')
        text++;
    while (*text && count < capacity) {
        size_t size = bytes_of(text, width);
        if (text[size] && count + 1 == capacity) {
            size = strlen(text);
        } else if (text[size] && text[size] != ' ') {
            size_t blank = size;
            while (blank > 0 && text[blank] != ' ')
                blank--;
            size = blank > 0 ? blank : size;
        }
        lines[count++] = th_text_trim((struct th_slice){text, size});
        text += size;
        while (*text == ' ')
            text++;
    }
    return count;
}

size_t th_people_width(int file)
{
    struct winsize size;
    if (isatty(file) && ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return DEFAULT_WIDTH;
}

bool th_people_split(const char *text, struct th_arena *arena, struct th_slice **items,
                     size_t *count)
{
    size_t most = 1;
    for (const char *at = text; *at; at++)
        most += *at == ',';
    *items = th_arena_alloc(arena, most * sizeof(**items));
    *count = 0;
    for (size_t i = 0; i < most; i++) {
        size_t size = strcspn(text, ",");
        struct th_slice item = th_text_trim((struct th_slice){text, size});
        if (item.size == 0)
            return false;
        (*items)[(*count)++] = item;
        text += size + 1;
    }
    return true;
}

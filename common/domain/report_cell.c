#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/domain/report_reading.h"

#define NOT_APPLICABLE "n/a"
#define WORD_MAX       32 /* bytes of the longest word that has a meaning of its own */

const char th_no_communes[] = "none";

static const char *const not_applicable_words[] = {NOT_APPLICABLE, "không áp dụng", NULL};
static const char *const no_commune_words[] = {th_no_communes, "không", NULL};

/* Lower case of ASCII and of the Vietnamese letters that the words above hold:
 * U+00C0..U+00DE, and U+1EA0..U+1EFF where odd code points are the small ones. */
static void fold(struct th_slice text, char *out)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        unsigned char before = i >= 1 ? (unsigned char)text.bytes[i - 1] : 0;
        unsigned char first = i >= 2 ? (unsigned char)text.bytes[i - 2] : 0;
        if (byte >= 'A' && byte <= 'Z')
            byte = (unsigned char)(byte - 'A' + 'a');
        else if (before == 0xC3 && byte >= 0x80 && byte <= 0x9E)
            byte = (unsigned char)(byte + 0x20);
        else if (first == 0xE1 && ((before == 0xBA && byte >= 0xA0) || before == 0xBB))
            byte |= 1;
        out[i] = (char)byte;
    }
    out[text.size] = '\0';
}

static bool is_one_of(struct th_slice text, const char *const *words)
{
    char folded[WORD_MAX + 1];
    if (text.size == 0 || text.size > WORD_MAX)
        return false;
    fold(text, folded);
    for (; *words; words++)
        if (text.size == strlen(*words) && memcmp(folded, *words, text.size) == 0)
            return true;
    return false;
}

void th_reading_too_large(struct th_problem_list *problems, size_t line)
{
    char limit[24];
    snprintf(limit, sizeof(limit), "%d bytes", TH_REPORT_BYTES_MAX);
    th_problem_add(problems, "report.too_large", "", (struct th_slice){0}, limit, line, 0);
}

/* One cell pair while it is read. */
struct cell {
    const struct th_criterion *criterion;
    struct th_arena *arena;
    struct th_problem_list *problems;
    char point;
    size_t line;
};

static bool copy(const struct cell *cell, struct th_slice text, struct th_slice *kept)
{
    *kept = (struct th_slice){0};
    if (text.size == 0)
        return true;
    *kept = (struct th_slice){th_arena_copy(cell->arena, text.bytes, text.size), text.size};
    if (kept->bytes)
        return true;
    *kept = (struct th_slice){0};
    th_reading_too_large(cell->problems, cell->line);
    return false;
}

static bool read_number(const struct cell *cell, struct th_slice text, size_t column,
                        struct th_decimal *number)
{
    const struct th_criterion *criterion = cell->criterion;
    const char *code = criterion->code;
    char limit[24];
    switch (th_decimal_parse(text, cell->point, number)) {
    case TH_DECIMAL_FINE:
        return true;
    case TH_DECIMAL_MALFORMED:
        snprintf(limit, sizeof(limit), criterion->decimals ? "1234%c5" : "1234", cell->point);
        th_problem_add(cell->problems, "value.malformed", code, text, limit, cell->line, column);
        return false;
    case TH_DECIMAL_TOO_LONG:
        snprintf(limit, sizeof(limit), "%d", TH_DECIMAL_DIGITS);
        th_problem_add(cell->problems, "value.too_long", code, text, limit, cell->line, column);
        return false;
    case TH_DECIMAL_TOO_PRECISE:
        snprintf(limit, sizeof(limit), "%u", criterion->decimals);
        th_problem_add(cell->problems, "value.too_precise", code, text, limit, cell->line, column);
        return false;
    }
    return false;
}

static bool read_ratio(const struct cell *cell, struct th_slice value, struct th_slice of,
                       struct th_observation *observation)
{
    bool fine = true;
    observation->answer = TH_ANSWER_RATIO;
    observation->has_num = value.size > 0;
    observation->has_den = of.size > 0;
    if (observation->has_num &&
        !read_number(cell, value, observation->column, &observation->number))
        fine = false;
    if (observation->has_den && !read_number(cell, of, observation->of_column, &observation->den))
        fine = false;
    return fine;
}

/* Commas and semicolons part codes as well: people write them. */
static bool is_separator(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == ',' ||
           byte == ';';
}

/* Counts the codes and, when `codes` is given, notes them. */
static size_t split_codes(struct th_slice text, struct th_slice *codes)
{
    size_t count = 0, at = 0;
    while (at < text.size) {
        size_t start = at;
        while (at < text.size && !is_separator(text.bytes[at]))
            at++;
        if (at > start) {
            if (codes)
                codes[count] = (struct th_slice){text.bytes + start, at - start};
            count++;
        }
        at++;
    }
    return count;
}

static bool read_communes(const struct cell *cell, struct th_slice value,
                          struct th_observation *observation)
{
    struct th_slice kept;
    observation->answer = TH_ANSWER_COMMUNES;
    if (is_one_of(value, no_commune_words))
        return true;
    if (!copy(cell, value, &kept))
        return false;
    size_t count = split_codes(kept, NULL);
    if (count == 0) {
        th_problem_add(cell->problems, "value.malformed", cell->criterion->code, value,
                       th_no_communes, cell->line, observation->column);
        return false;
    }
    observation->communes = th_arena_alloc(cell->arena, count * sizeof(*observation->communes));
    if (!observation->communes) {
        th_reading_too_large(cell->problems, cell->line);
        return false;
    }
    observation->commune_count = split_codes(kept, observation->communes);
    return true;
}

static bool read_answer(const struct cell *cell, struct th_slice value, struct th_slice of,
                        struct th_observation *observation)
{
    bool fine = true;
    if (cell->criterion->kind == TH_KIND_RATIO)
        return read_ratio(cell, value, of, observation);
    if (of.size > 0) {
        th_problem_add(cell->problems, "value.unexpected_of", cell->criterion->code, of, "",
                       cell->line, observation->of_column);
        fine = false;
    }
    if (value.size == 0)
        return fine;
    switch (cell->criterion->kind) {
    case TH_KIND_COUNT:
    case TH_KIND_AMOUNT:
    case TH_KIND_SCORE:
        observation->answer = TH_ANSWER_NUMBER;
        return read_number(cell, value, observation->column, &observation->number) && fine;
    case TH_KIND_COMMUNES:
        return read_communes(cell, value, observation) && fine;
    case TH_KIND_CHOICE:
        observation->answer = TH_ANSWER_CHOICE;
        return copy(cell, value, &observation->text) && fine;
    case TH_KIND_TEXT:
        observation->answer = TH_ANSWER_TEXT;
        return copy(cell, value, &observation->text) && fine;
    case TH_KIND_RATIO:
        break;
    }
    return fine;
}

bool th_report_cell_read(const struct th_criterion *criterion, struct th_slice value,
                         struct th_slice of, struct th_slice note, char point, size_t line,
                         size_t value_column, size_t of_column, struct th_arena *arena,
                         struct th_observation *observation, bool *missing,
                         struct th_problem_list *problems)
{
    struct cell cell = {criterion, arena, problems, point, line};
    value = th_text_trim(value);
    of = th_text_trim(of);
    note = th_text_trim(note);
    *missing = value.size == 0 && of.size == 0;
    *observation = (struct th_observation){.criterion_code = th_slice_of(criterion->code),
                                           .criterion = criterion,
                                           .line = line,
                                           .column = value_column,
                                           .of_column = of_column};
    if (*missing) {
        if (note.size > 0)
            th_problem_add(problems, "note.without_value", criterion->code, note, "", line, 0);
        return true;
    }
    if (!is_one_of(value, not_applicable_words))
        return read_answer(&cell, value, of, observation) && copy(&cell, note, &observation->note);
    observation->answer = TH_ANSWER_NOT_APPLICABLE;
    if (of.size > 0 && !is_one_of(of, not_applicable_words)) {
        th_problem_add(problems, "value.unexpected_of", criterion->code, of, "", line, of_column);
        return false;
    }
    /* The remark beside n/a is its reason. */
    return copy(&cell, note, &observation->text);
}

static void write_number(struct th_decimal number, char point, struct th_buffer *out)
{
    char text[TH_DECIMAL_TEXT];
    th_decimal_format(number, text);
    char *at = strchr(text, '.');
    if (at)
        *at = point;
    th_buffer_add_text(out, text);
}

static void write_communes(const struct th_observation *observation, struct th_buffer *out)
{
    if (observation->commune_count == 0)
        th_buffer_add_text(out, th_no_communes);
    for (size_t i = 0; i < observation->commune_count; i++) {
        if (i > 0)
            th_buffer_add_char(out, ' ');
        th_buffer_add(out, observation->communes[i].bytes, observation->communes[i].size);
    }
}

void th_report_cell_write(const struct th_observation *observation, char point,
                          struct th_buffer *value, struct th_buffer *of)
{
    /* Both hold a text afterwards, be it an empty one. */
    th_buffer_add_text(value, "");
    th_buffer_add_text(of, "");
    switch (observation->answer) {
    case TH_ANSWER_NUMBER:
        write_number(observation->number, point, value);
        break;
    case TH_ANSWER_RATIO:
        if (observation->has_num)
            write_number(observation->number, point, value);
        if (observation->has_den)
            write_number(observation->den, point, of);
        break;
    case TH_ANSWER_CHOICE:
    case TH_ANSWER_TEXT:
        th_buffer_add(value, observation->text.bytes, observation->text.size);
        break;
    case TH_ANSWER_COMMUNES:
        write_communes(observation, value);
        break;
    case TH_ANSWER_NOT_APPLICABLE:
        th_buffer_add_text(value, NOT_APPLICABLE);
        break;
    }
}

/* rules.csv. A side of a rule is terms joined by '+' and '-':
 *
 *     side = ["-"] term { ("+" | "-") term }
 *     term = CODE | CODE.num | CODE.den | DISTRICT.communes | number
 *
 * Codes contain '-' and '.' themselves (staff-filled), so an operator is surrounded
 * by blanks: `staff-filled.num - 1` subtracts, `staff-filled` does not. Where a
 * criterion's own code reads like a number or like a part of another criterion's
 * ratio ("1", "x.num"), a term that could mean either is a fault. */
#include <string.h>

#include "common/base/text.h"
#include "common/domain/catalogue_reader.h"

#define RULES_MAX 500 /* of a form */
#define TERMS_MAX 64  /* of a side */

struct side {
    const struct th_catalogue_reader *reader;
    const struct th_sheet *sheet;
    size_t row;
    int column;
    const struct th_form *form; /* NULL: unknown, codes are not looked up */
    struct th_term terms[TERMS_MAX];
    size_t count;
    bool good;
};

#define side_fault(side, code, ...)                                                                \
    do {                                                                                           \
        (side)->good = false;                                                                      \
        th_sheet_fault((side)->sheet, (side)->row, (side)->column, code, __VA_ARGS__);             \
    } while (0)

/* The next run of characters other than blanks; size 0 at the end. */
static struct th_slice next_word(struct th_slice *rest)
{
    while (rest->size > 0 && (*rest->bytes == ' ' || *rest->bytes == '\t'))
        *rest = (struct th_slice){rest->bytes + 1, rest->size - 1};
    struct th_slice word = {rest->bytes, 0};
    while (word.size < rest->size && word.bytes[word.size] != ' ' && word.bytes[word.size] != '\t')
        word.size++;
    *rest = (struct th_slice){rest->bytes + word.size, rest->size - word.size};
    return word;
}

static const struct th_criterion *part_of(const struct th_form *form, struct th_slice word,
                                          const char *suffix)
{
    size_t size = strlen(suffix);
    if (word.size <= size || memcmp(word.bytes + word.size - size, suffix, size) != 0)
        return NULL;
    return th_form_criterion(form, (struct th_slice){word.bytes, word.size - size});
}

static void check_kind(struct side *side, const struct th_term *term, struct th_slice word)
{
    const struct th_criterion *criterion = term->criterion;
    struct th_shown shown;
    if (!criterion || !side->reader->kind_is_good[criterion - side->reader->all_criteria])
        return;
    th_shown(&shown, word);
    if (term->kind != TH_TERM_VALUE && criterion->kind != TH_KIND_RATIO)
        side_fault(side, "catalogue.not_allowed",
                   "'%s': only a ratio has .num and .den, and '%s' is of the kind %s", shown.text,
                   criterion->code, th_kind_name(criterion->kind));
    else if (term->kind == TH_TERM_VALUE && criterion->kind == TH_KIND_RATIO)
        side_fault(side, "catalogue.not_allowed",
                   "'%s' is a ratio; name its part with .num or .den", shown.text);
    else if (criterion->kind == TH_KIND_CHOICE || criterion->kind == TH_KIND_TEXT)
        side_fault(side, "catalogue.not_allowed", "'%s' is of the kind %s, which has no number",
                   shown.text, th_kind_name(criterion->kind));
}

/* What the word means: exactly one of a number, a criterion, a part, the communes. */
static void add_term(struct side *side, struct th_slice word, int sign)
{
    struct th_shown shown;
    struct th_term term = {.kind = TH_TERM_VALUE, .sign = sign};
    size_t meanings = 0;
    enum th_decimal_fault number = th_decimal_parse(word, '.', &term.number);
    if (number == TH_DECIMAL_FINE) {
        term.kind = TH_TERM_NUMBER;
        meanings++;
    } else {
        term.number = (struct th_decimal){0};
    }
    if (th_slice_equals(word, "DISTRICT.communes")) {
        term.kind = TH_TERM_DISTRICT_COMMUNES;
        meanings++;
    }
    const struct th_criterion *found[3] = {NULL};
    if (side->form) {
        found[TH_TERM_VALUE - TH_TERM_VALUE] = th_form_criterion(side->form, word);
        found[TH_TERM_NUM - TH_TERM_VALUE] = part_of(side->form, word, ".num");
        found[TH_TERM_DEN - TH_TERM_VALUE] = part_of(side->form, word, ".den");
    }
    for (int i = 0; i < 3; i++) {
        if (!found[i])
            continue;
        term.kind = (enum th_term_kind)(TH_TERM_VALUE + i);
        term.criterion = found[i];
        meanings++;
    }
    if (meanings > 1)
        side_fault(side, "catalogue.malformed_rule",
                   "'%s' has more than one meaning, as the code of a criterion and as a number "
                   "or part; give that criterion another code",
                   th_shown(&shown, word));
    else if (meanings == 1)
        check_kind(side, &term, word);
    else if (number == TH_DECIMAL_TOO_LONG || number == TH_DECIMAL_TOO_PRECISE)
        side_fault(side, "catalogue.malformed_rule",
                   "'%s' has too many digits; at most %d, at most %d of them after the point",
                   th_shown(&shown, word), TH_DECIMAL_DIGITS, TH_DECIMAL_MAX_SCALE);
    else if (side->form && side->reader->sheets[TH_FILE_CRITERIA].known)
        side_fault(side, "catalogue.unknown_reference",
                   "'%s' is no term: write CODE, CODE.num or CODE.den of this form, "
                   "DISTRICT.communes or a number, with blanks around + and -",
                   th_shown(&shown, word));
    if (side->count < TERMS_MAX)
        side->terms[side->count] = term;
    side->count++;
}

static bool is_operator(struct th_slice word)
{
    return th_slice_equals(word, "+") || th_slice_equals(word, "-");
}

static void parse_words(struct side *side, struct th_slice text)
{
    struct th_shown shown;
    bool wants_term = true;
    int sign = 1;
    struct th_slice rest = text;
    for (struct th_slice word = next_word(&rest); word.size > 0; word = next_word(&rest)) {
        bool leading = side->count == 0 && word.bytes == text.bytes;
        if (is_operator(word)) {
            if (wants_term && !leading)
                side_fault(side, "catalogue.malformed_rule",
                           "a term is missing before '%c'; write one between two operators",
                           word.bytes[0]);
            sign = word.bytes[0] == '-' ? -1 : 1;
            wants_term = true;
            continue;
        }
        if (!wants_term)
            side_fault(side, "catalogue.malformed_rule",
                       "'+' or '-' is missing before '%s'; write it with blanks around it",
                       th_shown(&shown, word));
        add_term(side, word, sign);
        wants_term = false;
    }
    if (wants_term)
        side_fault(side, "catalogue.malformed_rule",
                   "the side ends without a term; write one after the last operator");
    if (side->count > TERMS_MAX)
        side_fault(side, "catalogue.malformed_rule", "there are %zu terms; at most %d are allowed",
                   side->count, TERMS_MAX);
}

/* The words joined by single blanks, so that equal rules have equal texts. */
static const char *tidy_text(struct th_arena *arena, struct th_slice text)
{
    char *tidy = th_arena_alloc(arena, text.size + 1);
    size_t size = 0;
    for (struct th_slice word = next_word(&text); word.size > 0; word = next_word(&text)) {
        if (size > 0)
            tidy[size++] = ' ';
        memcpy(tidy + size, word.bytes, word.size);
        size += word.size;
    }
    return tidy;
}

static void read_side(struct th_catalogue_reader *reader, const struct th_sheet *sheet, size_t row,
                      int column, const struct th_form *form, struct th_term **terms, size_t *count,
                      const char **text)
{
    struct side side = {
        .reader = reader, .sheet = sheet, .row = row, .column = column, .form = form, .good = true};
    struct th_slice cell = th_sheet_cell(sheet, row, column);
    if (cell.size == 0) {
        if (sheet->places[column] >= 0)
            th_sheet_fault(sheet, row, column, "catalogue.empty", "the cell is empty; fill it in");
        return;
    }
    parse_words(&side, cell);
    if (!side.good)
        return;
    *terms = th_arena_copy(reader->arena, side.terms, side.count * sizeof *side.terms);
    *count = side.count;
    *text = tidy_text(reader->arena, cell);
}

static bool read_rule(struct th_catalogue_reader *reader, const struct th_sheet *sheet, size_t row,
                      const struct th_form *form, struct th_rule *rule)
{
    int comparison = 0, error = 0;
    bool coded = th_sheet_code(sheet, row, RULE_CODE, TH_CRITERION_CODE_MAX, &rule->code);
    read_side(reader, sheet, row, RULE_LEFT, form, &rule->left, &rule->left_count,
              &rule->left_text);
    th_sheet_word(sheet, row, RULE_OP, th_comparison_words, -1, &comparison);
    read_side(reader, sheet, row, RULE_RIGHT, form, &rule->right, &rule->right_count,
              &rule->right_text);
    th_sheet_word(sheet, row, RULE_SEVERITY, th_severity_words, -1, &error);
    th_sheet_name(sheet, row, RULE_VI, RULE_EN, true, TH_NAME_MAX, &rule->message);
    rule->comparison = (enum th_comparison)comparison;
    rule->error = error == 1;
    return coded;
}

void th_reader_rules(struct th_catalogue_reader *reader)
{
    const struct th_sheet *sheet = &reader->sheets[TH_FILE_RULES];
    struct th_catalogue *catalogue = reader->catalogue;
    struct th_ownership ownership = th_reader_rows_by_form(reader, sheet, RULE_FORM);
    struct th_rule *all = th_arena_alloc(reader->arena, (sheet->row_count + 1) * sizeof *all);
    bool *told = th_arena_alloc(reader->work, catalogue->form_count + 1);
    struct th_codes **codes =
        th_arena_alloc(reader->work, (catalogue->form_count + 1) * sizeof(void *));
    for (size_t i = 0; i < catalogue->form_count; i++) {
        catalogue->forms[i].rules = all + ownership.starts[i];
        codes[i] = th_codes_create(reader->work, ownership.counts[i]);
    }
    for (size_t row = 0; row < sheet->row_count; row++) {
        size_t owner = ownership.owners[row];
        struct th_form *form = owner == TH_ROWLESS ? NULL : &catalogue->forms[owner];
        struct th_rule rule = {.left_text = "", .right_text = ""};
        bool coded = read_rule(reader, sheet, row, form, &rule);
        if (!coded || !form ||
            !th_sheet_has_room(sheet, row, form->rule_count, RULES_MAX, &told[owner],
                               "rules of one form"))
            continue;
        if (th_codes_add(codes[owner], rule.code, form->rule_count))
            form->rules[form->rule_count++] = rule;
        else
            th_sheet_duplicate(sheet, row, RULE_CODE, rule.code, " for this form");
    }
}

/* forms.csv, groups.csv, criteria.csv and choices.csv. */
#include <stdio.h>
#include <string.h>

#include "common/domain/catalogue_reader.h"

#define DUE_DAYS_MIN  (-366)
#define DUE_DAYS_MAX  3660
#define LOCK_DAYS_MAX 36600
#define GROUPS_MAX    500 /* of a form */
#define CRITERIA_MAX  500 /* of a form */
#define CHOICES_MAX   500 /* of a criterion */
#define WEIGHT_MAX    1000

/* What a kind of value may say (SEMANTICS 4); bits by the value of the enumeration. */
#define BIT(value) (1u << (value))
#define TIME_PLAIN                                                                                 \
    (BIT(TH_TIME_SUM) | BIT(TH_TIME_LAST) | BIT(TH_TIME_AVERAGE) | BIT(TH_TIME_MIN) |              \
     BIT(TH_TIME_MAX))
#define DISTRICT_PLAIN                                                                             \
    (BIT(TH_DISTRICT_SUM) | BIT(TH_DISTRICT_AVERAGE) | BIT(TH_DISTRICT_MIN) | BIT(TH_DISTRICT_MAX))

static const struct kind_rule {
    unsigned time_aggs, district_aggs;
    bool numeric; /* may have min, max and target */
} kind_rules[] = {
    [TH_KIND_COUNT] = {TIME_PLAIN, DISTRICT_PLAIN, true},
    [TH_KIND_AMOUNT] = {TIME_PLAIN, DISTRICT_PLAIN, true},
    [TH_KIND_RATIO] = {BIT(TH_TIME_SUM) | BIT(TH_TIME_LAST), BIT(TH_DISTRICT_SUM), true},
    [TH_KIND_SCORE] = {TIME_PLAIN & ~BIT(TH_TIME_SUM), DISTRICT_PLAIN & ~BIT(TH_DISTRICT_SUM),
                       true},
    [TH_KIND_CHOICE] = {BIT(TH_TIME_LAST), BIT(TH_DISTRICT_DISTRIBUTION), false},
    [TH_KIND_COMMUNES] = {BIT(TH_TIME_LAST), BIT(TH_DISTRICT_UNION), false},
    [TH_KIND_TEXT] = {BIT(TH_TIME_LISTED), BIT(TH_DISTRICT_LISTED), false},
};

static const char *const frequency_words[] = {"day", "month", "quarter", "half", "year", NULL};

static void read_form(const struct th_sheet *sheet, size_t row, struct th_form *form)
{
    int by_province = 0, frequency = TH_MONTHLY;
    th_sheet_name(sheet, row, FORM_VI, FORM_EN, true, TH_NAME_MAX, &form->name);
    th_sheet_word(sheet, row, FORM_FILLED_BY, th_filler_words, -1, &by_province);
    th_sheet_word(sheet, row, FORM_FREQUENCY, frequency_words, -1, &frequency);
    bool due = th_sheet_integer(sheet, row, FORM_DUE_DAYS, true, DUE_DAYS_MIN, DUE_DAYS_MAX,
                                &form->due_days, NULL);
    bool lock = th_sheet_integer(sheet, row, FORM_LOCK_DAYS, false, 0, LOCK_DAYS_MAX,
                                 &form->lock_days, &form->has_lock);
    if (due && lock && form->has_lock && form->lock_days < form->due_days)
        th_sheet_fault(sheet, row, FORM_LOCK_DAYS, "catalogue.out_of_range",
                       "%d is less than due_days, %d; a form cannot lock before it is due",
                       form->lock_days, form->due_days);
    th_sheet_interval(sheet, row, FORM_OPENED, FORM_CLOSED, false, &form->interval);
    form->by_province = by_province == 1;
    form->frequency = (enum th_frequency)frequency;
}

void th_reader_forms(struct th_catalogue_reader *reader)
{
    const struct th_sheet *sheet = &reader->sheets[TH_FILE_FORMS];
    struct th_catalogue *catalogue = reader->catalogue;
    catalogue->forms =
        th_arena_alloc(reader->arena, (sheet->row_count + 1) * sizeof *catalogue->forms);
    reader->store->forms = th_codes_create(reader->arena, sheet->row_count);
    for (size_t row = 0; row < sheet->row_count; row++) {
        struct th_form form = {.index = catalogue->form_count};
        bool coded = th_sheet_code(sheet, row, FORM_CODE, TH_FORM_CODE_MAX, &form.code);
        read_form(sheet, row, &form);
        if (!coded)
            continue;
        if (th_codes_add(reader->store->forms, form.code, form.index))
            catalogue->forms[catalogue->form_count++] = form;
        else
            th_sheet_duplicate(sheet, row, FORM_CODE, form.code, "");
    }
}

void th_reader_groups(struct th_catalogue_reader *reader)
{
    const struct th_sheet *sheet = &reader->sheets[TH_FILE_GROUPS];
    struct th_catalogue *catalogue = reader->catalogue;
    struct th_ownership ownership = th_reader_rows_by_form(reader, sheet, GROUP_FORM);
    struct th_group *all = th_arena_alloc(reader->arena, (sheet->row_count + 1) * sizeof *all);
    bool *told = th_arena_alloc(reader->work, catalogue->form_count + 1);
    reader->groups = th_arena_alloc(reader->work, (catalogue->form_count + 1) * sizeof(void *));
    for (size_t i = 0; i < catalogue->form_count; i++) {
        catalogue->forms[i].groups = all + ownership.starts[i];
        reader->groups[i] = th_codes_create(reader->work, ownership.counts[i]);
    }
    for (size_t row = 0; row < sheet->row_count; row++) {
        size_t owner = ownership.owners[row];
        struct th_group group;
        bool coded = th_sheet_code(sheet, row, GROUP_CODE, TH_CRITERION_CODE_MAX, &group.code);
        th_sheet_name(sheet, row, GROUP_VI, GROUP_EN, true, TH_NAME_MAX, &group.name);
        if (!coded || owner == TH_ROWLESS)
            continue;
        struct th_form *form = &catalogue->forms[owner];
        if (!th_sheet_has_room(sheet, row, form->group_count, GROUPS_MAX, &told[owner],
                               "groups of one form"))
            continue;
        if (th_codes_add(reader->groups[owner], group.code, form->group_count))
            form->groups[form->group_count++] = group;
        else
            th_sheet_duplicate(sheet, row, GROUP_CODE, group.code, " for this form");
    }
}

static void agg_fault(const struct th_sheet *sheet, size_t row, int column, enum th_kind kind,
                      const char *const *words, int got, unsigned allowed)
{
    if (allowed >> got & 1)
        return;
    char list[64] = "";
    for (int i = 0; words[i]; i++)
        if (allowed >> i & 1) {
            size_t used = strlen(list);
            snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ", " : "",
                     words[i][0] ? words[i] : "nothing");
        }
    th_sheet_fault(sheet, row, column, "catalogue.not_allowed",
                   "'%s' is not allowed for the kind %s; allowed: %s",
                   words[got][0] ? words[got] : "(empty)", th_kind_name(kind), list);
}

static void check_limits(const struct th_sheet *sheet, size_t row,
                         const struct th_criterion *criterion, bool kind_is_good)
{
    if (criterion->has_min && criterion->has_max &&
        th_decimal_compare(criterion->min, criterion->max) > 0)
        th_sheet_fault(sheet, row, CRITERION_MAX, "catalogue.out_of_range",
                       "max is less than min; raise it");
    if (criterion->has_target && criterion->target.unscaled < 0)
        th_sheet_fault(sheet, row, CRITERION_TARGET, "catalogue.out_of_range",
                       "a target cannot be below 0; raise it");
    if (!kind_is_good)
        return;
    const struct {
        int column;
        bool given;
    } limits[] = {{CRITERION_MIN, criterion->has_min},
                  {CRITERION_MAX, criterion->has_max},
                  {CRITERION_TARGET, criterion->has_target}};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        bool is_empty = th_sheet_cell(sheet, row, limits[i].column).size == 0;
        if (limits[i].given && !kind_rules[criterion->kind].numeric)
            th_sheet_fault(sheet, row, limits[i].column, "catalogue.not_allowed",
                           "the kind %s has no %s; leave the cell empty",
                           th_kind_name(criterion->kind), sheet->columns[limits[i].column].name);
        else if (is_empty && criterion->kind == TH_KIND_SCORE &&
                 limits[i].column != CRITERION_TARGET)
            th_sheet_fault(sheet, row, limits[i].column, "catalogue.empty",
                           "a score needs min and max; fill in %s",
                           sheet->columns[limits[i].column].name);
    }
}

static void read_numbers(const struct th_sheet *sheet, size_t row, struct th_criterion *criterion,
                         bool kind_is_good)
{
    int32_t decimals = 0;
    th_sheet_integer(sheet, row, CRITERION_DECIMALS, false, 0, TH_DECIMAL_MAX_SCALE, &decimals,
                     NULL);
    if (kind_is_good && criterion->kind == TH_KIND_COUNT && decimals != 0)
        th_sheet_fault(sheet, row, CRITERION_DECIMALS, "catalogue.not_allowed",
                       "a count is a whole number; write 0, or make it an amount");
    criterion->decimals = (uint8_t)decimals;
    th_sheet_decimal(sheet, row, CRITERION_MIN, &criterion->has_min, &criterion->min);
    th_sheet_decimal(sheet, row, CRITERION_MAX, &criterion->has_max, &criterion->max);
    th_sheet_decimal(sheet, row, CRITERION_TARGET, &criterion->has_target, &criterion->target);
    th_sheet_integer(sheet, row, CRITERION_WEIGHT, false, 0, WEIGHT_MAX, &criterion->weight, NULL);
    check_limits(sheet, row, criterion, kind_is_good);
}

/* The cells that do not depend on other files; returns whether the kind is good. */
static bool read_criterion(const struct th_sheet *sheet, size_t row, struct th_criterion *criterion)
{
    int kind = 0, display = 0, time_agg, district_agg, direction = 0, required = 0;
    th_sheet_name(sheet, row, CRITERION_VI, CRITERION_EN, true, TH_NAME_MAX, &criterion->name);
    th_sheet_name(sheet, row, CRITERION_UNIT_VI, CRITERION_UNIT_EN, false, TH_NAME_MAX,
                  &criterion->unit);
    th_sheet_name(sheet, row, CRITERION_GUIDE_VI, CRITERION_GUIDE_EN, false, TH_GUIDE_MAX,
                  &criterion->guide);
    bool kind_is_good = th_sheet_word(sheet, row, CRITERION_KIND, th_kind_words, -1, &kind);
    criterion->kind = kind_is_good ? (enum th_kind)kind : TH_KIND_COUNT;
    if (th_sheet_word(sheet, row, CRITERION_DISPLAY, th_display_words, 0, &display) && display &&
        kind_is_good && kind != TH_KIND_RATIO)
        th_sheet_fault(sheet, row, CRITERION_DISPLAY, "catalogue.not_allowed",
                       "only a ratio is displayed as a percentage; write number");
    criterion->percent = display == 1;
    bool timed =
        th_sheet_word(sheet, row, CRITERION_TIME_AGG, th_time_agg_words, TH_TIME_LISTED, &time_agg);
    if (timed && kind_is_good && sheet->places[CRITERION_TIME_AGG] >= 0)
        agg_fault(sheet, row, CRITERION_TIME_AGG, criterion->kind, th_time_agg_words, time_agg,
                  kind_rules[kind].time_aggs);
    criterion->time_agg = (enum th_time_agg)time_agg;
    bool placed = th_sheet_word(sheet, row, CRITERION_DISTRICT_AGG, th_district_agg_words,
                                TH_DISTRICT_LISTED, &district_agg);
    if (placed && kind_is_good && sheet->places[CRITERION_DISTRICT_AGG] >= 0)
        agg_fault(sheet, row, CRITERION_DISTRICT_AGG, criterion->kind, th_district_agg_words,
                  district_agg, kind_rules[kind].district_aggs);
    criterion->district_agg = (enum th_district_agg)district_agg;
    th_sheet_word(sheet, row, CRITERION_DIRECTION, th_direction_words, 0, &direction);
    criterion->direction = (enum th_direction)direction;
    read_numbers(sheet, row, criterion, kind_is_good);
    th_sheet_word(sheet, row, CRITERION_REQUIRED, th_answer_words, 0, &required);
    criterion->required = required == 1;
    th_sheet_interval(sheet, row, CRITERION_OPENED, CRITERION_CLOSED, false, &criterion->interval);
    return kind_is_good;
}

static const struct th_group *find_group(struct th_catalogue_reader *reader,
                                         const struct th_sheet *sheet, size_t row,
                                         const struct th_form *form)
{
    size_t index;
    struct th_slice code = th_sheet_cell(sheet, row, CRITERION_GROUP);
    struct th_shown shown;
    if (code.size == 0 && sheet->places[CRITERION_GROUP] >= 0)
        th_sheet_fault(sheet, row, CRITERION_GROUP, "catalogue.empty",
                       "the cell is empty; fill it in");
    if (code.size == 0 || !form)
        return NULL;
    if (th_codes_find(reader->groups[form->index], code, &index))
        return &form->groups[index];
    if (reader->sheets[TH_FILE_GROUPS].known)
        th_sheet_fault(sheet, row, CRITERION_GROUP, "catalogue.unknown_reference",
                       "'%s' is not a group of the form in groups.csv; add it there or correct "
                       "it here",
                       th_shown(&shown, code));
    return NULL;
}

static void make_criterion_room(struct th_catalogue_reader *reader,
                                const struct th_ownership *ownership, size_t rows)
{
    struct th_catalogue *catalogue = reader->catalogue;
    reader->all_criteria = th_arena_alloc(reader->arena, (rows + 1) * sizeof(struct th_criterion));
    reader->criterion_rows = th_arena_alloc(reader->work, (rows + 1) * sizeof(size_t));
    reader->kind_is_good = th_arena_alloc(reader->work, rows + 1);
    reader->criterion_count = rows;
    reader->criterion_codes =
        th_arena_alloc(reader->work, (catalogue->form_count + 1) * sizeof(void *));
    for (size_t i = 0; i < catalogue->form_count; i++) {
        struct th_form *form = &catalogue->forms[i];
        form->criteria = reader->all_criteria + ownership->starts[i];
        reader->criterion_codes[i] = th_codes_create(reader->arena, ownership->counts[i]);
        form->by_code = reader->criterion_codes[i];
    }
}

void th_reader_criteria(struct th_catalogue_reader *reader)
{
    const struct th_sheet *sheet = &reader->sheets[TH_FILE_CRITERIA];
    struct th_catalogue *catalogue = reader->catalogue;
    struct th_ownership ownership = th_reader_rows_by_form(reader, sheet, CRITERION_FORM);
    bool *told = th_arena_alloc(reader->work, catalogue->form_count + 1);
    make_criterion_room(reader, &ownership, sheet->row_count);
    for (size_t row = 0; row < sheet->row_count; row++) {
        size_t owner = ownership.owners[row];
        struct th_form *form = owner == TH_ROWLESS ? NULL : &catalogue->forms[owner];
        struct th_criterion criterion = {.form = form};
        bool coded =
            th_sheet_code(sheet, row, CRITERION_CODE, TH_CRITERION_CODE_MAX, &criterion.code);
        criterion.group = find_group(reader, sheet, row, form);
        bool kind_is_good = read_criterion(sheet, row, &criterion);
        if (!coded || !form ||
            !th_sheet_has_room(sheet, row, form->criterion_count, CRITERIA_MAX, &told[owner],
                               "criteria of one form"))
            continue;
        criterion.index = form->criterion_count;
        if (!th_codes_add(reader->criterion_codes[owner], criterion.code, criterion.index)) {
            th_sheet_duplicate(sheet, row, CRITERION_CODE, criterion.code, " for this form");
            continue;
        }
        size_t place = ownership.starts[owner] + form->criterion_count++;
        reader->all_criteria[place] = criterion;
        reader->criterion_rows[place] = row;
        reader->kind_is_good[place] = kind_is_good;
    }
}

/* The criterion of each choice, by its position in all_criteria. */
static struct th_ownership choices_by_criterion(struct th_catalogue_reader *reader,
                                                const struct th_sheet *sheet)
{
    struct th_ownership ownership =
        th_ownership_create(reader, sheet->row_count, reader->criterion_count);
    for (size_t row = 0; row < sheet->row_count; row++) {
        const struct th_form *form = th_reader_form(reader, sheet, row, CHOICE_FORM);
        const struct th_criterion *criterion =
            th_reader_criterion(reader, sheet, row, form, CHOICE_CRITERION);
        ownership.owners[row] = TH_ROWLESS;
        if (!criterion)
            continue;
        size_t owner = (size_t)(criterion - reader->all_criteria);
        ownership.owners[row] = owner;
        ownership.counts[owner]++;
        if (reader->kind_is_good[owner] && criterion->kind != TH_KIND_CHOICE)
            th_sheet_fault(sheet, row, CHOICE_CRITERION, "catalogue.not_allowed",
                           "'%s' is of the kind %s; only a criterion of the kind choice has "
                           "choices",
                           criterion->code, th_kind_name(criterion->kind));
    }
    th_ownership_close(&ownership, reader->criterion_count);
    return ownership;
}

/* A choice criterion without any row in choices.csv could never be answered. */
static void check_choices(struct th_catalogue_reader *reader, const struct th_ownership *ownership)
{
    for (size_t i = 0; i < reader->criterion_count; i++) {
        const struct th_criterion *criterion = &reader->all_criteria[i];
        if (criterion->code && reader->kind_is_good[i] && criterion->kind == TH_KIND_CHOICE &&
            ownership->counts[i] == 0)
            th_sheet_fault(&reader->sheets[TH_FILE_CRITERIA], reader->criterion_rows[i],
                           CRITERION_KIND, "catalogue.no_choices",
                           "'%s' has no choices; list at least one in choices.csv",
                           criterion->code);
    }
}

void th_reader_choices(struct th_catalogue_reader *reader)
{
    const struct th_sheet *sheet = &reader->sheets[TH_FILE_CHOICES];
    struct th_ownership ownership = choices_by_criterion(reader, sheet);
    struct th_choice *all = th_arena_alloc(reader->arena, (sheet->row_count + 1) * sizeof *all);
    bool *told = th_arena_alloc(reader->work, reader->criterion_count + 1);
    struct th_codes **codes =
        th_arena_alloc(reader->work, (reader->criterion_count + 1) * sizeof(void *));
    for (size_t i = 0; i < reader->criterion_count; i++) {
        if (ownership.counts[i] == 0)
            continue;
        codes[i] = th_codes_create(reader->arena, ownership.counts[i]);
        reader->all_criteria[i].by_value = codes[i];
        reader->all_criteria[i].choices = all + ownership.starts[i];
    }
    for (size_t row = 0; row < sheet->row_count; row++) {
        size_t owner = ownership.owners[row];
        struct th_choice choice;
        bool coded = th_sheet_code(sheet, row, CHOICE_VALUE, TH_CRITERION_CODE_MAX, &choice.value);
        th_sheet_name(sheet, row, CHOICE_VI, CHOICE_EN, true, TH_NAME_MAX, &choice.name);
        if (!coded || owner == TH_ROWLESS)
            continue;
        struct th_criterion *criterion = &reader->all_criteria[owner];
        if (!th_sheet_has_room(sheet, row, criterion->choice_count, CHOICES_MAX, &told[owner],
                               "choices of one criterion"))
            continue;
        if (th_codes_add(codes[owner], choice.value, criterion->choice_count))
            criterion->choices[criterion->choice_count++] = choice;
        else
            th_sheet_duplicate(sheet, row, CHOICE_VALUE, choice.value, " for this criterion");
    }
    if (sheet->known)
        check_choices(reader, &ownership);
}

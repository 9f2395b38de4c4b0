/* The canonical CSV files: every column, rows in the catalogue's order, the rows of
 * one code together. */
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/csv/csv.h"
#include "common/domain/catalogue_private.h"

struct writer {
    const struct th_catalogue *catalogue;
    struct th_buffer *out;
    bool first; /* the next field begins a row */
};

static void add(struct writer *writer, const char *text)
{
    th_csv_add(writer->out, writer->first, th_slice_of(text));
    writer->first = false;
}

static void end_row(struct writer *writer)
{
    th_csv_end_row(writer->out);
    writer->first = true;
}

static void add_integer(struct writer *writer, int32_t value)
{
    char text[16];
    snprintf(text, sizeof text, "%d", (int)value);
    add(writer, text);
}

static void add_decimal(struct writer *writer, bool given, struct th_decimal value)
{
    char text[TH_DECIMAL_TEXT] = "";
    if (given)
        th_decimal_format(value, text);
    add(writer, text);
}

static void add_day(struct writer *writer, int32_t day)
{
    char text[11] = "";
    if (day != TH_DAY_FOREVER)
        th_day_format(day, text);
    add(writer, text);
}

static void add_interval(struct writer *writer, struct th_interval interval)
{
    add_day(writer, interval.opened);
    add_day(writer, interval.closed);
}

/* An English name like the Vietnamese one is written empty, as it may have been read:
 * the two are equal catalogues. */
static void add_name(struct writer *writer, struct th_name name)
{
    add(writer, name.vi);
    add(writer, strcmp(name.vi, name.en) == 0 ? "" : name.en);
}

static void write_districts(struct writer *writer)
{
    const struct th_catalogue *catalogue = writer->catalogue;
    for (size_t i = 0; i < catalogue->district_count; i++) {
        const struct th_district *district = &catalogue->districts[i];
        for (size_t j = 0; j < district->opening_count; j++) {
            const struct th_opening *opening = &district->openings[j];
            bool latest = j + 1 == district->opening_count;
            add(writer, district->code);
            add_name(writer, district->name);
            add(writer, district->kind);
            if (opening->communes >= 0)
                add_integer(writer, opening->communes);
            else
                add(writer, "");
            add_interval(writer, opening->interval);
            add(writer, latest && district->successor ? district->successor->code : "");
            if (district->tile_column >= 0) {
                add_integer(writer, district->tile_column);
                add_integer(writer, district->tile_row);
            } else {
                add(writer, "");
                add(writer, "");
            }
            end_row(writer);
        }
    }
}

static void write_communes(struct writer *writer)
{
    for (size_t i = 0; i < writer->catalogue->commune_count; i++) {
        const struct th_commune *commune = &writer->catalogue->communes[i];
        add(writer, commune->code);
        add_name(writer, commune->name);
        add(writer, commune->district->code);
        add_interval(writer, commune->interval);
        end_row(writer);
    }
}

static void write_forms(struct writer *writer)
{
    for (size_t i = 0; i < writer->catalogue->form_count; i++) {
        const struct th_form *form = &writer->catalogue->forms[i];
        add(writer, form->code);
        add_name(writer, form->name);
        add(writer, th_filler_words[form->by_province]);
        add(writer, th_frequency_name(form->frequency));
        add_integer(writer, form->due_days);
        if (form->has_lock)
            add_integer(writer, form->lock_days);
        else
            add(writer, "");
        add_interval(writer, form->interval);
        end_row(writer);
    }
}

static void write_groups(struct writer *writer, const struct th_form *form)
{
    for (size_t i = 0; i < form->group_count; i++) {
        add(writer, form->code);
        add(writer, form->groups[i].code);
        add_name(writer, form->groups[i].name);
        end_row(writer);
    }
}

static void write_criteria(struct writer *writer, const struct th_form *form)
{
    for (size_t i = 0; i < form->criterion_count; i++) {
        const struct th_criterion *criterion = &form->criteria[i];
        add(writer, form->code);
        add(writer, criterion->code);
        add(writer, criterion->group->code);
        add_name(writer, criterion->name);
        add(writer, th_kind_name(criterion->kind));
        add_name(writer, criterion->unit);
        add(writer, th_display_words[criterion->percent]);
        add_integer(writer, criterion->decimals);
        add(writer, th_time_agg_name(criterion->time_agg));
        add(writer, th_district_agg_name(criterion->district_agg));
        add(writer, th_direction_words[criterion->direction]);
        add_decimal(writer, criterion->has_min, criterion->min);
        add_decimal(writer, criterion->has_max, criterion->max);
        add_decimal(writer, criterion->has_target, criterion->target);
        add_integer(writer, criterion->weight);
        add(writer, th_answer_words[criterion->required]);
        add_interval(writer, criterion->interval);
        add_name(writer, criterion->guide);
        end_row(writer);
    }
}

static void write_choices(struct writer *writer, const struct th_form *form)
{
    for (size_t i = 0; i < form->criterion_count; i++) {
        const struct th_criterion *criterion = &form->criteria[i];
        for (size_t j = 0; j < criterion->choice_count; j++) {
            add(writer, form->code);
            add(writer, criterion->code);
            add(writer, criterion->choices[j].value);
            add_name(writer, criterion->choices[j].name);
            end_row(writer);
        }
    }
}

static void write_rules(struct writer *writer, const struct th_form *form)
{
    for (size_t i = 0; i < form->rule_count; i++) {
        const struct th_rule *rule = &form->rules[i];
        add(writer, form->code);
        add(writer, rule->code);
        add(writer, rule->left_text);
        add(writer, th_comparison_words[rule->comparison]);
        add(writer, rule->right_text);
        add(writer, th_severity_words[rule->error]);
        add_name(writer, rule->message);
        end_row(writer);
    }
}

static void write_targets(struct writer *writer)
{
    for (size_t i = 0; i < writer->catalogue->target_count; i++) {
        const struct th_target *target = &writer->catalogue->targets[i];
        add(writer, target->criterion->form->code);
        add(writer, target->criterion->code);
        add(writer, target->district ? target->district->code : "");
        add_interval(writer, target->interval);
        add_decimal(writer, true, target->target);
        end_row(writer);
    }
}

static void write_periods(struct writer *writer)
{
    for (size_t i = 0; i < writer->catalogue->period_count; i++) {
        const struct th_named_period *period = &writer->catalogue->periods[i];
        add(writer, period->code);
        add_name(writer, period->name);
        add_interval(writer, period->interval);
        end_row(writer);
    }
}

static void write_holidays(struct writer *writer)
{
    for (size_t i = 0; i < writer->catalogue->holiday_count; i++) {
        const struct th_holiday *holiday = &writer->catalogue->holidays[i];
        add_day(writer, holiday->day);
        add_name(writer, holiday->name);
        add(writer, th_answer_words[holiday->working]);
        end_row(writer);
    }
}

void th_catalogue_write(const struct th_catalogue *catalogue, const char *name,
                        struct th_buffer *out)
{
    /* Either of the whole catalogue, or form by form. */
    static const struct {
        void (*whole)(struct writer *writer);
        void (*by_form)(struct writer *writer, const struct th_form *form);
    } files[TH_FILE_COUNT] = {
        [TH_FILE_DISTRICTS] = {write_districts},
        [TH_FILE_COMMUNES] = {write_communes},
        [TH_FILE_FORMS] = {write_forms},
        [TH_FILE_GROUPS] = {NULL, write_groups},
        [TH_FILE_CRITERIA] = {NULL, write_criteria},
        [TH_FILE_CHOICES] = {NULL, write_choices},
        [TH_FILE_RULES] = {NULL, write_rules},
        [TH_FILE_TARGETS] = {write_targets},
        [TH_FILE_PERIODS] = {write_periods},
        [TH_FILE_HOLIDAYS] = {write_holidays},
    };
    struct writer writer = {catalogue, out, true};
    size_t file = 0;
    while (file < TH_FILE_COUNT && strcmp(name, th_catalogue_file_names[file]) != 0)
        file++;
    if (file == TH_FILE_COUNT)
        return;
    const struct th_column *columns = th_catalogue_columns((enum th_catalogue_file_index)file);
    for (; columns->name; columns++)
        add(&writer, columns->name);
    end_row(&writer);
    if (files[file].whole)
        files[file].whole(&writer);
    for (size_t i = 0; files[file].by_form && i < catalogue->form_count; i++)
        files[file].by_form(&writer, &catalogue->forms[i]);
}

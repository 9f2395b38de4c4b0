#include "commission/cli/export_dhis2.h"

#include <jansson.h>
#include <stdlib.h>

#include "common/base/buffer.h"
#include "common/domain/dhis2.h"
#include "common/domain/report_file.h"

static void print_text(FILE *out, const char *text)
{
    json_t *json = json_string(text);
    char *dumped = json ? json_dumps(json, JSON_ENCODE_ANY) : NULL;
    if (!dumped)
        abort();
    fputs(dumped, out);
    free(dumped);
    json_decref(json);
}

void th_export_dhis2_begin(struct th_export_dhis2 *dhis2, const char *form)
{
    fputs("{\"dataSet\": ", dhis2->out);
    print_text(dhis2->out, form);
    fputs(", \"dataValues\": [", dhis2->out);
}

void th_export_dhis2_end(struct th_export_dhis2 *dhis2)
{
    fputs("\n]}\n", dhis2->out);
}

static void set(json_t *value, const char *name, struct th_slice text)
{
    if (json_object_set_new(value, name, json_stringn(text.size ? text.bytes : "", text.size)) != 0)
        abort(); /* neither memory, nor UTF-8 that was checked when it came */
}

struct part {
    enum th_dhis2_part part;
    struct th_slice text, category, comment; /* category, comment: empty for none */
};

static void put(struct th_export_dhis2 *dhis2, struct th_dhis2_place place,
                const struct th_criterion *criterion, const struct part *part)
{
    char element[TH_DHIS2_ELEMENT];
    json_t *value = json_object();
    th_dhis2_element_write(criterion, part->part, element);
    set(value, "dataElement", th_slice_of(element));
    set(value, "period", th_slice_of(place.period));
    set(value, "orgUnit", th_slice_of(place.unit));
    if (part->category.size > 0)
        set(value, "categoryOptionCombo", part->category);
    set(value, "value", part->text);
    if (part->comment.size > 0)
        set(value, "comment", part->comment);
    fputs(dhis2->written++ > 0 ? ",\n" : "\n", dhis2->out);
    if (json_dumpf(value, dhis2->out, 0) != 0 && !ferror(dhis2->out))
        abort();
    json_decref(value);
}

void th_export_dhis2_observation(struct th_export_dhis2 *dhis2, struct th_dhis2_place place,
                                 const struct th_observation *observation)
{
    TH_CLEANUP_BUFFER struct th_buffer value = {0}, of = {0};
    const struct th_criterion *criterion = observation->criterion;
    if (!criterion)
        return;
    if (observation->answer == TH_ANSWER_NOT_APPLICABLE) {
        const struct part flag = {
            TH_DHIS2_NOT_APPLICABLE, TH_SLICE("true"), {NULL, 0}, observation->text};
        if (dhis2->omit_not_applicable)
            dhis2->omitted++;
        else
            put(dhis2, place, criterion, &flag);
        return;
    }
    bool ratio = observation->answer == TH_ANSWER_RATIO;
    th_report_cell_write(observation, '.', &value, &of);
    struct part part = {ratio ? TH_DHIS2_NUM : TH_DHIS2_WHOLE,
                        th_buffer_slice(&value),
                        {NULL, 0},
                        observation->note};
    if (value.size > 0)
        put(dhis2, place, criterion, &part);
    part = (struct part){TH_DHIS2_DEN, th_buffer_slice(&of), {NULL, 0}, {NULL, 0}};
    if (of.size > 0)
        put(dhis2, place, criterion, &part);
}

static void put_text(struct th_export_dhis2 *dhis2, struct th_dhis2_place place,
                     const struct th_criterion *criterion, enum th_dhis2_part kind,
                     const char *text)
{
    struct part part = {kind, th_slice_of(text), {NULL, 0}, {NULL, 0}};
    if (*text)
        put(dhis2, place, criterion, &part);
}

void th_export_dhis2_figure(struct th_export_dhis2 *dhis2, struct th_dhis2_place place,
                            const struct th_dhis2_figure *figure)
{
    const struct th_criterion *criterion = figure->criterion;
    struct part districts = {
        TH_DHIS2_DISTRICTS, th_slice_of(figure->value), th_slice_of(figure->choice), {NULL, 0}};
    switch (criterion->kind) {
    case TH_KIND_RATIO:
        put_text(dhis2, place, criterion, TH_DHIS2_NUM, figure->num);
        put_text(dhis2, place, criterion, TH_DHIS2_DEN, figure->den);
        break;
    case TH_KIND_CHOICE:
        /* A district's own choice has no number beside it. */
        if (!*figure->value)
            put_text(dhis2, place, criterion, TH_DHIS2_WHOLE, figure->choice);
        else if (*figure->choice)
            put(dhis2, place, criterion, &districts);
        break;
    case TH_KIND_COMMUNES:
        put_text(dhis2, place, criterion, TH_DHIS2_SIZE, figure->value);
        put_text(dhis2, place, criterion, TH_DHIS2_WHOLE, figure->members);
        break;
    default:
        put_text(dhis2, place, criterion, TH_DHIS2_WHOLE, figure->value);
        break;
    }
}

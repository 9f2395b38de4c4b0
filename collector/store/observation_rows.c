#include "collector/store/observation_rows.h"

#include "collector/store/params.h"

static bool has_number(const struct th_observation *observation)
{
    return observation->answer == TH_ANSWER_NUMBER ||
           (observation->answer == TH_ANSWER_RATIO && observation->has_num);
}

static bool has_den(const struct th_observation *observation)
{
    return observation->answer == TH_ANSWER_RATIO && observation->has_den;
}

static int16_t scale_of(const struct th_observation *observation)
{
    if (observation->answer == TH_ANSWER_NOT_APPLICABLE)
        return -1;
    int scale = has_number(observation) ? observation->number.scale : 0;
    if (has_den(observation))
        scale += 16 * observation->den.scale;
    return (int16_t)scale;
}

static void put_answer(struct th_buffer *out, const struct th_observation *observation)
{
    switch (observation->answer) {
    case TH_ANSWER_NUMBER:
    case TH_ANSWER_RATIO:
        th_put_null(out);
        return;
    case TH_ANSWER_NOT_APPLICABLE:
        if (observation->text.size == 0) {
            th_put_null(out);
            return;
        }
        break;
    case TH_ANSWER_CHOICE:
    case TH_ANSWER_TEXT:
        break;
    case TH_ANSWER_COMMUNES: {
        /* No commune is a value: an empty text, not NULL. */
        size_t place = th_put_length_begin(out);
        for (size_t i = 0; i < observation->commune_count; i++) {
            if (i > 0)
                th_buffer_add_char(out, ' ');
            th_buffer_add(out, observation->communes[i].bytes, observation->communes[i].size);
        }
        th_put_length_end(out, place);
        return;
    }
    }
    th_put_bytes(out, observation->text.bytes, observation->text.size);
}

static const struct {
    uint32_t array, element;
    bool has_null; /* may hold NULLs; PostgreSQL looks for itself */
} types[TH_OBSERVATION_COLUMNS] = {
    [TH_OBSERVATION_CRITERION] = {TH_OID_INT4_ARRAY, TH_OID_INT4, false},
    [TH_OBSERVATION_NUM] = {TH_OID_INT8_ARRAY, TH_OID_INT8, true},
    [TH_OBSERVATION_DEN] = {TH_OID_INT8_ARRAY, TH_OID_INT8, true},
    [TH_OBSERVATION_SCALE] = {TH_OID_INT2_ARRAY, TH_OID_INT2, false},
    [TH_OBSERVATION_ANSWER] = {TH_OID_TEXT_ARRAY, TH_OID_TEXT, true},
};

uint32_t th_observation_column_type(enum th_observation_column column)
{
    return types[column].array;
}

static void put_element(struct th_buffer *out, enum th_observation_column column,
                        const struct th_observation *observation, const int32_t *criterion_ids)
{
    switch (column) {
    case TH_OBSERVATION_CRITERION:
        th_put_int4(out, criterion_ids[observation->criterion->index]);
        return;
    case TH_OBSERVATION_NUM:
        if (has_number(observation))
            th_put_int8(out, observation->number.unscaled);
        else
            th_put_null(out);
        return;
    case TH_OBSERVATION_DEN:
        if (has_den(observation))
            th_put_int8(out, observation->den.unscaled);
        else
            th_put_null(out);
        return;
    case TH_OBSERVATION_SCALE:
        th_put_int2(out, scale_of(observation));
        return;
    case TH_OBSERVATION_ANSWER:
        put_answer(out, observation);
        return;
    case TH_OBSERVATION_COLUMNS:
        return;
    }
}

void th_observation_column_put(struct th_buffer *out, enum th_observation_column column,
                               const struct th_report *report, const int32_t *criterion_ids)
{
    size_t count = report->observation_count;
    th_put_array_header(out, types[column].element, count, types[column].has_null);
    for (size_t i = 0; i < count; i++)
        put_element(out, column, &report->observations[i], criterion_ids);
}

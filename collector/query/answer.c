#include "collector/query/answer.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/text.h"

/* The envelope, the head and the fields beside the figures. */
#define PART_MARGIN 1024
/* Tag and length before each figure or report. */
#define ITEM_MARGIN 8

void th_question_end_read(struct th_question *question)
{
    if (question->reading)
        th_store_end_read(question->store);
    question->reading = false;
}

void th_question_free(struct th_question *question)
{
    free(question->figures);
    free(question->reports);
    free(question->counts);
    free(question->ranks);
    free(question->narratives);
    question->figures = NULL;
    question->reports = NULL;
    question->counts = NULL;
    question->ranks = NULL;
    free(question->heads.items);
    free(question->gaps.items);
    free(question->assessments.items);
    question->narratives = NULL;
}

void th_answer_restart(struct th_question *question)
{
    question->figure_count = 0;
    question->report_count = 0;
    question->count_count = 0;
    question->rank_count = 0;
    question->heads.count = 0;
    question->gaps.count = 0;
    question->assessments.count = 0;
    question->narrative_count = 0;
    question->part_bytes = 0;
    th_arena_reset(question->part_arena);
}

static enum th_status flush(struct th_question *question, bool last)
{
    Tonghop__V1__QueryPart part = TONGHOP__V1__QUERY_PART__INIT;
    Tonghop__V1__AnswerHead head = TONGHOP__V1__ANSWER_HEAD__INIT;
    part.request_id = question->job->request_id;
    part.sequence = question->sequence;
    part.span = question->span;
    part.last = last;
    part.n_figure = question->figure_count;
    part.figure = question->figures;
    part.n_report = question->report_count;
    part.report = question->reports;
    part.n_completeness = question->count_count;
    part.completeness = question->counts;
    part.n_ranking = question->rank_count;
    part.ranking = question->ranks;
    part.n_assessment_head = question->heads.count;
    part.assessment_head = (Tonghop__V1__AssessmentHead **)question->heads.items;
    part.n_assessment_gap = question->gaps.count;
    part.assessment_gap = (Tonghop__V1__AssessmentGap **)question->gaps.items;
    part.n_assessment = question->assessments.count;
    part.assessment = (Tonghop__V1__Assessment **)question->assessments.items;
    part.n_narrative = question->narrative_count;
    part.narrative = question->narratives;
    if (question->sequence == 0) {
        head.form = th_bytes(th_slice_of(question->form));
        head.period = th_bytes(th_slice_of(question->period));
        head.catalogue_version = question->ids->catalogue->version;
        head.answered_at_us = question->snapshot_us;
        head.horizon_us = question->horizon_us;
        head.as_of_us = question->as_of_us;
        head.void_from_us = question->void_from_us;
        head.void_until_us = question->void_until_us;
        part.head = &head;
    }
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_QUERY_PART;
    message.query_part = &part;

    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    th_server_message_encode(&message, &bytes);
    bool wanted = th_job_push(question->service, question->job, &bytes);
    question->sequence++;
    th_answer_restart(question);
    return wanted ? TH_OK : TH_PERMANENT;
}

enum th_status th_answer_begin_span(struct th_question *question, size_t span)
{
    enum th_status status = span > 0 ? flush(question, false) : TH_OK;
    question->span = (uint32_t)span;
    return status;
}

/* Sends what is there when `bytes` more would not fit. */
static enum th_status make_room(struct th_question *question, size_t bytes)
{
    size_t limit = TH_WIRE_PART_BYTES - PART_MARGIN;
    if (bytes > limit) {
        question->too_large = true;
        return TH_REJECTED;
    }
    if (question->part_bytes + bytes > limit)
        return flush(question, false);
    return th_job_wanted(question->job) ? TH_OK : TH_PERMANENT;
}

static void *grow(void *items, size_t *capacity, size_t count)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity ? *capacity * 2 : 256;
    items = realloc(items, *capacity * sizeof(void *));
    if (!items)
        abort();
    return items;
}

static ProtobufCBinaryData keep(struct th_arena *arena, const char *text)
{
    struct th_slice slice = th_slice_of(text);
    return th_bytes_of(th_arena_copy(arena, slice.bytes, slice.size), slice.size);
}

static void set_members(Tonghop__V1__Figure *wire, const struct th_figure *figure,
                        struct th_arena *arena)
{
    wire->n_member = figure->member_count;
    wire->member = th_arena_alloc(arena, (figure->member_count + 1) * sizeof(*wire->member));
    for (size_t i = 0; i < figure->member_count; i++)
        wire->member[i] = keep(arena, figure->members[i]);
}

/* Tags and lengths of twelve fields, three of them numbers, stay below 100 bytes. */
static size_t size_of(const struct th_figure *figure)
{
    size_t size = 100 + strlen(figure->period) + strlen(figure->criterion->code) +
                  strlen(figure->num) + strlen(figure->den) + strlen(figure->value) +
                  strlen(figure->exact_num) + strlen(figure->exact_den) + strlen(figure->choice) +
                  TH_DISTRICT_CODE_MAX + ITEM_MARGIN;
    for (size_t i = 0; i < figure->member_count; i++)
        size += strlen(figure->members[i]) + 3;
    return size;
}

enum th_status th_answer_figure(struct th_question *question, const struct th_figure *figure)
{
    size_t bytes = size_of(figure);
    enum th_status status = make_room(question, bytes);
    if (status != TH_OK)
        return status;
    struct th_arena *arena = question->part_arena;
    Tonghop__V1__Figure *wire = th_arena_alloc(arena, sizeof(*wire));
    tonghop__v1__figure__init(wire);
    wire->period = keep(arena, figure->period);
    wire->district = th_bytes(th_slice_of(figure->district ? figure->district->code : "*"));
    wire->criterion = th_bytes(th_slice_of(figure->criterion->code));
    wire->reported = figure->reported;
    wire->expected = figure->expected;
    wire->not_applicable = figure->not_applicable;
    wire->num = keep(arena, figure->num);
    wire->den = keep(arena, figure->den);
    wire->value = keep(arena, figure->value);
    if (*figure->exact_num) {
        wire->exact_num = keep(arena, figure->exact_num);
        wire->exact_den = keep(arena, figure->exact_den);
    }
    wire->choice = keep(arena, figure->choice);
    set_members(wire, figure, arena);

    question->figures = (Tonghop__V1__Figure **)grow(question->figures, &question->figure_capacity,
                                                     question->figure_count);
    question->figures[question->figure_count++] = wire;
    question->part_bytes += bytes;
    return TH_OK;
}

/* Tags, lengths and numbers of a step stay below 100 bytes, those of a comment below 20. */
static size_t size_of_step(const struct th_state_step *step)
{
    size_t size = 100 + strlen(step->to_state) + strlen(step->account) + strlen(step->role) +
                  step->comment.size;
    for (size_t i = 0; i < step->comment_count; i++)
        size += 20 + strlen(step->criteria[i]) + step->comments[i].size;
    return size;
}

static Tonghop__V1__StateStep *make_step(const struct th_state_step *step, struct th_arena *arena)
{
    Tonghop__V1__StateStep *wire = th_arena_alloc(arena, sizeof(*wire));
    tonghop__v1__state_step__init(wire);
    wire->to_state = keep(arena, step->to_state);
    wire->at_us = step->at_us;
    wire->account = keep(arena, step->account);
    wire->role = keep(arena, step->role);
    wire->comment = th_bytes_of(th_arena_copy(arena, step->comment.bytes, step->comment.size),
                                step->comment.size);
    wire->criterion_comment =
        th_arena_alloc(arena, (step->comment_count + 1) * sizeof(*wire->criterion_comment));
    for (size_t i = 0; i < step->comment_count; i++) {
        Tonghop__V1__CriterionComment *comment = th_arena_alloc(arena, sizeof(*comment));
        const struct th_slice text = step->comments[i];
        tonghop__v1__criterion_comment__init(comment);
        comment->criterion = keep(arena, step->criteria[i]);
        comment->text = th_bytes_of(th_arena_copy(arena, text.bytes, text.size), text.size);
        wire->criterion_comment[wire->n_criterion_comment++] = comment;
    }
    wire->open_until_us = step->open_until_us;
    return wire;
}

static enum th_status add_report(struct th_question *question, const struct th_report_row *row,
                                 const struct th_state_step *steps, size_t count, size_t bytes)
{
    enum th_status status = make_room(question, bytes);
    if (status != TH_OK)
        return status;
    struct th_arena *arena = question->part_arena;
    Tonghop__V1__StoredReport *wire = th_arena_alloc(arena, sizeof(*wire));
    tonghop__v1__stored_report__init(wire);
    wire->body = th_bytes_of(th_arena_copy(arena, row->body.bytes, row->body.size), row->body.size);
    wire->epoch = row->epoch;
    wire->sequence = row->sequence;
    wire->hash = th_bytes_of(th_arena_copy(arena, row->hash, sizeof(row->hash)), sizeof(row->hash));
    wire->accepted_at_us = row->accepted_at_us;
    wire->origin = th_bytes(th_slice_of(row->imported             ? "import"
                                        : row->received_at_us > 0 ? "restored"
                                                                  : "wire"));
    wire->state = keep(arena, row->state);
    wire->received_at_us = row->received_at_us;
    wire->complete = row->complete;
    wire->current = row->current;
    wire->catalogue_version = (uint32_t)row->catalogue_version;
    wire->digest =
        th_bytes_of(th_arena_copy(arena, row->digest, sizeof(row->digest)), sizeof(row->digest));
    wire->step = th_arena_alloc(arena, (count + 1) * sizeof(*wire->step));
    for (size_t i = 0; i < count; i++)
        wire->step[wire->n_step++] = make_step(&steps[i], arena);

    question->reports = (Tonghop__V1__StoredReport **)grow(
        question->reports, &question->report_capacity, question->report_count);
    question->reports[question->report_count++] = wire;
    question->part_bytes += bytes;
    return TH_OK;
}

enum th_status th_answer_report(struct th_question *question, const struct th_report_row *row)
{
    return add_report(question, row, NULL, 0, row->body.size + 200 + ITEM_MARGIN);
}

enum th_status th_answer_history(struct th_question *question, const struct th_report_row *row,
                                 const struct th_state_step *steps, size_t count)
{
    const size_t limit = TH_WIRE_PART_BYTES - PART_MARGIN;
    const size_t bare = row->body.size + 200 + ITEM_MARGIN;
    enum th_status status = TH_OK;
    size_t from = 0;
    do {
        size_t next = from, bytes = bare;
        while (next < count && (next == from || bytes + size_of_step(&steps[next]) <= limit))
            bytes += size_of_step(&steps[next++]);
        status = add_report(question, row, &steps[from], next - from, bytes);
        from = next;
    } while (status == TH_OK && from < count);
    return status;
}

/* Tags and numbers of eleven counts stay below 140 bytes. */
enum th_status th_answer_counts(struct th_question *question, const struct th_completeness_row *row)
{
    const struct th_completeness_counts *counts = &row->counts;
    size_t bytes = 140 + strlen(row->period) + TH_DISTRICT_CODE_MAX + ITEM_MARGIN;
    enum th_status status = make_room(question, bytes);
    if (status != TH_OK)
        return status;
    struct th_arena *arena = question->part_arena;
    Tonghop__V1__Completeness *wire = th_arena_alloc(arena, sizeof(*wire));
    tonghop__v1__completeness__init(wire);
    wire->period = keep(arena, row->period);
    wire->district = th_bytes(th_slice_of(row->district ? row->district->code : "*"));
    wire->expected = counts->expected;
    wire->received = counts->received;
    wire->complete = counts->complete;
    wire->empty = counts->empty;
    wire->on_time = counts->on_time;
    wire->late = counts->late;
    wire->not_yet_due = counts->not_yet_due;
    wire->missing = counts->missing;
    wire->returned = counts->returned;
    wire->approved = counts->approved;
    wire->historic = counts->historic;

    question->counts = (Tonghop__V1__Completeness **)grow(
        question->counts, &question->count_capacity, question->count_count);
    question->counts[question->count_count++] = wire;
    question->part_bytes += bytes;
    return TH_OK;
}

enum th_status th_answer_rank(struct th_question *question, const struct th_rank_row *row,
                              const struct th_completeness_counts *counts)
{
    const char *group = row->group ? row->group->code : "";
    size_t bytes = 60 + TH_DISTRICT_CODE_MAX + strlen(group) + strlen(row->composite) +
                   strlen(row->basis) + ITEM_MARGIN;
    enum th_status status = make_room(question, bytes);
    if (status != TH_OK)
        return status;
    struct th_arena *arena = question->part_arena;
    Tonghop__V1__Ranking *wire = th_arena_alloc(arena, sizeof(*wire));
    tonghop__v1__ranking__init(wire);
    wire->district = th_bytes(th_slice_of(row->district ? row->district->code : "*"));
    wire->group = th_bytes(th_slice_of(group));
    wire->composite = keep(arena, row->composite);
    wire->basis = keep(arena, row->basis);
    wire->rank = row->rank;
    wire->expected = counts->expected;
    wire->received = counts->received;

    question->ranks = (Tonghop__V1__Ranking **)grow(question->ranks, &question->rank_capacity,
                                                    question->rank_count);
    question->ranks[question->rank_count++] = wire;
    question->part_bytes += bytes;
    return TH_OK;
}

enum th_status th_answer_reserve(struct th_question *question, size_t bytes)
{
    return make_room(question, bytes + ITEM_MARGIN);
}

void th_answer_keep(struct th_question *question, struct th_answer_list *list, void *message,
                    size_t bytes)
{
    list->items = grow(list->items, &list->capacity, list->count);
    list->items[list->count++] = message;
    question->part_bytes += bytes + ITEM_MARGIN;
}

static ProtobufCBinaryData keep_slice(struct th_arena *arena, struct th_slice text)
{
    return th_bytes_of(th_arena_copy(arena, text.bytes, text.size), text.size);
}

enum th_status th_answer_narrative(struct th_question *question, const struct th_narrative_row *row,
                                   const char *kind, struct th_slice text)
{
    char period[TH_PERIOD_TEXT];
    th_base_period_format(row->criterion->form->frequency, row->period, period);
    size_t bytes = 60 + strlen(period) + TH_DISTRICT_CODE_MAX + strlen(row->criterion->code) +
                   strlen(kind) + text.size + strlen(row->state) + ITEM_MARGIN;
    enum th_status status = make_room(question, bytes);
    if (status != TH_OK)
        return status;
    struct th_arena *arena = question->part_arena;
    Tonghop__V1__Narrative *wire = th_arena_alloc(arena, sizeof(*wire));
    tonghop__v1__narrative__init(wire);
    wire->period = keep(arena, period);
    wire->district = th_bytes(th_slice_of(row->district->code));
    wire->criterion = th_bytes(th_slice_of(row->criterion->code));
    wire->kind = th_bytes(th_slice_of(kind));
    wire->text = keep_slice(arena, text);
    wire->state = keep(arena, row->state);

    question->narratives = (Tonghop__V1__Narrative **)grow(
        question->narratives, &question->narrative_capacity, question->narrative_count);
    question->narratives[question->narrative_count++] = wire;
    question->part_bytes += bytes;
    return TH_OK;
}

enum th_status th_answer_finish(struct th_question *question)
{
    return flush(question, true);
}

const struct th_form *th_question_form(struct th_question *question, ProtobufCBinaryData code)
{
    const struct th_form *form = th_catalogue_form(question->ids->catalogue, th_bytes_slice(code));
    if (!form)
        th_question_refuse(question, "form.unknown", "", th_bytes_slice(code));
    return form;
}

struct th_slice th_question_text(ProtobufCBinaryData data)
{
    struct th_slice text = th_bytes_slice(data);
    return th_text_is_utf8(text) ? text : (struct th_slice){NULL, 0};
}

void th_question_refuse(struct th_question *question, const char *code, const char *criterion,
                        struct th_slice value)
{
    if (!th_text_is_utf8(value))
        value = (struct th_slice){NULL, 0};
    th_problem_add(&question->refusals, code, criterion, value, "", 0, 0);
}

void th_question_refuse_period(struct th_question *question, const struct th_period *period,
                               const struct th_form *form)
{
    char instead[TH_PERIOD_INSTEAD];
    const char *code = th_period_misfit(period, form->frequency, instead);
    th_problem_add(&question->refusals, code, "", th_slice_of(period->id), instead, 0, 0);
}

bool th_question_period(struct th_question *question, ProtobufCBinaryData text,
                        struct th_period *period)
{
    const struct th_catalogue *catalogue = question->ids->catalogue;
    if (th_period_parse(th_bytes_slice(text), catalogue->periods, catalogue->period_count, period,
                        NULL) == TH_OK)
        return true;
    th_problem_add(&question->refusals, "period.malformed", "", th_question_text(text),
                   "2024-03, 2024-Q1, 2024-H1, 2024-9M, 2024, 2020..2025", 0, 0);
    return false;
}

bool th_question_instant(struct th_question *question, ProtobufCBinaryData text,
                         int64_t *instant_us)
{
    int32_t day;
    char horizon[40];
    struct th_slice slice = th_bytes_slice(text);
    if (th_day_parse(slice, &day)) {
        *instant_us = th_clock_day_start_us(day + 1) - 1;
    } else if (!th_instant_parse(slice, instant_us) || *instant_us <= 0) {
        th_question_refuse(question, "asof.malformed", "", slice);
        return false;
    }
    if (*instant_us <= question->horizon_us)
        return true;
    th_instant_format(question->horizon_us, horizon);
    th_question_refuse(question, "asof.beyond_horizon", "", th_slice_of(horizon));
    return false;
}

bool *th_question_districts(struct th_question *question, const ProtobufCBinaryData *codes,
                            size_t count, bool *province)
{
    const struct th_catalogue *catalogue = question->ids->catalogue;
    bool *wanted = th_arena_alloc(question->arena, catalogue->district_count + 1);
    for (size_t i = 0; i < count; i++) {
        struct th_slice code = th_bytes_slice(codes[i]);
        const struct th_district *district = th_catalogue_district(catalogue, code);
        if (district)
            wanted[district->index] = true;
        else if (province && th_slice_equals(code, "*"))
            *province = true;
        else
            th_question_refuse(question, "district.unknown", "", code);
    }
    return wanted;
}

#include <stdlib.h>
#include <string.h>

#include "commission/cli/assessment.h"
#include "commission/cli/settle.h"
#include "common/base/buffer.h"
#include "common/base/text.h"
#include "common/ledger/ledger.h"
#include "common/wire/message.h"

static const char *text_of(struct th_assessment_making *run, ProtobufCBinaryData data)
{
    const char *text = th_bytes_text(data, SIZE_MAX, run->arena);
    return text ? text : "";
}

/* --------------------------------------------------------------- the instant */

static enum th_status ask_basis(struct th_assessment_making *run, const char *as_of,
                                struct th_error *error)
{
    Tonghop__V1__AssessmentBasisQuery question = TONGHOP__V1__ASSESSMENT_BASIS_QUERY__INIT;
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    question.as_of = th_bytes(th_slice_of(as_of));
    query.question_case = TONGHOP__V1__QUERY__QUESTION_ASSESSMENT_BASIS;
    query.assessment_basis = &question;
    th_kept_answer_free(&run->basis);
    return th_kept_answer_get(&run->session, &query, &run->basis, error);
}

static enum th_status ask_horizon(void *context, int64_t *horizon_us, struct th_error *error)
{
    struct th_assessment_making *run = context;
    enum th_status status = ask_basis(run, "", error);
    *horizon_us = run->basis.horizon_us;
    return status;
}

static enum th_status settle(struct th_assessment_making *run, struct th_error *error)
{
    int64_t at_us = 0;
    enum th_status status = ask_basis(run, "", error);
    if (status == TH_OK)
        status = th_settle(run->basis.answered_at_us, run->basis.horizon_us, ask_horizon, run,
                           &at_us, error);
    run->as_of = th_cli_instant(at_us, run->arena);
    return status;
}

static enum th_status fix_instant(struct th_assessment_making *run, struct th_error *error)
{
    run->as_of = run->options.as_of;
    enum th_status status = run->as_of ? TH_OK : settle(run, error);
    if (status == TH_OK)
        status = ask_basis(run, run->as_of, error);
    if (status != TH_OK)
        return status;
    run->as_of_us = run->basis.as_of_us;
    run->horizon_us = run->basis.horizon_us;
    run->as_of = th_cli_instant(run->as_of_us, run->arena);
    run->catalogue = run->basis.catalogue;
    return th_period_parse(th_slice_of(run->options.period), run->catalogue->periods,
                           run->catalogue->period_count, &run->period, error);
}

void th_assessment_digest_heads(const struct th_assessment_head *heads, size_t count,
                                uint8_t digest[32])
{
    TH_CLEANUP_BUFFER struct th_buffer lines = {0};
    th_buffer_add_text(&lines, "");
    for (size_t i = 0; i < count; i++) {
        char hex[2 * TH_HASH_BYTES + 1];
        th_text_to_hex(heads[i].hash, TH_HASH_BYTES, hex);
        th_buffer_printf(&lines, "%s %u %llu %s\n", *heads[i].district ? heads[i].district : "*",
                         heads[i].epoch, (unsigned long long)heads[i].sequence, hex);
    }
    th_sha256(lines.bytes, lines.size, digest);
}

static void read_heads(struct th_assessment_making *run)
{
    size_t most = 0;
    for (size_t i = 0; i < run->basis.count; i++)
        most += run->basis.parts[i]->n_assessment_head;
    run->heads = th_arena_alloc(run->arena, (most + 1) * sizeof(*run->heads));
    for (size_t i = 0; i < run->basis.count; i++)
        for (size_t j = 0; j < run->basis.parts[i]->n_assessment_head; j++) {
            const Tonghop__V1__AssessmentHead *wire = run->basis.parts[i]->assessment_head[j];
            struct th_assessment_head *head = &run->heads[run->head_count++];
            *head = (struct th_assessment_head){.district = text_of(run, wire->district),
                                                .epoch = wire->epoch,
                                                .sequence = wire->sequence};
            if (wire->hash.len == sizeof(head->hash))
                memcpy(head->hash, wire->hash.data, sizeof(head->hash));
        }
    th_assessment_digest_heads(run->heads, run->head_count, run->heads_digest);
}

/* ------------------------------------------------------------------ questions */

static enum th_status ask_gaps(struct th_assessment_making *run, struct th_error *error)
{
    Tonghop__V1__AssessmentGapsQuery question = TONGHOP__V1__ASSESSMENT_GAPS_QUERY__INIT;
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    struct th_kept_answer answer = {0};
    question.n_form = run->options.form_count;
    question.form = th_asking_codes(run->options.forms, run->options.form_count, run->arena);
    question.period = th_bytes(th_slice_of(run->options.period));
    question.as_of = th_bytes(th_slice_of(run->as_of));
    query.question_case = TONGHOP__V1__QUERY__QUESTION_ASSESSMENT_GAPS;
    query.assessment_gaps = &question;
    enum th_status status = th_kept_answer_get(&run->session, &query, &answer, error);
    size_t most = 0;
    for (size_t i = 0; i < answer.count; i++)
        most += answer.parts[i]->n_assessment_gap;
    run->gaps = th_arena_alloc(run->arena, (most + 1) * sizeof(*run->gaps));
    for (size_t i = 0; i < answer.count; i++)
        for (size_t j = 0; j < answer.parts[i]->n_assessment_gap; j++) {
            const Tonghop__V1__AssessmentGap *wire = answer.parts[i]->assessment_gap[j];
            run->gaps[run->gap_count++] = (struct th_assessment_gap){
                text_of(run, wire->district), text_of(run, wire->form), text_of(run, wire->period),
                text_of(run, wire->why), NULL};
        }
    th_kept_answer_free(&answer);
    return status;
}

static enum th_status ask(struct th_assessment_making *run, Tonghop__V1__Query *query,
                          struct th_kept_answer *answer, struct th_error *error)
{
    enum th_status status = th_kept_answer_get(&run->session, query, answer, error);
    if (status == TH_OK && answer->catalogue_version != run->catalogue->version)
        return th_error_set(error, TH_RETRY,
                            "the province's catalogue has just changed; ask again");
    return status;
}

static enum th_status ask_form(struct th_assessment_making *run, size_t position,
                               struct th_error *error)
{
    struct th_assessment_form *form = &run->forms[position];
    const ProtobufCBinaryData code = th_bytes(run->options.forms[position]);
    const ProtobufCBinaryData period = th_bytes(th_slice_of(run->options.period));
    const ProtobufCBinaryData as_of = th_bytes(th_slice_of(run->as_of));
    ProtobufCBinaryData every_group = th_bytes(TH_SLICE("*"));
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;

    Tonghop__V1__ConsolidatedQuery figures = TONGHOP__V1__CONSOLIDATED_QUERY__INIT;
    figures.form = code;
    figures.period = period;
    figures.as_of = as_of;
    figures.members = true;
    figures.approved_only = run->options.final;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_CONSOLIDATED;
    query.consolidated = &figures;
    enum th_status status = ask(run, &query, &form->figures, error);
    if (status != TH_OK)
        return status;

    Tonghop__V1__CompletenessQuery completeness = TONGHOP__V1__COMPLETENESS_QUERY__INIT;
    completeness.form = code;
    completeness.period = period;
    completeness.as_of = as_of;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_COMPLETENESS;
    query.completeness = &completeness;
    status = ask(run, &query, &form->completeness, error);
    if (status != TH_OK)
        return status;

    Tonghop__V1__RankingQuery ranking = TONGHOP__V1__RANKING_QUERY__INIT;
    ranking.form = code;
    ranking.period = period;
    ranking.as_of = as_of;
    ranking.n_group = 1;
    ranking.group = &every_group;
    ranking.approved_only = run->options.final;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_RANKING;
    query.ranking = &ranking;
    status = ask(run, &query, &form->ranking, error);
    if (status != TH_OK)
        return status;

    Tonghop__V1__ReportListQuery reports = TONGHOP__V1__REPORT_LIST_QUERY__INIT;
    reports.form = code;
    reports.period = period;
    reports.as_of = as_of;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_REPORT_LIST;
    query.report_list = &reports;
    return ask(run, &query, &form->reports, error);
}

/* -------------------------------------------------------------------- answers */

static enum th_status index_figures(struct th_assessment_making *run,
                                    struct th_assessment_form *form, struct th_error *error)
{
    struct th_figure_set *set = &form->set;
    enum th_status status = TH_OK;
    set->form = form->form;
    for (size_t i = 0; i < form->figures.count && status == TH_OK; i++)
        for (size_t j = 0; j < form->figures.parts[i]->n_figure && status == TH_OK; j++) {
            status = th_figure_set_add(set, form->figures.parts[i]->figure[j], run->arena, error);
            if (status == TH_OK)
                set->figures[set->count - 1].period = ""; /* one for all base periods */
        }
    th_figure_set_index(set);
    return status;
}

static const struct th_assessment_gap *gap_of(const struct th_assessment_making *run,
                                              const struct th_stored_report *stored)
{
    for (size_t i = 0; i < run->gap_count; i++)
        if (strcmp(run->gaps[i].district, stored->district) == 0 &&
            strcmp(run->gaps[i].period, stored->period) == 0 &&
            strcmp(run->gaps[i].form, stored->form) == 0)
            return &run->gaps[i];
    return NULL;
}

/* What a figure rests on: the newest answer, where that one stands for all; else every
 * value. Reports come a district's oldest first. */
static void note_provisional(struct th_assessment_making *run, struct th_assessment_form *form,
                             const struct th_stored_report *stored, bool unapproved)
{
    size_t units = run->catalogue->district_count + 1;
    if (!stored->report.district)
        return;
    for (size_t i = 0; i < stored->report.observation_count; i++) {
        const struct th_observation *observation = &stored->report.observations[i];
        const struct th_criterion *criterion = observation->criterion;
        if (!criterion || criterion->form != form->form)
            continue;
        bool *flag = &form->provisional[criterion->index * units + stored->report.district->index];
        if (criterion->time_agg == TH_TIME_LAST)
            *flag = unapproved;
        else if (observation->answer != TH_ANSWER_NOT_APPLICABLE)
            *flag = *flag || unapproved;
    }
}

static void note_province(const struct th_assessment_making *run, struct th_assessment_form *form)
{
    size_t units = run->catalogue->district_count + 1;
    for (size_t i = 0; i < form->form->criterion_count; i++)
        for (size_t j = 0; j + 1 < units; j++)
            if (form->provisional[i * units + j])
                form->provisional[i * units + units - 1] = true;
}

static enum th_status read_reports(struct th_assessment_making *run,
                                   struct th_assessment_form *form, struct th_error *error)
{
    size_t most = 0, units = run->catalogue->district_count + 1;
    enum th_status status = TH_OK;
    for (size_t i = 0; i < form->reports.count; i++)
        most += form->reports.parts[i]->n_report;
    form->stored = th_arena_alloc(run->arena, (most + 1) * sizeof(*form->stored));
    form->provisional = th_arena_alloc(run->arena, (form->form->criterion_count + 1) * units);
    for (size_t i = 0; i < form->reports.count && status == TH_OK; i++)
        for (size_t j = 0; j < form->reports.parts[i]->n_report && status == TH_OK; j++) {
            struct th_stored_report *stored = &form->stored[form->stored_count];
            status = th_stored_report_open(form->reports.parts[i]->report[j], run->catalogue,
                                           run->arena, stored, error);
            if (status != TH_OK)
                break;
            bool unapproved = gap_of(run, stored) != NULL;
            if (!run->options.final)
                note_provisional(run, form, stored, unapproved);
            if (!run->options.final || !unapproved)
                form->stored_count++;
        }
    note_province(run, form);
    return status;
}

static enum th_status gather_form(struct th_assessment_making *run, size_t position,
                                  struct th_error *error)
{
    struct th_assessment_form *form = &run->forms[position];
    struct th_slice code = run->options.forms[position];
    form->form = th_catalogue_form(run->catalogue, code);
    if (!form->form)
        return th_error_set(error, TH_USAGE,
                            "the catalogue has no form '%.*s'; see 'tonghop catalogue'",
                            (int)code.size, code.bytes);
    enum th_status status = ask_form(run, position, error);
    if (status == TH_OK)
        status = index_figures(run, form, error);
    return status == TH_OK ? read_reports(run, form, error) : status;
}

enum th_status th_assessment_gather(struct th_assessment_making *run, struct th_error *error)
{
    run->forms = th_arena_alloc(run->arena, (run->options.form_count + 1) * sizeof(*run->forms));
    enum th_status status = fix_instant(run, error);
    if (status == TH_OK) {
        read_heads(run);
        status = ask_gaps(run, error);
    }
    if (status == TH_OK)
        status = th_assessment_judge(run, error);
    for (size_t i = 0; i < run->options.form_count && status == TH_OK; i++)
        status = gather_form(run, i, error);
    return status;
}

void th_assessment_forget(struct th_assessment_making *run)
{
    for (size_t i = 0; run->forms && i < run->options.form_count; i++) {
        struct th_assessment_form *form = &run->forms[i];
        th_kept_answer_free(&form->figures);
        th_kept_answer_free(&form->completeness);
        th_kept_answer_free(&form->ranking);
        th_kept_answer_free(&form->reports);
        th_figure_set_free(&form->set);
    }
    th_kept_answer_free(&run->basis);
}

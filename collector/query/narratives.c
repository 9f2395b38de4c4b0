#include "collector/query/answer.h"

/* What th_store_read_narratives feeds. */
struct telling {
    struct th_question *question;
    struct th_arena *arena; /* of one report's body */
    bool notes;
};

/* The note is in the report's bytes alone. */
static struct th_slice note_of(struct telling *telling, const struct th_narrative_row *row)
{
    struct th_report report;
    struct th_problem_list problems = {.arena = telling->arena};
    th_arena_reset(telling->arena);
    if (!th_report_unpack(row->body, telling->arena, &report, &problems))
        return (struct th_slice){NULL, 0};
    for (size_t i = 0; i < report.observation_count; i++)
        if (th_slice_equals(report.observations[i].criterion_code, row->criterion->code))
            return report.observations[i].note;
    return (struct th_slice){NULL, 0};
}

static enum th_status give(void *context, const struct th_narrative_row *row)
{
    struct telling *telling = context;
    struct th_question *question = telling->question;
    enum th_status status = th_job_wanted(question->job) ? TH_OK : TH_PERMANENT;
    bool is_text = row->criterion->kind == TH_KIND_TEXT && !row->not_applicable;
    if (status == TH_OK && row->answer.size > 0 && (is_text || row->not_applicable))
        status = th_answer_narrative(question, row, is_text ? "text" : "reason", row->answer);
    if (status != TH_OK || !telling->notes)
        return status;
    struct th_slice note = note_of(telling, row);
    return note.size > 0 ? th_answer_narrative(question, row, "note", note) : TH_OK;
}

static bool has_group(const Tonghop__V1__NarrativesQuery *query,
                      const struct th_criterion *criterion)
{
    for (size_t i = 0; i < query->n_group; i++)
        if (th_slice_equals(th_bytes_slice(query->group[i]), criterion->group->code))
            return true;
    return query->n_group == 0;
}

static bool has_criterion(const Tonghop__V1__NarrativesQuery *query,
                          const struct th_criterion *criterion)
{
    for (size_t i = 0; i < query->n_criterion; i++)
        if (th_slice_equals(th_bytes_slice(query->criterion[i]), criterion->code))
            return true;
    return query->n_criterion == 0;
}

/* Names what the form does not have. */
static void check_names(struct th_question *question, const struct th_form *form,
                        const Tonghop__V1__NarrativesQuery *query)
{
    for (size_t i = 0; i < query->n_criterion; i++)
        if (!th_form_criterion(form, th_bytes_slice(query->criterion[i])))
            th_question_refuse(question, "criterion.unknown", "",
                               th_bytes_slice(query->criterion[i]));
    for (size_t i = 0; i < query->n_group; i++) {
        size_t group = 0;
        while (group < form->group_count &&
               !th_slice_equals(th_bytes_slice(query->group[i]), form->groups[group].code))
            group++;
        if (group == form->group_count)
            th_question_refuse(question, "group.unknown", "", th_bytes_slice(query->group[i]));
    }
}

static void choose_criteria(struct th_question *question, const Tonghop__V1__NarrativesQuery *query,
                            struct th_narrative_choice *choice)
{
    const struct th_form *form = choice->form;
    bool *wanted = th_arena_alloc(question->arena, form->criterion_count + 1);
    check_names(question, form, query);
    for (size_t i = 0; i < form->criterion_count; i++)
        wanted[i] = (query->notes || form->criteria[i].kind == TH_KIND_TEXT) &&
                    has_group(query, &form->criteria[i]) &&
                    has_criterion(query, &form->criteria[i]);
    choice->criteria = wanted;
}

/* Fills the choice; every problem of the question goes to its refusals. */
static bool understand(struct th_question *question, const Tonghop__V1__NarrativesQuery *query,
                       struct th_narrative_choice *choice)
{
    struct th_period period;
    choice->form = th_question_form(question, query->form);
    bool known = th_question_period(question, query->period, &period);
    if (query->n_district > 0)
        choice->districts =
            th_question_districts(question, query->district, query->n_district, NULL);
    if (choice->form && known &&
        !th_period_base_range(&period, choice->form->frequency, &choice->first, &choice->last))
        th_question_refuse_period(question, &period, choice->form);
    if (choice->form)
        choose_criteria(question, query, choice);
    if (question->refusals.count > 0 || !choice->form)
        return false;
    choice->approved_only = query->approved_only;
    choice->notes = query->notes;
    question->form = choice->form->code;
    question->period = th_arena_text(question->arena, th_slice_of(period.id));
    return true;
}

enum th_status th_answer_narratives(struct th_question *question,
                                    const Tonghop__V1__NarrativesQuery *query,
                                    struct th_error *error)
{
    struct th_narrative_choice choice = {0};
    if (!understand(question, query, &choice))
        return TH_REJECTED;
    struct telling telling = {question, th_arena_create(TH_WIRE_ARENA_LIMIT), choice.notes};
    enum th_status status =
        th_store_read_narratives(question->store, question->ids, &choice, give, &telling, error);
    th_arena_destroy(&telling.arena);
    th_question_end_read(question);
    return status == TH_OK ? th_answer_finish(question) : status;
}

#include "commission/cli/diff.h"

#include <stdlib.h>
#include <string.h>

#include "commission/cli/commands.h"
#include "commission/cli/settle.h"
#include "common/base/buffer.h"
#include "common/wire/message.h"

const char th_diff_help[] =
    "Which consolidated figures of a form and period changed between two instants, and which "
    "revisions of which reports changed them. Without --to: until now, once that is settled, which "
    "takes a second or two; the instant is named, so that the same can be asked again.\n"
    "\n"
    "CSV and JSON have the columns\n"
    "    form, period, district (* is the province), criterion,\n"
    "    choice (of a distribution, the choice that is counted),\n"
    "    before_value, before_num, before_den, before_choice (a district's own),\n"
    "    before_reported, before_not_applicable, before_members,\n"
    "    after_value, ... after_members (the same of the later instant),\n"
    "    revision_district, revision_period, revision, accepted_at\n"
    "with one line a figure and revision that changed it; a figure that no report changed (but a "
    "new catalogue did) has one line with the last four empty.\n"
    "\n"
    "Examples:\n"
    "    tonghop diff --form joint-agency --period 2024-Q1 --from 2024-04-05\n"
    "    tonghop diff --form joint-agency --period 2024-03 --from 2024-04-05 \\\n"
    "        --to 2024-04-12T17:00:00+07:00 --district province --format csv\n";

const struct th_option th_diff_option_table[] = {
    {"form", 'f', "FORM", "code of the form"},
    {"period", 'p', "P", "any period: 2024-03, 2024-Q1, 2024, 2024-01..2024-09"},
    {"from", 0, "T", "the earlier instant: 2024-04-05T10:00:00+07:00, or 2024-04-05 for its end"},
    {"to", 0, "T", "the later one; default: now"},
    {"district", 'd', "D[,D...]", "codes; 'all' (the default), 'province'"},
    {"criterion", 0, "C[,C...]", "criteria, by their codes; default: all"},
    {"by", 0, "period", "a figure for each base period instead of one for all"},
    {"format", 0, "FORMAT", "table (the default), csv, json or xlsx"},
    {"output", 'o', "FILE", "write to FILE, whole or not at all; default: standard output"},
    {NULL, 0, NULL, NULL},
};

static enum th_status read_options(struct th_diff *diff, const struct th_command_line *line,
                                   struct th_error *error)
{
    diff->from = th_command_option(line, "from");
    diff->to = th_command_option(line, "to");
    if (!th_command_option(line, "form") || !th_command_option(line, "period") || !diff->from ||
        !*diff->from || (diff->to && !*diff->to))
        return th_error_set(error, TH_USAGE,
                            "give form, period and the instant to begin with: tonghop diff --form "
                            "FORM --period 2024-03 --from 2024-04-05");
    enum th_status status = th_consolidated_options_read(line, diff->arena, &diff->options, error);
    if (status == TH_OK && diff->options.form_count != 1)
        return th_error_set(error, TH_USAGE, "differences are of one form; give its code alone");
    return status;
}

/* ------------------------------------------------------------- the answers */

/* Districts and criteria are chosen from the answers: at the other instant the
 * catalogue may not have them. */
static enum th_status ask_figures(struct th_diff *diff, const char *as_of,
                                  struct th_kept_answer *answer, struct th_error *error)
{
    Tonghop__V1__ConsolidatedQuery question = TONGHOP__V1__CONSOLIDATED_QUERY__INIT;
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    question.form = th_bytes(diff->options.forms[0]);
    question.period = th_bytes(th_slice_of(diff->options.period));
    question.province_only = diff->options.province_only;
    question.by_period = diff->options.by_period;
    question.members = true;
    question.as_of = th_bytes(th_slice_of(as_of));
    query.question_case = TONGHOP__V1__QUERY__QUESTION_CONSOLIDATED;
    query.consolidated = &question;
    return th_kept_answer_get(&diff->session, &query, answer, error);
}

static enum th_status ask_revisions(struct th_diff *diff, struct th_error *error)
{
    Tonghop__V1__ReportListQuery question = TONGHOP__V1__REPORT_LIST_QUERY__INIT;
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    question.form = th_bytes(diff->options.forms[0]);
    question.period = th_bytes(th_slice_of(diff->options.period));
    question.as_of = th_bytes(th_slice_of(th_cli_instant(diff->after.as_of_us, diff->arena)));
    question.since = th_bytes(th_slice_of(th_cli_instant(diff->before.as_of_us, diff->arena)));
    query.question_case = TONGHOP__V1__QUERY__QUESTION_REPORT_LIST;
    query.report_list = &question;
    return th_kept_answer_get(&diff->session, &query, &diff->reports, error);
}

static enum th_status check_names(const struct th_diff *diff, struct th_error *error)
{
    const struct th_catalogue *was = diff->before.catalogue, *now = diff->after.catalogue;
    const struct th_form *form_was = th_catalogue_form(was, diff->options.forms[0]);
    const struct th_form *form_now = th_catalogue_form(now, diff->options.forms[0]);
    for (size_t i = 0; i < diff->options.district_count; i++) {
        struct th_slice code = diff->options.districts[i];
        if (!th_slice_equals(code, "*") && !th_catalogue_district(was, code) &&
            !th_catalogue_district(now, code))
            return th_error_set(error, TH_USAGE, "the catalogue has no district '%.*s'",
                                (int)code.size, code.bytes);
    }
    for (size_t i = 0; i < diff->options.criterion_count; i++) {
        struct th_slice code = diff->options.criteria[i];
        if (!(form_was && th_form_criterion(form_was, code)) &&
            !(form_now && th_form_criterion(form_now, code)))
            return th_error_set(error, TH_USAGE,
                                "the form has no criterion '%.*s'; see 'tonghop catalogue'",
                                (int)code.size, code.bytes);
    }
    return TH_OK;
}

static enum th_status note_horizon(void *context, const Tonghop__V1__QueryPart *part,
                                   struct th_error *error)
{
    (void)error;
    if (part->head)
        *(int64_t *)context = part->head->horizon_us;
    return TH_OK;
}

/* The least of questions, for its head. */
static enum th_status ask_horizon(void *context, int64_t *horizon_us, struct th_error *error)
{
    struct th_diff *diff = context;
    Tonghop__V1__ConsolidatedQuery question = TONGHOP__V1__CONSOLIDATED_QUERY__INIT;
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    const struct th_form *form = th_catalogue_form(diff->before.catalogue, diff->options.forms[0]);
    ProtobufCBinaryData criterion = {0};
    question.form = th_bytes(diff->options.forms[0]);
    question.period = th_bytes(th_slice_of(diff->options.period));
    question.province_only = true;
    question.as_of = th_bytes(th_slice_of(diff->from));
    if (form && form->criterion_count > 0) {
        criterion = th_bytes(th_slice_of(form->criteria[0].code));
        question.n_criterion = 1;
        question.criterion = &criterion;
    }
    query.question_case = TONGHOP__V1__QUERY__QUESTION_CONSOLIDATED;
    query.consolidated = &question;
    return th_client_query(diff->session.client, &query, note_horizon, horizon_us, error);
}

static enum th_status ask(struct th_diff *diff, struct th_error *error)
{
    enum th_status status = ask_figures(diff, diff->from, &diff->before, error);
    if (status != TH_OK)
        return status;
    if (!diff->to) {
        int64_t to_us = 0;
        status = th_settle(diff->before.answered_at_us, diff->before.horizon_us, ask_horizon, diff,
                           &to_us, error);
        if (status != TH_OK)
            return status;
        diff->to = th_cli_instant(to_us, diff->arena);
        /* CSV has no place for it. */
        if (diff->options.format == TH_FORMAT_CSV)
            fprintf(stderr, "tonghop: differences until %s\n", diff->to);
    }
    status = ask_figures(diff, diff->to, &diff->after, error);
    if (status == TH_OK && diff->before.as_of_us > diff->after.as_of_us)
        return th_error_set(error, TH_USAGE, "--from is later than --to; exchange them");
    if (status == TH_OK)
        status = check_names(diff, error);
    return status == TH_OK ? ask_revisions(diff, error) : status;
}

/* ------------------------------------------------------------- the figures */

static bool is_chosen(const struct th_slice *codes, size_t count, ProtobufCBinaryData code)
{
    for (size_t i = 0; i < count; i++)
        if (codes[i].size == code.len && memcmp(codes[i].bytes, code.data, code.len) == 0)
            return true;
    return count == 0;
}

static const char *text_of(struct th_diff *diff, ProtobufCBinaryData data)
{
    const char *text = th_bytes_text(data, SIZE_MAX, diff->arena);
    return text ? text : "";
}

static const char *join_members(struct th_diff *diff, const Tonghop__V1__Figure *figure)
{
    TH_CLEANUP_BUFFER struct th_buffer joined = {0};
    for (size_t i = 0; i < figure->n_member; i++) {
        if (i > 0)
            th_buffer_add_char(&joined, ' ');
        th_buffer_add(&joined, figure->member[i].data, figure->member[i].len);
    }
    return th_arena_text(diff->arena, th_buffer_slice(&joined));
}

static size_t count_figures(const struct th_kept_answer *answer)
{
    size_t count = 0;
    for (size_t i = 0; i < answer->count; i++)
        count += answer->parts[i]->n_figure;
    return count;
}

/* Appends the chosen figures of one answer, each as a change with one side. The
 * province's figures of a distribution are told apart by their choice; a district's own
 * choice is what may change. */
static void gather(struct th_diff *diff, const struct th_kept_answer *answer, bool after)
{
    static const struct th_figure_side none = {"", "", "", "", "", {"", "", ""}, 0, 0};
    const struct th_consolidated_options *options = &diff->options;
    size_t order = after ? 0 : count_figures(&diff->after);
    for (size_t i = 0; i < answer->count; i++) {
        for (size_t j = 0; j < answer->parts[i]->n_figure; j++) {
            const Tonghop__V1__Figure *wire = answer->parts[i]->figure[j];
            if (!is_chosen(options->districts, options->district_count, wire->district) ||
                !is_chosen(options->criteria, options->criterion_count, wire->criterion))
                continue;
            struct th_figure_change *figure = &diff->figures[diff->figure_count++];
            const char *choice = text_of(diff, wire->choice);
            bool counted = wire->value.len > 0;
            *figure = (struct th_figure_change){.period = text_of(diff, wire->period),
                                                .district = text_of(diff, wire->district),
                                                .criterion = text_of(diff, wire->criterion),
                                                .choice = counted ? choice : "",
                                                .before = none,
                                                .after = none,
                                                .order = order++};
            *(after ? &figure->after : &figure->before) =
                (struct th_figure_side){.value = text_of(diff, wire->value),
                                        .num = text_of(diff, wire->num),
                                        .den = text_of(diff, wire->den),
                                        .choice = counted ? "" : choice,
                                        .members = join_members(diff, wire),
                                        .exact = th_kept_read_side(wire, diff->arena),
                                        .reported = wire->reported,
                                        .not_applicable = wire->not_applicable};
        }
    }
}

static int by_key(const void *left, const void *right)
{
    const struct th_figure_change *a = left, *b = right;
    int order = strcmp(a->period, b->period);
    if (order == 0)
        order = strcmp(a->criterion, b->criterion);
    if (order == 0)
        order = strcmp(a->district, b->district);
    return order ? order : strcmp(a->choice, b->choice);
}

/* Of two with one key the later instant's comes first. */
static int by_key_and_order(const void *left, const void *right)
{
    const struct th_figure_change *a = left, *b = right;
    int order = by_key(left, right);
    return order ? order : (a->order > b->order) - (a->order < b->order);
}

static int by_order(const void *left, const void *right)
{
    const struct th_figure_change *a = left, *b = right;
    return (a->order > b->order) - (a->order < b->order);
}

/* How many were expected is no figure: it grows with the calendar. What differs behind the
 * sixth digit has changed. */
static bool has_changed(const struct th_figure_change *figure)
{
    const struct th_figure_side *a = &figure->before, *b = &figure->after;
    return a->reported != b->reported || a->not_applicable != b->not_applicable ||
           strcmp(a->value, b->value) != 0 || strcmp(a->num, b->num) != 0 ||
           strcmp(a->den, b->den) != 0 || strcmp(a->choice, b->choice) != 0 ||
           strcmp(a->members, b->members) != 0 || !th_change_is_none(a->exact, b->exact);
}

static void compare(struct th_diff *diff)
{
    size_t most = count_figures(&diff->before) + count_figures(&diff->after), count = 0;
    diff->figures = th_arena_alloc(diff->arena, (most + 1) * sizeof(*diff->figures));
    gather(diff, &diff->after, true);
    gather(diff, &diff->before, false);
    if (diff->figure_count == 0)
        return;
    struct th_figure_change *figures = diff->figures;
    qsort(figures, diff->figure_count, sizeof(*figures), by_key_and_order);
    for (size_t i = 0; i < diff->figure_count; i++) {
        struct th_figure_change figure = figures[i];
        if (i + 1 < diff->figure_count && by_key(&figures[i], &figures[i + 1]) == 0)
            figure.before = figures[++i].before;
        if (has_changed(&figure))
            figures[count++] = figure;
    }
    diff->figure_count = count;
    if (count > 0)
        qsort(figures, count, sizeof(*figures), by_order);
}

/* ----------------------------------------------------------- the revisions */

static bool same_key(const struct th_stored_report *a, const struct th_stored_report *b)
{
    return a && strcmp(a->district, b->district) == 0 && strcmp(a->period, b->period) == 0;
}

/* The answer has the revisions of a key in their order; what was current at the earlier
 * instant comes first and is no change. */
static enum th_status read_revisions(struct th_diff *diff, struct th_error *error)
{
    const struct th_stored_report *before = NULL;
    size_t most = 0;
    for (size_t i = 0; i < diff->reports.count; i++)
        most += diff->reports.parts[i]->n_report;
    diff->revisions = th_arena_alloc(diff->arena, (most + 1) * sizeof(*diff->revisions));
    for (size_t i = 0; i < diff->reports.count; i++) {
        const Tonghop__V1__QueryPart *part = diff->reports.parts[i];
        for (size_t j = 0; j < part->n_report; j++) {
            struct th_stored_report *stored = th_arena_alloc(diff->arena, sizeof(*stored));
            enum th_status status = th_stored_report_open(part->report[j], diff->reports.catalogue,
                                                          diff->arena, stored, error);
            if (status != TH_OK)
                return status;
            if (stored->accepted_at_us > diff->before.as_of_us) {
                struct th_revision_change *revision = &diff->revisions[diff->revision_count++];
                revision->stored = stored;
                revision->count = th_changes_find(same_key(before, stored) ? &before->report : NULL,
                                                  &stored->report, diff->arena, &revision->changes);
            }
            before = stored;
        }
    }
    return TH_OK;
}

bool th_diff_concerns(const struct th_diff *diff, const struct th_figure_change *figure,
                      const struct th_revision_change *revision)
{
    const struct th_stored_report *stored = revision->stored;
    if (strcmp(figure->district, "*") != 0 && strcmp(figure->district, stored->district) != 0)
        return false;
    if (diff->options.by_period && strcmp(figure->period, stored->period) != 0)
        return false;
    for (size_t i = 0; i < revision->count; i++)
        if (th_slice_equals(revision->changes[i].criterion, figure->criterion))
            return true;
    return false;
}

enum th_status th_diff_run(void *context, const struct th_command_line *line,
                           struct th_error *error)
{
    struct th_diff diff = {.arena = th_arena_create(0)};
    diff.session.interrupt_fd = -1;
    enum th_status status = read_options(&diff, line, error);
    if (status == TH_OK)
        status = th_session_open(context, &diff.session, error);
    if (status == TH_OK)
        status = ask(&diff, error);
    if (status == TH_OK) {
        compare(&diff);
        status = read_revisions(&diff, error);
    }
    if (status == TH_OK)
        status = th_output_open(&diff.output, diff.options.output, error);
    if (status == TH_OK)
        status = th_output_close(&diff.output, th_diff_print(&diff, error), error);
    th_kept_answer_free(&diff.before);
    th_kept_answer_free(&diff.after);
    th_kept_answer_free(&diff.reports);
    th_session_close(&diff.session, status);
    th_arena_destroy(&diff.arena);
    return status;
}

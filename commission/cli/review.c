/* tonghop approve, return, reopen: acts on reports, a line of outcome each. */
#include "commission/cli/review.h"

#include <string.h>

#include "commission/cli/commands.h"
#include "commission/cli/kept_answer.h"
#include "commission/cli/output.h"
#include "commission/cli/people.h"
#include "commission/cli/report.h"
#include "commission/cli/words.h"
#include "common/base/clock.h"
#include "common/wire/message.h"

#define COLUMNS_HELP                                                                               \
    "CSV and JSON have the columns\n"                                                              \
    "    district, period, revision (that was meant), outcome (done, refused,\n"                   \
    "    unknown), state (after the act), at (its instant), code, message (why it\n"               \
    "    was refused)\n"                                                                           \
    "The exit status is 4 when any was refused. Asking again is harmless: an act of yours that "   \
    "is in force is answered with the instant at which it was done. It takes the role approver "   \
    "or admin, and who, when and why are kept for ever (tonghop history).\n"                       \
    "\n"

const char th_approve_help[] =
    "Approves reports. An approved report is locked: it takes no new revision until it is "
    "reopened. Only a complete one can be approved, and only the revision that is current: had "
    "another arrived meanwhile, the answer is state.changed, and nothing is done.\n"
    "\n" COLUMNS_HELP "Examples:\n"
    "    tonghop approve --form joint-agency --period 2024-03 --district 194\n"
    "  What was looked at, and no later revision:\n"
    "    tonghop approve --form joint-agency --period 2024-03 --district 194 --revision 2\n"
    "  All months of the quarter, of all districts:\n"
    "    tonghop approve --form joint-agency --period 2024-Q1 --district all\n";

const char th_return_help[] =
    "Returns reports to their districts, with a comment on the whole, on criteria, or both. "
    "The office is told, and can send a new revision for 10 days, even past the form's lock. A "
    "returned report still counts in the figures until the new revision comes.\n"
    "\n" COLUMNS_HELP "Examples:\n"
    "    tonghop return --form joint-agency --period 2024-03 --district 194 \\\n"
    "        --comment 'Thiếu số liệu của phòng Nội vụ'\n"
    "    tonghop return --form joint-agency --period 2024-03 --district 194 \\\n"
    "        --criterion joint-meetings='Cộng cả tháng 2' --criterion support-funds='Đơn vị "
    "tính?'\n"
    "    tonghop return --form joint-agency --period 2024-03 --district 193,194 \\\n"
    "        --comment-file y-kien.txt\n";

const char th_reopen_help[] =
    "Reopens approved reports, which are then received again. A new revision is taken for 10 "
    "days, even past the form's lock.\n"
    "\n" COLUMNS_HELP "Examples:\n"
    "    tonghop reopen --form joint-agency --period 2024-03 --district 194 \\\n"
    "        --comment 'Theo đề nghị tại Công văn 15/UBND'\n";

enum { DISTRICT, DISTRICT_NAME, PERIOD, REVISION, OUTCOME, STATE, AT, CODE, MESSAGE, COLUMNS };

struct review {
    struct th_session session;
    struct th_output output;
    struct th_review_options options;
    struct th_kept_answer answer;
    struct th_column columns[COLUMNS];
    struct th_table *table;
    struct th_arena *arena;
    const char *to_state;
    size_t acts, refused;
};

/* A report to act on. */
struct target {
    const char *district, *period;
    uint32_t revision; /* 0: there is no report */
};

static void make_table(struct review *run)
{
    static const struct {
        const char *name;
        enum th_word heading;
        bool right, wrap, people_only, machine_only;
    } plan[COLUMNS] = {
        [DISTRICT] = {"district", TH_WORD_CODE, false, false, false, false},
        [DISTRICT_NAME] = {"district_name", TH_WORD_DISTRICT, false, false, true, false},
        [PERIOD] = {"period", TH_WORD_PERIOD, false, false, false, false},
        [REVISION] = {"revision", TH_WORD_REVISION, true, false, false, false},
        [OUTCOME] = {"outcome", TH_WORD_OUTCOME, false, false, false, false},
        [STATE] = {"state", TH_WORD_STATE, false, false, false, false},
        [AT] = {"at", TH_WORD_WHEN, false, false, false, false},
        [CODE] = {"code", TH_WORD_CODE, false, false, false, true},
        [MESSAGE] = {"message", TH_WORD_NOTE, false, true, false, false},
    };
    const char *language = run->session.language;
    for (size_t i = 0; i < COLUMNS; i++)
        run->columns[i] = (struct th_column){.name = plan[i].name,
                                             .heading = th_word(plan[i].heading, language),
                                             .right = plan[i].right,
                                             .wrap = plan[i].wrap,
                                             .people_only = plan[i].people_only,
                                             .machine_only = plan[i].machine_only};
    run->table =
        th_table_create(run->output.file, run->options.format, NULL, run->columns, COLUMNS);
}

/* The problems' codes or messages as one text. */
static const char *join(struct review *run, bool codes)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    size_t count;
    const struct th_client_problem *problems = th_client_problems(run->session.client, &count);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            th_buffer_add_text(&text, codes ? "," : " ");
        th_buffer_add_text(&text, codes ? problems[i].code : problems[i].message);
    }
    return th_arena_text(run->arena, th_buffer_slice(&text));
}

static const char *state_for_people(const char *state, const char *language)
{
    struct th_stored_report named = {.state = state, .current = true};
    return th_stored_report_state(&named, language);
}

static void add_line(struct review *run, const struct target *target, enum th_status status,
                     int64_t at_us, const struct th_error *error)
{
    char local[40] = "";
    const char *language = run->session.language;
    const struct th_catalogue *catalogue = run->session.catalogue;
    bool done = status == TH_OK, refused = status == TH_REJECTED;
    const char *outcome = done ? "done" : refused ? "refused" : "unknown";
    enum th_word word = done      ? TH_WORD_OUTCOME_DONE
                        : refused ? TH_WORD_OUTCOME_REFUSED
                                  : TH_WORD_OUTCOME_UNKNOWN;
    if (done)
        th_instant_format_local(at_us, local);
    const char *cells[COLUMNS] = {
        [DISTRICT] = target->district,
        [DISTRICT_NAME] = th_people_district(catalogue, target->district, language),
        [PERIOD] = target->period,
        [REVISION] = target->revision ? th_arena_printf(run->arena, "%u", target->revision) : "",
        [OUTCOME] = outcome,
        [STATE] = done ? run->to_state : "",
        [AT] = done ? th_cli_instant(at_us, run->arena) : "",
        [CODE] = refused ? join(run, true) : "",
        [MESSAGE] = refused ? join(run, false)
                    : done  ? ""
                            : error->message,
    };
    const char *people[COLUMNS] = {
        [PERIOD] = th_people_period(catalogue, target->period, language, run->arena),
        [OUTCOME] = th_word(word, language),
        [STATE] = done ? state_for_people(run->to_state, language) : NULL,
        [AT] = local,
    };
    th_table_row(run->table, cells, people);
}

/* A district that was named and has no report: refused as the province would. */
static void add_unknown(struct review *run, struct th_slice district)
{
    struct th_problem_list problems = {.arena = run->arena};
    const struct target target = {.district = th_arena_text(run->arena, district),
                                  .period = run->options.period};
    const char *language = run->session.language;
    th_problem_add(&problems, "report.unknown", "",
                   th_slice_of(th_arena_printf(run->arena, "%s %s %s", target.district,
                                               run->options.form, target.period)),
                   "", 0, 0);
    const char *cells[COLUMNS] = {
        [DISTRICT] = target.district,
        [DISTRICT_NAME] = th_people_district(run->session.catalogue, target.district, language),
        [PERIOD] = target.period,
        [REVISION] = "",
        [OUTCOME] = "refused",
        [STATE] = "",
        [AT] = "",
        [CODE] = "report.unknown",
        [MESSAGE] = th_problem_message(&problems.problems[0], language),
    };
    const char *people[COLUMNS] = {[OUTCOME] = th_word(TH_WORD_OUTCOME_REFUSED, language)};
    run->acts++;
    run->refused++;
    th_table_row(run->table, cells, people);
}

/* TH_OK also when it was refused: the others are still to be done. */
static enum th_status act(struct review *run, const struct target *target, struct th_error *error)
{
    const struct th_review_options *options = &run->options;
    Tonghop__V1__StateChange change = TONGHOP__V1__STATE_CHANGE__INIT;
    struct th_error why = {0};
    int64_t at_us = 0;
    change.district = th_bytes(th_slice_of(target->district));
    change.form = th_bytes(th_slice_of(options->form));
    change.period = th_bytes(th_slice_of(target->period));
    change.revision = target->revision;
    change.to_state = th_bytes(th_slice_of(run->to_state));
    change.comment = th_bytes(options->comment);
    change.criterion_comment = options->comments;
    change.n_criterion_comment = options->comment_count;
    enum th_status status = th_client_change_state(run->session.client, &change, &at_us, &why);
    run->acts++;
    run->refused += status == TH_REJECTED;
    add_line(run, target, status, at_us, &why);
    return status == TH_OK || status == TH_REJECTED
               ? TH_OK
               : th_error_set(error, status, "%s", why.message);
}

static enum th_status ask_reports(struct review *run, struct th_error *error)
{
    const struct th_review_options *options = &run->options;
    Tonghop__V1__ReportListQuery list = TONGHOP__V1__REPORT_LIST_QUERY__INIT;
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    ProtobufCBinaryData *codes =
        th_arena_alloc(run->arena, (options->district_count + 1) * sizeof(*codes));
    for (size_t i = 0; i < options->district_count; i++)
        codes[i] = th_bytes(options->districts[i]);
    list.form = th_bytes(th_slice_of(options->form));
    list.period = th_bytes(th_slice_of(options->period));
    list.district = codes;
    list.n_district = options->district_count;
    query.question_case = TONGHOP__V1__QUERY__QUESTION_REPORT_LIST;
    query.report_list = &list;
    return th_kept_answer_get(&run->session, &query, &run->answer, error);
}

static bool has_report(struct th_slice district, const struct target *targets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (th_slice_equals(district, targets[i].district))
            return true;
    return false;
}

/* The current reports of the answer, in its order. */
static enum th_status take_targets(struct review *run, struct target **targets, size_t *count,
                                   struct th_error *error)
{
    enum th_status status = TH_OK;
    size_t most = 0;
    for (size_t i = 0; i < run->answer.count; i++)
        most += run->answer.parts[i]->n_report;
    *targets = th_arena_alloc(run->arena, (most + 1) * sizeof(**targets));
    *count = 0;
    for (size_t i = 0; i < run->answer.count && status == TH_OK; i++) {
        const Tonghop__V1__QueryPart *part = run->answer.parts[i];
        for (size_t j = 0; j < part->n_report && status == TH_OK; j++) {
            struct th_stored_report stored;
            status = th_stored_report_open(part->report[j], run->answer.catalogue, run->arena,
                                           &stored, error);
            (*targets)[(*count)++] =
                (struct target){stored.district, stored.period, stored.report.revision};
        }
    }
    return status;
}

static enum th_status act_on_all(struct review *run, struct th_error *error)
{
    struct target *targets = NULL;
    size_t count = 0;
    enum th_status status = ask_reports(run, error);
    if (status == TH_OK)
        status = take_targets(run, &targets, &count, error);
    if (status != TH_OK)
        return status;
    make_table(run);
    for (size_t i = 0; i < count && status == TH_OK; i++)
        status = act(run, &targets[i], error);
    for (size_t i = 0; i < run->options.district_count && status == TH_OK; i++)
        if (!has_report(run->options.districts[i], targets, count))
            add_unknown(run, run->options.districts[i]);
    return status;
}

static enum th_status act_on_one(struct review *run, struct th_error *error)
{
    const struct target target = {th_arena_text(run->arena, run->options.districts[0]),
                                  run->options.period, run->options.revision};
    make_table(run);
    return act(run, &target, error);
}

static enum th_status perform(struct review *run, struct th_error *error)
{
    enum th_status status =
        run->options.revision > 0 ? act_on_one(run, error) : act_on_all(run, error);
    struct th_error why = {0};
    enum th_status finished = run->table ? th_table_finish(&run->table, &why) : TH_OK;
    if (status == TH_OK && finished != TH_OK)
        status = th_error_set(error, finished, "%s", why.message);
    return status;
}

static enum th_status review(void *context, const struct th_command_line *line,
                             const char *to_state, struct th_error *error)
{
    struct review run = {.arena = th_arena_create(0), .to_state = to_state};
    run.session.interrupt_fd = -1;
    enum th_status status = th_review_options_read(line, run.arena, &run.options, error);
    if (status == TH_OK)
        status = th_session_open(context, &run.session, error);
    if (status == TH_OK)
        status = th_output_open(&run.output, run.options.output, error);
    if (status == TH_OK)
        status = th_output_close(&run.output, perform(&run, error), error);
    th_kept_answer_free(&run.answer);
    th_session_close(&run.session, status);
    if (status == TH_OK && run.refused > 0)
        status = th_error_set(error, TH_REJECTED, "%zu of %zu were refused", run.refused, run.acts);
    th_buffer_free(&run.options.file);
    th_arena_destroy(&run.arena);
    return status;
}

enum th_status th_approve_run(void *context, const struct th_command_line *line,
                              struct th_error *error)
{
    return review(context, line, "approved", error);
}

enum th_status th_return_run(void *context, const struct th_command_line *line,
                             struct th_error *error)
{
    return review(context, line, "returned", error);
}

enum th_status th_reopen_run(void *context, const struct th_command_line *line,
                             struct th_error *error)
{
    return review(context, line, "received", error);
}

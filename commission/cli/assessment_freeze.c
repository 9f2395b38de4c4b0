/* A final assessment goes to the province, which judges and keeps it. */
#include <string.h>

#include "commission/cli/assessment.h"
#include "common/ledger/ledger.h"
#include "common/wire/message.h"

#define FILE_BYTES ((size_t)4 * 1024 * 1024)
#define FILES      2 /* the page and the workbook */

enum th_status th_assessment_next_number(struct th_assessment_making *run, struct th_error *error)
{
    Tonghop__V1__AssessmentQuery question = TONGHOP__V1__ASSESSMENT_QUERY__INIT;
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    struct th_kept_answer answer = {0};
    query.question_case = TONGHOP__V1__QUERY__QUESTION_ASSESSMENT;
    query.assessment = &question;
    enum th_status status = th_kept_answer_get(&run->session, &query, &answer, error);
    run->number = 1;
    for (size_t i = 0; i < answer.count; i++)
        for (size_t j = 0; j < answer.parts[i]->n_assessment; j++)
            if (answer.parts[i]->assessment[j]->number >= run->number)
                run->number = answer.parts[i]->assessment[j]->number + 1;
    th_kept_answer_free(&answer);
    return status;
}

static void set_exceptions(struct th_assessment_making *run, Tonghop__V1__AssessmentFreeze *freeze)
{
    freeze->exception =
        th_arena_alloc(run->arena, (run->gap_count + 1) * sizeof(*freeze->exception));
    for (size_t i = 0; i < run->gap_count; i++) {
        const struct th_assessment_gap *gap = &run->gaps[i];
        Tonghop__V1__AssessmentGap *wire = th_arena_alloc(run->arena, sizeof(*wire));
        tonghop__v1__assessment_gap__init(wire);
        wire->district = th_bytes(th_slice_of(gap->district));
        wire->form = th_bytes(th_slice_of(gap->form));
        wire->period = th_bytes(th_slice_of(gap->period));
        wire->why = th_bytes(th_slice_of(gap->why));
        wire->reason = th_bytes(th_slice_of(gap->reason));
        freeze->exception[freeze->n_exception++] = wire;
    }
}

static bool is_number_taken(const struct th_client *client)
{
    size_t count;
    const struct th_client_problem *problems = th_client_problems(client, &count);
    return count == 1 && strcmp(problems[0].code, "assessment.number_taken") == 0;
}

enum th_status th_assessment_freeze(struct th_assessment_making *run, const struct th_buffer *html,
                                    const struct th_buffer *xlsx, int64_t *at_us,
                                    struct th_error *error)
{
    const struct th_client_file contents[FILES] = {{"html", th_buffer_slice(html)},
                                                   {"xlsx", th_buffer_slice(xlsx)}};
    uint8_t digests[FILES][TH_HASH_BYTES];
    Tonghop__V1__AssessmentFreeze freeze = TONGHOP__V1__ASSESSMENT_FREEZE__INIT;
    Tonghop__V1__AssessmentFile file[FILES], *files[FILES];
    for (size_t i = 0; i < FILES; i++) {
        struct th_slice content = contents[i].content;
        if (content.size > FILE_BYTES)
            return th_error_set(
                error, TH_REJECTED,
                "the %s document has %zu bytes, and a final assessment at most %zu; choose "
                "fewer forms",
                contents[i].format, content.size, FILE_BYTES);
        th_sha256(content.bytes, content.size, digests[i]);
        tonghop__v1__assessment_file__init(&file[i]);
        file[i].format = th_bytes(th_slice_of(contents[i].format));
        file[i].size = content.size;
        file[i].digest = th_bytes_of(digests[i], TH_HASH_BYTES);
        files[i] = &file[i];
    }
    freeze.n_file = FILES;
    freeze.file = files;
    freeze.number = run->number;
    freeze.n_form = run->options.form_count;
    freeze.form = th_asking_codes(run->options.forms, run->options.form_count, run->arena);
    freeze.period = th_bytes(th_slice_of(run->period.id));
    freeze.as_of = th_bytes(th_slice_of(run->as_of));
    freeze.language = th_bytes(th_slice_of(run->language));
    freeze.style = th_bytes(th_slice_of(run->options.heading.style));
    set_exceptions(run, &freeze);
    enum th_status status =
        th_client_freeze(run->session.client, &freeze, contents, FILES, at_us, error);
    if (status == TH_REJECTED && is_number_taken(run->session.client))
        return th_error_set(error, TH_RETRY,
                            "another final assessment took number %u meanwhile; try again",
                            run->number);
    return status;
}

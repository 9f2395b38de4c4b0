#include <stdlib.h>

#include "collector/intake/writer.h"
#include "common/base/clock.h"
#include "common/domain/report.h"
#include "common/wire/message.h"
#include "tests/integration/query/province.h"

#define FORM          "joint-agency"
#define BATCH_MAX     256
#define CRITERIA_MAX  32
#define FIRST_YEAR    2016
#define LAST_YEAR     2023
#define HOANH_BO_ENDS 2019 /* the last year of district 204 */

/* An optional field of a later protocol: it says nothing to this program, and is kept. */
static const char later_field[] = "\xc0\x3e\x01"; /* number 1000, varint 1 */

struct batch {
    struct th_answer_context answers; /* as the validation of a writer thread takes it */
    struct th_submission submissions[BATCH_MAX];
    struct th_submission *pointers[BATCH_MAX];
    size_t count;
};

static int32_t district_id(const char *code)
{
    const struct th_catalogue_ids *ids = province.fixture.ids;
    const struct th_district *district = th_catalogue_district(ids->catalogue, th_slice_of(code));
    if (!district)
        province_die("the sample has no district", code);
    return ids->district_ids[district->index];
}

/* Adds what an office would have sent, as the intake takes it. */
static struct th_submission *add(struct batch *batch, const char *district, const char *period,
                                 uint32_t revision, struct th_observation *observations,
                                 size_t count)
{
    TH_CLEANUP_BUFFER struct th_buffer body = {0};
    struct th_report report = {.province = TH_SLICE(PROVINCE_CODE),
                               .district_code = th_slice_of(district),
                               .form_code = TH_SLICE(FORM),
                               .period_text = th_slice_of(period),
                               .revision = revision,
                               .observations = observations,
                               .observation_count = count};
    th_report_new_id(report.id);
    th_report_pack(&report, &body);
    th_buffer_add(&body, later_field, sizeof(later_field) - 1);

    struct th_submission *submission = &batch->submissions[batch->count];
    batch->pointers[batch->count++] = submission;
    *submission = (struct th_submission){.district = district, .arena = th_arena_create(0)};
    submission->district_id = district_id(district);
    submission->body =
        (struct th_slice){th_arena_copy(submission->arena, body.bytes, body.size), body.size};
    th_sha256(body.bytes, body.size, submission->digest);
    th_intake_validate(&batch->answers, submission, province.fixture.ids, th_clock_now_us());
    return submission;
}

/* Writes the batch, of which every report must be accepted, and empties it. */
static void write_batch(struct th_store *store, struct batch *batch)
{
    struct th_error error = {0};
    struct th_write_context context = {.ids = &province.fixture.ids,
                                       .province = PROVINCE_CODE,
                                       .validate = th_intake_validate,
                                       .validate_context = &batch->answers};
    if (th_store_write(store, &context, batch->pointers, batch->count, &error) != TH_OK)
        province_die("writing the reports", error.message);
    for (size_t i = 0; i < batch->count; i++) {
        struct th_submission *submission = &batch->submissions[i];
        if (submission->outcome != TH_OUTCOME_ACCEPTED)
            province_die("a report of the tests is not accepted",
                         submission->problems.count ? submission->problems.problems[0].code : "?");
        th_arena_destroy(&submission->arena);
    }
    batch->count = 0;
}

static void keep(struct th_buffer *buffer, const struct th_submission *submission)
{
    th_buffer_add(buffer, submission->body.bytes, submission->body.size);
}

/* Revision by revision, since an office sends the next when the last was answered. */
static void write_march(struct th_store *store, struct batch *batch)
{
    struct th_observation of_193[] = {
        {.criterion_code = TH_SLICE("staff-filled"),
         .answer = TH_ANSWER_RATIO,
         .has_num = true,
         .number = {36, 0},
         .has_den = true,
         .den = {40, 0}},
        {.criterion_code = TH_SLICE("coordination-sessions"),
         .answer = TH_ANSWER_NUMBER,
         .number = {4, 0}},
    };
    struct th_observation of_194[] = {
        {.criterion_code = TH_SLICE("staff-filled"),
         .answer = TH_ANSWER_RATIO,
         .has_num = true,
         .number = {19, 0},
         .has_den = true,
         .den = {20, 0}},
        {.criterion_code = TH_SLICE("coordination-sessions"), .answer = TH_ANSWER_NOT_APPLICABLE},
    };
    keep(&province.body_193, add(batch, "193", "2024-03", 1, of_193, 2));
    keep(&province.body_194_first, add(batch, "194", "2024-03", 1, of_194, 2));
    write_batch(store, batch);
    of_194[0].number = (struct th_decimal){20, 0};
    keep(&province.body_194, add(batch, "194", "2024-03", 2, of_194, 2));
    write_batch(store, batch);
}

/* 1 of every criterion of the form, 1/2 where it is a ratio. */
static size_t answer_all(struct th_observation observations[CRITERIA_MAX])
{
    const struct th_form *form = th_catalogue_form(province.fixture.ids->catalogue, TH_SLICE(FORM));
    if (!form || form->criterion_count > CRITERIA_MAX)
        province_die("the form of the sample", FORM);
    for (size_t i = 0; i < form->criterion_count; i++) {
        bool ratio = form->criteria[i].kind == TH_KIND_RATIO;
        observations[i] = (struct th_observation){
            .criterion_code = th_slice_of(form->criteria[i].code),
            .answer = ratio ? TH_ANSWER_RATIO : TH_ANSWER_NUMBER,
            .number = {1, 0},
            .den = {2, 0},
            .has_num = ratio,
            .has_den = ratio,
        };
    }
    return form->criterion_count;
}

static void add_month(struct batch *batch, int year, int month)
{
    struct th_observation observations[CRITERIA_MAX];
    size_t count = answer_all(observations);
    const struct th_catalogue *catalogue = province.fixture.ids->catalogue;
    char period[32];
    snprintf(period, sizeof(period), "%d-%02d", year, month);
    for (size_t i = 0; i < catalogue->district_count; i++) {
        const char *code = catalogue->districts[i].code;
        if (year <= HOANH_BO_ENDS || strcmp(code, "204") != 0)
            add(batch, code, period, 1, observations, count);
    }
}

void province_write_reports(struct th_store *store)
{
    struct batch *batch = calloc(1, sizeof(*batch));
    if (!batch)
        abort();
    batch->answers.province = PROVINCE_CODE;
    for (int year = FIRST_YEAR; year <= LAST_YEAR; year++) {
        for (int month = 1; month <= 12; month++)
            add_month(batch, year, month);
        write_batch(store, batch);
    }
    write_march(store, batch);
    free(batch);
}

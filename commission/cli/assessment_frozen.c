/* Frozen assessments: their list, and one of them again. */
#include <inttypes.h>
#include <string.h>

#include "commission/cli/assessment.h"
#include "commission/cli/output.h"
#include "commission/cli/people.h"
#include "commission/cli/words.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/ledger/ledger.h"
#include "common/wire/message.h"

enum {
    C_NUMBER,
    C_FORMS,
    C_PERIOD,
    C_AS_OF,
    C_FROZEN_AT,
    C_ACCOUNT,
    C_LANGUAGE,
    C_EXCEPTIONS,
    C_DIGEST,
    C_XLSX_DIGEST,
    COLUMNS
};

static const char *text_of(struct th_assessment_making *run, ProtobufCBinaryData data)
{
    const char *text = th_bytes_text(data, SIZE_MAX, run->arena);
    return text ? text : "";
}

static enum th_status ask(struct th_assessment_making *run, uint32_t number, const char *format,
                          struct th_kept_answer *answer, struct th_error *error)
{
    Tonghop__V1__AssessmentQuery question = TONGHOP__V1__ASSESSMENT_QUERY__INIT;
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    question.number = number;
    question.format = th_bytes(th_slice_of(format));
    query.question_case = TONGHOP__V1__QUERY__QUESTION_ASSESSMENT;
    query.assessment = &question;
    return th_kept_answer_get(&run->session, &query, answer, error);
}

/* ----------------------------------------------------------------------- list */

static const char *join_forms(struct th_assessment_making *run, const Tonghop__V1__Assessment *row)
{
    TH_CLEANUP_BUFFER struct th_buffer joined = {0};
    th_buffer_add_text(&joined, "");
    for (size_t i = 0; i < row->n_form; i++) {
        if (i > 0)
            th_buffer_add_char(&joined, ' ');
        th_buffer_add(&joined, row->form[i].data, row->form[i].len);
    }
    return th_arena_text(run->arena, th_buffer_slice(&joined));
}

/* "" when there is no such file. */
static const char *digest_of(struct th_assessment_making *run, const Tonghop__V1__Assessment *row,
                             const char *format)
{
    char hex[2 * TH_HASH_BYTES + 1] = "";
    for (size_t i = 0; i < row->n_file; i++)
        if (th_slice_equals(th_bytes_slice(row->file[i]->format), format) &&
            row->file[i]->digest.len == TH_HASH_BYTES)
            th_text_to_hex(row->file[i]->digest.data, TH_HASH_BYTES, hex);
    return th_arena_text(run->arena, th_slice_of(hex));
}

static void add_row(struct th_assessment_making *run, struct th_table *table,
                    const Tonghop__V1__Assessment *row)
{
    char as_of[40], frozen[40];
    const char *language = run->language;
    const char *period = text_of(run, row->period);
    const char *cells[COLUMNS] = {
        [C_NUMBER] = th_arena_printf(run->arena, "%" PRIu32, row->number),
        [C_FORMS] = join_forms(run, row),
        [C_PERIOD] = period,
        [C_AS_OF] = th_cli_instant(row->as_of_us, run->arena),
        [C_FROZEN_AT] = th_cli_instant(row->frozen_at_us, run->arena),
        [C_ACCOUNT] = text_of(run, row->account),
        [C_LANGUAGE] = text_of(run, row->language),
        [C_EXCEPTIONS] = th_arena_printf(run->arena, "%zu", row->n_exception),
        [C_DIGEST] = digest_of(run, row, "html"),
        [C_XLSX_DIGEST] = digest_of(run, row, "xlsx"),
    };
    th_instant_format_local(row->as_of_us, as_of);
    th_instant_format_local(row->frozen_at_us, frozen);
    const char *people[COLUMNS] = {
        [C_PERIOD] = th_people_period(run->session.catalogue, period, language, run->arena),
        [C_AS_OF] = as_of,
        [C_FROZEN_AT] = frozen,
    };
    th_table_row(table, cells, people);
}

enum th_status th_assessment_list(struct th_assessment_making *run, struct th_error *error)
{
    const char *language = run->language;
    struct th_column columns[COLUMNS] = {
        [C_NUMBER] = {.name = "number",
                      .heading = th_word(TH_WORD_NUMBER, language),
                      .right = true},
        [C_FORMS] = {.name = "forms", .heading = th_word(TH_WORD_FORM, language), .wrap = true},
        [C_PERIOD] = {.name = "period", .heading = th_word(TH_WORD_PERIOD, language)},
        [C_AS_OF] = {.name = "as_of", .heading = th_word(TH_WORD_AS_OF, language)},
        [C_FROZEN_AT] = {.name = "frozen_at", .heading = th_word(TH_WORD_FROZEN_AT, language)},
        [C_ACCOUNT] = {.name = "account", .heading = th_word(TH_WORD_ACCOUNT, language)},
        [C_LANGUAGE] = {.name = "language", .machine_only = true},
        [C_EXCEPTIONS] = {.name = "exceptions",
                          .heading = th_word(TH_WORD_EXCEPTIONS, language),
                          .right = true},
        [C_DIGEST] = {.name = "digest", .machine_only = true},
        [C_XLSX_DIGEST] = {.name = "xlsx_digest", .machine_only = true},
    };
    struct th_kept_answer answer = {0};
    struct th_output output;
    enum th_status status = ask(run, 0, "", &answer, error);
    if (status == TH_OK)
        status = th_output_open(&output, run->options.output, error);
    if (status == TH_OK) {
        struct th_table *table =
            th_table_create(output.file, run->options.format, NULL, columns, COLUMNS);
        for (size_t i = 0; i < answer.count; i++)
            for (size_t j = 0; j < answer.parts[i]->n_assessment; j++)
                add_row(run, table, answer.parts[i]->assessment[j]);
        status = th_output_close(&output, th_table_finish(&table, error), error);
    }
    th_kept_answer_free(&answer);
    return status;
}

/* -------------------------------------------------------------------- reprint */

/* The slices together, which must be what the first says they are. */
static enum th_status gather(const struct th_kept_answer *answer, const char *format,
                             struct th_buffer *bytes, struct th_error *error)
{
    const Tonghop__V1__AssessmentFile *file = NULL;
    uint8_t digest[TH_HASH_BYTES];
    th_buffer_add_text(bytes, "");
    for (size_t i = 0; i < answer->count; i++)
        for (size_t j = 0; j < answer->parts[i]->n_assessment; j++) {
            const Tonghop__V1__Assessment *row = answer->parts[i]->assessment[j];
            for (size_t k = 0; k < row->n_file; k++)
                if (th_slice_equals(th_bytes_slice(row->file[k]->format), format))
                    file = row->file[k];
            th_buffer_add(bytes, row->content.data, row->content.len);
        }
    if (!file)
        return th_error_set(error, TH_REJECTED, "that assessment was frozen without a file in %s",
                            format);
    th_sha256(bytes->bytes, bytes->size, digest);
    if (file->size != bytes->size || file->digest.len != sizeof(digest) ||
        memcmp(file->digest.data, digest, sizeof(digest)) != 0)
        return th_error_set(error, TH_PERMANENT,
                            "the bytes are not those of the digest that the province's chain "
                            "records; tell its operators to run 'tonghop-collector verify'");
    return TH_OK;
}

static enum th_status fetch(struct th_assessment_making *run, const char *format,
                            struct th_buffer *bytes, struct th_error *error)
{
    struct th_kept_answer answer = {0};
    enum th_status status = ask(run, run->options.reprint, format, &answer, error);
    if (status == TH_OK)
        status = gather(&answer, format, bytes, error);
    th_kept_answer_free(&answer);
    return status;
}

enum th_status th_assessment_reprint(struct th_assessment_making *run, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer html = {0}, xlsx = {0};
    const struct th_assessment_options *options = &run->options;
    enum th_status status = TH_OK;
    if (!options->book)
        status = fetch(run, "html", &html, error);
    if (status == TH_OK && (options->book || options->xlsx))
        status = fetch(run, "xlsx", &xlsx, error);
    return status == TH_OK ? th_assessment_output(run, &html, &xlsx, error) : status;
}

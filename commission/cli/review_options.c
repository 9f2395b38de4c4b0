#include "commission/cli/review.h"

#include <string.h>

#include "commission/cli/commands.h"
#include "commission/cli/consolidated_options.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "common/domain/decimal.h"
#include "common/wire/message.h"

#define COMMENT_FILE_MAX ((size_t)64 * 1024)

const struct th_option th_review_option_table[] = {
    {"form", 'f', "FORM", "code of the form"},
    {"period", 'p', "P", "base period (2024-03), or any period: every report within it"},
    {"district", 'd', "D[,D...]", "codes of districts; 'all': every one that has a report"},
    {"revision", 'r', "N",
     "the revision that is meant, of one report; default: the current one, which is shown"},
    {"comment", 0, "TEXT", "why, about the whole report"},
    {"comment-file", 0, "FILE", "the same from a text file in UTF-8; '-': standard input"},
    {"criterion", 0, "CODE=TEXT...", "a comment on one criterion; may be given several times"},
    {"format", 0, "FORMAT", "table (the default), csv or json"},
    {"output", 'o', "FILE", "write to FILE, whole or not at all; default: standard output"},
    {NULL, 0, NULL, NULL},
};

static enum th_status read_revision(const struct th_command_line *line,
                                    struct th_review_options *options, struct th_error *error)
{
    const char *text = th_command_option(line, "revision");
    struct th_decimal number;
    if (!text)
        return TH_OK;
    if (th_decimal_parse(th_slice_of(text), '.', &number) != TH_DECIMAL_FINE || number.scale != 0 ||
        number.unscaled < 1 || number.unscaled > INT32_MAX)
        return th_error_set(error, TH_USAGE, "--revision must be 1, 2, 3 ..., not '%.40s'", text);
    if (options->district_count != 1)
        return th_error_set(error, TH_USAGE, "--revision is about one report; give one district");
    options->revision = (uint32_t)number.unscaled;
    return TH_OK;
}

static enum th_status read_comment(const struct th_command_line *line,
                                   struct th_review_options *options, struct th_error *error)
{
    const char *text = th_command_option(line, "comment");
    const char *path = th_command_option(line, "comment-file");
    if (text && path)
        return th_error_set(error, TH_USAGE, "give --comment or --comment-file, not both");
    options->comment = th_slice_of(text ? text : "");
    if (!path)
        return TH_OK;
    enum th_status status = th_file_read(path, COMMENT_FILE_MAX, &options->file, error);
    if (status != TH_OK)
        return status;
    struct th_slice whole = th_buffer_slice(&options->file);
    if (whole.size >= 3 && memcmp(whole.bytes, "\xEF\xBB\xBF", 3) == 0)
        whole = (struct th_slice){whole.bytes + 3, whole.size - 3};
    while (whole.size > 0 &&
           (whole.bytes[whole.size - 1] == '\n' || whole.bytes[whole.size - 1] == '\r'))
        whole.size--;
    options->comment = whole;
    return TH_OK;
}

static enum th_status read_criteria(const struct th_command_line *line, struct th_arena *arena,
                                    struct th_review_options *options, struct th_error *error)
{
    const char *text;
    options->comments =
        th_arena_alloc(arena, (TH_COMMAND_REPEATS + 1) * sizeof(*options->comments));
    while ((text = th_command_option_at(line, "criterion", options->comment_count)) != NULL) {
        const char *equals = strchr(text, '=');
        if (!equals || equals == text || !equals[1])
            return th_error_set(error, TH_USAGE,
                                "--criterion needs a code and a text, like "
                                "--criterion joint-meetings='lấy cả tháng 2', not '%.80s'",
                                text);
        Tonghop__V1__CriterionComment *comment = th_arena_alloc(arena, sizeof(*comment));
        tonghop__v1__criterion_comment__init(comment);
        struct th_slice code = {text, (size_t)(equals - text)};
        comment->criterion = th_bytes(th_text_trim(code));
        comment->text = th_bytes(th_slice_of(equals + 1));
        options->comments[options->comment_count++] = comment;
    }
    return TH_OK;
}

enum th_status th_review_options_read(const struct th_command_line *line, struct th_arena *arena,
                                      struct th_review_options *options, struct th_error *error)
{
    *options = (struct th_review_options){.form = th_command_option(line, "form"),
                                          .period = th_command_option(line, "period"),
                                          .output = th_command_option(line, "output")};
    if (!options->form || !options->period || !th_command_option(line, "district"))
        return th_error_set(error, TH_USAGE,
                            "give form, period and district, as in --form joint-agency --period "
                            "2024-03 --district 194 ('all' means all)");
    enum th_status status =
        th_cli_list(line, "district", arena, &options->districts, &options->district_count, error);
    if (status != TH_OK)
        return status;
    for (size_t i = 0; i < options->district_count; i++)
        if (th_slice_equals(options->districts[i], "all")) {
            if (options->district_count > 1)
                return th_error_set(error, TH_USAGE,
                                    "--district all stands alone; give it, or codes");
            options->district_count = 0;
        }
    status = read_revision(line, options, error);
    if (status == TH_OK)
        status = read_comment(line, options, error);
    if (status == TH_OK)
        status = read_criteria(line, arena, options, error);
    return status == TH_OK ? th_cli_format(line, &options->format, error) : status;
}

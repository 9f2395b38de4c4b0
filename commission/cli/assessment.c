#include "commission/cli/assessment.h"

#include "commission/cli/commands.h"
#include "commission/cli/output.h"
#include "common/base/clock.h"

#define NUMBER_TRIES 5

static enum th_status write_file(const char *path, const struct th_buffer *bytes,
                                 struct th_error *error)
{
    struct th_output output;
    enum th_status status = th_output_open(&output, path, error);
    if (status != TH_OK)
        return status;
    fwrite(bytes->bytes, 1, bytes->size, output.file);
    return th_output_close(&output, TH_OK, error);
}

enum th_status th_assessment_output(const struct th_assessment_making *run,
                                    const struct th_buffer *html, const struct th_buffer *xlsx,
                                    struct th_error *error)
{
    const struct th_assessment_options *options = &run->options;
    enum th_status status = write_file(options->output, options->book ? xlsx : html, error);
    return status == TH_OK && options->xlsx ? write_file(options->xlsx, xlsx, error) : status;
}

/* The documents show their number, so that they are written anew when that one was taken.
 * Both are kept, whichever is asked for now. */
static enum th_status freeze(struct th_assessment_making *run, struct th_buffer *html,
                             struct th_buffer *xlsx, struct th_error *error)
{
    int64_t at_us = 0;
    enum th_status status = TH_RETRY;
    for (int tries = 0; tries < NUMBER_TRIES && status == TH_RETRY; tries++) {
        status = th_assessment_next_number(run, error);
        if (status != TH_OK)
            return status;
        th_buffer_clear(html);
        th_buffer_clear(xlsx);
        th_assessment_write(run, html);
        status = th_assessment_write_book(run, xlsx, error);
        if (status == TH_OK)
            status = th_assessment_freeze(run, html, xlsx, &at_us, error);
    }
    if (status == TH_OK) {
        char instant[40];
        th_instant_format(at_us, instant);
        fprintf(stderr,
                "tonghop: frozen as final assessment %u at %s; again: tonghop assessment "
                "--reprint %u\n",
                run->number, instant, run->number);
    }
    return status;
}

static enum th_status make(struct th_assessment_making *run, struct th_error *error)
{
    TH_CLEANUP_BUFFER struct th_buffer html = {0}, xlsx = {0};
    const struct th_assessment_options *options = &run->options;
    enum th_status status = th_assessment_gather(run, error);
    if (status == TH_OK && options->final)
        status = freeze(run, &html, &xlsx, error);
    else if (status == TH_OK && !options->book)
        th_assessment_write(run, &html);
    if (status == TH_OK && !options->final && (options->book || options->xlsx))
        status = th_assessment_write_book(run, &xlsx, error);
    return status == TH_OK ? th_assessment_output(run, &html, &xlsx, error) : status;
}

enum th_status th_assessment_run(void *context, const struct th_command_line *line,
                                 struct th_error *error)
{
    struct th_assessment_making run = {.arena = th_arena_create(0)};
    run.session.interrupt_fd = -1;
    enum th_status status = th_assessment_options_read(line, run.arena, &run.options, error);
    if (status == TH_OK)
        status = th_session_open(context, &run.session, error);
    if (status == TH_OK) {
        run.language = run.session.language;
        status = run.options.list      ? th_assessment_list(&run, error)
                 : run.options.reprint ? th_assessment_reprint(&run, error)
                                       : make(&run, error);
    }
    th_assessment_forget(&run);
    th_session_close(&run.session, status);
    th_config_free(th_assessment_heading_keys, &run.options.heading);
    th_arena_destroy(&run.arena);
    return status;
}

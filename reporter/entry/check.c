/* check: what the province would say to a file, before it is sent. */
#include <stdio.h>

#include "reporter/entry/commands.h"
#include "reporter/entry/reading.h"

static void print_verdict(const struct th_office *office, const struct th_reading *reading)
{
    size_t errors = reading->problems.errors;
    size_t warnings = reading->problems.count - errors;
    if (reading->good && warnings == 0)
        fprintf(stderr, th_say(office, "%s: đạt, có thể gửi\n", "%s: fine, fit to be sent\n"),
                reading->path);
    else if (reading->good)
        fprintf(
            stderr,
            th_say(office, "%s: có thể gửi, %zu cảnh báo\n", "%s: fit to be sent, warnings: %zu\n"),
            reading->path, warnings);
    else
        fprintf(stderr,
                th_say(office, "%s: chưa gửi được, %zu lỗi, %zu cảnh báo\n",
                       "%s: not fit to be sent, errors: %zu, warnings: %zu\n"),
                reading->path, errors, warnings);
}

enum th_status th_command_check(void *context, const struct th_command_line *line,
                                struct th_error *error)
{
    struct th_office *office = context;
    struct th_reading reading = {0};
    enum th_format format;
    bool opened = false;
    enum th_status status = th_office_format(line, &format, error);
    if (status == TH_OK)
        status = th_office_open(office, TH_NEED_CATALOGUE, error);
    if (status == TH_OK) {
        opened = true;
        status = th_reading_open(office, line->arguments[0], &reading, error);
    }
    if (status == TH_OK && (format != TH_FORMAT_TABLE || reading.problems.count > 0))
        status = th_reading_print(office, stdout, format, &reading, 1, error);
    if (status == TH_OK) {
        fflush(stdout);
        print_verdict(office, &reading);
        status = reading.good ? TH_OK : TH_REJECTED;
    }
    if (opened)
        th_reading_free(&reading);
    th_office_close(office);
    return status;
}

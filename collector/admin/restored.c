/* restored: the database was put back to an older moment, and says so. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/admin/admin_private.h"
#include "collector/store/restoration.h"
#include "common/base/clock.h"
#include "common/base/text.h"

#define REASON_MAX  1000
#define LOST_LISTED 20

const struct th_option th_admin_restored_options[] = {
    {"reason", 'r', "TEXT", "why the database was restored; kept in the province's chain"},
    {"heads", 0, "FILE",
     "the last heads that 'heads' exported before the loss: tells what is gone"},
    {"receipt-key", 0, "KEY",
     "the public key that signed FILE: 64 hexadecimal digits or a .pub file [default: "
     "receipt_key_file's]"},
    {"moment", 0, "INSTANT",
     "the moment of the backup, such as 2026-03-01T02:00:00+07:00 [default: up to when the "
     "restored data are settled]"},
    {"epoch", 0, "N", "the epoch to begin, when offices tell of a higher one [default: the next]"},
    {"yes", 'y', NULL, "do not ask whether to go on"},
    {NULL},
};

static enum th_status read_reason(const struct th_command_line *line, const char **reason,
                                  struct th_error *error)
{
    *reason = th_command_option(line, "reason");
    struct th_slice text = th_text_trim(th_slice_of(*reason ? *reason : ""));
    if (text.size == 0 || text.size > REASON_MAX || !th_text_is_utf8(text))
        return th_error_set(error, TH_USAGE,
                            "--reason is needed: say in at most %d bytes why the database was "
                            "restored, such as --reason 'disk of the database server failed'",
                            REASON_MAX);
    return TH_OK;
}

static enum th_status read_epoch(const struct th_command_line *line, uint32_t *epoch,
                                 struct th_error *error)
{
    const char *text = th_command_option(line, "epoch");
    char *end = NULL;
    *epoch = 0;
    if (!text)
        return TH_OK;
    unsigned long value = strtoul(text, &end, 10);
    if (text[0] < '1' || text[0] > '9' || *end || value < 2 || value > INT32_MAX)
        return th_error_set(error, TH_USAGE, "--epoch takes a number from 2 on, not '%.40s'", text);
    *epoch = (uint32_t)value;
    return TH_OK;
}

static enum th_status read_moment(const struct th_command_line *line, int64_t *moment_us,
                                  struct th_error *error)
{
    const char *text = th_command_option(line, "moment");
    *moment_us = 0;
    if (text && (!th_instant_parse(th_slice_of(text), moment_us) || *moment_us <= 0))
        return th_error_set(error, TH_USAGE,
                            "--moment takes an instant with its zone, such as "
                            "2026-03-01T02:00:00+07:00, not '%.60s'",
                            text);
    return TH_OK;
}

static void print_lost(const struct th_restoration *restoration)
{
    for (size_t i = 0; i < restoration->lost_count && i < LOST_LISTED; i++) {
        const struct th_lost_district *lost = &restoration->lost[i];
        if (lost->countable)
            fprintf(stderr,
                    "District %s: %" PRIu64 " entries are gone (%" PRIu64 " to %" PRIu64
                    " of epoch %" PRIu32 ").\n",
                    lost->code, lost->sequence - lost->restored_sequence,
                    lost->restored_sequence + 1, lost->sequence, lost->epoch);
        else
            fprintf(stderr,
                    "District %s: entries up to %" PRIu64 " of epoch %" PRIu32 " are gone.\n",
                    lost->code, lost->sequence, lost->epoch);
    }
    if (restoration->lost_count > LOST_LISTED)
        fprintf(stderr, "%zu districts in all have lost entries.\n", restoration->lost_count);
}

/* On a terminal a person says yes; a script has said so with --yes. */
static enum th_status confirm(const struct th_restoration *plan, struct th_error *error)
{
    char machine[40], moment[40], answer[16] = "";
    th_admin_instant(plan->restored_to_us, machine, moment);
    if (!isatty(STDIN_FILENO))
        return th_error_set(error, TH_USAGE,
                            "say --yes to begin epoch %" PRIu32 " of every chain; nothing was "
                            "done",
                            plan->epoch);
    fprintf(stderr,
            "This records that the database was restored to %s, and begins epoch %" PRIu32
            " of the chains of %" PRIu64 " districts. It cannot be taken back. Go on? [yes/no] ",
            moment, plan->epoch, plan->districts);
    fflush(stderr);
    if (!fgets(answer, sizeof(answer), stdin) || strcmp(answer, "yes\n") != 0)
        return th_error_set(error, TH_USAGE, "nothing was done; answer 'yes' to go on");
    return TH_OK;
}

static enum th_status restore(struct th_store *store, struct th_restoration_request *request,
                              bool asks, struct th_error *error)
{
    struct th_restoration restoration = {0};
    char machine[40], moment[40], at[40];
    enum th_status status = TH_OK;
    if (asks) {
        status = th_store_restoration_plan(store, request, &restoration, error);
        if (status == TH_OK) {
            print_lost(&restoration);
            status = confirm(&restoration, error);
        }
        free(restoration.lost);
    }
    if (status == TH_OK)
        status = th_store_restored(store, request, &restoration, error);
    if (status != TH_OK)
        return status;
    if (!asks)
        print_lost(&restoration);
    th_admin_instant(restoration.restored_to_us, machine, moment);
    th_admin_instant(restoration.at_us, machine, at);
    printf("restoration %" PRIu32 ": epoch %" PRIu32 " begins at %s; answers as of instants after "
           "%s that were given before are void\n",
           restoration.number, restoration.epoch, at, moment);
    fputs("Start the collectors now: offices send again what is gone. Enrolments, catalogues,\n"
          "unlocks and imports since the backup do not come back by themselves.\n",
          stderr);
    free(restoration.lost);
    return TH_OK;
}

enum th_status th_admin_restored(void *settings, const struct th_command_line *line,
                                 struct th_error *error)
{
    struct th_province province = {0};
    struct th_store *store = NULL;
    struct th_chain_head *heads = NULL;
    struct th_actor actor;
    struct th_restoration_request request = {.actor = th_admin_actor(&actor)};
    bool asks = th_command_option(line, "yes") == NULL;
    enum th_status status = read_reason(line, &request.reason, error);
    if (status == TH_OK)
        status = read_epoch(line, &request.epoch, error);
    if (status == TH_OK)
        status = read_moment(line, &request.restored_to_us, error);
    if (status == TH_OK)
        status = th_admin_open(settings, &store, &province, error);
    if (status == TH_OK)
        status = th_admin_read_heads(settings, line, "heads", province.code, &heads,
                                     &request.lost_count, error);
    request.lost = heads;
    if (status == TH_OK)
        status = restore(store, &request, asks, error);
    free(heads);
    th_store_close(&store);
    return status;
}

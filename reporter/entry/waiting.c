/* submit --wait: until every report is answered. The daemon delivers when it runs;
 * otherwise this process does, with the same code. */
#include <poll.h>
#include <stdio.h>

#include "common/base/clock.h"
#include "common/base/progress.h"
#include "reporter/delivery/instance.h"
#include "reporter/entry/commands.h"

#define LOOK_MS    200
#define LOCK_LOOKS 5 /* how often between two tries to become the one that delivers */

struct waiting {
    struct th_office *office;
    const uint8_t (*ids)[16];
    size_t count;
    int64_t deadline_ms;
    int64_t seen_version;
    struct th_progress progress;
};

static bool count_answered(void *context, const struct th_outbox_report *report)
{
    size_t *answered = context;
    *answered += report->state != TH_STATE_QUEUED;
    return false;
}

static enum th_status look(struct waiting *waiting, bool *done, struct th_error *error)
{
    size_t answered = 0;
    enum th_status status = TH_OK;
    for (size_t i = 0; i < waiting->count && status == TH_OK; i++)
        status = th_outbox_find(waiting->office->outbox, waiting->ids[i], count_answered, &answered,
                                error);
    th_progress_step(&waiting->progress, answered);
    *done = answered == waiting->count;
    return status;
}

static enum th_status is_done(void *context, struct th_delivery *delivery, bool *done,
                              struct th_error *error)
{
    (void)delivery;
    return look(context, done, error);
}

static enum th_status deliver(struct waiting *waiting, struct th_error *error)
{
    struct th_office *office = waiting->office;
    struct th_loop loop = {
        .delivery = th_office_delivery(office),
        .pair = &office->pair,
        .state_dir = office->settings.state_dir,
        .deadline_ms = waiting->deadline_ms,
        .done = is_done,
        .done_context = waiting,
    };
    return th_loop_run(&loop, office->outbox, error);
}

static enum th_status look_if_changed(struct waiting *waiting, bool *done, struct th_error *error)
{
    int64_t version = 0;
    enum th_status status = th_outbox_data_version(waiting->office->outbox, &version, error);
    if (status != TH_OK || version == waiting->seen_version)
        return status;
    waiting->seen_version = version;
    return look(waiting, done, error);
}

static enum th_status time_is_up(const struct waiting *waiting, struct th_error *error)
{
    struct th_outbox_link link;
    struct th_error ignored;
    if (th_outbox_get_link(waiting->office->outbox, &link, &ignored) != TH_OK)
        link = (struct th_outbox_link){0};
    return th_error_set(error, TH_UNREACHABLE,
                        "the province has not answered yet%s%s; the reports stay in the outbox and "
                        "are sent by `tonghop-reporter run`",
                        link.reason[0] ? ": " : "", link.reason);
}

/* Watches while another process delivers; when that ends, this one takes over. */
static enum th_status watch(struct waiting *waiting, struct th_error *error)
{
    bool done = false;
    for (int looks = 0;; looks++) {
        enum th_status status = look_if_changed(waiting, &done, error);
        if (status != TH_OK || done)
            return status;
        if (th_clock_monotonic_ms() >= waiting->deadline_ms)
            return time_is_up(waiting, error);
        if (looks % LOCK_LOOKS == 0 &&
            !th_instance_is_running(waiting->office->settings.state_dir)) {
            int lock = -1;
            struct th_error taken;
            if (th_instance_lock(waiting->office->settings.state_dir, &lock, &taken) == TH_OK) {
                status = deliver(waiting, error);
                th_instance_unlock(&lock);
                return status == TH_UNREACHABLE ? time_is_up(waiting, error) : status;
            }
        }
        (void)poll(NULL, 0, LOOK_MS);
    }
}

enum th_status th_wait_for_answers(struct th_office *office, const uint8_t (*ids)[16], size_t count,
                                   long timeout_s, struct th_error *error)
{
    struct waiting waiting = {
        .office = office,
        .ids = ids,
        .count = count,
        .deadline_ms = th_clock_monotonic_ms() + timeout_s * 1000,
        .seen_version = -1,
    };
    th_progress_begin(&waiting.progress, th_say(office, "Đang gửi", "Delivering"), count);
    enum th_status status = watch(&waiting, error);
    th_progress_end(&waiting.progress);
    return status;
}

/* run: the daemon that delivers. */
#include <inttypes.h>
#include <unistd.h>

#include "common/base/log.h"
#include "reporter/delivery/instance.h"
#include "reporter/entry/commands.h"

enum th_status th_command_run(void *context, const struct th_command_line *line,
                              struct th_error *error)
{
    struct th_office *office = context;
    struct th_outbox_counts counts;
    enum th_log_level level = TH_LOG_INFO;
    int lock = -1;
    (void)line;
    enum th_status status = th_office_open(office, TH_NEED_KEY | TH_NEED_OUTBOX, error);
    if (status == TH_OK && th_log_parse_level(office->settings.log_level, &level))
        th_log_set_level(level);
    if (status == TH_OK) {
        status = th_instance_lock(office->settings.state_dir, &lock, error);
        if (status == TH_RETRY)
            status = TH_USAGE; /* two daemons: somebody started one too many */
    }
    if (status == TH_OK)
        status = th_outbox_count(office->outbox, false, &counts, error);
    if (status == TH_OK) {
        struct th_loop loop = {
            .delivery = th_office_delivery(office),
            .pair = &office->pair,
            .state_dir = office->settings.state_dir,
            .service = true,
        };
        th_log(TH_LOG_INFO,
               "tonghop-reporter " TONGHOP_VERSION " district=%s/%s endpoints=%zu queued=%" PRIu64,
               office->bundle.province, office->bundle.name, office->bundle.submit_count,
               counts.queued);
        status = th_loop_run(&loop, office->outbox, error);
        th_log(TH_LOG_INFO, "stopped");
    }
    th_instance_unlock(&lock);
    th_office_close(office);
    return status;
}

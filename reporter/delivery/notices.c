#include <inttypes.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/text.h"
#include "reporter/delivery/engine.h"

#define TEXT_MAX     40000 /* bytes: 10,000 characters */
#define COMMENTS_MAX 2000
#define REVISION_MAX 1000000
#define FORM_MAX     64
#define PERIOD_MAX   24
#define INSTANT_MAX  INT64_C(253402300799000000) /* the year 9999 */

static bool is_known(const char *kind)
{
    static const char *const kinds[] = {"report.approved", "report.returned", "report.reopened",
                                        "exception.opened", "exception.ended"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    return false;
}

static bool is_instant(int64_t instant_us)
{
    return instant_us >= 0 && instant_us <= INSTANT_MAX;
}

static bool has_codes(const Tonghop__V1__Notice *notice)
{
    if (!th_text_is_code(th_bytes_slice(notice->form), FORM_MAX) ||
        !th_text_is_code(th_bytes_slice(notice->period), PERIOD_MAX))
        return false;
    for (size_t i = 0; i < notice->n_comment; i++)
        if (!th_text_is_code(th_bytes_slice(notice->comment[i]->criterion), FORM_MAX))
            return false;
    return true;
}

/* The notice as the outbox keeps it; false and why not, when it is none to be kept. */
static bool read_notice(const Tonghop__V1__Notice *notice, struct th_arena *arena,
                        struct th_outbox_notice *stored, const char **why)
{
    *stored = (struct th_outbox_notice){
        .id = notice->notice_id,
        .kind = th_bytes_text(notice->kind, FORM_MAX, arena),
        .form = th_bytes_text(notice->form, FORM_MAX, arena),
        .period = th_bytes_text(notice->period, PERIOD_MAX, arena),
        .revision = notice->revision,
        .text = th_bytes_text(notice->text, TEXT_MAX, arena),
        .at_us = notice->at_us,
        .until_us = notice->until_us,
    };
    *why = "malformed";
    if (!stored->kind || !stored->form || !stored->period || !stored->text ||
        notice->n_comment > COMMENTS_MAX || notice->revision > REVISION_MAX ||
        !is_instant(notice->at_us) || !is_instant(notice->until_us))
        return false;
    *why = "unknown kind";
    if (!is_known(stored->kind))
        return false;
    *why = "malformed";
    if (!has_codes(notice))
        return false;
    stored->comments = th_comments_json(notice->comment, notice->n_comment, arena);
    return stored->comments != NULL;
}

static void acknowledge(struct th_delivery *delivery, uint64_t notice_id, int64_t now_ms)
{
    Tonghop__V1__NoticeAck ack;
    tonghop__v1__notice_ack__init(&ack);
    ack.notice_id = notice_id;
    Tonghop__V1__ClientMessage message;
    tonghop__v1__client_message__init(&message);
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_NOTICE_ACK;
    message.notice_ack = &ack;
    (void)th_engine_send(delivery, &message, now_ms);
}

void th_notices_receive(struct th_delivery *delivery, const Tonghop__V1__Notice *notice,
                        int64_t now_ms)
{
    struct th_error error;
    struct th_outbox_notice stored;
    const char *why;
    if (notice->notice_id == 0 || notice->notice_id > INT64_MAX) {
        th_log(TH_LOG_WARNING, "notice.dropped id=%" PRIu64 " why=\"no such id\"",
               notice->notice_id);
        return;
    }
    if (!read_notice(notice, delivery->arena, &stored, &why)) {
        th_log(TH_LOG_WARNING, "notice.dropped id=%" PRIu64 " why=\"%s\"", notice->notice_id, why);
        acknowledge(delivery, notice->notice_id, now_ms);
        return;
    }
    if (th_outbox_add_notice(delivery->outbox, &stored, th_clock_now_us(), &error) != TH_OK) {
        th_engine_outbox_failed(delivery, &error, now_ms);
        return;
    }
    th_log(TH_LOG_INFO, "notice id=%" PRIu64 " kind=%s form=%s period=%s revision=%" PRIu32,
           stored.id, stored.kind, stored.form, stored.period, stored.revision);
    acknowledge(delivery, stored.id, now_ms);
}

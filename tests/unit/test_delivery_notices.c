/* Notices of the province: kept before they are acknowledged, and checked, though they
 * come from a pinned server only. */
#include "tests/unit/reporter_support.h"
#include "tests/unit/th_test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef Tonghop__V1__ClientMessage ClientMessage;

static void say_notice(struct world *world, const Tonghop__V1__Notice *notice)
{
    Tonghop__V1__Notice said = *notice;
    Tonghop__V1__ServerMessage message;
    tonghop__v1__server_message__init(&message);
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_NOTICE;
    message.notice = &said;
    world_say(world, &message);
}

/* A fine notice, one thing of which each case below spoils. */
static Tonghop__V1__Notice fine_notice(uint64_t id)
{
    Tonghop__V1__Notice notice;
    tonghop__v1__notice__init(&notice);
    notice.notice_id = id;
    notice.kind = th_bytes(TH_SLICE("report.returned"));
    notice.form = th_bytes(TH_SLICE("joint-agency"));
    notice.period = th_bytes(TH_SLICE("2024-03"));
    notice.revision = 1;
    notice.text = th_bytes(TH_SLICE("see criterion c"));
    notice.at_us = 5;
    return notice;
}

/* The acknowledged id, 0: none was said. */
static uint64_t acknowledged(struct world *world)
{
    const ClientMessage *ack = world_next(world);
    bool is_ack = ack && ack->body_case == TONGHOP__V1__CLIENT_MESSAGE__BODY_NOTICE_ACK;
    return is_ack ? ack->notice_ack->notice_id : 0;
}

static uint64_t last_notice(struct world *world)
{
    struct th_error error;
    uint64_t last = 0;
    CU_ASSERT_EQUAL(th_outbox_last_notice(world->files.outbox, &last, &error), TH_OK);
    return last;
}

static void test_notice_is_kept_then_acknowledged(void)
{
    struct world world;
    world_make(&world, 4, 10);
    world_greet(&world);
    Tonghop__V1__Notice notice = fine_notice(12), earlier = fine_notice(11);
    say_notice(&world, &notice);
    CU_ASSERT_EQUAL(last_notice(&world), 12);
    CU_ASSERT_EQUAL(acknowledged(&world), 12);
    /* Again, and one from before it: both are known to the office now. */
    say_notice(&world, &notice);
    CU_ASSERT_EQUAL(acknowledged(&world), 12);
    say_notice(&world, &earlier);
    CU_ASSERT_EQUAL(acknowledged(&world), 11);
    CU_ASSERT_EQUAL(last_notice(&world), 12);
    world_end(&world);
}

enum spoilt {
    ID_ZERO,
    ID_HUGE,
    KIND_UNKNOWN,
    KIND_NOT_UTF8,
    KIND_HUGE,
    FORM_EMPTY,
    FORM_NO_CODE,
    FORM_NUL,
    PERIOD_LONG,
    REVISION_HUGE,
    TEXT_NOT_UTF8,
    TEXT_HUGE,
    AT_NEGATIVE,
    UNTIL_HUGE,
    COMMENT_NO_CODE,
    COMMENTS_MANY
};

#define MANY_COMMENTS 2001

static void spoil(Tonghop__V1__Notice *notice, enum spoilt how, char *huge,
                  Tonghop__V1__CriterionComment **comments)
{
    switch (how) {
    case ID_ZERO:
        notice->notice_id = 0;
        break;
    case ID_HUGE:
        notice->notice_id = UINT64_MAX;
        break;
    case KIND_UNKNOWN:
        notice->kind = th_bytes(TH_SLICE("report.burnt"));
        break;
    case KIND_NOT_UTF8:
        notice->kind = th_bytes(TH_SLICE("report.\xff"));
        break;
    case KIND_HUGE:
        notice->kind = th_bytes_of(huge, 65);
        break;
    case FORM_EMPTY:
        notice->form = th_bytes(TH_SLICE(""));
        break;
    case FORM_NO_CODE:
        notice->form = th_bytes(TH_SLICE("\x1b[2J"));
        break;
    case FORM_NUL:
        notice->form = th_bytes(TH_SLICE("a\0b"));
        break;
    case PERIOD_LONG:
        notice->period = th_bytes_of(huge, 25);
        break;
    case REVISION_HUGE:
        notice->revision = UINT32_MAX;
        break;
    case TEXT_NOT_UTF8:
        notice->text = th_bytes(TH_SLICE("\xc3("));
        break;
    case TEXT_HUGE:
        notice->text = th_bytes_of(huge, 40001);
        break;
    case AT_NEGATIVE:
        notice->at_us = INT64_MIN;
        break;
    case UNTIL_HUGE:
        notice->until_us = INT64_MAX;
        break;
    case COMMENT_NO_CODE:
        comments[0]->criterion = th_bytes(TH_SLICE("../x"));
        notice->comment = comments;
        notice->n_comment = 1;
        break;
    case COMMENTS_MANY:
        notice->comment = comments;
        notice->n_comment = MANY_COMMENTS;
        break;
    }
}

/* None is kept; what has an id is acknowledged, else those behind it would never come. */
static void test_a_notice_that_is_none_is_not_kept(void)
{
    static const struct {
        const char *name;
        enum spoilt how;
        uint64_t want_ack;
    } cases[] = {
        {"no id", ID_ZERO, 0},
        {"an id over 63 bits", ID_HUGE, 0},
        {"an unknown kind", KIND_UNKNOWN, 12},
        {"a kind that is not UTF-8", KIND_NOT_UTF8, 12},
        {"a kind of 65 bytes", KIND_HUGE, 12},
        {"no form", FORM_EMPTY, 12},
        {"a form that steers a terminal", FORM_NO_CODE, 12},
        {"a form with NUL", FORM_NUL, 12},
        {"a period of 25 bytes", PERIOD_LONG, 12},
        {"a revision over the limit", REVISION_HUGE, 12},
        {"a text that is not UTF-8", TEXT_NOT_UTF8, 12},
        {"a text over the limit", TEXT_HUGE, 12},
        {"an instant before 1970", AT_NEGATIVE, 12},
        {"an end that no calendar has", UNTIL_HUGE, 12},
        {"a comment on no criterion", COMMENT_NO_CODE, 12},
        {"too many comments", COMMENTS_MANY, 12},
    };
    static char huge[40001];
    static Tonghop__V1__CriterionComment comment;
    static Tonghop__V1__CriterionComment *comments[MANY_COMMENTS];
    memset(huge, 'a', sizeof(huge));
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct world world;
        world_make(&world, 4, 10);
        world_greet(&world);
        tonghop__v1__criterion_comment__init(&comment);
        comment.criterion = th_bytes(TH_SLICE("c"));
        for (size_t c = 0; c < MANY_COMMENTS; c++)
            comments[c] = &comment;
        Tonghop__V1__Notice notice = fine_notice(12), next = fine_notice(13);
        spoil(&notice, cases[i].how, huge, comments);
        say_notice(&world, &notice);
        TH_CHECK(cases[i].name, acknowledged(&world) == cases[i].want_ack);
        TH_CHECK(cases[i].name, last_notice(&world) == 0);
        say_notice(&world, &next);
        TH_CHECK(cases[i].name, acknowledged(&world) == 13);
        world_end(&world);
    }
}

int main(void)
{
    static const struct th_test tests[] = {
        {"a notice is kept, then acknowledged", test_notice_is_kept_then_acknowledged},
        {"a notice that is none is not kept", test_a_notice_that_is_none_is_not_kept},
    };
    struct th_error error = {0};
    if (th_ledger_init(&error) != TH_OK)
        return th_error_exit("test_delivery_notices", &error);
    return th_test_main("delivery of notices", tests, COUNT(tests));
}

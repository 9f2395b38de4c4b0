/* Stage counters: what several threads' cells add up to, as the log tells it. */
#include "collector/intake/stages.h"
#include "tests/unit/th_test.h"

static void nothing_yet(void)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    struct th_stage_cell cell = {0};
    const struct th_stage_cell *cells[] = {&cell};
    th_stages_describe(cells, 1, &text);
    TH_CHECK_TEXT("zeros", text.bytes,
                  "reports=0 bytes=0 decode=0/0 validate=0/0 queue=0/0 "
                  "read=0/0 prepare=0/0 statement=0/0 commit=0/0 "
                  "sign=0/0 return=0/0 send=0/0");
}

/* 64 + 6 reports; 1,500 ns and 2,600 ns are 4 us in whole ones, which each alone (1 + 2) is
 * not; a clock that went back counts as no time. */
static void cells_add_up(void)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    struct th_stage_cell event = {0}, one = {0}, two = {0};
    const struct th_stage_cell *cells[] = {&event, &one, &two};
    th_stage_add_reports(&event, 64, 40000);
    th_stage_add_reports(&event, 6, 3800);
    th_stage_add(&event, TH_STAGE_DECODE, 1, 9999);
    th_stage_add(&event, TH_STAGE_SEND, 1, -5000);
    th_stage_add(&one, TH_STAGE_COMMIT, 1, 1500);
    th_stage_add(&two, TH_STAGE_COMMIT, 1, 2600);
    th_stage_add(&two, TH_STAGE_QUEUE, 3, INT64_C(5000000000));
    th_stages_describe(cells, 3, &text);
    TH_CHECK_TEXT("sums", text.bytes,
                  "reports=70 bytes=43800 decode=1/9 validate=0/0 queue=3/5000000 "
                  "read=0/0 prepare=0/0 statement=0/0 commit=2/4 sign=0/0 "
                  "return=0/0 send=1/0");
}

static const struct th_test tests[] = {
    {"nothing yet", nothing_yet},
    {"cells add up", cells_add_up},
};
TH_TEST_MAIN("collector/stages", tests)

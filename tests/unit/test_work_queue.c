/* Queues of works (collector/intake/work.h): what a writer takes as its next batch. */
#include <stdlib.h>

#include "collector/intake/work.h"
#include "th_test.h"

/* Each letter of `waiting` is a work of that district, of `reports` reports each; `want` is
 * what the batches hold, worked out by hand, separated by blanks. A capital letter and its
 * small one are works of one district. */
static const struct {
    const char *name, *waiting;
    size_t reports, most;
    const char *want;
} cases[] = {
    {"nothing else waits", "aaaa", 1, 2, "aa aa"},
    {"all fits", "abab", 1, 9, "abab"},
    /* b comes with the first batch, though three works of a wait before it. */
    {"one of each first", "aaab", 1, 2, "ab aa"},
    {"one of each, then in order", "aaabc", 1, 4, "abca a"},
    {"in the order of a district", "aAaAb", 1, 3, "abA aA"},
    /* Works as large as a batch: a goes first once, then not while another waits. */
    {"a batch a work", "aaab", 4, 4, "a b a a"},
    {"two that fill batches", "aaabbb", 4, 4, "a b a b a b"},
    {"larger than a batch", "ab", 9, 4, "a b"},
};

static struct th_work *make(char letter, size_t reports)
{
    struct th_enrolment sender = {.district_id = letter | 0x20};
    static const struct th_message message;
    struct th_work *work = th_work_create(TH_WORK_SUBMIT, &sender, &message, "vi");
    work->count = reports;
    work->batch_id = (uint64_t)letter;
    return work;
}

/* Empties the queue batch by batch. */
static void take_all(struct th_work_queue *queue, size_t most, char *got)
{
    while (queue->first) {
        struct th_work *batch = th_work_queue_take_fairly(queue, most);
        while (batch) {
            struct th_work *next = batch->next;
            *got++ = (char)batch->batch_id;
            th_work_destroy(batch);
            batch = next;
        }
        *got++ = queue->first ? ' ' : '\0';
    }
}

static void test_batches_are_fair(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct th_work_queue queue;
        char got[64] = "";
        th_work_queue_init(&queue, -1);
        for (const char *letter = cases[i].waiting; *letter; letter++)
            th_work_queue_push(&queue, make(*letter, cases[i].reports));
        take_all(&queue, cases[i].most, got);
        TH_CHECK_TEXT(cases[i].name, got, cases[i].want);
        TH_CHECK(cases[i].name, queue.last == NULL);
        th_work_queue_destroy(&queue);
    }
}

/* Of works that have to be judged first a batch takes 1.5 MiB, but one at least; the others are
 * as large as they will be. */
static void test_unjudged_bytes_are_bounded(void)
{
    static const struct {
        const char *name;
        size_t bytes;
        bool judged;
        const char *want;
    } rows[] = {
        {"three fit", (size_t)512 * 1024, false, "abc d"},
        {"one byte too many", (size_t)512 * 1024 + 1, false, "ab cd"},
        {"larger than the bound", (size_t)2 * 1024 * 1024, false, "a b c d"},
        {"judged", (size_t)2 * 1024 * 1024, true, "abcd"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct th_work_queue queue;
        char got[64] = "";
        th_work_queue_init(&queue, -1);
        for (const char *letter = "abcd"; *letter; letter++) {
            struct th_work *work = make(*letter, 1);
            work->bytes = rows[i].bytes;
            work->judged = rows[i].judged;
            th_work_queue_push(&queue, work);
        }
        take_all(&queue, 100, got);
        TH_CHECK_TEXT(rows[i].name, got, rows[i].want);
        th_work_queue_destroy(&queue);
    }
}

static void test_what_comes_later_stands_behind(void)
{
    struct th_work_queue queue;
    char got[64] = "";
    th_work_queue_init(&queue, -1);
    for (const char *letter = "aab"; *letter; letter++)
        th_work_queue_push(&queue, make(*letter, 1));
    struct th_work *batch = th_work_queue_take_fairly(&queue, 2); /* a b */
    th_work_destroy(batch->next);
    th_work_destroy(batch);
    th_work_queue_push(&queue, make('c', 1));
    take_all(&queue, 1, got);
    TH_CHECK_TEXT("later", got, "a c");
    th_work_queue_destroy(&queue);
}

static void test_a_closed_queue_gives_what_is_left(void)
{
    struct th_work_queue queue;
    th_work_queue_init(&queue, -1);
    th_work_queue_push(&queue, make('a', 1));
    th_work_queue_close(&queue);
    struct th_work *last = th_work_queue_take_fairly(&queue, 1);
    TH_CHECK("left", last != NULL);
    TH_CHECK("none", th_work_queue_take_fairly(&queue, 1) == NULL);
    th_work_destroy(last);
    th_work_queue_destroy(&queue);
}

static const struct th_test tests[] = {
    {"batches take one work of every district first", test_batches_are_fair},
    {"what is not judged yet is bounded by bytes", test_unjudged_bytes_are_bounded},
    {"what comes later stands behind", test_what_comes_later_stands_behind},
    {"a closed queue gives what is left", test_a_closed_queue_gives_what_is_left},
};

TH_TEST_MAIN("work queue", tests)

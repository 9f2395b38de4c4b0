/* The outbox: what it keeps, in which order it gives it away, and what it refuses. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reporter_support.h"
#include "th_test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct th_error ignored;

static bool collect(void *context, const struct th_outbox_report *report)
{
    char *tags = context;
    size_t used = strlen(tags);
    tags[used] = (char)('a' + report->id[0] - 1);
    tags[used + 1] = '\0';
    return true;
}

/* Tags of what may be delivered now, in order: 'a' is tag 1. */
static const char *due(struct th_outbox *outbox, char tags[64])
{
    tags[0] = '\0';
    if (th_outbox_due(outbox, collect, tags, &ignored) != TH_OK)
        return "failed";
    return tags;
}

static void reject(struct th_outbox *outbox, uint8_t tag, uint32_t current_revision)
{
    struct th_outbox_rejection rejection = {
        .rejected_at_us = 5,
        .current_revision = current_revision,
        .problems = "[]",
        .message = TH_SLICE("message"),
    };
    memset(rejection.id, tag, sizeof(rejection.id));
    CU_ASSERT_EQUAL(th_outbox_reject(outbox, &rejection, 6, &ignored), TH_OK);
}

static void accept(struct th_outbox *outbox, uint8_t tag, uint64_t sequence)
{
    uint8_t id[16];
    memset(id, tag, sizeof(id));
    CU_ASSERT_EQUAL(th_outbox_accept(outbox, id, 5, 1, sequence, NULL, &ignored), TH_OK);
}

static void add_entry(struct th_outbox *outbox, uint64_t sequence, const char *period,
                      uint32_t revision)
{
    struct th_entry entry = {
        .epoch = 1, .sequence = sequence, .form = FORM, .period = period, .revision = revision};
    uint8_t hash[TH_HASH_BYTES] = {(uint8_t)sequence};
    CU_ASSERT_EQUAL(th_outbox_add_entry(outbox, &entry, hash, &ignored), TH_OK);
}

static void test_report_survives_reopening(void)
{
    struct office_files files;
    struct stat found;
    office_files_make(&files);
    CU_ASSERT_EQUAL(put_report(files.outbox, 1, FORM, "2024-03", 1, "body"), TH_OK);
    th_outbox_close(&files.outbox);
    CU_ASSERT_EQUAL(stat(files.path, &found), 0);
    CU_ASSERT_EQUAL(found.st_mode & 0777, 0600);
    CU_ASSERT_EQUAL_FATAL(th_outbox_open(files.path, &files.outbox, &ignored), TH_OK);
    CU_ASSERT_EQUAL(state_of(files.outbox, 1), TH_STATE_QUEUED);
    office_files_remove(&files);
}

static void test_rolled_back_files_leave_nothing(void)
{
    struct office_files files;
    struct th_outbox_counts counts;
    office_files_make(&files);
    CU_ASSERT_EQUAL(th_outbox_begin(files.outbox, &ignored), TH_OK);
    CU_ASSERT_EQUAL(put_report(files.outbox, 1, FORM, "2024-03", 1, "one"), TH_OK);
    CU_ASSERT_EQUAL(put_report(files.outbox, 2, FORM, "2024-04", 1, "two"), TH_OK);
    th_outbox_rollback(files.outbox);
    CU_ASSERT_EQUAL(th_outbox_count(files.outbox, true, &counts, &ignored), TH_OK);
    CU_ASSERT_EQUAL(counts.queued + counts.accepted + counts.rejected, 0);
    office_files_remove(&files);
}

static void test_revisions_go_on_from_the_highest_known(void)
{
    struct office_files files;
    uint32_t revision;
    office_files_make(&files);
    put_report(files.outbox, 1, FORM, "2024-01", 1, "queued");
    put_report(files.outbox, 2, FORM, "2024-02", 1, "stale");
    reject(files.outbox, 2, 4);
    add_entry(files.outbox, 1, "2024-03", 6);
    put_report(files.outbox, 3, FORM, "2024-04", 3, "rejected");
    reject(files.outbox, 3, 0);
    static const struct {
        const char *name, *form, *period;
        uint32_t want_revision;
    } cases[] = {
        {"nothing is known of the key", FORM, "2024-09", 1},
        {"another form's periods do not count", "other", "2024-01", 1},
        {"one is queued", FORM, "2024-01", 2},
        /* revision.stale told that the province is at 4. */
        {"the province named a higher one", FORM, "2024-02", 5},
        /* An import made entries that the office never sent. */
        {"the chain holds one that the office did not make", FORM, "2024-03", 7},
        {"a rejected one is not used again", FORM, "2024-04", 4},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        TH_CHECK(cases[i].name,
                 th_outbox_next_revision(files.outbox, cases[i].form, cases[i].period, &revision,
                                         &ignored) == TH_OK);
        TH_CHECK(cases[i].name, revision == cases[i].want_revision);
    }
    office_files_remove(&files);
}

static void test_same_revision_twice_is_refused(void)
{
    struct office_files files;
    office_files_make(&files);
    CU_ASSERT_EQUAL(put_report(files.outbox, 1, FORM, "2024-01", 1, "one"), TH_OK);
    CU_ASSERT_NOT_EQUAL(put_report(files.outbox, 2, FORM, "2024-01", 1, "two"), TH_OK);
    office_files_remove(&files);
}

static void test_queue_order_and_held_revisions(void)
{
    struct office_files files;
    char tags[64];
    office_files_make(&files);
    put_report(files.outbox, 1, FORM, "2024-02", 1, "a");
    put_report(files.outbox, 2, FORM, "2024-02", 2, "b");
    put_report(files.outbox, 3, FORM, "2024-01", 1, "c");
    put_report(files.outbox, 4, FORM, "2024-02", 3, "d");
    TH_CHECK_TEXT("order of creation, not of periods; later revisions wait",
                  due(files.outbox, tags), "ac");
    accept(files.outbox, 1, 1);
    TH_CHECK_TEXT("the next revision follows an accepted one", due(files.outbox, tags), "bc");
    reject(files.outbox, 2, 0);
    TH_CHECK_TEXT("and a rejected one", due(files.outbox, tags), "cd");
    office_files_remove(&files);
}

static void test_requeued_report_goes_before_its_later_revision(void)
{
    struct office_files files;
    char tags[64];
    bool queued;
    uint8_t id[16];
    office_files_make(&files);
    put_report(files.outbox, 1, FORM, "2024-02", 1, "a");
    put_report(files.outbox, 2, FORM, "2024-02", 2, "b");
    memset(id, 1, sizeof(id));
    CU_ASSERT_EQUAL(th_outbox_requeue(files.outbox, id, &queued, &ignored), TH_OK);
    TH_CHECK("a queued one is not queued again", !queued);
    reject(files.outbox, 1, 0);
    CU_ASSERT_EQUAL(th_outbox_requeue(files.outbox, id, &queued, &ignored), TH_OK);
    TH_CHECK("a rejected one is", queued);
    TH_CHECK_TEXT("revision 2 waits for it again", due(files.outbox, tags), "a");
    accept(files.outbox, 1, 1);
    CU_ASSERT_EQUAL(th_outbox_requeue(files.outbox, id, &queued, &ignored), TH_OK);
    TH_CHECK("an accepted one is not", !queued);
    office_files_remove(&files);
}

static void test_accepted_report_is_never_rejected_again(void)
{
    struct office_files files;
    office_files_make(&files);
    put_report(files.outbox, 1, FORM, "2024-02", 1, "a");
    accept(files.outbox, 1, 9);
    reject(files.outbox, 1, 0);
    CU_ASSERT_EQUAL(state_of(files.outbox, 1), TH_STATE_ACCEPTED);
    CU_ASSERT_EQUAL(report_of(files.outbox, 1).sequence, 9);
    office_files_remove(&files);
}

static bool keep_revision(void *context, const struct th_outbox_report *report)
{
    *(uint32_t *)context = report->revision;
    return false;
}

static void test_newest_revision_of_a_key(void)
{
    struct office_files files;
    office_files_make(&files);
    put_report(files.outbox, 1, FORM, "2024-01", 1, "a");
    put_report(files.outbox, 2, FORM, "2024-01", 2, "b");
    reject(files.outbox, 2, 0);
    put_report(files.outbox, 3, FORM, "2024-02", 1, "c");
    add_entry(files.outbox, 1, "2024-02", 2);
    put_report(files.outbox, 4, FORM, "2024-03", 1, "d");
    add_entry(files.outbox, 2, "2024-03", 1);
    static const struct {
        const char *name, *period;
        uint32_t want_revision; /* 0: none is given */
    } cases[] = {
        {"a rejected one does not count", "2024-01", 1},
        /* Its content is not known here, so nothing can be said to be the same. */
        {"the chain holds a newer one of others", "2024-02", 0},
        {"the chain holds the office's own", "2024-03", 1},
        {"no report at all", "2024-04", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t revision = 0;
        TH_CHECK(cases[i].name, th_outbox_newest(files.outbox, FORM, cases[i].period, keep_revision,
                                                 &revision, &ignored) == TH_OK);
        TH_CHECK(cases[i].name, revision == cases[i].want_revision);
    }
    office_files_remove(&files);
}

static void test_earlier_periods_newest_first(void)
{
    struct office_files files;
    char tags[64] = "";
    office_files_make(&files);
    put_report(files.outbox, 1, FORM, "2023-12", 1, "a");
    put_report(files.outbox, 2, FORM, "2024-02", 1, "b");
    put_report(files.outbox, 3, FORM, "2024-02", 2, "c");
    put_report(files.outbox, 4, FORM, "2024-03", 1, "d");
    put_report(files.outbox, 5, "other", "2024-01", 1, "e");
    put_report(files.outbox, 6, FORM, "2024-01", 1, "f");
    reject(files.outbox, 6, 0);
    CU_ASSERT_EQUAL(th_outbox_earlier(files.outbox, FORM, "2024-03", 12, collect, tags, &ignored),
                    TH_OK);
    TH_CHECK_TEXT("newest revisions, without rejected ones and other forms", tags, "ca");
    office_files_remove(&files);
}

static void test_another_process_is_noticed(void)
{
    struct office_files files;
    struct th_outbox *other = NULL;
    int64_t before = 0, after = 0;
    office_files_make(&files);
    CU_ASSERT_EQUAL(th_outbox_data_version(files.outbox, &before, &ignored), TH_OK);
    CU_ASSERT_EQUAL_FATAL(th_outbox_open(files.path, &other, &ignored), TH_OK);
    CU_ASSERT_EQUAL(put_report(other, 1, FORM, "2024-01", 1, "a"), TH_OK);
    CU_ASSERT_EQUAL(th_outbox_data_version(files.outbox, &after, &ignored), TH_OK);
    CU_ASSERT_NOT_EQUAL(before, after);
    CU_ASSERT_EQUAL(state_of(files.outbox, 1), TH_STATE_QUEUED);
    th_outbox_close(&other);
    office_files_remove(&files);
}

static void overwrite(const char *path, const char *bytes, size_t size)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CU_ASSERT_EQUAL(write(file, bytes, size), (ssize_t)size);
    close(file);
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *database;
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &database), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

static void test_files_that_are_no_outbox(void)
{
    static const struct {
        const char *name;
        const char *sql; /* NULL: a file of other bytes */
        enum th_status want_status;
        const char *want_words;
    } cases[] = {
        {"bytes of something else", NULL, TH_PERMANENT, "nothing was deleted"},
        {"a database of something else", "CREATE TABLE thing (x); INSERT INTO thing VALUES (1)",
         TH_USAGE, "something else"},
        {"an outbox of a newer program",
         "PRAGMA application_id = 1953001314; PRAGMA user_version = 99", TH_USAGE, "newer"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct office_files files;
        struct th_error error = {0};
        struct stat before, after;
        office_files_make(&files);
        th_outbox_close(&files.outbox);
        unlink(files.path);
        char bytes[8192];
        memset(bytes, 'x', sizeof(bytes));
        if (cases[i].sql)
            run_sql(files.path, cases[i].sql);
        else
            overwrite(files.path, bytes, sizeof(bytes));
        CU_ASSERT_EQUAL(stat(files.path, &before), 0);
        TH_CHECK(cases[i].name,
                 th_outbox_open(files.path, &files.outbox, &error) == cases[i].want_status);
        TH_CHECK(cases[i].name, files.outbox == NULL);
        TH_CHECK(cases[i].name, strstr(error.message, cases[i].want_words) != NULL);
        TH_CHECK(cases[i].name, stat(files.path, &after) == 0 && after.st_size == before.st_size);
        office_files_remove(&files);
    }
}

static void test_outbox_belongs_to_one_district(void)
{
    struct office_files files;
    office_files_make(&files);
    CU_ASSERT_EQUAL(th_outbox_claim(files.outbox, "22", "194", &ignored), TH_OK);
    CU_ASSERT_EQUAL(th_outbox_claim(files.outbox, "22", "194", &ignored), TH_OK);
    CU_ASSERT_EQUAL(th_outbox_claim(files.outbox, "22", "195", &ignored), TH_USAGE);
    CU_ASSERT_EQUAL(th_outbox_claim(files.outbox, "23", "194", &ignored), TH_USAGE);
    office_files_remove(&files);
}

static void test_since_changes_only_with_the_connection(void)
{
    static const struct {
        const char *name;
        struct th_outbox_link link;
        int64_t want_since_us;
    } cases[] = {
        {"first failure", {false, "tcp://a:1", "silent", 100, 0}, 100},
        {"another endpoint fails too", {false, "tcp://b:1", "refused", 200, 0}, 100},
        {"connected", {true, "tcp://a:1", "", 300, 300}, 300},
        {"still connected", {true, "tcp://a:1", "", 400, 400}, 300},
        {"connected elsewhere", {true, "tcp://b:1", "", 500, 0}, 500},
        {"lost", {false, "tcp://b:1", "lost", 600, 0}, 600},
    };
    struct office_files files;
    struct th_outbox_link link;
    office_files_make(&files);
    for (size_t i = 0; i < COUNT(cases); i++) {
        TH_CHECK(cases[i].name,
                 th_outbox_put_link(files.outbox, &cases[i].link, &ignored) == TH_OK);
        TH_CHECK(cases[i].name, th_outbox_get_link(files.outbox, &link, &ignored) == TH_OK);
        TH_CHECK(cases[i].name, link.since_us == cases[i].want_since_us);
        TH_CHECK_TEXT(cases[i].name, link.reason, cases[i].link.reason);
    }
    TH_CHECK("the last greeting stays known", link.greeted_us == 400);
    office_files_remove(&files);
}

static void test_notice_comes_once(void)
{
    struct office_files files;
    uint64_t last = 0;
    struct th_outbox_notice notice = {.id = 7,
                                      .kind = "report.returned",
                                      .form = FORM,
                                      .period = "2024-01",
                                      .revision = 1,
                                      .text = "why",
                                      .comments = "[]",
                                      .at_us = 5};
    office_files_make(&files);
    CU_ASSERT_EQUAL(th_outbox_add_notice(files.outbox, &notice, 6, &ignored), TH_OK);
    CU_ASSERT_EQUAL(th_outbox_add_notice(files.outbox, &notice, 7, &ignored), TH_OK);
    CU_ASSERT_EQUAL(th_outbox_last_notice(files.outbox, &last, &ignored), TH_OK);
    CU_ASSERT_EQUAL(last, 7);
    office_files_remove(&files);
}

struct told {
    uint64_t id;
    const char *kind, *period;
    uint32_t revision;
    int64_t until_us;
};

static void tell(struct th_outbox *outbox, const struct told *told, size_t count)
{
    for (size_t i = 0; i < count && told[i].id != 0; i++) {
        struct th_outbox_notice notice = {.id = told[i].id,
                                          .kind = told[i].kind,
                                          .form = FORM,
                                          .period = told[i].period,
                                          .revision = told[i].revision,
                                          .text = "",
                                          .comments = "[]",
                                          .at_us = 1,
                                          .until_us = told[i].until_us};
        CU_ASSERT_EQUAL(th_outbox_add_notice(outbox, &notice, 2, &ignored), TH_OK);
    }
}

/* What notices about a key mean for it: SEMANTICS 8. */
static void test_the_last_act_about_a_key_counts(void)
{
    static const struct {
        const char *name;
        struct told told[4];
        enum th_decision want;        /* about revision 1 */
        enum th_decision want_of_key; /* about any */
        int64_t want_until_us;
    } cases[] = {
        {"nothing told", {{0}}, TH_DECISION_NONE, TH_DECISION_NONE, 0},
        {"another period",
         {{1, "report.returned", "2024-02", 1, 50}},
         TH_DECISION_NONE,
         TH_DECISION_NONE,
         0},
        {"returned",
         {{1, "report.returned", "2024-01", 1, 50}},
         TH_DECISION_RETURNED,
         TH_DECISION_RETURNED,
         50},
        {"returned, then approved",
         {{1, "report.returned", "2024-01", 1, 50}, {2, "report.approved", "2024-01", 1, 0}},
         TH_DECISION_APPROVED,
         TH_DECISION_APPROVED,
         0},
        {"approved, then reopened",
         {{1, "report.approved", "2024-01", 1, 0}, {2, "report.reopened", "2024-01", 1, 60}},
         TH_DECISION_REOPENED,
         TH_DECISION_REOPENED,
         60},
        /* Each revision keeps what was said of it. */
        {"returned, and the next approved",
         {{1, "report.returned", "2024-01", 1, 50}, {2, "report.approved", "2024-01", 2, 0}},
         TH_DECISION_RETURNED,
         TH_DECISION_APPROVED,
         0},
        {"unlocked",
         {{1, "exception.opened", "2024-01", 0, 70}},
         TH_DECISION_NONE,
         TH_DECISION_NONE,
         70},
        {"unlocked for less",
         {{1, "exception.opened", "2024-01", 0, 70}, {2, "exception.opened", "2024-01", 0, 40}},
         TH_DECISION_NONE,
         TH_DECISION_NONE,
         40},
        {"unlocked, then ended",
         {{1, "exception.opened", "2024-01", 0, 70}, {2, "exception.ended", "2024-01", 0, 0}},
         TH_DECISION_NONE,
         TH_DECISION_NONE,
         0},
        {"ended, and returned for longer",
         {{1, "exception.opened", "2024-01", 0, 70},
          {2, "report.returned", "2024-01", 1, 90},
          {3, "exception.ended", "2024-01", 0, 0}},
         TH_DECISION_RETURNED,
         TH_DECISION_RETURNED,
         90},
        /* Told in another order than they were done: the acts' order counts. */
        {"out of order",
         {{5, "report.approved", "2024-01", 1, 0}, {4, "report.returned", "2024-01", 1, 50}},
         TH_DECISION_APPROVED,
         TH_DECISION_APPROVED,
         0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct office_files files;
        struct th_outbox_verdict verdict;
        int64_t until_us = -1;
        office_files_make(&files);
        tell(files.outbox, cases[i].told, COUNT(cases[i].told));
        TH_CHECK(cases[i].name,
                 th_outbox_verdict(files.outbox, FORM, "2024-01", 1, &verdict, &ignored) == TH_OK);
        TH_CHECK(cases[i].name, verdict.decision == cases[i].want);
        TH_CHECK(cases[i].name,
                 th_outbox_verdict(files.outbox, FORM, "2024-01", 0, &verdict, &ignored) == TH_OK);
        TH_CHECK(cases[i].name, verdict.decision == cases[i].want_of_key);
        TH_CHECK(cases[i].name,
                 th_outbox_open_until(files.outbox, FORM, "2024-01", &until_us, &ignored) == TH_OK);
        TH_CHECK(cases[i].name, until_us == cases[i].want_until_us);
        office_files_remove(&files);
    }
}

static bool add_notice_id(void *context, const struct th_outbox_notice *notice)
{
    th_buffer_printf(context, "%d%s ", (int)notice->id, notice->read ? "" : "!");
    return true;
}

static void check_notices(struct th_outbox *outbox, const char *row, const char *want)
{
    TH_CLEANUP_BUFFER struct th_buffer ids = {0};
    CU_ASSERT_EQUAL(th_outbox_notices(outbox, 10, add_notice_id, &ids, &ignored), TH_OK);
    TH_CHECK_TEXT(row, ids.bytes, want);
}

static void test_unread_notices_come_first(void)
{
    static const struct told told[] = {{3, "report.approved", "2024-01", 1, 0},
                                       {5, "exception.opened", "2024-01", 0, 9},
                                       {8, "exception.ended", "2024-01", 0, 0}};
    struct office_files files;
    uint64_t total = 0, unread = 0;
    office_files_make(&files);
    tell(files.outbox, told, 2);
    check_notices(files.outbox, "new", "5! 3! ");
    CU_ASSERT_EQUAL(th_outbox_read_notices(files.outbox, 5, 100, &ignored), TH_OK);
    tell(files.outbox, told + 2, 1);
    check_notices(files.outbox, "two are read", "8! 5 3 ");
    CU_ASSERT_EQUAL(th_outbox_count_notices(files.outbox, &total, &unread, &ignored), TH_OK);
    CU_ASSERT_TRUE(total == 3 && unread == 1);
    office_files_remove(&files);
}

static void test_an_outbox_of_version_1_is_taken_over(void)
{
    struct office_files files;
    int64_t until_us = -1;
    office_files_make(&files);
    CU_ASSERT_EQUAL(put_report(files.outbox, 1, FORM, "2024-01", 1, "a"), TH_OK);
    th_outbox_close(&files.outbox);
    run_sql(files.path,
            "DROP TABLE draft; DROP INDEX notice_key; ALTER TABLE notice DROP COLUMN until_us;"
            "ALTER TABLE notice DROP COLUMN read_us; PRAGMA user_version = 1;"
            "INSERT INTO notice VALUES (4, 'report.returned', 'x', '2024-01', 1, 'why',"
            "'[]', 5, 6)");
    CU_ASSERT_EQUAL_FATAL(th_outbox_open(files.path, &files.outbox, &ignored), TH_OK);
    check_notices(files.outbox, "kept, and unread", "4! ");
    CU_ASSERT_EQUAL(state_of(files.outbox, 1), TH_STATE_QUEUED);
    CU_ASSERT_EQUAL(th_outbox_open_until(files.outbox, "x", "2024-01", &until_us, &ignored), TH_OK);
    CU_ASSERT_EQUAL(until_us, 0);
    office_files_remove(&files);
}

static void test_catalogue_is_replaced(void)
{
    struct office_files files;
    struct th_buffer bundle = {0};
    struct th_outbox_catalogue held;
    office_files_make(&files);
    CU_ASSERT_EQUAL(th_outbox_get_catalogue(files.outbox, &held, NULL, &ignored), TH_OK);
    CU_ASSERT_EQUAL(held.version, 0);
    struct th_outbox_catalogue first = {.version = 3, .digest = {1}, .fetched_us = 10};
    struct th_outbox_catalogue second = {.version = 4, .digest = {2}, .fetched_us = 20};
    CU_ASSERT_EQUAL(th_outbox_put_catalogue(files.outbox, &first, TH_SLICE("old"), &ignored),
                    TH_OK);
    CU_ASSERT_EQUAL(th_outbox_put_catalogue(files.outbox, &second, TH_SLICE("new!"), &ignored),
                    TH_OK);
    CU_ASSERT_EQUAL(th_outbox_get_catalogue(files.outbox, &held, &bundle, &ignored), TH_OK);
    CU_ASSERT_EQUAL(held.version, 4);
    CU_ASSERT_EQUAL(held.digest[0], 2);
    TH_CHECK_TEXT("bytes of the second", bundle.bytes, "new!");
    th_buffer_free(&bundle);
    office_files_remove(&files);
}

static void test_counts_of_the_queue(void)
{
    struct office_files files;
    struct th_outbox_counts counts;
    office_files_make(&files);
    put_report(files.outbox, 1, FORM, "2024-01", 1, "12345");
    put_report(files.outbox, 2, FORM, "2024-02", 1, "1234567");
    put_report(files.outbox, 3, FORM, "2024-03", 1, "123");
    accept(files.outbox, 1, 1);
    reject(files.outbox, 3, 0);
    CU_ASSERT_EQUAL(th_outbox_count(files.outbox, true, &counts, &ignored), TH_OK);
    CU_ASSERT_EQUAL(counts.queued, 1);
    CU_ASSERT_EQUAL(counts.queued_bytes, 7);
    CU_ASSERT_EQUAL(counts.oldest_us, 1700000000000002);
    CU_ASSERT_EQUAL(counts.accepted, 1);
    CU_ASSERT_EQUAL(counts.rejected, 1);
    office_files_remove(&files);
}

static const struct th_test tests[] = {
    {"a report is there after the outbox was reopened", test_report_survives_reopening},
    {"files rolled back leave nothing", test_rolled_back_files_leave_nothing},
    {"revisions go on from the highest known", test_revisions_go_on_from_the_highest_known},
    {"the same revision of a key twice is refused", test_same_revision_twice_is_refused},
    {"the queue keeps its order and holds later revisions back",
     test_queue_order_and_held_revisions},
    {"a report queued again goes before its later revision",
     test_requeued_report_goes_before_its_later_revision},
    {"an accepted report is never rejected again", test_accepted_report_is_never_rejected_again},
    {"the newest revision of a key", test_newest_revision_of_a_key},
    {"earlier periods come newest first", test_earlier_periods_newest_first},
    {"what another process writes is noticed", test_another_process_is_noticed},
    {"files that are no outbox are refused and left alone", test_files_that_are_no_outbox},
    {"an outbox belongs to one district", test_outbox_belongs_to_one_district},
    {"since changes only with the connection", test_since_changes_only_with_the_connection},
    {"a notice comes once", test_notice_comes_once},
    {"the last act about a key counts", test_the_last_act_about_a_key_counts},
    {"unread notices come first", test_unread_notices_come_first},
    {"an outbox of version 1 is taken over", test_an_outbox_of_version_1_is_taken_over},
    {"the catalogue is replaced", test_catalogue_is_replaced},
    {"counts of the queue", test_counts_of_the_queue},
};

TH_TEST_MAIN("outbox", tests)

/* Drafts in the outbox: what leads where, and that nothing of it is delivered. */
#include <sqlite3.h>
#include <stdio.h>

#include "reporter_support.h"
#include "th_test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct th_error ignored;

static bool put(struct th_outbox *outbox, uint8_t tag, const char *period, const char *body)
{
    bool kept = false;
    struct th_outbox_draft draft = {.form = FORM,
                                    .period = period,
                                    .file = "a.csv",
                                    .created_us = tag,
                                    .body = {body, strlen(body)}};
    id_of(tag, draft.id);
    CU_ASSERT_EQUAL(th_outbox_put_draft(outbox, &draft, &kept, &ignored), TH_OK);
    return kept;
}

static bool prepare(struct th_outbox *outbox, uint8_t tag)
{
    bool done = false;
    struct th_outbox_draft draft = {.prepared_us = 9, .content = {tag}, .body = TH_SLICE("fixed")};
    id_of(tag, draft.id);
    CU_ASSERT_EQUAL(th_outbox_prepare_draft(outbox, &draft, &done, &ignored), TH_OK);
    return done;
}

static bool release(struct th_outbox *outbox, uint8_t tag)
{
    bool done = false;
    uint8_t id[16];
    id_of(tag, id);
    CU_ASSERT_EQUAL(th_outbox_release_draft(outbox, id, &done, &ignored), TH_OK);
    return done;
}

static bool withdraw(struct th_outbox *outbox, uint8_t tag)
{
    bool done = false;
    uint8_t id[16];
    id_of(tag, id);
    CU_ASSERT_EQUAL(th_outbox_withdraw_draft(outbox, id, &done, &ignored), TH_OK);
    return done;
}

/* "1 draft 2024-01 bytes; ..." */
static bool describe(void *context, const struct th_outbox_draft *draft)
{
    char *text = context;
    size_t used = strlen(text);
    snprintf(text + used, 200 - used, "%s%d %s %s %.*s", used > 0 ? "; " : "", draft->id[0],
             th_report_state_name(draft->state), draft->period, (int)draft->body.size,
             draft->body.size > 0 ? draft->body.bytes : "");
    return true;
}

static bool count_due(void *context, const struct th_outbox_report *report)
{
    (void)report;
    ++*(size_t *)context;
    return true;
}

/* Steps: d a draft of tag 1, D of tag 2 and the same key, p prepare, r release, w withdraw,
 * each of tag 1; P prepare tag 2. A step in parentheses must do nothing. */
static bool step(struct th_outbox *outbox, char what)
{
    switch (what) {
    case 'd':
        return put(outbox, 1, "2024-01", "first");
    case 'D':
        return put(outbox, 2, "2024-01", "second");
    case 'p':
        return prepare(outbox, 1);
    case 'P':
        return prepare(outbox, 2);
    case 'r':
        return release(outbox, 1);
    default:
        return withdraw(outbox, 1);
    }
}

static void run_steps(struct th_outbox *outbox, const char *name, const char *steps)
{
    bool want = true;
    for (; *steps; steps++) {
        if (*steps == '(' || *steps == ')')
            want = *steps == ')';
        else
            TH_CHECK(name, step(outbox, *steps) == want);
    }
}

static void test_transitions(void)
{
    static const struct {
        const char *name, *steps, *want;
    } cases[] = {
        {"a draft", "d", "1 draft 2024-01 first"},
        {"a later draft replaces the earlier one", "dD", "2 draft 2024-01 second"},
        {"the replaced one is gone", "dD(prw)", "2 draft 2024-01 second"},
        {"prepared: its bytes are fixed", "dp", "1 prepared 2024-01 fixed"},
        {"prepared once", "dp(p)", "1 prepared 2024-01 fixed"},
        {"a prepared one is not replaced", "dp(D)(P)", "1 prepared 2024-01 fixed"},
        {"a draft is not released", "d(r)", "1 draft 2024-01 first"},
        {"a prepared one is released", "dpr", ""},
        {"released once", "dpr(rwp)", ""},
        {"a draft is withdrawn", "dw", ""},
        {"a prepared one is withdrawn", "dpw", ""},
        {"withdrawn: nothing follows", "dpw(prw)", ""},
        {"a draft after one that was withdrawn", "dpwD", "2 draft 2024-01 second"},
        {"a draft after one that was released", "dprDP", "2 prepared 2024-01 fixed"},
        {"nothing is there", "(prw)", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct office_files files;
        char found[200] = "";
        size_t waiting = 0;
        struct th_outbox_counts counts;
        office_files_make(&files);
        run_steps(files.outbox, cases[i].name, cases[i].steps);
        CU_ASSERT_EQUAL(
            th_outbox_find_draft(files.outbox, "", FORM, "2024-01", describe, found, &ignored),
            TH_OK);
        TH_CHECK_TEXT(cases[i].name, found, cases[i].want);
        CU_ASSERT_EQUAL(th_outbox_due(files.outbox, count_due, &waiting, &ignored), TH_OK);
        CU_ASSERT_EQUAL(th_outbox_count(files.outbox, true, &counts, &ignored), TH_OK);
        TH_CHECK(cases[i].name, waiting == 0 && counts.queued == 0);
        office_files_remove(&files);
    }
}

static void test_drafts_are_found(void)
{
    static const struct {
        const char *name, *digits, *form, *period, *want;
    } cases[] = {
        {"by key", "", FORM, "2024-02", "2 draft 2024-02 two"},
        {"another form's", "", "other", "2024-02", ""},
        {"by digits", "020202", "", "", "2 draft 2024-02 two"},
        {"no such digits", "0909", "", "", ""},
        {"several: two are enough", "0", "", "", "1 draft 2024-01 one; 2 draft 2024-02 two"},
        {"nothing asked for", "", "", "", ""},
    };
    struct office_files files;
    office_files_make(&files);
    (void)put(files.outbox, 1, "2024-01", "one");
    (void)put(files.outbox, 2, "2024-02", "two");
    (void)put(files.outbox, 3, "2024-03", "three");
    CU_ASSERT_TRUE(prepare(files.outbox, 3));
    for (size_t i = 0; i < COUNT(cases); i++) {
        char found[200] = "";
        TH_CHECK(cases[i].name,
                 th_outbox_find_draft(files.outbox, cases[i].digits, cases[i].form, cases[i].period,
                                      describe, found, &ignored) == TH_OK);
        TH_CHECK_TEXT(cases[i].name, found, cases[i].want);
    }
    char all[200] = "";
    CU_ASSERT_EQUAL(th_outbox_drafts(files.outbox, describe, all, &ignored), TH_OK);
    TH_CHECK_TEXT("newest first, without bytes", all,
                  "3 prepared 2024-03 ; 2 draft 2024-02 ; 1 draft 2024-01 ");
    office_files_remove(&files);
}

static void test_rolled_back_steps_leave_nothing(void)
{
    struct office_files files;
    char all[200] = "";
    office_files_make(&files);
    (void)put(files.outbox, 1, "2024-01", "one");
    CU_ASSERT_TRUE(prepare(files.outbox, 1));
    CU_ASSERT_EQUAL(th_outbox_begin(files.outbox, &ignored), TH_OK);
    CU_ASSERT_TRUE(release(files.outbox, 1));
    CU_ASSERT_EQUAL(put_report(files.outbox, 1, FORM, "2024-01", 1, "fixed"), TH_OK);
    th_outbox_rollback(files.outbox);
    CU_ASSERT_EQUAL(th_outbox_drafts(files.outbox, describe, all, &ignored), TH_OK);
    TH_CHECK_TEXT("still prepared", all, "1 prepared 2024-01 ");
    CU_ASSERT_FALSE(report_of(files.outbox, 1).found);
    office_files_remove(&files);
}

static void test_an_outbox_of_version_2_is_taken_over(void)
{
    struct office_files files;
    sqlite3 *database;
    char all[200] = "";
    office_files_make(&files);
    CU_ASSERT_EQUAL(put_report(files.outbox, 7, FORM, "2024-01", 1, "a"), TH_OK);
    th_outbox_close(&files.outbox);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(files.path, &database), SQLITE_OK);
    CU_ASSERT_EQUAL(
        sqlite3_exec(database, "DROP TABLE draft; PRAGMA user_version = 2", NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(database);
    CU_ASSERT_EQUAL_FATAL(th_outbox_open(files.path, &files.outbox, &ignored), TH_OK);
    CU_ASSERT_EQUAL(state_of(files.outbox, 7), TH_STATE_QUEUED);
    CU_ASSERT_TRUE(put(files.outbox, 1, "2024-01", "one"));
    CU_ASSERT_EQUAL(th_outbox_drafts(files.outbox, describe, all, &ignored), TH_OK);
    TH_CHECK_TEXT("drafts are kept now", all, "1 draft 2024-01 ");
    office_files_remove(&files);
}

static const struct th_test tests[] = {
    {"transitions", test_transitions},
    {"drafts are found", test_drafts_are_found},
    {"rolled back steps leave nothing", test_rolled_back_steps_leave_nothing},
    {"an outbox of version 2 is taken over", test_an_outbox_of_version_2_is_taken_over},
};

TH_TEST_MAIN("outbox_drafts", tests)

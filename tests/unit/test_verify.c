/* Observations as arrays of tonghop.report, against bytes written by hand from
 * PostgreSQL's binary form; and the lines that `verify` keeps. */
#include "collector/admin/verify_list.h"
#include "collector/store/observation_rows.h"
#include "collector/store/params.h"
#include "tests/unit/th_test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void every_kind_of_answer_has_its_place(void)
{
    /* The database's numbers 11 to 17 of the criteria at 0 to 6. */
    static const int32_t ids[] = {11, 12, 13, 14, 15, 16, 17};
    static const struct th_criterion criteria[] = {{.index = 0}, {.index = 1}, {.index = 2},
                                                   {.index = 3}, {.index = 4}, {.index = 5},
                                                   {.index = 6}};
    struct th_slice communes[] = {TH_SLICE("c2"), TH_SLICE("c1"), TH_SLICE("c2")};
    struct th_observation observations[] = {
        {.criterion = &criteria[0], .answer = TH_ANSWER_NUMBER, .number = {125, 1}},
        {.criterion = &criteria[1],
         .answer = TH_ANSWER_RATIO,
         .has_num = true,
         .has_den = true,
         .number = {5, 2},
         .den = {-1, 3}},
        {.criterion = &criteria[2], .answer = TH_ANSWER_CHOICE, .text = TH_SLICE("yes")},
        {.criterion = &criteria[3],
         .answer = TH_ANSWER_COMMUNES,
         .communes = communes,
         .commune_count = 3},
        {.criterion = &criteria[4], .answer = TH_ANSWER_COMMUNES},
        {.criterion = &criteria[5], .answer = TH_ANSWER_NOT_APPLICABLE, .text = TH_SLICE("why")},
        {.criterion = &criteria[6], .answer = TH_ANSWER_NOT_APPLICABLE},
    };
    struct th_report report = {.observations = observations,
                               .observation_count = COUNT(observations)};
    /* As validation leaves a list: sorted, each commune once. */
    th_report_arrange_communes(&report);

#define HEADER(nulls, type) "\0\0\0\1\0\0\0" nulls "\0\0\0" type "\0\0\0\7\0\0\0\1"
#define NONE                "\xff\xff\xff\xff"
#define BYTES(text)         text, sizeof(text) - 1
    static const struct {
        const char *name;
        enum th_observation_column column;
        uint32_t type;
        const char *bytes;
        size_t size;
    } rows[] = {
        {"criterion_id", TH_OBSERVATION_CRITERION, 1007,
         BYTES(HEADER("\0", "\x17") "\0\0\0\4\0\0\0\x0b\0\0\0\4\0\0\0\x0c\0\0\0\4\0\0\0\x0d"
                                    "\0\0\0\4\0\0\0\x0e\0\0\0\4\0\0\0\x0f\0\0\0\4\0\0\0\x10"
                                    "\0\0\0\4\0\0\0\x11")},
        {"num", TH_OBSERVATION_NUM, 1016,
         BYTES(HEADER("\1", "\x14") "\0\0\0\x08\0\0\0\0\0\0\0\x7d"
                                    "\0\0\0\x08\0\0\0\0\0\0\0\5" NONE NONE NONE NONE NONE)},
        {"den", TH_OBSERVATION_DEN, 1016,
         BYTES(HEADER("\1", "\x14") NONE
               "\0\0\0\x08\xff\xff\xff\xff\xff\xff\xff\xff" NONE NONE NONE NONE NONE)},
        /* 1; 2 + 16 * 3; none has 0; n/a is -1. */
        {"scale", TH_OBSERVATION_SCALE, 1005,
         BYTES(HEADER("\0", "\x15") "\0\0\0\2\0\1\0\0\0\2\0\x32\0\0\0\2\0\0\0\0\0\2\0\0"
                                    "\0\0\0\2\0\0\0\0\0\2\xff\xff\0\0\0\2\xff\xff")},
        /* No commune is a value, no reason is none. */
        {"answer", TH_OBSERVATION_ANSWER, 1009,
         BYTES(HEADER("\1", "\x19") NONE NONE "\0\0\0\3yes\0\0\0\5c1 c2\0\0\0\0\0\0\0\3why" NONE)},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct th_buffer out = {0};
        th_observation_column_put(&out, rows[i].column, &report, ids);
        TH_CHECK(rows[i].name, th_observation_column_type(rows[i].column) == rows[i].type);
        TH_CHECK(rows[i].name, out.size == rows[i].size);
        TH_CHECK(rows[i].name,
                 out.size == rows[i].size && memcmp(out.bytes, rows[i].bytes, out.size) == 0);
        th_buffer_free(&out);
    }
}

static void add(struct th_verify_list *list, enum th_difference_kind kind, uint64_t sequence)
{
    char found[16];
    snprintf(found, sizeof(found), "f%llu", (unsigned long long)sequence);
    th_verify_list_add(list, &(struct th_difference){.kind = kind,
                                                     .district = "193",
                                                     .sequence = sequence,
                                                     .expected = "e",
                                                     .found = found});
}

static void the_first_of_each_kind_is_listed(void)
{
    struct th_verify_list list;
    th_verify_list_begin(&list);
    for (uint64_t i = 1; i <= 100000; i++)
        add(&list, TH_DIFFERENCE_BODY, i);
    for (int kind = 0; kind < TH_DIFFERENCE_KINDS; kind++)
        add(&list, (enum th_difference_kind)kind, 200000 + (uint64_t)kind);
    CU_ASSERT_EQUAL(list.total, 100000 + TH_DIFFERENCE_KINDS);
    CU_ASSERT_EQUAL(list.of_kind[TH_DIFFERENCE_BODY], 100001);
    CU_ASSERT_EQUAL(list.of_kind[TH_DIFFERENCE_HEAD], 1);
    CU_ASSERT_TRUE(list.line_count <= TH_VERIFY_LISTED);
    for (int kind = 0; kind < TH_DIFFERENCE_KINDS; kind++) {
        const struct th_difference *first = NULL;
        for (size_t i = 0; !first && i < list.line_count; i++)
            if (list.lines[i].kind == (enum th_difference_kind)kind)
                first = &list.lines[i];
        const char *name = th_difference_name((enum th_difference_kind)kind);
        CU_ASSERT_PTR_NOT_NULL_FATAL(first);
        TH_CHECK(name,
                 first->sequence == (kind == TH_DIFFERENCE_BODY ? 1u : 200000u + (unsigned)kind));
    }
    TH_CHECK_TEXT("a text is kept", list.lines[0].found, "f1");
    th_verify_list_end(&list);
    th_verify_list_free(&list);
}

static void districts_are_codes_joined_by_commas(void)
{
    static const struct {
        const char *text;
        size_t want; /* 0: refused */
    } rows[] = {{"193", 1}, {"193,194", 2},  {"193, 194 ,a.b", 3}, {"", 0},
                {",", 0},   {"193,,194", 0}, {"193,", 0},          {"19 3", 0}};
    struct th_arena *arena = th_arena_create(0);
    const char *const *codes;
    struct th_error error;
    size_t count;
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum th_status status = th_verify_districts(rows[i].text, arena, &codes, &count, &error);
        TH_CHECK(rows[i].text, status == (rows[i].want > 0 ? TH_OK : TH_USAGE));
        TH_CHECK(rows[i].text, status != TH_OK || count == rows[i].want);
        TH_CHECK(rows[i].text, status != TH_OK || strncmp(codes[0], "193", 4) == 0);
    }
    CU_ASSERT_EQUAL(th_verify_districts(NULL, arena, &codes, &count, &error), TH_OK);
    CU_ASSERT_EQUAL(count, 0);
    th_arena_destroy(&arena);
}

static const struct th_test tests[] = {
    {"every kind of answer has its place", every_kind_of_answer_has_its_place},
    {"the first of each kind is listed", the_first_of_each_kind_is_listed},
    {"districts are codes joined by commas", districts_are_codes_joined_by_commas},
};

TH_TEST_MAIN("verification", tests)

/* What `tonghop consolidated` is told to ask. */
#include "tests/unit/th_test.h"

#include <stdlib.h>

#include "commission/cli/commands.h"
#include "commission/cli/consolidated_options.h"
#include "tests/unit/catalogue_support.h"

#define GIVEN 8

struct given {
    const char *name, *value;
};

/* The line as th_program_main would fill it. */
static void set_line(struct th_command_line *line, const struct given *given)
{
    *line = (struct th_command_line){.options = th_consolidated_option_table};
    for (; given->name; given++) {
        size_t at = 0;
        while (line->options[at].name && strcmp(line->options[at].name, given->name) != 0)
            at++;
        if (!line->options[at].name)
            abort();
        line->values[at] = given->value;
    }
}

static void describe(const struct th_consolidated_options *options, char out[400])
{
    const struct {
        const struct th_slice *items;
        size_t count;
    } lists[] = {{options->forms, options->form_count},
                 {options->districts, options->district_count},
                 {options->criteria, options->criterion_count}};
    out[0] = '\0';
    for (size_t i = 0; i < 3; i++) {
        strcat(out, i ? " |" : "");
        for (size_t j = 0; j < lists[i].count; j++)
            snprintf(out + strlen(out), 400 - strlen(out), " %.*s", (int)lists[i].items[j].size,
                     lists[i].items[j].bytes);
    }
    snprintf(out + strlen(out), 400 - strlen(out), " |%s%s%s%s%s",
             options->province_only ? " province" : "", options->by_period ? " by" : "",
             options->year_to_date ? " ytd" : "", options->approved_only ? " approved" : "",
             options->members ? " members" : "");
}

static void options_are_read(void)
{
    static const struct {
        const char *name;
        struct given given[GIVEN];
        enum th_status want;
        const char *text; /* forms | districts | criteria | switches */
    } cases[] = {
        {"least", {{"form", "f"}, {"period", "2024"}}, TH_OK, " f | | |"},
        {"lists",
         {{"form", "f, g"}, {"period", "2024"}, {"district", "a,b"}, {"criterion", "x"}},
         TH_OK,
         " f g | a b | x |"},
        {"all", {{"form", "f"}, {"period", "2024"}, {"district", "all"}}, TH_OK, " f | | |"},
        {"province",
         {{"form", "f"}, {"period", "2024"}, {"district", "province"}},
         TH_OK,
         " f | | | province"},
        {"its row as figures show it",
         {{"form", "f"}, {"period", "2024"}, {"district", "*"}},
         TH_OK,
         " f | | | province"},
        /* A district beside the province: both rows. */
        {"province among others",
         {{"form", "f"}, {"period", "2024"}, {"district", "a,province"}},
         TH_OK,
         " f | a * | |"},
        {"switches",
         {{"form", "f"},
          {"period", "2024"},
          {"by", "period"},
          {"ytd", ""},
          {"approved-only", ""},
          {"members", ""}},
         TH_OK,
         " f | | | by ytd approved members"},
        {"no form", {{"period", "2024"}}, TH_USAGE, NULL},
        {"no period", {{"form", "f"}}, TH_USAGE, NULL},
        {"an empty item", {{"form", "f,,g"}, {"period", "2024"}}, TH_USAGE, NULL},
        {"an empty end", {{"form", "f"}, {"period", "2024"}, {"criterion", "x,"}}, TH_USAGE, NULL},
        {"all among others",
         {{"form", "f"}, {"period", "2024"}, {"district", "all,a"}},
         TH_USAGE,
         NULL},
        {"by what", {{"form", "f"}, {"period", "2024"}, {"by", "district"}}, TH_USAGE, NULL},
        {"as of nothing", {{"form", "f"}, {"period", "2024"}, {"as-of", ""}}, TH_USAGE, NULL},
        {"as of a date, which the province judges",
         {{"form", "f"}, {"period", "2024"}, {"as-of", "2024-04-05"}},
         TH_OK,
         " f | | |"},
        {"format", {{"form", "f"}, {"period", "2024"}, {"format", "pdf"}}, TH_USAGE, NULL},
    };
    struct th_arena *arena = th_arena_create(0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        static struct th_command_line line;
        struct th_consolidated_options options;
        struct th_error error = {0};
        char text[400];
        set_line(&line, cases[i].given);
        enum th_status status = th_consolidated_options_read(&line, arena, &options, &error);
        TH_CHECK(cases[i].name, status == cases[i].want);
        TH_CHECK(cases[i].name, (status == TH_OK) == (error.message[0] == '\0'));
        if (status != TH_OK || !cases[i].text)
            continue;
        describe(&options, text);
        TH_CHECK_TEXT(cases[i].name, text, cases[i].text);
    }
    th_arena_destroy(&arena);
}

static void each_form_is_asked_for_its_own_criteria(void)
{
    static const struct {
        const char *name, *forms, *criteria;
        const char *want[2]; /* of each form; NULL: not asked */
    } cases[] = {
        {"no criteria: all", "joint-agency,concurrent-post", NULL, {"", ""}},
        {"one each",
         "joint-agency,concurrent-post",
         "decision,staff-filled",
         {"staff-filled ", "decision "}},
        {"of one form only", "joint-agency,concurrent-post", "decision", {NULL, "decision "}},
        /* Both reviews and appraisals have a mechanism-score. */
        {"of both",
         "joint-agency-review,joint-agency-appraisal",
         "mechanism-score",
         {"mechanism-score ", "mechanism-score "}},
        /* The first form's answer says that it is unknown. */
        {"of none", "joint-agency,concurrent-post", "x,decision", {"x ", "decision "}},
        {"an unknown form is asked", "joint-agency,nothing", "staff-filled", {"staff-filled ", ""}},
    };
    struct folder folder;
    CU_ASSERT_TRUE_FATAL(folder_read_sample(&folder));
    struct th_catalogue *catalogue = folder_load(&folder, NULL);
    struct th_arena *arena = th_arena_create(0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        static struct th_command_line line;
        const struct given given[] = {
            {"form", cases[i].forms}, {"period", "2024"}, {"criterion", cases[i].criteria}, {0}};
        struct th_consolidated_options options;
        struct th_error error = {0};
        set_line(&line, given);
        TH_CHECK(cases[i].name,
                 th_consolidated_options_read(&line, arena, &options, &error) == TH_OK);
        for (size_t form = 0; form < 2; form++) {
            struct th_slice chosen[4];
            size_t count;
            char text[100] = "";
            bool asked = th_consolidated_criteria(&options, catalogue, form, chosen, &count);
            TH_CHECK(cases[i].name, asked == (cases[i].want[form] != NULL));
            for (size_t j = 0; j < count; j++)
                snprintf(text + strlen(text), sizeof(text) - strlen(text), "%.*s ",
                         (int)chosen[j].size, chosen[j].bytes);
            TH_CHECK_TEXT(cases[i].name, text, cases[i].want[form] ? cases[i].want[form] : "");
        }
    }
    th_arena_destroy(&arena);
    th_catalogue_release(&catalogue);
    folder_free(&folder);
}

static const struct th_test tests[] = {
    {"options are read and checked", options_are_read},
    {"each form is asked for its own criteria", each_form_is_asked_for_its_own_criteria},
};

TH_TEST_MAIN("consolidated options", tests)

#include <stdio.h>
#include <stdlib.h>

#include "commission/cli/commands.h"
#include "commission/cli/session.h"

static const struct th_command commands[] = {
    {
        .name = "keygen",
        .summary = "make this client's key, print its public half",
        .description = th_keygen_help,
        .options = th_keygen_option_table,
        .run = th_keygen_run,
    },
    {
        .name = "join",
        .arguments = "FILE",
        .summary = "pin the province by the enrolment file that it made",
        .description = th_join_help,
        .options = th_join_option_table,
        .minimum_arguments = 1,
        .maximum_arguments = 1,
        .run = th_join_run,
    },
    {
        .name = "consolidated",
        .summary = "consolidated figures of forms for a period",
        .description = th_consolidated_help,
        .options = th_consolidated_option_table,
        .run = th_consolidated_run,
    },
    {
        .name = "completeness",
        .summary = "which reports came, complete and on time",
        .description = th_completeness_help,
        .options = th_completeness_option_table,
        .run = th_completeness_run,
    },
    {
        .name = "ranking",
        .summary = "districts ranked by how far they reach their targets",
        .description = th_ranking_help,
        .options = th_ranking_option_table,
        .run = th_ranking_run,
    },
    {
        .name = "compare",
        .summary = "districts side by side, or two periods and the change between them",
        .description = th_compare_help,
        .options = th_compare_option_table,
        .run = th_compare_run,
    },
    {
        .name = "trend",
        .summary = "figures by base period, with their changes",
        .description = th_trend_help,
        .options = th_trend_option_table,
        .run = th_trend_run,
    },
    {
        .name = "report",
        .summary = "one stored report, or the list of those of a period",
        .description = th_report_help,
        .options = th_report_option_table,
        .run = th_report_run,
    },
    {
        .name = "history",
        .summary = "the revisions of a report, and what each changed",
        .description = th_history_help,
        .options = th_history_option_table,
        .run = th_history_run,
    },
    {
        .name = "diff",
        .summary = "which figures changed between two instants, and by which reports",
        .description = th_diff_help,
        .options = th_diff_option_table,
        .run = th_diff_run,
    },
    {
        .name = "appraise",
        .arguments = "FILE | --template FORM PERIOD DISTRICT",
        .summary = "fill a form of the province about a district",
        .description = th_appraise_help,
        .options = th_appraise_option_table,
        .minimum_arguments = 1,
        .maximum_arguments = 3,
        .run = th_appraise_run,
    },
    {
        .name = "assessment",
        .summary = "the preliminary or final assessment of a period, as a document",
        .description = th_assessment_help,
        .options = th_assessment_option_table,
        .run = th_assessment_run,
    },
    {
        .name = "approve",
        .summary = "approve reports, which locks them",
        .description = th_approve_help,
        .options = th_review_option_table,
        .run = th_approve_run,
    },
    {
        .name = "return",
        .summary = "return reports to their districts, with comments",
        .description = th_return_help,
        .options = th_review_option_table,
        .run = th_return_run,
    },
    {
        .name = "reopen",
        .summary = "reopen approved reports for a new revision",
        .description = th_reopen_help,
        .options = th_review_option_table,
        .run = th_reopen_run,
    },
    {
        .name = "catalogue",
        .summary = "the forms and criteria in force",
        .description = th_catalogue_help,
        .options = th_catalogue_option_table,
        .run = th_catalogue_run,
    },
    {
        .name = "narratives",
        .summary = "what the districts wrote, by criterion and district",
        .description = th_narratives_help,
        .options = th_narratives_option_table,
        .run = th_narratives_run,
    },
    {
        .name = "export",
        .summary = "all reported values as import reads them, or for DHIS2",
        .description = th_export_help,
        .options = th_export_option_table,
        .run = th_export_run,
    },
    {.name = NULL},
};

int main(int argc, char **argv)
{
    struct th_cli_settings settings = {0};
    char *config = NULL;
    const char *home = getenv("HOME");
    if (home && asprintf(&config, "%s/.config/tonghop/tonghop.conf", home) < 0)
        config = NULL;
    const struct th_program program = {
        .name = "tonghop",
        .summary = "What the districts of a province reported, consolidated: the commission's "
                   "program.\n"
                   "\n"
                   "Begin with 'tonghop keygen', send the line that it prints to the province, "
                   "and 'tonghop join' the file that comes back. Then:\n"
                   "\n"
                   "    tonghop catalogue\n"
                   "    tonghop consolidated --form joint-agency --period 2024-Q1\n"
                   "    tonghop report --form joint-agency --period 2024-03 --district 194",
        .default_config = config,
        .keys = th_cli_keys,
        .commands = commands,
    };
    int code = th_program_main(&program, argc, argv, &settings, &settings);
    free(config);
    return code;
}

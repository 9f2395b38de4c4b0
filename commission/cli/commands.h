/* The commands of tonghop: tables of options, help texts and functions, put
 * together in main.c. The context is a struct th_cli_settings. */
#ifndef TONGHOP_COMMISSION_COMMANDS_H
#define TONGHOP_COMMISSION_COMMANDS_H

#include "common/base/command.h"

extern const char th_keygen_help[], th_join_help[], th_consolidated_help[], th_report_help[],
    th_history_help[], th_diff_help[], th_catalogue_help[], th_completeness_help[],
    th_ranking_help[], th_compare_help[], th_trend_help[], th_export_help[], th_narratives_help[];
extern const char th_approve_help[], th_return_help[], th_reopen_help[], th_appraise_help[];
extern const struct th_option th_review_option_table[], th_appraise_option_table[];
extern const char th_assessment_help[];
extern const struct th_option th_assessment_option_table[];
extern const struct th_option th_keygen_option_table[], th_join_option_table[],
    th_consolidated_option_table[], th_report_option_table[], th_history_option_table[],
    th_diff_option_table[], th_catalogue_option_table[], th_completeness_option_table[],
    th_ranking_option_table[], th_compare_option_table[], th_trend_option_table[],
    th_export_option_table[], th_narratives_option_table[];

enum th_status th_keygen_run(void *context, const struct th_command_line *line,
                             struct th_error *error);
enum th_status th_join_run(void *context, const struct th_command_line *line,
                           struct th_error *error);
enum th_status th_consolidated_run(void *context, const struct th_command_line *line,
                                   struct th_error *error);
enum th_status th_completeness_run(void *context, const struct th_command_line *line,
                                   struct th_error *error);
enum th_status th_ranking_run(void *context, const struct th_command_line *line,
                              struct th_error *error);
enum th_status th_compare_run(void *context, const struct th_command_line *line,
                              struct th_error *error);
enum th_status th_trend_run(void *context, const struct th_command_line *line,
                            struct th_error *error);
enum th_status th_report_run(void *context, const struct th_command_line *line,
                             struct th_error *error);
enum th_status th_history_run(void *context, const struct th_command_line *line,
                              struct th_error *error);
enum th_status th_diff_run(void *context, const struct th_command_line *line,
                           struct th_error *error);
enum th_status th_assessment_run(void *context, const struct th_command_line *line,
                                 struct th_error *error);
enum th_status th_approve_run(void *context, const struct th_command_line *line,
                              struct th_error *error);
enum th_status th_return_run(void *context, const struct th_command_line *line,
                             struct th_error *error);
enum th_status th_reopen_run(void *context, const struct th_command_line *line,
                             struct th_error *error);
enum th_status th_appraise_run(void *context, const struct th_command_line *line,
                               struct th_error *error);
enum th_status th_catalogue_run(void *context, const struct th_command_line *line,
                                struct th_error *error);
enum th_status th_export_run(void *context, const struct th_command_line *line,
                             struct th_error *error);
enum th_status th_narratives_run(void *context, const struct th_command_line *line,
                                 struct th_error *error);

#endif

/* The commands of tonghop-reporter: what each takes, and what it does. */
#ifndef TONGHOP_REPORTER_COMMANDS_H
#define TONGHOP_REPORTER_COMMANDS_H

#include "common/base/command.h"
#include "reporter/entry/office.h"

/* The program's table (commands.c); its context is a struct th_office. */
extern const struct th_program th_reporter_program;

#define TH_COMMAND(name)                                                                           \
    enum th_status th_command_##name(void *context, const struct th_command_line *line,            \
                                     struct th_error *error)
TH_COMMAND(keygen);
TH_COMMAND(join);
TH_COMMAND(catalogue);
TH_COMMAND(template);
TH_COMMAND(check);
TH_COMMAND(submit);
TH_COMMAND(run);
TH_COMMAND(status);
TH_COMMAND(receipts);
TH_COMMAND(receipts_verify);
TH_COMMAND(reconcile);
TH_COMMAND(resubmit);

/* ---- shared between commands ---- */

/* "waiting", "accepted", "rejected" in the office's language. */
const char *th_state_word(const struct th_office *office, enum th_report_state state);
/* Of a JSON array of problems: codes joined by blanks, and messages joined by "; ". */
void th_problem_words(const char *json, struct th_buffer *codes, struct th_buffer *messages);

/* notices.c. What the province decided about a report: for programs ("" none), and for
 * people with until when corrections are taken. */
#define TH_DECISION_WORDS 160
const char *th_decision_name(enum th_decision decision);
void th_decision_words(const struct th_office *office, const struct th_outbox_verdict *verdict,
                       char words[TH_DECISION_WORDS]);
/* The latest notices for the terminal, unread ones first. */
enum th_status th_notices_print_recent(const struct th_office *office,
                                       struct th_error *error) TH_MUST_USE;
/* All notices; on the terminal they count as read afterwards. */
enum th_status th_notices_print_all(const struct th_office *office, enum th_format format,
                                    struct th_error *error) TH_MUST_USE;

/* Waits until the reports with these ids are answered, delivering itself when no daemon
 * does (waiting.c). TH_UNREACHABLE when `timeout_s` passes first. */
enum th_status th_wait_for_answers(struct th_office *office, const uint8_t (*ids)[16], size_t count,
                                   long timeout_s, struct th_error *error) TH_MUST_USE;

#endif

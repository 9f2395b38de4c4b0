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
TH_COMMAND(prepare);
TH_COMMAND(release);
TH_COMMAND(withdraw);
TH_COMMAND(run);
TH_COMMAND(status);
TH_COMMAND(receipts);
TH_COMMAND(receipts_verify);
TH_COMMAND(reconcile);
TH_COMMAND(resubmit);

/* ---- shared between commands ---- */

/* room.c. What waited before this command, and the bytes that it adds. */
struct th_room {
    struct th_outbox_counts counts;
    uint64_t added;
};
/* TH_PERMANENT when outbox_limit_mb does not allow so many more bytes. */
enum th_status th_room_take(const struct th_office *office, struct th_room *room, size_t bytes,
                            struct th_error *error) TH_MUST_USE;

/* A report id's first digits without hyphens, in small letters; false when it is none. */
#define TH_SHORTEST_PREFIX 6
bool th_id_prefix(const char *text, char digits[33]);

/* drafts.c: sign-off. Keeps a good reading as a draft, inside the caller's transaction;
 * fills period and id. TH_USAGE when its key has a prepared one. */
struct th_reading;
enum th_status th_draft_put(struct th_office *office, struct th_reading *reading, char *period,
                            uint8_t id[16], struct th_error *error) TH_MUST_USE;
void th_draft_say_kept(const struct th_office *office, FILE *out, const char *path,
                       const char *form, const char *period, const uint8_t id[16]);
/* The draft with this id, or all, given as a report of revision 0 without bytes. */
enum th_status th_draft_show(struct th_office *office, const uint8_t id[16],
                             th_outbox_report_fn each, void *context,
                             struct th_error *error) TH_MUST_USE;
enum th_status th_drafts_show(struct th_office *office, th_outbox_report_fn each, void *context,
                              struct th_error *error) TH_MUST_USE;
/* For the terminal: what is to be done next with each; nothing when there is none. */
enum th_status th_drafts_print_next(struct th_office *office, struct th_error *error) TH_MUST_USE;

/* "waiting", "accepted", "rejected" ... in the office's language. */
const char *th_state_word(const struct th_office *office, enum th_report_state state);
/* Of a JSON array of problems: codes joined by blanks, and the first messages joined by "; ",
 * those of errors before those of warnings. */
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

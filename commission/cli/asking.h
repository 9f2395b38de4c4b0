/* What commands that ask the province for rows share: the connection, where the
 * result goes, the machine's table over several answers, and how it all ends. */
#ifndef TONGHOP_COMMISSION_ASKING_H
#define TONGHOP_COMMISSION_ASKING_H

#include "commission/cli/output.h"
#include "commission/cli/session.h"
#include "commission/cli/sheet.h"
#include "commission/cli/streamed.h"
#include "common/render/table.h"

struct th_asking {
    struct th_session session;
    struct th_output output;
    struct th_arena *arena, *row_arena; /* of the command; of one row */
    enum th_format format;
    const char *as_of;               /* the instant asked for; NULL: the latest commit */
    bool approved_only, comparable;  /* likewise, told above a sheet */
    const char *period_title;        /* likewise; NULL: the answer's period */
    const struct th_column *columns; /* of CSV, JSON and XLSX */
    size_t column_count;
    struct th_table *machine; /* CSV, JSON, XLSX: one for all answers; NULL: not begun */
    struct th_sheet *sheet;   /* XLSX: how its rows are shown, a sheet a form */
    /* What the answers are given by: the catalogue in force, or that of the instant. */
    const struct th_catalogue *catalogue;
    struct th_streamed streamed; /* keeps that one */
    const struct th_form *form;  /* of the answer being received */
    const char *period;          /* canonical identifier of the same */
    int64_t answered_at_us, horizon_us;
    int64_t as_of_us; /* 0: the latest commit */
};

/* Makes the arenas; first of all, so that options can be read into them. */
void th_asking_init(struct th_asking *asking);
/* Connects, opens the output. Close it whatever the status. */
enum th_status th_asking_open(struct th_asking *asking, const struct th_cli_settings *settings,
                              const char *output, struct th_error *error) TH_MUST_USE;
/* Asks, and hands the answer to `take`, part by part. With as_of the answer may rest on an
 * older catalogue than the session's: `catalogue` is that one when its head is given. */
enum th_status th_asking_ask(struct th_asking *asking, Tonghop__V1__Query *query,
                             th_client_part_fn take, void *context,
                             struct th_error *error) TH_MUST_USE;
/* Takes the head of an answer; begins the machine's table at the first. TH_RETRY when
 * the catalogue is no longer ours, whose names and kinds the rows are read by. */
enum th_status th_asking_head(struct th_asking *asking, const Tonghop__V1__AnswerHead *head,
                              struct th_error *error) TH_MUST_USE;
/* Ends the machine's table and the output; returns the command's status. */
enum th_status th_asking_close(struct th_asking *asking, enum th_status status,
                               struct th_error *error) TH_MUST_USE;

/* A text of the answer, kept as long as the command; "" when it is no text. */
const char *th_asking_text(struct th_asking *asking, ProtobufCBinaryData data);
/* Codes as a question carries them; they point to the items' texts. */
ProtobufCBinaryData *th_asking_codes(const struct th_slice *items, size_t count,
                                     struct th_arena *arena);

/* XLSX: the sheet of the answer's form begins in `table`, under its name and what its
 * figures are and rest on. Nothing else for other formats. */
void th_asking_sheet(struct th_asking *asking, struct th_table *table, struct th_sheet *sheet);
/* The instant that the figures are of: asked for, or of the answer. */
int64_t th_asking_instant(const struct th_asking *asking);
/* Beside the machine's rows: instants and catalogue version of the answer. */
void th_asking_machine_notes(const struct th_asking *asking, struct th_table *table);

/* For people: the form's name, broken to the width, above the table; and below it the
 * instant and the catalogue that the figures rest on. */
void th_asking_print_title(const struct th_asking *asking, const struct th_form *form);
const char *th_asking_rests_on(const struct th_asking *asking);
void th_asking_note(const struct th_asking *asking, struct th_table *table);

#endif

/* What the files of `tonghop appraise` share: a form that the province fills about a
 * district, from the file or the template to the receipt. */
#ifndef TONGHOP_COMMISSION_APPRAISE_H
#define TONGHOP_COMMISSION_APPRAISE_H

#include "commission/cli/output.h"
#include "commission/cli/session.h"
#include "common/base/buffer.h"
#include "common/domain/report.h"
#include "common/ledger/ledger.h"
#include "common/render/table.h"

struct th_appraisal {
    struct th_session session;
    struct th_arena *arena;
    enum th_format format;

    /* of the file */
    const char *path;
    struct th_buffer file;
    struct th_report report;
    struct th_problem_list problems;
    char period[TH_PERIOD_TEXT];

    /* what the province holds of the key */
    uint32_t current_revision; /* 0: nothing */
    struct th_report current;  /* when current_revision > 0 */
    struct th_slice current_body;

    /* what is sent, and the answer */
    struct th_buffer body;
    uint8_t digest[TH_HASH_BYTES];
    bool unchanged; /* the province's own bytes, sent again for their receipt */
    bool rejected, duplicate;
    uint32_t epoch, revision;
    uint64_t sequence;
    int64_t at_us;
};

/* ---- appraise_file.c ---- */
/* Reads the file and judges it by the catalogue; problems are in the appraisal. */
enum th_status th_appraisal_read(struct th_appraisal *appraisal, const char *path,
                                 struct th_error *error) TH_MUST_USE;
/* Prints the problems, if there are any. */
enum th_status th_appraisal_print_problems(const struct th_appraisal *appraisal, FILE *out,
                                           struct th_error *error) TH_MUST_USE;
/* Writes a sheet to fill in: arguments FORM PERIOD DISTRICT, options as in the table. */
enum th_status th_appraisal_template(struct th_appraisal *appraisal,
                                     const struct th_command_line *line,
                                     struct th_error *error) TH_MUST_USE;

/* ---- appraise_send.c ---- */
/* Asks for the current report of a key; current_revision 0 when there is none. */
enum th_status th_appraisal_ask(struct th_appraisal *appraisal, const struct th_form *form,
                                const struct th_district *district, const char *period,
                                struct th_error *error) TH_MUST_USE;
/* Makes the next revision (or takes the current one that says the same), sends it, checks
 * signature and chain, keeps report and receipt. TH_OK also when it was rejected: the
 * problems are the province's then. */
enum th_status th_appraisal_send(struct th_appraisal *appraisal,
                                 struct th_error *error) TH_MUST_USE;

#endif

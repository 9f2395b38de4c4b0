/* tonghop assessment, between its files: what was asked, what the province answered as of
 * one instant (assessment_gather.c), and the documents made of it: the page
 * (assessment_page.c and those that it calls) and the workbook (assessment_book.c). */
#ifndef TONGHOP_COMMISSION_ASSESSMENT_H
#define TONGHOP_COMMISSION_ASSESSMENT_H

#include "commission/cli/consolidated_options.h"
#include "commission/cli/figure_set.h"
#include "commission/cli/kept_answer.h"
#include "commission/cli/report.h"

/* The heading block and what frames the text; a settings table (assessment_heading.c), by
 * the command's options and by the file of --heading. NULL: what follows from the
 * province and the instant. */
struct th_assessment_heading {
    char *style; /* "state" or "party" */
    char *superior, *issuer, *number, *place, *date, *subject, *signature;
    char *recipients; /* joined by '\n' */
};
extern const struct th_config_key th_assessment_heading_keys[];

struct th_assessment_exception_option {
    const char *district, *form, *period, *reason;
};

struct th_assessment_options {
    struct th_slice *forms;
    size_t form_count;
    const char *period, *as_of, *output;
    const char *xlsx; /* the workbook beside the page; NULL: none */
    bool book;        /* `output` is the workbook */
    bool final, list;
    uint32_t reprint;      /* 0: none */
    enum th_format format; /* of --list */
    struct th_assessment_heading heading;
    struct th_assessment_exception_option *exceptions;
    size_t exception_count;
};

/* What hinders a final assessment, as the province answered. */
struct th_assessment_gap {
    const char *district, *form, *period, *why; /* "missing", "received", "returned" */
    const char *reason;                         /* of the exception; NULL: none */
};

struct th_assessment_head {
    const char *district; /* "": the province's own chain */
    uint32_t epoch;
    uint64_t sequence;
    uint8_t hash[32];
};

/* One form's answers. */
struct th_assessment_form {
    const struct th_form *form;
    struct th_kept_answer figures, completeness, ranking, reports;
    struct th_figure_set set;        /* the figures, indexed */
    struct th_stored_report *stored; /* that count, by district then period */
    size_t stored_count;
    bool *provisional; /* by criterion index * units + district index, the province last */
};

struct th_assessment_making {
    struct th_session session;
    struct th_assessment_options options;
    struct th_arena *arena;
    const char *language;

    /* As of one instant. */
    const struct th_catalogue *catalogue;
    struct th_period period;
    int64_t as_of_us, horizon_us;
    const char *as_of; /* the same on the wire */
    struct th_assessment_form *forms;
    struct th_kept_answer basis;
    struct th_assessment_head *heads;
    size_t head_count;
    uint8_t heads_digest[32];
    struct th_assessment_gap *gaps;
    size_t gap_count;
    uint32_t number; /* of a final one; 0: preliminary */
};

/* assessment_options.c. TH_USAGE. The heading is freed by th_config_free. */
enum th_status th_assessment_options_read(const struct th_command_line *line,
                                          struct th_arena *arena,
                                          struct th_assessment_options *options,
                                          struct th_error *error) TH_MUST_USE;

/* assessment_gather.c: asks for everything as of one instant, which is settled first. */
enum th_status th_assessment_gather(struct th_assessment_making *run,
                                    struct th_error *error) TH_MUST_USE;
void th_assessment_forget(struct th_assessment_making *run);
/* SHA-256 over the heads' lines "DISTRICT EPOCH SEQUENCE HASH\n" in their order, "*" for
 * the province's own: what the document prints, and anyone can compute. */
void th_assessment_digest_heads(const struct th_assessment_head *heads, size_t count,
                                uint8_t digest[32]);

/* assessment_gaps.c: matches gaps and exceptions; TH_REJECTED, and every gap without one
 * on stderr, when a final assessment cannot be made. */
enum th_status th_assessment_judge(struct th_assessment_making *run,
                                   struct th_error *error) TH_MUST_USE;
/* "chưa gửi", "chưa phê duyệt", "đã trả lại". */
const char *th_assessment_why(const char *why, const char *language);

/* assessment_page.c: the whole document. */
void th_assessment_write(struct th_assessment_making *run, struct th_buffer *out);

/* assessment_book.c: the same as a workbook; the same answers have the same bytes. */
enum th_status th_assessment_write_book(struct th_assessment_making *run, struct th_buffer *out,
                                        struct th_error *error) TH_MUST_USE;

/* assessment.c: writes what is wanted of both files. */
enum th_status th_assessment_output(const struct th_assessment_making *run,
                                    const struct th_buffer *html, const struct th_buffer *xlsx,
                                    struct th_error *error) TH_MUST_USE;

/* assessment_freeze.c: sends and freezes both files; *at_us receives when. TH_RETRY: the
 * number is taken by another one meanwhile. */
enum th_status th_assessment_freeze(struct th_assessment_making *run, const struct th_buffer *html,
                                    const struct th_buffer *xlsx, int64_t *at_us,
                                    struct th_error *error) TH_MUST_USE;
/* The next number. */
enum th_status th_assessment_next_number(struct th_assessment_making *run,
                                         struct th_error *error) TH_MUST_USE;

/* assessment_frozen.c: --list and --reprint. */
enum th_status th_assessment_list(struct th_assessment_making *run,
                                  struct th_error *error) TH_MUST_USE;
enum th_status th_assessment_reprint(struct th_assessment_making *run,
                                     struct th_error *error) TH_MUST_USE;

#endif

/* Final assessments (SEMANTICS 11): what one rests on, what hinders it, and the frozen
 * ones. Reading works within a snapshot of th_store_begin_read and as of its instant. */
#ifndef TONGHOP_COLLECTOR_ASSESSMENT_STORE_H
#define TONGHOP_COLLECTOR_ASSESSMENT_STORE_H

#include "collector/store/store.h"
#include "collector/store/verify.h"
#include "common/domain/finality.h"
#include "common/domain/problem.h"

#define TH_ASSESSMENT_FORMS      16
#define TH_ASSESSMENT_FILES      2 /* html, xlsx */
#define TH_ASSESSMENT_FILE_BYTES ((size_t)4 * 1024 * 1024)
#define TH_ASSESSMENT_EXCEPTIONS 500

/* An expected report that the assessment does without. */
struct th_assessment_exception {
    const char *district, *form, *period; /* base period */
    const char *why;                      /* as of struct th_gap; set by freezing */
    const char *reason;                   /* never empty */
};

struct th_assessment_file {
    const char *format; /* "html" or "xlsx" */
    uint64_t size;
    uint8_t digest[TH_HASH_BYTES];
    struct th_slice content; /* empty when it was not asked for */
};

struct th_assessment {
    uint32_t number;
    const char *const *forms; /* codes */
    size_t form_count;
    const char *period; /* canonical identifier */
    int64_t as_of_us, frozen_at_us;
    const char *account, *role, *acting_key; /* acting_key "": the account's own key */
    const char *language, *style;
    struct th_assessment_exception *exceptions;
    size_t exception_count;
    struct th_assessment_file files[TH_ASSESSMENT_FILES];
    size_t file_count;
};

/* The head of every chain: districts by code, then the province's own ("" as code). */
typedef enum th_status (*th_chain_head_fn)(void *context, const struct th_chain_head *head);
enum th_status th_store_assessment_heads(struct th_store *store, th_chain_head_fn each,
                                         void *context, struct th_error *error) TH_MUST_USE;

/* What hinders a final assessment of `form`; what has not begun at `at_us` is not
 * expected. TH_USAGE when the period contains no whole base period of it. */
typedef enum th_status (*th_gap_fn)(void *context, const struct th_gap *gap);
enum th_status th_store_assessment_gaps(struct th_store *store, const struct th_catalogue_ids *ids,
                                        const struct th_form *form, const struct th_period *period,
                                        int64_t at_us, th_gap_fn each, void *context,
                                        struct th_error *error) TH_MUST_USE;

/* Frozen ones, oldest first; `number` 0: all. `format` names the file whose content is
 * wanted, "": none. Texts live until `each` returns. */
typedef enum th_status (*th_assessment_fn)(void *context, const struct th_assessment *assessment);
enum th_status th_store_read_assessments(struct th_store *store, uint32_t number,
                                         const char *format, th_assessment_fn each, void *context,
                                         struct th_error *error) TH_MUST_USE;

/* The very one that is frozen under its number already is not frozen again: TH_OK, as when
 * it was.
 *
 * Freezes it in one transaction of its own, if every expected report is approved at its
 * as-of instant or is an exception; sets frozen_at_us and the exceptions' `why`. Digests
 * and sizes must be those of the contents. TH_REJECTED: `problems` say why. */
enum th_status th_store_freeze_assessment(struct th_store *store, struct th_assessment *assessment,
                                          struct th_problem_list *problems,
                                          struct th_error *error) TH_MUST_USE;

#endif

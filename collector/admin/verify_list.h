/* What `verify` and `rebuild` share: the districts asked for, the differences found (at
 * most 100 are kept, among them the first of each kind; all are counted), the bar, and
 * the printing. */
#ifndef TONGHOP_COLLECTOR_VERIFY_LIST_H
#define TONGHOP_COLLECTOR_VERIFY_LIST_H

#include "collector/store/verify.h"
#include "common/base/arena.h"
#include "common/base/progress.h"
#include "common/render/table.h"

#define TH_VERIFY_LISTED 100

struct th_verify_list {
    struct th_arena *arena;
    struct th_difference lines[TH_VERIFY_LISTED]; /* texts in the arena */
    size_t line_count, others; /* others: lines that are not the first of their kind */
    uint64_t of_kind[TH_DIFFERENCE_KINDS], total;
    struct th_progress progress;
    bool begun;
};

void th_verify_list_begin(struct th_verify_list *list);
void th_verify_list_end(struct th_verify_list *list); /* ends the bar; the lines stay */
void th_verify_list_free(struct th_verify_list *list);

/* As the members of struct th_verify_request; the context is the list. */
void th_verify_list_add(void *context, const struct th_difference *difference);
void th_verify_list_step(void *context, uint64_t done, uint64_t total);

/* "193,194" as codes in the arena. TH_USAGE when a code is empty or malformed. */
enum th_status th_verify_districts(const char *text, struct th_arena *arena,
                                   const char *const **codes, size_t *count,
                                   struct th_error *error) TH_MUST_USE;

/* The kept lines as a table on stdout; nothing on the terminal when there are none. */
enum th_status th_verify_list_print(const struct th_verify_list *list, enum th_format format,
                                    const char *title, const struct th_verify_counts *counts,
                                    struct th_error *error) TH_MUST_USE;

#endif

/* Counting what a new catalogue would strand (SEMANTICS 3). Private to the store. */
#ifndef TONGHOP_COLLECTOR_STORE_STRANDED_H
#define TONGHOP_COLLECTOR_STORE_STRANDED_H

#include "collector/store/store.h"

/* Counts, within the transaction that is open, the accepted data of every difference
 * between the two. *stranded (free with free(); texts inside the block) lists those
 * that concern any. */
enum th_status th_store_count_stranded(struct th_store *store, const struct th_catalogue *was,
                                       const struct th_catalogue *is, struct th_stranded **stranded,
                                       size_t *count, struct th_error *error) TH_MUST_USE;

#endif

/* The judgement of one report from its bytes, before it goes to the store and whenever the
 * store wants it anew. */
#ifndef TONGHOP_COLLECTOR_JUDGING_H
#define TONGHOP_COLLECTOR_JUDGING_H

#include <stdbool.h>

#include "collector/store/batch.h"

/* Unpacks and validates afresh, by the catalogue, as of `now_us`. `by_province`: from an
 * approver, about any district, a form that the province fills; else from the district
 * that the submission names, a form that districts fill. */
void th_judge_submission(const char *province, bool by_province, struct th_submission *submission,
                         const struct th_catalogue_ids *ids, int64_t now_us);

#endif

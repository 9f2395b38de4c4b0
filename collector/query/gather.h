/* The figures of a question: from what is kept of earlier ones, or read for it alone. */
#ifndef TONGHOP_COLLECTOR_GATHER_H
#define TONGHOP_COLLECTOR_GATHER_H

#include "collector/query/answer.h"

struct th_gathered {
    struct th_question *question;
    struct th_consolidation_view view;
    struct th_kept *kept; /* one of the two */
    struct th_consolidation *consolidation;
};

/* Reads what is needed in the question's snapshot, which stays open. TH_REJECTED: the
 * refusals say why. Free it whatever the status. */
enum th_status th_gather(struct th_question *question,
                         const struct th_consolidation_request *request, bool approved_only,
                         struct th_gathered *gathered, struct th_error *error) TH_MUST_USE;
/* As th_consolidation_finish; once. */
enum th_status th_gathered_give(struct th_gathered *gathered,
                                enum th_status (*each)(void *context,
                                                       const struct th_figure *figure),
                                void *context) TH_MUST_USE;
/* Also of one that is zeroed, or was freed. */
void th_gathered_free(struct th_gathered *gathered);

#endif

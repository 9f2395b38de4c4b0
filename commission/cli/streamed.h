/* A question whose answer is handed on as it comes, whatever catalogue it rests on: that
 * of an instant, or one that came into force since the session began. */
#ifndef TONGHOP_COMMISSION_STREAMED_H
#define TONGHOP_COMMISSION_STREAMED_H

#include "commission/cli/session.h"

struct th_streamed {
    struct th_session *session;
    struct th_catalogue *fetched;         /* private: not the session's */
    const struct th_catalogue *catalogue; /* of the answer; set before its first part is given */

    /* Private: of the question under way. */
    th_client_part_fn each;
    void *context;
    uint64_t version; /* that the answer turned out to rest on */
};

/* As th_client_query. Asks again when the answer rests on another catalogue than is at
 * hand; `each` gets the parts of one answer only. `catalogue` stays until the next
 * question, or th_streamed_free. */
enum th_status th_streamed_ask(struct th_streamed *streamed, Tonghop__V1__Query *query,
                               th_client_part_fn each, void *context,
                               struct th_error *error) TH_MUST_USE;
void th_streamed_free(struct th_streamed *streamed);

#endif

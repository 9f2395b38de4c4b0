/* What `unlock` writes into the province's chain and `verify` computes again. */
#ifndef TONGHOP_COLLECTOR_EXCEPTIONS_PRIVATE_H
#define TONGHOP_COLLECTOR_EXCEPTIONS_PRIVATE_H

#include "collector/store/store_private.h"

#define TH_EXCEPTION_KIND "exception"

/* The act as the chain proves it; until_us 0: it ends an exception. */
struct th_exception_act {
    const char *district, *form, *period;
    int64_t until_us;
    const char *reason, *account;
};

/* A new reference; NULL when a text is not UTF-8. */
json_t *th_exception_payload(const struct th_exception_act *act);

#endif

/* The addresses that a bundle names: the settings submit_public and query_public,
 * else the address that the socket is bound to. Pure. */
#ifndef TONGHOP_COLLECTOR_ENDPOINTS_H
#define TONGHOP_COLLECTOR_ENDPOINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/status.h"
#include "common/wire/bundle.h"

struct th_endpoints {
    struct th_endpoint list[TH_BUNDLE_ENDPOINTS];
    bool own[TH_BUNDLE_ENDPOINTS]; /* no key was named: it is this collector's */
    size_t count;
};

/* `lines` (NULL or "": `bind` alone): 'tcp://HOST:PORT' or 'tcp://HOST:PORT KEY',
 * KEY of 64 hexadecimal digits, one a line. TH_USAGE naming the setting `name` when a
 * line is none of these, there are more than 8, or an office could not connect to it:
 * a wildcard such as 0.0.0.0, or no fixed port. */
enum th_status th_endpoints_parse(const char *lines, const char *bind, const char *name,
                                  struct th_endpoints *endpoints,
                                  struct th_error *error) TH_MUST_USE;

#endif

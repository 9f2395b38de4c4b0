/* A program's settings, of every kind there is, for tests of configurations. */
#ifndef TONGHOP_TESTS_CONFIG_SAMPLE_H
#define TONGHOP_TESTS_CONFIG_SAMPLE_H

#include <stddef.h>

#include "common/base/config.h"

struct settings {
    char *state_dir, *endpoints;
    long port;
    bool verbose;
};

static const struct th_config_key table[] = {
    {"state_dir", TH_CONFIG_TEXT, "/var/lib/x", offsetof(struct settings, state_dir), 0, 0, ""},
    {"endpoints", TH_CONFIG_LIST, "tcp://default:1", offsetof(struct settings, endpoints), 0, 0,
     ""},
    {"port", TH_CONFIG_INTEGER, "5555", offsetof(struct settings, port), 1, 65535, ""},
    {"verbose", TH_CONFIG_BOOLEAN, NULL, offsetof(struct settings, verbose), 0, 0, ""},
    {0},
};

#endif

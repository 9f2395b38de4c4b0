/* Settings from an INI file and the command line, described by one table a
 * program: the table is the reader, the checker and the --help text. */
#ifndef TONGHOP_BASE_CONFIG_H
#define TONGHOP_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/status.h"

enum th_config_type {
    TH_CONFIG_TEXT,    /* char *, owned by the config, NULL when not set */
    TH_CONFIG_LIST,    /* char *: values of repeated keys joined by '\n' (endpoints) */
    TH_CONFIG_INTEGER, /* long, within minimum..maximum */
    TH_CONFIG_BOOLEAN, /* bool: yes/no/true/false/1/0 */
};

struct th_config_key {
    const char *name; /* "state_dir"; on the command line --state-dir works too */
    enum th_config_type type;
    const char *fallback;  /* as text, NULL: none */
    size_t offset;         /* of the field in the program's settings struct */
    long minimum, maximum; /* of TH_CONFIG_INTEGER */
    const char *help;      /* one line, with its unit */
};

/* Fills `settings` with the fallbacks. The table ends with a NULL name. */
enum th_status th_config_defaults(const struct th_config_key *table, void *settings,
                                  struct th_error *error) TH_MUST_USE;

/* Reads an INI file ([section] lines are allowed and ignored). An unknown key, a
 * bad value, a malformed line or a key given twice (but for lists) is TH_USAGE
 * naming file and line. The first value of a list takes the place of its fallback. */
enum th_status th_config_read(const struct th_config_key *table, const char *path, void *settings,
                              struct th_error *error) TH_MUST_USE;

/* Sets one key from the command line; TH_USAGE when unknown or bad. A value of a
 * list is added to those that are there; "" empties a list or text. '-' and '_'
 * are the same in `name`. */
enum th_status th_config_set(const struct th_config_key *table, const char *name, const char *value,
                             void *settings, struct th_error *error) TH_MUST_USE;

/* Frees the texts. */
void th_config_free(const struct th_config_key *table, void *settings);

#endif

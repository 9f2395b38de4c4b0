/* What every command of the office begins with: settings, the pinned bundle, the key,
 * the outbox and the catalogue, each opened when it is needed. */
#ifndef TONGHOP_REPORTER_OFFICE_H
#define TONGHOP_REPORTER_OFFICE_H

#include <limits.h>

#include "common/domain/catalogue.h"
#include "common/render/table.h"
#include "common/wire/bundle.h"
#include "common/wire/keys.h"
#include "reporter/delivery/loop.h"
#include "reporter/entry/settings.h"
#include "reporter/outbox/outbox.h"

struct th_office {
    struct th_reporter_settings settings;
    /* filled by th_office_open */
    struct th_bundle bundle;
    struct th_curve_pair pair;
    struct th_outbox *outbox;
    struct th_outbox_catalogue held; /* what the outbox holds; version 0: nothing */
    struct th_catalogue *catalogue;  /* NULL: not asked for */
};

enum th_need {
    TH_NEED_SETTINGS = 0, /* checked in any case */
    TH_NEED_KEY = 1 << 0,
    TH_NEED_BUNDLE = 1 << 1,    /* and the province's time zone */
    TH_NEED_OUTBOX = 1 << 2,    /* with the bundle: it belongs to that district */
    TH_NEED_CATALOGUE = 1 << 3, /* fetched from the province when none is held yet */
};

/* Opens what `needs` asks for; TH_USAGE says which command is to be run first.
 * Close in any case. */
enum th_status th_office_open(struct th_office *office, unsigned needs,
                              struct th_error *error) TH_MUST_USE;
void th_office_close(struct th_office *office);

/* "STATE_DIR/name". TH_USAGE when it is too long. */
enum th_status th_office_path(const struct th_office *office, const char *name, char path[PATH_MAX],
                              struct th_error *error) TH_MUST_USE;

/* Settings of delivery for this office. */
struct th_delivery_settings th_office_delivery(struct th_office *office);

/* Reads the catalogue that the outbox holds into office->catalogue (NULL: none). */
enum th_status th_office_read_catalogue(struct th_office *office,
                                        struct th_error *error) TH_MUST_USE;
/* Asks the province whether there is another catalogue and fetches it: by a connection
 * of its own, or through the daemon when that runs. TH_UNREACHABLE after 10 s. */
enum th_status th_office_fetch_catalogue(struct th_office *office,
                                         struct th_error *error) TH_MUST_USE;

/* Fetches catalogue and entries by a connection of its own; the caller holds the lock of
 * the state folder and office->pair is loaded. */
enum th_status th_office_catch_up(struct th_office *office, int64_t timeout_ms,
                                  struct th_error *error) TH_MUST_USE;

/* The text in the office's language. */
const char *th_say(const struct th_office *office, const char *vi, const char *en)
    __attribute__((format_arg(2), format_arg(3)));

/* --format of a command line; TH_USAGE when it is none. */
struct th_command_line;
enum th_status th_office_format(const struct th_command_line *line, enum th_format *format,
                                struct th_error *error) TH_MUST_USE;

#define TH_FORMAT_OPTION                                                                           \
    {                                                                                              \
        "format", 'f', "FORMAT", "table (default), csv, json or xlsx"                              \
    }

#endif

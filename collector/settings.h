/* Settings of tonghop-collector, filled from its config table (settings.c). */
#ifndef TONGHOP_COLLECTOR_SETTINGS_H
#define TONGHOP_COLLECTOR_SETTINGS_H

#include <stdbool.h>

#include "common/base/config.h"

struct th_collector_settings {
    char *database;       /* libpq connection string of the writer */
    char *query_database; /* of queries; NULL: the same */
    char *owner_database; /* of migrate and admin commands; NULL: database */
    char *province;       /* code */
    char *province_name_vi, *province_name_en;
    char *time_zone;
    char *key_file;         /* CURVE secret of the sockets */
    char *receipt_key_file; /* Ed25519 seed that signs receipts */
    char *receipt_keys;     /* LIST: public receipt keys believed beside it; NULL: none */
    char *submit_bind;      /* "tcp://0.0.0.0:7401" */
    char *query_bind;       /* "tcp://0.0.0.0:7402" */
    char *submit_public;    /* LIST: endpoints put into bundles; NULL: submit_bind */
    char *query_public;
    char *log_level;
    long writers; /* writer threads, each a connection */
    long query_threads;
    long window;         /* unanswered Submit messages a reporter may have */
    long district_queue; /* reports waiting a district before `busy` */
    long queue_reports;  /* reports waiting in all */
    long batch_reports;  /* reports a transaction at most */
    long database_timeout_ms;
    long drain_timeout_ms; /* at SIGTERM */
    long query_limit;      /* concurrent queries a client */
    long query_deadline_ms;
    long query_cache_mb; /* figures and arrivals kept between questions */
};

extern const struct th_config_key th_collector_keys[];

#endif

#include "collector/settings.h"

#include <stddef.h>

#define FIELD(name) offsetof(struct th_collector_settings, name)

const struct th_config_key th_collector_keys[] = {
    {"database", TH_CONFIG_TEXT, "dbname=tonghop", FIELD(database), 0, 0,
     "libpq connection string; several hosts with target_session_attrs=read-write fail over"},
    {"query_database", TH_CONFIG_TEXT, NULL, FIELD(query_database), 0, 0,
     "connection string for queries, such as a replica's; default: database"},
    {"owner_database", TH_CONFIG_TEXT, NULL, FIELD(owner_database), 0, 0,
     "connection string of migrate and the administrative commands; default: database"},
    {"province", TH_CONFIG_TEXT, NULL, FIELD(province), 0, 0,
     "code of the province, part of every receipt; never changes"},
    {"province_name_vi", TH_CONFIG_TEXT, "", FIELD(province_name_vi), 0, 0,
     "name of the province in Vietnamese"},
    {"province_name_en", TH_CONFIG_TEXT, "", FIELD(province_name_en), 0, 0,
     "name of the province in English"},
    {"time_zone", TH_CONFIG_TEXT, "Asia/Ho_Chi_Minh", FIELD(time_zone), 0, 0,
     "zone in which days begin and end"},
    {"key_file", TH_CONFIG_TEXT, "/var/lib/tonghop-collector/key", FIELD(key_file), 0, 0,
     "CURVE secret key of the sockets (mode 0600)"},
    {"receipt_key_file", TH_CONFIG_TEXT, "/var/lib/tonghop-collector/receipt.key",
     FIELD(receipt_key_file), 0, 0, "Ed25519 seed that signs receipts (mode 0600)"},
    {"receipt_keys", TH_CONFIG_LIST, NULL, FIELD(receipt_keys), 0, 0,
     "another receipt key of the province, one to come or one that signed before, written into "
     "bundles and announced: 64 hexadecimal digits or a .pub file; may be repeated"},
    {"submit_bind", TH_CONFIG_TEXT, "tcp://0.0.0.0:7401", FIELD(submit_bind), 0, 0,
     "where reporters connect"},
    {"query_bind", TH_CONFIG_TEXT, "tcp://0.0.0.0:7402", FIELD(query_bind), 0, 0,
     "where the commission's clients connect"},
    {"submit_public", TH_CONFIG_LIST, NULL, FIELD(submit_public), 0, 0,
     "address of submit_bind as offices reach it, written into bundles and announced; may be "
     "repeated; "
     "'tcp://HOST:PORT SERVER-KEY' names another collector's key"},
    {"query_public", TH_CONFIG_LIST, NULL, FIELD(query_public), 0, 0,
     "the same of query_bind, for the commission's clients"},
    {"log_level", TH_CONFIG_TEXT, "info", FIELD(log_level), 0, 0, "error, warning, info or debug"},
    {"writers", TH_CONFIG_INTEGER, "2", FIELD(writers), 1, 64,
     "writer threads, each with a database connection"},
    {"query_threads", TH_CONFIG_INTEGER, "2", FIELD(query_threads), 1, 64,
     "query threads, each with a database connection"},
    {"window", TH_CONFIG_INTEGER, "4", FIELD(window), 1, 64,
     "batches that a reporter may have under way"},
    {"district_queue", TH_CONFIG_INTEGER, "2048", FIELD(district_queue), 1, 1000000,
     "reports of one district that may wait; more are answered busy"},
    {"queue_reports", TH_CONFIG_INTEGER, "16384", FIELD(queue_reports), 1, 10000000,
     "reports that may wait in all; more are answered busy"},
    {"batch_reports", TH_CONFIG_INTEGER, "512", FIELD(batch_reports), 1, 4096,
     "reports in one transaction at most"},
    {"database_timeout_ms", TH_CONFIG_INTEGER, "10000", FIELD(database_timeout_ms), 100, 600000,
     "milliseconds to wait for a connection to the database"},
    {"drain_timeout_ms", TH_CONFIG_INTEGER, "20000", FIELD(drain_timeout_ms), 0, 600000,
     "milliseconds to finish what waits when told to stop"},
    {"query_limit", TH_CONFIG_INTEGER, "4", FIELD(query_limit), 1, 64,
     "questions that a client may have under way"},
    {"query_deadline_ms", TH_CONFIG_INTEGER, "60000", FIELD(query_deadline_ms), 100, 3600000,
     "milliseconds after which a question is given up"},
    {"query_cache_mb", TH_CONFIG_INTEGER, "32", FIELD(query_cache_mb), 0, 65536,
     "MiB of figures and arrivals kept between questions, checked against the chains each time; "
     "10,000 districts need 256; 0: none"},
    {NULL, TH_CONFIG_TEXT, NULL, 0, 0, 0, NULL},
};

/* Connections, migrations, the province, keys and the province's chain. */
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "fixture.h"

static void test_migrating_twice_applies_once(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    int applied = -1;
    fixture_open(&fixture, "schema_twice", FIXTURE_EMPTY);
    TH_CHECK("before", th_store_check_schema(fixture.store, &error) == TH_USAGE);
    TH_CHECK("before", strstr(error.message, "tonghop-collector migrate") != NULL);
    CHECK_OK("first", th_store_migrate(fixture.store, &applied, &error), error);
    TH_CHECK("first", applied == th_store_schema_version());
    CHECK_OK("check", th_store_check_schema(fixture.store, &error), error);
    CHECK_OK("second", th_store_migrate(fixture.store, &applied, &error), error);
    TH_CHECK("second", applied == 0);
    fixture_close(&fixture);
}

static void test_every_table_and_column_is_commented(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "schema_comments", FIXTURE_MIGRATED);
    TH_CHECK_TEXT("tables and views",
                  operator_ask(&fixture, "SELECT coalesce(string_agg(relname, ' '), 'none')"
                                         " FROM pg_class"
                                         " WHERE relnamespace = 'tonghop'::regnamespace"
                                         "   AND relkind IN ('r', 'v')"
                                         "   AND obj_description(oid, 'pg_class') IS NULL"),
                  "none");
    TH_CHECK_TEXT("columns",
                  operator_ask(&fixture,
                               "SELECT coalesce(string_agg(relname || '.' || attname, ' '), 'none')"
                               " FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
                               " WHERE relnamespace = 'tonghop'::regnamespace AND relkind = 'r'"
                               "   AND attnum > 0 AND NOT attisdropped"
                               "   AND col_description(attrelid, attnum) IS NULL"),
                  "none");
    fixture_close(&fixture);
}

static void test_another_schema_version_is_refused(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    int applied;
    fixture_open(&fixture, "schema_version", FIXTURE_MIGRATED);
    operator_ask(&fixture,
                 "INSERT INTO tonghop.schema_migration VALUES (99, 'of the future', now())");
    TH_CHECK("newer", th_store_check_schema(fixture.store, &error) == TH_USAGE);
    TH_CHECK("newer", strstr(error.message, "newer program") != NULL);
    TH_CHECK("newer", th_store_migrate(fixture.store, &applied, &error) == TH_USAGE);
    operator_ask(&fixture, "DELETE FROM tonghop.schema_migration");
    TH_CHECK("older", th_store_check_schema(fixture.store, &error) == TH_USAGE);
    TH_CHECK("older", strstr(error.message, "tonghop-collector migrate") != NULL);
    fixture_close(&fixture);
}

static const struct {
    const char *name, *conninfo;
    enum th_status want;
} connections[] = {
    {"malformed", "host=/nowhere secret-word", TH_USAGE},
    {"nothing there", "host=/nowhere dbname=x user=y password=secret-word", TH_UNREACHABLE},
    {"no such host", "host=does-not-exist.invalid dbname=x password=secret-word", TH_UNREACHABLE},
};

static void test_a_failed_connection_says_why_without_secrets(void)
{
    struct th_store *store;
    char conninfo[600];
    for (size_t i = 0; i < sizeof(connections) / sizeof(connections[0]); i++) {
        struct th_error error = {0};
        TH_CHECK(connections[i].name, th_store_open(connections[i].conninfo, "tests", 5000, &store,
                                                    &error) == connections[i].want);
        TH_CHECK(connections[i].name, store == NULL && error.message[0] != '\0');
        TH_CHECK(connections[i].name, strstr(error.message, "secret-word") == NULL);
    }
    struct th_error error = {0};
    snprintf(conninfo, sizeof(conninfo), "%s user=nobody_known", getenv("TONGHOP_TEST_DATABASE"));
    TH_CHECK("unknown role", th_store_open(conninfo, "tests", 5000, &store, &error) == TH_USAGE);
    snprintf(conninfo, sizeof(conninfo), "%s dbname=none_such", getenv("TONGHOP_TEST_DATABASE"));
    TH_CHECK("unknown database",
             th_store_open(conninfo, "tests", 5000, &store, &error) == TH_USAGE);
}

/* Accepts connections, as the kernel does for any listener, and never says a word. */
static int listen_silently(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool listening = bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
                     listen(listener, 4) == 0 &&
                     getsockname(listener, (struct sockaddr *)&address, &size) == 0;
    TH_CHECK("listening", listening);
    *port = ntohs(address.sin_port);
    return listener;
}

static void test_a_silent_server_is_given_up_at_the_deadline(void)
{
    struct th_store *store;
    struct th_error error = {0};
    char conninfo[128];
    unsigned port;
    int listener = listen_silently(&port);
    snprintf(conninfo, sizeof(conninfo), "host=127.0.0.1 port=%u dbname=x user=y", port);
    int64_t start = th_clock_monotonic_ms();
    TH_CHECK("silent", th_store_open(conninfo, "tests", 300, &store, &error) == TH_UNREACHABLE);
    int64_t took = th_clock_monotonic_ms() - start;
    TH_CHECK("not before", took >= 300);
    TH_CHECK("not long after", took < 5000);
    close(listener);
}

static void test_a_dead_host_of_several_is_skipped(void)
{
    struct th_store *store;
    struct th_error error = {0};
    char conninfo[700];
    const char *base = getenv("TONGHOP_TEST_DATABASE");
    const char *host = base ? strstr(base, "host=") : NULL;
    TH_CHECK("the tests connect to a host", host != NULL);
    if (!host)
        return;
    host += strlen("host=");
    snprintf(conninfo, sizeof(conninfo), "%.*s/nowhere,%s", (int)(host - base), base, host);
    CHECK_OK("second host", th_store_open(conninfo, "tests", 5000, &store, &error), error);
    th_store_close(&store);
}

static void test_a_lost_connection_is_unreachable_until_reopened(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    uint64_t sequence;
    fixture_open(&fixture, "schema_lost", FIXTURE_MIGRATED);
    struct th_store *store = fixture_connect(fixture.owner, "tests-lost");
    TH_CHECK_TEXT("application_name",
                  operator_ask(&fixture, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                         " WHERE application_name = 'tests-lost'"),
                  "t");
    TH_CHECK("killed", th_store_event_sequence(store, &sequence, &error) == TH_UNREACHABLE);
    TH_CHECK("again", th_store_event_sequence(store, &sequence, &error) == TH_UNREACHABLE);
    CHECK_OK("reopen", th_store_reopen(store, 5000, &error), error);
    CHECK_OK("reopened", th_store_event_sequence(store, &sequence, &error), error);
    th_store_close(&store);
    fixture_close(&fixture);
}

static void test_the_province_is_written_once(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_province got;
    struct th_province province = {"QN", "Quảng Ninh", "Quang Ninh", "Asia/Ho_Chi_Minh"};
    fixture_open(&fixture, "schema_province", FIXTURE_MIGRATED);
    TH_CHECK("none yet", th_store_get_province(fixture.store, &got, &error) == TH_USAGE);
    CHECK_OK("first", th_store_put_province(fixture.store, &province, &error), error);
    snprintf(province.name_en, sizeof(province.name_en), "Quang Ninh Province");
    CHECK_OK("new name", th_store_put_province(fixture.store, &province, &error), error);
    CHECK_OK("get", th_store_get_province(fixture.store, &got, &error), error);
    TH_CHECK_TEXT("code", got.code, "QN");
    TH_CHECK_TEXT("name_vi", got.name_vi, "Quảng Ninh");
    TH_CHECK_TEXT("name_en", got.name_en, "Quang Ninh Province");
    TH_CHECK_TEXT("time_zone", got.time_zone, "Asia/Ho_Chi_Minh");
    snprintf(province.code, sizeof(province.code), "HP");
    TH_CHECK("other code", th_store_put_province(fixture.store, &province, &error) == TH_USAGE);
    TH_CHECK_TEXT("still one",
                  operator_ask(&fixture, "SELECT string_agg(code, ',')"
                                         " FROM tonghop.province"),
                  "QN");
    fixture_close(&fixture);
}

static const struct {
    const char *name;
    struct th_enrolment enrolment;
    enum th_status want;
} enrolments[] = {
    {"a district", {.public_key = {1}, .name = "D1", .role = "district"}, TH_OK},
    {"its second key", {.public_key = {2}, .name = "D1", .role = "district"}, TH_OK},
    {"a viewer", {.public_key = {3}, .name = "office", .role = "viewer"}, TH_OK},
    {"a portal", {.public_key = {4}, .name = "portal", .role = "approver", .portal = true}, TH_OK},
    {"a key twice", {.public_key = {3}, .name = "again", .role = "viewer"}, TH_USAGE},
    {"an unknown district", {.public_key = {5}, .name = "D99", .role = "district"}, TH_USAGE},
    {"an unknown role", {.public_key = {6}, .name = "x", .role = "owner"}, TH_USAGE},
    /* A portal key is never admin (ARCHITECTURE, Delivery). */
    {"an admin portal",
     {.public_key = {7}, .name = "x", .role = "admin", .portal = true},
     TH_USAGE},
    {"no name", {.public_key = {8}, .name = "", .role = "viewer"}, TH_USAGE},
};

static void test_keys_are_enrolled_listed_and_revoked(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_enrolment *list, revoked;
    size_t count;
    uint64_t before, after;
    fixture_open(&fixture, "schema_keys", FIXTURE_WITH_CATALOGUE);
    CHECK_OK("sequence", th_store_event_sequence(fixture.store, &before, &error), error);
    for (size_t i = 0; i < sizeof(enrolments) / sizeof(enrolments[0]); i++)
        TH_CHECK(enrolments[i].name, th_store_enrol(fixture.store, &enrolments[i].enrolment,
                                                    "tests", &error) == enrolments[i].want);
    CHECK_OK("list", th_store_list_enrolments(fixture.store, &list, &count, &error), error);
    TH_CHECK("list", count == 4);
    TH_CHECK("oldest first", list[0].public_key[0] == 1 && list[3].public_key[0] == 4);
    TH_CHECK("district", list[0].district_id > 0 && list[2].district_id == 0);
    TH_CHECK("portal", list[3].portal && !list[2].portal);
    TH_CHECK("admitted", list[0].revoked_at_us == 0);
    TH_CHECK("enrolled now", llabs(list[0].enrolled_at_us - th_clock_now_us()) < 60000000);

    /* The first enrolment decides what is historic; the second changes nothing. */
    struct th_catalogue_ids *ids;
    CHECK_OK("ids", th_store_load_ids(fixture.store, fixture.ids->catalogue, &ids, &error), error);
    TH_CHECK("first enrolled", ids->first_enrolled_us[0] == list[0].enrolled_at_us);
    TH_CHECK("never enrolled", ids->first_enrolled_us[1] == INT64_MAX);
    th_catalogue_ids_release(&ids);
    free(list);

    CHECK_OK("revoke",
             th_store_revoke(fixture.store, enrolments[0].enrolment.public_key, "tests", &revoked,
                             &error),
             error);
    TH_CHECK_TEXT("revoked", revoked.name, "D1");
    TH_CHECK("revoked", revoked.revoked_at_us >= revoked.enrolled_at_us);
    TH_CHECK("revoked twice", th_store_revoke(fixture.store, enrolments[0].enrolment.public_key,
                                              "tests", &revoked, &error) == TH_USAGE);
    TH_CHECK("revoked key again",
             th_store_enrol(fixture.store, &enrolments[0].enrolment, "tests", &error) == TH_USAGE);
    CHECK_OK("sequence", th_store_event_sequence(fixture.store, &after, &error), error);
    TH_CHECK("four enrolments and a revocation", after == before + 5);

    char fault[256] = "";
    TH_CHECK(fault, event_chain_is_whole(&fixture, fault));
    TH_CHECK_TEXT("payload has sorted keys",
                  operator_ask(&fixture, "SELECT payload FROM tonghop.province_event"
                                         " WHERE kind = 'enrolment' ORDER BY sequence LIMIT 1"),
                  "{\"name\":\"D1\",\"portal\":false,\"public_key\":"
                  "\"0100000000000000000000000000000000000000000000000000000000000000\","
                  "\"role\":\"district\"}");
    fixture_close(&fixture);
}

const struct th_test schema_tests[] = {
    {"migrating twice applies once", test_migrating_twice_applies_once},
    {"every table and column is commented", test_every_table_and_column_is_commented},
    {"another schema version is refused", test_another_schema_version_is_refused},
    {"a failed connection says why, without secrets",
     test_a_failed_connection_says_why_without_secrets},
    {"a silent server is given up at the deadline",
     test_a_silent_server_is_given_up_at_the_deadline},
    {"a dead host of several is skipped", test_a_dead_host_of_several_is_skipped},
    {"a lost connection is unreachable until reopened",
     test_a_lost_connection_is_unreachable_until_reopened},
    {"the province is written once", test_the_province_is_written_once},
    {"keys are enrolled, listed and revoked", test_keys_are_enrolled_listed_and_revoked},
    {NULL, NULL},
};

#include "tests/integration/query/province.h"

#include <stdlib.h>

#include "tests/integration/query/bench.h"
#include "tests/unit/catalogue_support.h"

struct province province;

void province_die(const char *what, const char *why)
{
    fprintf(stderr, "test_query: %s: %s\n", what, why);
    abort();
}

/* ----------------------------------------------------------------- catalogue */

static void import(struct folder *folder)
{
    struct th_error error = {0};
    struct th_stranded *stranded = NULL;
    size_t count;
    uint64_t version;
    bool changed;
    struct th_catalogue *catalogue = folder_load(folder, NULL);
    if (!catalogue ||
        th_store_import_catalogue(province.fixture.store, catalogue, "tests", &version, &changed,
                                  &stranded, &count, &error) != TH_OK)
        province_die("importing the catalogue", error.message);
    th_catalogue_release(&catalogue);
    free(stranded);
}

/* Two drafts, then the sample as it is: the version in force is not the only one. */
static void import_catalogues(void)
{
    static const char *const drafts[] = {"first draft", "second draft"};
    const char *now = "review by the district";
    struct folder folder;
    struct th_error error = {0};
    struct th_catalogue *catalogue = NULL;
    if (!folder_read_sample(&folder))
        abort();
    for (size_t i = 0; i < 2; i++) {
        folder_replace(&folder, "forms.csv", now, drafts[i]);
        import(&folder);
        now = drafts[i];
    }
    folder_replace(&folder, "forms.csv", now, "review by the district");
    import(&folder);
    folder_free(&folder);

    if (th_store_load_catalogue(province.fixture.store, 0, &catalogue, &error) != TH_OK ||
        th_store_load_ids(province.fixture.store, catalogue, &province.fixture.ids, &error) !=
            TH_OK)
        province_die("loading the catalogue", error.message);
    th_catalogue_release(&catalogue);
}

void province_make(void)
{
    struct th_error error = {0};
    const struct th_province described = {.code = PROVINCE_CODE,
                                          .name_vi = "Tỉnh Quảng Ninh",
                                          .name_en = "Quang Ninh Province",
                                          .time_zone = "Asia/Ho_Chi_Minh"};
    if (province.fixture.store)
        return;
    fixture_open(&province.fixture, "query", FIXTURE_MIGRATED);
    if (th_store_put_province(province.fixture.store, &described, &error) != TH_OK)
        province_die("describing the province", error.message);
    import_catalogues();
    struct th_store *writer = fixture_connect(province.fixture.writer, "tests");
    province_write_reports(writer);
    th_store_close(&writer);
}

void province_free(void)
{
    th_buffer_free(&province.body_193);
    th_buffer_free(&province.body_194_first);
    th_buffer_free(&province.body_194);
    fixture_close(&province.fixture);
}

int64_t province_now_us(void)
{
    return strtoll(operator_ask(&province.fixture,
                                "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"),
                   NULL, 10);
}

/* ------------------------------------------------------------------- outages */

/* Of the collector's roles; the operator and the tests' own store are superusers. */
#define COLLECTOR_SESSIONS                                                                         \
    " FROM pg_stat_activity WHERE datname = current_database()"                                    \
    " AND usename IN ('test_writer', 'test_reader')"

/* Again and again: one that was being admitted meanwhile must not stay. */
void province_end_sessions(void)
{
    TH_CHECK("no session of the collector's is left",
             operator_await(&province.fixture, "0",
                            "SELECT count(pg_terminate_backend(pid))" COLLECTOR_SESSIONS));
}

void province_refuse_sessions(void)
{
    operator_ask(&province.fixture, "ALTER DATABASE %s CONNECTION LIMIT 0", province.fixture.name);
    province_end_sessions();
}

void province_admit_sessions(void)
{
    operator_ask(&province.fixture, "ALTER DATABASE %s CONNECTION LIMIT -1", province.fixture.name);
}

static void command(const char *variable)
{
    const char *given = getenv(variable);
    char line[4096];
    snprintf(line, sizeof(line), "%s > /dev/null", given ? given : "false");
    if (system(line) != 0)
        province_die(variable, "the command failed");
}

void province_stop_server(void)
{
    command("TONGHOP_TEST_DATABASE_STOP");
}

void province_start_server(void)
{
    struct th_error error = {0};
    command("TONGHOP_TEST_DATABASE_START");
    PQreset(province.fixture.operator);
    if (PQstatus(province.fixture.operator) != CONNECTION_OK ||
        th_store_reopen(province.fixture.store, LONG_MS, &error) != TH_OK)
        province_die("connecting again", error.message);
}

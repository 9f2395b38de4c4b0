#include "fixture.h"

#include <poll.h>
#include <stdlib.h>

#include "common/base/clock.h"

#define AWAIT_MS 20000

static const struct th_catalogue_file files[] = {
    {"districts.csv", TH_SLICE("code,name_vi,kind,communes,opened,closed,successor\n"
                               "D1,Huyện Một,district,3,2015-01-01,,\n"
                               "D2,Huyện Hai,district,,2015-01-01,,\n"
                               "D3,Huyện Ba,district,,2015-01-01,,\n"
                               "D4,Huyện Bốn,district,,2015-01-01,,\n"
                               "D5,Huyện Năm,district,,2015-01-01,,\n"
                               "D6,Huyện Sáu,district,,2015-01-01,2024-06-30,D1\n")},
    {"communes.csv", TH_SLICE("code,name_vi,district_code,opened,closed\n"
                              "C1,Xã Một,D1,2015-01-01,\n"
                              "C2,Xã Hai,D1,2015-01-01,\n"
                              "C3,Xã Ba,D1,2015-01-01,\n")},
    {"forms.csv", TH_SLICE("code,name_vi,filled_by,frequency,due_days,lock_days,opened,closed\n"
                           "monthly,Báo cáo tháng,district,month,10,,2015-01-01,\n"
                           "yearly,Báo cáo năm,district,year,30,,2015-01-01,\n")},
    {"groups.csv", TH_SLICE("form,group,name_vi\nmonthly,g,Nhóm\nyearly,g,Nhóm\n")},
    {"criteria.csv",
     TH_SLICE("form,code,group,name_vi,kind,decimals,time_agg,district_agg,min,max,required,"
              "opened,closed\n"
              "monthly,cases,g,Số vụ,count,0,sum,sum,,,yes,2015-01-01,\n"
              "monthly,spent,g,Kinh phí,amount,3,sum,sum,,,no,2015-01-01,\n"
              "monthly,staff,g,Biên chế,ratio,1,last,sum,,,no,2015-01-01,\n"
              "monthly,level,g,Điểm,score,1,average,average,0,10,no,2015-01-01,\n"
              "monthly,decision,g,Đề nghị,choice,0,last,distribution,,,no,2015-01-01,\n"
              "monthly,members,g,Xã,communes,0,last,union,,,no,2015-01-01,\n"
              "monthly,story,g,Nhận xét,text,0,,,,,no,2015-01-01,\n"
              "monthly,spare,g,Dự phòng,count,0,sum,sum,,,no,2015-01-01,\n"
              "yearly,total,g,Tổng,count,0,last,sum,,,yes,2015-01-01,\n")},
    {"choices.csv", TH_SLICE("form,criterion,value,name_vi\n"
                             "monthly,decision,keep,Giữ\nmonthly,decision,stop,Dừng\n"
                             "monthly,decision,other,Khác\n")},
};
#define FILE_COUNT (sizeof(files) / sizeof(files[0]))

static void die(const char *what, const char *why)
{
    fprintf(stderr, "test_store: %s: %s\n", what, why);
    abort();
}

static struct th_catalogue *read_files(const struct th_catalogue_file *given)
{
    struct th_fault_list faults = {0};
    struct th_catalogue *catalogue = th_catalogue_read(given, FILE_COUNT, &faults);
    if (!catalogue)
        die("the catalogue of the tests", faults.count ? faults.faults[0].message : "?");
    th_fault_list_free(&faults);
    return catalogue;
}

struct th_catalogue *fixture_catalogue(void)
{
    return read_files(files);
}

struct th_catalogue *fixture_catalogue_changed(const char *file, const char *from, const char *to)
{
    struct th_catalogue_file changed[FILE_COUNT];
    struct th_buffer content = {0};
    memcpy(changed, files, sizeof(changed));
    for (size_t i = 0; i < FILE_COUNT; i++) {
        if (strcmp(changed[i].name, file) != 0)
            continue;
        const char *at = strstr(files[i].content.bytes, from);
        if (!at)
            die("not in the catalogue", from);
        th_buffer_add(&content, files[i].content.bytes, (size_t)(at - files[i].content.bytes));
        th_buffer_add_text(&content, to);
        th_buffer_add_text(&content, at + strlen(from));
        changed[i].content = th_buffer_slice(&content);
    }
    struct th_catalogue *catalogue = read_files(changed);
    th_buffer_free(&content);
    return catalogue;
}

const char *operator_ask(struct fixture *fixture, const char *format, ...)
{
    static char answer[4096];
    char sql[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql, sizeof(sql), format, arguments);
    va_end(arguments);

    PGresult *result = PQexec(fixture->operator, sql);
    ExecStatusType kind = PQresultStatus(result);
    TH_CHECK(kind == PGRES_FATAL_ERROR ? PQresultErrorMessage(result) : sql,
             kind == PGRES_TUPLES_OK || kind == PGRES_COMMAND_OK);
    snprintf(answer, sizeof(answer), "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return answer;
}

bool operator_await(struct fixture *fixture, const char *want, const char *sql)
{
    int64_t deadline = th_clock_monotonic_ms() + AWAIT_MS;
    while (strcmp(operator_ask(fixture, "%s", sql), want) != 0) {
        if (th_clock_monotonic_ms() > deadline)
            return false;
        poll(NULL, 0, 5);
    }
    return true;
}

struct th_store *fixture_connect(const char *conninfo, const char *purpose)
{
    struct th_store *store = NULL;
    struct th_error error = {0};
    if (th_store_open(conninfo, purpose, 20000, &store, &error) != TH_OK)
        die("connecting", error.message);
    return store;
}

static PGconn *connect_raw(const char *conninfo)
{
    PGconn *connection = PQconnectdb(conninfo);
    if (PQstatus(connection) != CONNECTION_OK)
        die("the operator's connection", PQerrorMessage(connection));
    return connection;
}

/* Login roles of the tests, members of the groups that migrate makes. */
static void make_roles(struct fixture *fixture)
{
    operator_ask(fixture,
                 "DO $$ BEGIN"
                 "  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'test_writer') THEN"
                 "    CREATE ROLE test_writer LOGIN IN ROLE tonghop_writer;"
                 "    CREATE ROLE test_reader LOGIN IN ROLE tonghop_reader;"
                 "  END IF; END $$");
}

static void import(struct fixture *fixture)
{
    struct th_error error = {0};
    struct th_catalogue *catalogue = fixture_catalogue();
    struct th_stranded *stranded;
    size_t count;
    uint64_t version;
    bool changed;
    if (th_store_import_catalogue(fixture->store, catalogue, "tests", &version, &changed, &stranded,
                                  &count, &error) != TH_OK ||
        th_store_load_ids(fixture->store, catalogue, &fixture->ids, &error) != TH_OK)
        die("importing the catalogue", error.message);
    th_catalogue_release(&catalogue);
}

void fixture_open(struct fixture *fixture, const char *name, enum fixture_state state)
{
    const char *base = getenv("TONGHOP_TEST_DATABASE");
    char sql[128];
    struct th_error error = {0};
    int applied;
    *fixture = (struct fixture){0};
    snprintf(fixture->name, sizeof(fixture->name), "%s", name);
    PGconn *first = connect_raw(base);
    snprintf(sql, sizeof(sql), "CREATE DATABASE %s", name);
    PGresult *result = PQexec(first, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        die("creating a database", PQresultErrorMessage(result));
    PQclear(result);
    PQfinish(first);

    /* What comes later in a connection string overrides. */
    snprintf(fixture->owner, sizeof(fixture->owner), "%s dbname=%s", base, name);
    snprintf(fixture->writer, sizeof(fixture->writer), "%s dbname=%s user=test_writer", base, name);
    snprintf(fixture->reader, sizeof(fixture->reader), "%s dbname=%s user=test_reader", base, name);
    fixture->operator= connect_raw(fixture->owner);
    fixture->store = fixture_connect(fixture->owner, "tests");
    if (state == FIXTURE_EMPTY)
        return;
    if (th_store_migrate(fixture->store, &applied, &error) != TH_OK)
        die("migrating", error.message);
    make_roles(fixture);
    if (state == FIXTURE_WITH_CATALOGUE)
        import(fixture);
}

void fixture_close(struct fixture *fixture)
{
    th_catalogue_ids_release(&fixture->ids);
    th_store_close(&fixture->store);
    PQfinish(fixture->operator);
}

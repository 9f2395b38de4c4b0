/* Importing catalogues, and refusing those that would strand accepted data. */
#include <stdlib.h>

#include "fixture.h"

/* Imports and releases `catalogue`; status, version and what is stranded come back. */
struct import {
    enum th_status status;
    uint64_t version;
    bool changed;
    struct th_stranded *stranded;
    size_t count;
    struct th_error error;
};

static struct import import(struct fixture *fixture, struct th_catalogue *catalogue)
{
    struct import result = {0};
    result.status =
        th_store_import_catalogue(fixture->store, catalogue, "tests", &result.version,
                                  &result.changed, &result.stranded, &result.count, &result.error);
    th_catalogue_release(&catalogue);
    return result;
}

static void test_an_import_makes_a_version_only_when_something_changed(void)
{
    struct fixture fixture;
    struct th_error error = {0};
    struct th_catalogue *catalogue;
    fixture_open(&fixture, "catalogue_versions", FIXTURE_MIGRATED);
    CHECK_OK("none", th_store_load_catalogue(fixture.store, 0, &catalogue, &error), error);
    TH_CHECK("none", catalogue == NULL);

    struct import first = import(&fixture, fixture_catalogue());
    CHECK_OK("first", first.status, first.error);
    TH_CHECK("first", first.version == 1 && first.changed);
    struct import same = import(&fixture, fixture_catalogue());
    CHECK_OK("same", same.status, same.error);
    TH_CHECK("same", same.version == 1 && !same.changed);
    struct import renamed =
        import(&fixture, fixture_catalogue_changed("districts.csv", "Huyện Một", "Thị xã Một"));
    CHECK_OK("renamed", renamed.status, renamed.error);
    TH_CHECK("renamed", renamed.version == 2 && renamed.changed);

    CHECK_OK("in force", th_store_load_catalogue(fixture.store, 0, &catalogue, &error), error);
    TH_CHECK("in force", catalogue->version == 2);
    TH_CHECK_TEXT("in force", catalogue->districts[0].name.vi, "Thị xã Một");
    th_catalogue_release(&catalogue);
    CHECK_OK("older", th_store_load_catalogue(fixture.store, 1, &catalogue, &error), error);
    TH_CHECK_TEXT("older", catalogue->districts[0].name.vi, "Huyện Một");
    th_catalogue_release(&catalogue);
    TH_CHECK("unknown", th_store_load_catalogue(fixture.store, 9, &catalogue, &error) == TH_USAGE);

    TH_CHECK_TEXT("row for people",
                  operator_ask(&fixture, "SELECT name_vi FROM tonghop.district"
                                         " WHERE code = 'D1'"),
                  "Thị xã Một");
    TH_CHECK_TEXT("events",
                  operator_ask(&fixture, "SELECT count(*) FROM tonghop.province_event"
                                         " WHERE kind = 'catalogue'"),
                  "2");
    char fault[256] = "";
    TH_CHECK(fault, event_chain_is_whole(&fixture, fault));
    fixture_close(&fixture);
}

static void test_ids_stay_and_are_not_used_up(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "catalogue_ids", FIXTURE_WITH_CATALOGUE);
    const struct th_catalogue_ids *ids = fixture.ids;
    /* D1..D6 in the order of the file; three imports later D7 takes the next number. */
    TH_CHECK("first", ids->district_ids[0] == 1 && ids->district_ids[5] == 6);
    TH_CHECK("back", ids->district_of_id[3] == 2 && ids->district_of_id[0] == -1);
    TH_CHECK("criterion", ids->criterion_of_id[ids->criterion_ids[0][2]] == 2);
    import(&fixture, fixture_catalogue_changed("districts.csv", "Huyện Một", "A"));
    import(&fixture, fixture_catalogue_changed("districts.csv", "Huyện Một", "B"));
    struct import more =
        import(&fixture, fixture_catalogue_changed("districts.csv", "D6,",
                                                   "D7,Huyện Bảy,district,,2015-01-01,,\nD6,"));
    CHECK_OK("one more", more.status, more.error);
    TH_CHECK_TEXT("numbers",
                  operator_ask(&fixture, "SELECT string_agg(code || '=' || district_id, ' '"
                                         " ORDER BY code) FROM tonghop.district"),
                  "D1=1 D2=2 D3=3 D4=4 D5=5 D6=6 D7=7");
    fixture_close(&fixture);
}

/* Against two reports of D1, 2024-03 and 2024-04, each with every criterion but
 * `spare`: spent 12.345, decision keep, level n/a; and one of D6, 2024-05, with cases
 * only. */
static const struct {
    const char *name, *file, *from, *to;
    enum th_status want;
    enum th_change_kind want_kind;
    uint64_t want_reports;
} changes[] = {
    {"an unused criterion goes", "criteria.csv",
     "monthly,spare,g,Dự phòng,count,0,sum,sum,,,no,2015-01-01,\n", "", TH_OK, 0, 0},
    {"a used criterion goes", "criteria.csv",
     "monthly,story,g,Nhận xét,text,0,,,,,no,2015-01-01,\n", "", TH_REJECTED,
     TH_CHANGE_CRITERION_REMOVED, 2},
    /* n/a is an answer too: it would lose its question. */
    {"a criterion with n/a only goes", "criteria.csv",
     "monthly,level,g,Điểm,score,1,average,average,0,10,no,2015-01-01,\n", "", TH_REJECTED,
     TH_CHANGE_CRITERION_REMOVED, 2},
    /* ... but it does not mind how figures are combined. */
    {"a criterion with n/a only is combined otherwise", "criteria.csv", "score,1,average,average",
     "score,1,last,average", TH_OK, 0, 0},
    {"an unused choice goes", "choices.csv", "monthly,decision,other,Khác\n", "", TH_OK, 0, 0},
    {"a used choice goes", "choices.csv", "monthly,decision,keep,Giữ\n", "", TH_REJECTED,
     TH_CHANGE_CHOICE_REMOVED, 2},
    /* 12.345 has three digits: 3 is enough, 2 is not. */
    {"digits are cut", "criteria.csv", "spent,g,Kinh phí,amount,3", "spent,g,Kinh phí,amount,2",
     TH_REJECTED, TH_CHANGE_DECIMALS, 2},
    /* The denominator 177.5 has one digit. */
    {"digits of a ratio are cut", "criteria.csv", "staff,g,Biên chế,ratio,1",
     "staff,g,Biên chế,ratio,0", TH_REJECTED, TH_CHANGE_DECIMALS, 2},
    {"an aggregation changes", "criteria.csv", "cases,g,Số vụ,count,0,sum,sum",
     "cases,g,Số vụ,count,0,last,sum", TH_REJECTED, TH_CHANGE_AGGREGATION, 3},
    {"a kind changes", "criteria.csv", "cases,g,Số vụ,count", "cases,g,Số vụ,amount", TH_REJECTED,
     TH_CHANGE_KIND, 3},
    {"a frequency changes", "forms.csv", "monthly,Báo cáo tháng,district,month",
     "monthly,Báo cáo tháng,district,quarter", TH_REJECTED, TH_CHANGE_FREQUENCY, 3},
    {"an unused form's frequency changes", "forms.csv", "yearly,Báo cáo năm,district,year",
     "yearly,Báo cáo năm,district,half", TH_OK, 0, 0},
    {"a district without reports goes", "districts.csv", "D5,Huyện Năm,district,,2015-01-01,,\n",
     "", TH_OK, 0, 0},
    {"a district with reports goes", "districts.csv",
     "D6,Huyện Sáu,district,,2015-01-01,2024-06-30,D1\n", "", TH_REJECTED,
     TH_CHANGE_DISTRICT_REMOVED, 1},
    /* May ends on the 31st: closing on that day keeps it, a day earlier does not. */
    {"a district closes after its last report", "districts.csv", "2024-06-30,D1", "2024-05-31,D1",
     TH_OK, 0, 0},
    {"a district closes before its last report", "districts.csv", "2024-06-30,D1", "2024-05-30,D1",
     TH_REJECTED, TH_CHANGE_DISTRICT_INTERVAL, 1},
    /* April's last day stays open, so its report is not lost; March's is. */
    {"a district opens in the middle of a base period", "districts.csv",
     "D1,Huyện Một,district,3,2015-01-01", "D1,Huyện Một,district,3,2024-04-10", TH_REJECTED,
     TH_CHANGE_DISTRICT_INTERVAL, 1},
    {"a criterion closes between reports", "criteria.csv",
     "spent,g,Kinh phí,amount,3,sum,sum,,,no,2015-01-01,",
     "spent,g,Kinh phí,amount,3,sum,sum,,,no,2015-01-01,2024-03-31", TH_REJECTED,
     TH_CHANGE_CRITERION_INTERVAL, 1},
    {"a criterion closes after all reports", "criteria.csv",
     "spent,g,Kinh phí,amount,3,sum,sum,,,no,2015-01-01,",
     "spent,g,Kinh phí,amount,3,sum,sum,,,no,2015-01-01,2024-04-30", TH_OK, 0, 0},
    {"a form closes before all reports", "forms.csv",
     "monthly,Báo cáo tháng,district,month,10,,2015-01-01,",
     "monthly,Báo cáo tháng,district,month,10,,2015-01-01,2023-12-31", TH_REJECTED,
     TH_CHANGE_FORM_INTERVAL, 3},
};

static void write_three_reports(struct fixture *fixture)
{
    const struct report_plan plans[] = {
        {.seed = 1, .district = "D1", .period = "2024-03", .revision = 1, .cases = 5, .full = true},
        {.seed = 2, .district = "D1", .period = "2024-04", .revision = 1, .cases = 6, .full = true},
        {.seed = 3, .district = "D6", .period = "2024-05", .revision = 1, .cases = 7},
    };
    for (size_t i = 0; i < 3; i++) {
        struct th_submission *submission = report_make(fixture, &plans[i]);
        TH_CHECK(plans[i].period, report_write_one(fixture, submission) == TH_OUTCOME_ACCEPTED);
        report_free(submission);
    }
}

static void test_what_would_strand_data_is_refused_with_its_count(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "catalogue_stranded", FIXTURE_WITH_CATALOGUE);
    write_three_reports(&fixture);
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        const char *name = changes[i].name;
        struct import result = import(
            &fixture, fixture_catalogue_changed(changes[i].file, changes[i].from, changes[i].to));
        TH_CHECK(name, result.status == changes[i].want);
        TH_CHECK(name, result.count == (changes[i].want == TH_REJECTED));
        if (result.count == 1) {
            TH_CHECK(name, result.stranded[0].change.kind == changes[i].want_kind);
            TH_CHECK(name, result.stranded[0].reports == changes[i].want_reports);
        }
        free(result.stranded);
        /* The first form of the catalogue again, so that each row stands alone. */
        if (result.status == TH_OK) {
            struct import back = import(&fixture, fixture_catalogue());
            CHECK_OK(name, back.status, back.error);
        }
    }
    fixture_close(&fixture);
}

static void test_a_refused_import_changes_nothing(void)
{
    struct fixture fixture;
    fixture_open(&fixture, "catalogue_refused", FIXTURE_WITH_CATALOGUE);
    write_three_reports(&fixture);
    struct import result =
        import(&fixture, fixture_catalogue_changed("criteria.csv", "cases,g,Số vụ,count,0,sum,sum",
                                                   "cases,g,Tên mới,count,0,last,sum"));
    TH_CHECK("refused", result.status == TH_REJECTED && result.count == 1);
    TH_CHECK_TEXT("its texts outlive the catalogues", result.stranded[0].change.criterion, "cases");
    free(result.stranded);
    TH_CHECK_TEXT("version",
                  operator_ask(&fixture, "SELECT max(version)"
                                         " FROM tonghop.catalogue_version"),
                  "1");
    TH_CHECK_TEXT("row",
                  operator_ask(&fixture, "SELECT name_vi FROM tonghop.criterion"
                                         " WHERE code = 'cases'"),
                  "Số vụ");
    TH_CHECK_TEXT("events", operator_ask(&fixture, "SELECT count(*) FROM tonghop.province_event"),
                  "1");
    fixture_close(&fixture);
}

const struct th_test catalogue_tests[] = {
    {"an import makes a version only when something changed",
     test_an_import_makes_a_version_only_when_something_changed},
    {"ids stay, and are not used up by imports", test_ids_stay_and_are_not_used_up},
    {"what would strand data is refused with its count",
     test_what_would_strand_data_is_refused_with_its_count},
    {"a refused import changes nothing", test_a_refused_import_changes_nothing},
    {NULL, NULL},
};

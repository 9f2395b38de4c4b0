/* What the tests of reports share: a catalogue small enough to judge by hand, the
 * sample of Quảng Ninh, and problems as one line of text. */
#ifndef TONGHOP_TESTS_REPORT_FIXTURE_H
#define TONGHOP_TESTS_REPORT_FIXTURE_H

#include <stdlib.h>

#include "tests/unit/th_test.h"

#include "common/base/buffer.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/domain/catalogue.h"
#include "common/domain/problem.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* D1 has three communes (c4 left it at the end of 2023), D2 closed then.
 * Form `f` is monthly, due after 10 days and locked after 45: March 2024 is locked
 * once 15 May 2024 has ended. `a` is the province's, `old` ended with 2020. */
static const struct {
    const char *name, *content;
} fixture_files[] = {
    {"districts.csv", "code,name_vi,name_en,kind,communes,opened,closed,successor\n"
                      "D1,Huyện Một,District One,district,3,2015-01-01,,\n"
                      "D2,Huyện Hai,District Two,district,2,2015-01-01,2023-12-31,D1\n"},
    {"communes.csv", "code,name_vi,name_en,district_code,opened,closed\n"
                     "c1,Xã Một,Commune One,D1,2015-01-01,\n"
                     "c2,Xã Hai,Commune Two,D1,2015-01-01,\n"
                     "c3,Xã Ba,Commune Three,D1,2015-01-01,\n"
                     "c4,Xã Bốn,Commune Four,D1,2015-01-01,2023-12-31\n"
                     "e1,Xã Khác,Other Commune,D2,2015-01-01,\n"},
    {"forms.csv", "code,name_vi,name_en,filled_by,frequency,due_days,lock_days,opened,closed\n"
                  "f,Biểu F,Form F,district,month,10,45,2016-01-01,\n"
                  "a,Biểu A,Form A,province,half,10,45,2016-01-01,\n"
                  "old,Biểu cũ,Old form,district,month,10,,2016-01-01,2020-12-31\n"},
    {"groups.csv",
     "form,group,name_vi,name_en\nf,g,Nhóm,Group\na,g,Nhóm,Group\nold,g,Nhóm,Group\n"},
    {"criteria.csv",
     "form,code,group,name_vi,name_en,kind,decimals,time_agg,district_agg,min,max,required,opened,"
     "closed,guide_vi,guide_en\n"
     "f,count,g,Số,Count,count,0,sum,sum,,,yes,2016-01-01,,,\n"
     "f,money,g,Tiền,Money,amount,3,sum,sum,-100,,no,2016-01-01,,,\n"
     "f,share,g,Tỷ lệ,Share,ratio,1,sum,sum,0,1,no,2016-01-01,,,\n"
     "f,exact,g,Chính xác,Exact,ratio,9,sum,sum,0.5,1,no,2016-01-01,,,\n"
     "f,score,g,Điểm,Score,score,1,average,average,0,100,no,2016-01-01,,,\n"
     "f,choice,g,Chọn,Choice,choice,0,last,distribution,,,no,2016-01-01,,,\n"
     "f,list,g,Danh sách,List,communes,0,last,union,,,no,2016-01-01,,,\n"
     "f,story,g,Thuyết minh,Story,text,0,,,,,no,2016-01-01,,,\n"
     "f,gone,g,Đã thôi,Gone,count,0,sum,sum,,,yes,2016-01-01,2020-12-31,,\n"
     "f,need,g,Cần,Need,count,0,sum,sum,,,yes,2016-01-01,,,\n"
     "a,mark,g,Điểm,Mark,score,1,average,average,0,100,no,2016-01-01,,,\n"
     "old,count,g,Số,Count,count,0,sum,sum,,,no,2016-01-01,,,\n"},
    {"choices.csv", "form,criterion,value,name_vi,name_en\n"
                    "f,choice,yes,\"Có, nhiều\",Yes\nf,choice,no,Không,No\n"},
    {"rules.csv", "form,code,left,op,right,severity,message_vi,message_en\n"
                  "f,list-agrees,list,=,share.num,error,Danh sách không khớp,The list differs\n"
                  "f,of-communes,share.den,<=,DISTRICT.communes,warning,Quá số xã,Too many\n"
                  "f,balance,count + need - 1,<,money + 0.5,error,Không cân đối,No balance\n"},
};

static inline struct th_catalogue *fixture_catalogue(void)
{
    struct th_catalogue_file files[COUNT(fixture_files)] = {0};
    struct th_fault_list faults = {0};
    TH_CHECK("zone", th_clock_use_zone("Asia/Ho_Chi_Minh", NULL) == TH_OK);
    for (size_t i = 0; i < COUNT(files); i++) {
        snprintf(files[i].name, sizeof(files[i].name), "%s", fixture_files[i].name);
        files[i].content = th_slice_of(fixture_files[i].content);
    }
    struct th_catalogue *catalogue = th_catalogue_read(files, COUNT(files), &faults);
    for (size_t i = 0; i < faults.count; i++)
        fprintf(stderr, "\n    %s:%zu: %s\n", faults.faults[i].file, faults.faults[i].line,
                faults.faults[i].message);
    th_fault_list_free(&faults);
    if (!catalogue)
        abort(); /* no test of this file means anything without it */
    return catalogue;
}

static inline struct th_buffer fixture_read_file(const char *path)
{
    struct th_buffer content = {0};
    struct th_error error = {0};
    enum th_status status = th_file_read(path, 1 << 20, &content, &error);
    TH_CHECK(path, status == TH_OK);
    return content;
}

/* The sample's catalogue. */
static inline struct th_catalogue *fixture_sample(void)
{
    struct th_catalogue_file files[16] = {0};
    struct th_buffer contents[16] = {0};
    struct th_fault_list faults = {0};
    size_t count = 0;
    TH_CHECK("zone", th_clock_use_zone("Asia/Ho_Chi_Minh", NULL) == TH_OK);
    for (; th_catalogue_file_names[count]; count++) {
        char path[512];
        snprintf(path, sizeof(path), TONGHOP_EXAMPLES "/quang-ninh/catalogue/%s",
                 th_catalogue_file_names[count]);
        contents[count] = fixture_read_file(path);
        snprintf(files[count].name, sizeof(files[count].name), "%s",
                 th_catalogue_file_names[count]);
        files[count].content = th_buffer_slice(&contents[count]);
    }
    struct th_catalogue *catalogue = th_catalogue_read(files, count, &faults);
    for (size_t i = 0; i < count; i++)
        th_buffer_free(&contents[i]);
    th_fault_list_free(&faults);
    if (!catalogue)
        abort();
    return catalogue;
}

static inline int64_t fixture_instant(const char *text)
{
    int64_t instant = 0;
    TH_CHECK(text, th_instant_parse(th_slice_of(text), &instant));
    return instant;
}

static inline int fixture_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "code:criterion code:criterion" in alphabetical order; with `places` also
 * "@line:column". In the list's arena. */
static inline const char *fixture_problems(const struct th_problem_list *list, bool places)
{
    char *texts[600];
    struct th_buffer joined = {0};
    for (size_t i = 0; i < list->count && i < COUNT(texts); i++) {
        const struct th_problem *problem = &list->problems[i];
        texts[i] = th_arena_printf(list->arena, "%s%s%s", problem->code,
                                   problem->criterion[0] ? ":" : "", problem->criterion);
        if (places && problem->line)
            texts[i] = th_arena_printf(list->arena, "%s@%zu:%zu", texts[i], problem->line,
                                       problem->column);
    }
    qsort(texts, list->count, sizeof(texts[0]), fixture_compare);
    th_buffer_add_text(&joined, "");
    for (size_t i = 0; i < list->count && i < COUNT(texts); i++)
        th_buffer_printf(&joined, "%s%s", i > 0 ? " " : "", texts[i]);
    const char *result = th_arena_text(list->arena, th_buffer_slice(&joined));
    th_buffer_free(&joined);
    return result;
}

#endif

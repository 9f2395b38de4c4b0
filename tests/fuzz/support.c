#include "tests/fuzz/support.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/text.h"

static const struct {
    const char *name, *content;
} files[] = {
    {"districts.csv", "code,name_vi,kind,opened\nD1,Một,district,2015-01-01\n"},
    {"communes.csv",
     "code,name_vi,district_code,opened\nC1,Xã một,D1,2015-01-01\nC2,Xã hai,D1,2015-01-01\n"},
    {"forms.csv",
     "code,name_vi,filled_by,frequency,due_days,opened\nf,Biểu,district,month,10,2016-01-01\n"},
    {"groups.csv", "form,group,name_vi\nf,g,Nhóm\n"},
    {"criteria.csv",
     "form,code,group,name_vi,kind,decimals,time_agg,district_agg,opened,min,max\n"
     "f,count,g,Số,count,0,sum,sum,2016-01-01,,\nf,money,g,Tiền,amount,2,sum,sum,2016-01-01,,\n"
     "f,share,g,Tỷ lệ,ratio,1,sum,sum,2016-01-01,,\n"
     "f,score,g,Điểm,score,1,average,average,2016-01-01,0,100\n"
     "f,choice,g,Chọn,choice,0,last,distribution,2016-01-01,,\n"
     "f,places,g,Xã,communes,0,last,union,2016-01-01,,\n"
     "f,story,g,Lời,text,0,,,2016-01-01,,\n"},
    {"choices.csv", "form,criterion,value,name_vi\nf,choice,good,Tốt\nf,choice,bad,Kém\n"},
    {"rules.csv", "form,code,left,op,right,severity,message_vi\n"
                  "f,within,share.num,<=,share.den,error,Quá nhiều\n"},
};
#define FILE_COUNT (sizeof(files) / sizeof(files[0]))

const struct th_catalogue *fuzz_catalogue(void)
{
    static const struct th_catalogue *catalogue;
    struct th_catalogue_file sources[FILE_COUNT] = {0};
    struct th_fault_list faults = {0};
    if (catalogue)
        return catalogue;
    MUST(th_clock_use_zone("Asia/Ho_Chi_Minh", NULL) == TH_OK);
    for (size_t i = 0; i < FILE_COUNT; i++) {
        snprintf(sources[i].name, sizeof(sources[i].name), "%s", files[i].name);
        sources[i].content = th_slice_of(files[i].content);
    }
    catalogue = th_catalogue_read(sources, FILE_COUNT, &faults);
    for (size_t i = 0; i < faults.count; i++)
        fprintf(stderr, "%s: %s\n", faults.faults[i].file, faults.faults[i].message);
    MUST(catalogue != NULL);
    return catalogue;
}

const char *fuzz_file(const uint8_t *bytes, size_t size)
{
    static char path[64];
    static int file = -1;
    if (file < 0) {
        file = memfd_create("fuzz", MFD_CLOEXEC);
        MUST(file >= 0);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
    }
    MUST(ftruncate(file, 0) == 0);
    MUST(size == 0 || pwrite(file, bytes, size, 0) == (ssize_t)size);
    return path;
}

static void check_text(const char *text)
{
    MUST(text != NULL && th_text_is_utf8(th_slice_of(text)));
}

void fuzz_check_problems(const struct th_problem_list *problems)
{
    size_t errors = 0;
    for (size_t i = 0; i < problems->count; i++) {
        const struct th_problem *problem = &problems->problems[i];
        errors += problem->severity == TH_SEVERITY_ERROR;
        check_text(problem->code);
        check_text(problem->criterion);
        check_text(problem->value);
        check_text(problem->message_vi);
        check_text(problem->message_en);
    }
    MUST(errors == problems->errors);
}

void fuzz_check_error(enum th_status status, enum th_status allowed, const struct th_error *error)
{
    if (status == TH_OK)
        return;
    MUST(status == allowed && error->status == status);
    MUST(error->message[0] != '\0' && th_text_is_utf8(th_slice_of(error->message)));
}

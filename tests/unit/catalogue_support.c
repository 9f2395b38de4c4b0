#include "tests/unit/catalogue_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/file.h"

void folder_free(struct folder *folder)
{
    for (size_t i = 0; i < FILES; i++)
        th_buffer_free(&folder->contents[i]);
}

void folder_point(struct folder *folder)
{
    for (size_t i = 0; i < FILES; i++) {
        snprintf(folder->files[i].name, sizeof folder->files[i].name, "%s",
                 th_catalogue_file_names[i]);
        folder->files[i].content = th_buffer_slice(&folder->contents[i]);
    }
}

bool folder_read_sample(struct folder *folder)
{
    *folder = (struct folder){0};
    for (size_t i = 0; i < FILES; i++) {
        char path[512];
        struct th_error error = {0};
        snprintf(path, sizeof path, "%s/quang-ninh/catalogue/%s", TONGHOP_EXAMPLES,
                 th_catalogue_file_names[i]);
        if (th_file_read(path, 1 << 20, &folder->contents[i], &error) != TH_OK) {
            fprintf(stderr, "\n    %s\n", error.message);
            return false;
        }
    }
    folder_point(folder);
    return true;
}

static const char *const small_files[FILES] = {
    "code,name_vi,name_en,kind,communes,opened,closed,successor,tile_col,tile_row\n"
    "a,A,Aa,city,1,2020-01-01,,,1,1\n"
    "b,B,,city,,2020-01-01,2022-12-31,a,2,1\n",

    "code,name_vi,name_en,district_code,opened,closed\n"
    "c1,C1,,a,2020-01-01,\n"
    "c2,C2,,b,2020-01-01,2022-12-31\n",

    "code,name_vi,name_en,filled_by,frequency,due_days,lock_days,opened,closed\n"
    "f,F,,district,month,10,45,2020-01-01,\n",

    "form,group,name_vi,name_en\n"
    "f,g,G,\n",

    "form,code,group,name_vi,kind,display,decimals,time_agg,district_agg,direction,min,max,target,"
    "weight,required,opened,closed\n"
    "f,n,g,N,count,number,0,sum,sum,up,0,,5,1,yes,2020-01-01,\n"
    "f,m,g,M,amount,number,2,sum,sum,up,,,,0,no,2020-01-01,\n"
    "f,r,g,R,ratio,percent,0,last,sum,up,0,1,0.5,2,yes,2020-01-01,\n"
    "f,s,g,S,score,number,1,average,average,up,0,100,,0,no,2020-01-01,\n"
    "f,ch,g,CH,choice,,,last,distribution,,,,,,,2020-01-01,\n"
    "f,l,g,L,communes,,,last,union,,,,,,,2020-01-01,\n"
    "f,t,g,T,text,,,,,,,,,,,2020-01-01,\n",

    "form,criterion,value,name_vi,name_en\n"
    "f,ch,go,Go,\n"
    "f,ch,stop,Stop,\n",

    "form,code,left,op,right,severity,message_vi,message_en\n"
    "f,within,r.num,<=,r.den,error,Too many,\n",

    "form,criterion,district,from,to,target\n"
    "f,n,a,2020-01-01,,5\n",

    "code,name_vi,name_en,from,to\n"
    "term,Term,,2020-01-01,2024-12-31\n",

    "date,name_vi,name_en,working\n"
    "2020-01-01,New Year,,no\n",
};

void folder_make_small(struct folder *folder)
{
    *folder = (struct folder){0};
    for (size_t i = 0; i < FILES; i++)
        th_buffer_add_text(&folder->contents[i], small_files[i]);
    folder_point(folder);
}

void folder_write(struct folder *folder, const struct th_catalogue *catalogue)
{
    *folder = (struct folder){0};
    for (size_t i = 0; i < FILES; i++)
        th_catalogue_write(catalogue, th_catalogue_file_names[i], &folder->contents[i]);
    folder_point(folder);
}

size_t file_index(const char *name)
{
    size_t i = 0;
    while (i < FILES && strcmp(th_catalogue_file_names[i], name) != 0)
        i++;
    if (i == FILES) {
        fprintf(stderr, "the test names no file: %s\n", name);
        abort();
    }
    return i;
}

void folder_replace(struct folder *folder, const char *name, const char *from, const char *to)
{
    struct th_buffer *content = &folder->contents[file_index(name)];
    struct th_buffer changed = {0};
    const char *at = strstr(content->bytes, from);
    if (!at || strstr(at + 1, from)) {
        fprintf(stderr, "the test replaces what is not there once in %s: %s\n", name, from);
        abort();
    }
    th_buffer_add(&changed, content->bytes, (size_t)(at - content->bytes));
    th_buffer_add_text(&changed, to);
    th_buffer_add_text(&changed, at + strlen(from));
    th_buffer_free(content);
    *content = changed;
    folder_point(folder);
}

void print_faults(const struct th_fault_list *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        fprintf(stderr, "\n    %s:%zu:%s: %s: %s", faults->faults[i].file, faults->faults[i].line,
                faults->faults[i].column, faults->faults[i].code, faults->faults[i].message);
    fputc('\n', stderr);
}

struct th_catalogue *folder_load(const struct folder *folder, struct th_fault_list *faults)
{
    struct th_fault_list own = {0};
    struct th_catalogue *catalogue =
        th_catalogue_read(folder->files, FILES, faults ? faults : &own);
    if (own.count > 0)
        print_faults(&own);
    th_fault_list_free(&own);
    return catalogue;
}

int32_t day(const char *text)
{
    int32_t value = 0;
    if (!th_day_parse(th_slice_of(text), &value)) {
        fprintf(stderr, "the test names no day: %s\n", text);
        abort();
    }
    return value;
}

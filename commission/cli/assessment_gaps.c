/* What hinders a final assessment, and what excuses it. */
#include <string.h>

#include "commission/cli/assessment.h"
#include "commission/cli/assessment_words.h"
#include "commission/cli/people.h"

const char *th_assessment_why(const char *why, const char *language)
{
    enum th_assessment_word word = strcmp(why, "missing") == 0    ? TH_SAY_WHY_MISSING
                                   : strcmp(why, "returned") == 0 ? TH_SAY_WHY_RETURNED
                                                                  : TH_SAY_WHY_RECEIVED;
    return th_assessment_word(word, language);
}

static struct th_assessment_gap *find(struct th_assessment_making *run,
                                      const struct th_assessment_exception_option *exception)
{
    for (size_t i = 0; i < run->gap_count; i++) {
        struct th_assessment_gap *gap = &run->gaps[i];
        if (strcmp(gap->district, exception->district) == 0 &&
            strcmp(gap->form, exception->form) == 0 && strcmp(gap->period, exception->period) == 0)
            return gap;
    }
    return NULL;
}

/* A list that can be worked through, one report a line. */
static void print(const struct th_assessment_making *run)
{
    for (size_t i = 0; i < run->gap_count; i++) {
        const struct th_assessment_gap *gap = &run->gaps[i];
        if (!gap->reason)
            fprintf(stderr, "tonghop: %s:%s:%s: %s (%s)\n", gap->district, gap->form, gap->period,
                    th_assessment_why(gap->why, run->language),
                    th_people_district(run->catalogue, gap->district, run->language));
    }
}

enum th_status th_assessment_judge(struct th_assessment_making *run, struct th_error *error)
{
    size_t left = run->gap_count;
    if (!run->options.final)
        return TH_OK;
    for (size_t i = 0; i < run->options.exception_count; i++) {
        const struct th_assessment_exception_option *exception = &run->options.exceptions[i];
        struct th_assessment_gap *gap = find(run, exception);
        if (!gap)
            return th_error_set(error, TH_USAGE,
                                "the exception %s:%s:%s excuses no report that is missing or not "
                                "approved; leave it out",
                                exception->district, exception->form, exception->period);
        if (gap->reason)
            return th_error_set(error, TH_USAGE, "the exception %s:%s:%s is given twice",
                                exception->district, exception->form, exception->period);
        gap->reason = exception->reason;
        left--;
    }
    if (left == 0)
        return TH_OK;
    print(run);
    return th_error_set(error, TH_REJECTED,
                        "a final assessment needs every expected report approved; %zu %s not: "
                        "approve, or list each as --exception DISTRICT:FORM:PERIOD=REASON",
                        left, left == 1 ? "is" : "are");
}

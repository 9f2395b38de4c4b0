#include "bench/samples.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int64_t bench_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

void bench_die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

long bench_number(const char *text)
{
    char *end;
    long number = text ? strtol(text, &end, 10) : -1;
    if (!text || *end != '\0' || number < 0)
        bench_die("'%s' is no number", text ? text : "");
    return number;
}

void samples_add(struct samples *samples, int64_t us)
{
    if (samples->count == samples->capacity) {
        samples->capacity = samples->capacity ? samples->capacity * 2 : 1024;
        samples->us = realloc(samples->us, samples->capacity * sizeof(*samples->us));
        if (!samples->us)
            abort();
    }
    samples->us[samples->count++] = us;
}

static int ascending(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

double samples_ms(struct samples *samples, double share)
{
    if (samples->count == 0)
        return 0;
    qsort(samples->us, samples->count, sizeof(*samples->us), ascending);
    size_t at = (size_t)(share * (double)(samples->count - 1) + 0.5);
    return (double)samples->us[at] / 1000;
}

void samples_free(struct samples *samples)
{
    free(samples->us);
    *samples = (struct samples){0};
}

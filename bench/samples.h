/* Times that were measured, and what is said of them. */
#ifndef TONGHOP_BENCH_SAMPLES_H
#define TONGHOP_BENCH_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

struct samples {
    int64_t *us; /* microseconds */
    size_t count, capacity;
};

void samples_add(struct samples *samples, int64_t us);
/* Milliseconds below which this share (0..1) of the samples lies; sorts them. */
double samples_ms(struct samples *samples, double share);
void samples_free(struct samples *samples);

int64_t bench_now_us(void); /* monotonic */

/* Says why on stderr and ends the program: a measurement that went wrong is none. */
_Noreturn void bench_die(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The number that an argument is. */
long bench_number(const char *text);

#endif

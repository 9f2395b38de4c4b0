/* What several fuzz targets need: a catalogue with a criterion of every kind, a file of the
 * fuzzer's bytes, and checks of what people are told. */
#ifndef TONGHOP_TESTS_FUZZ_SUPPORT_H
#define TONGHOP_TESTS_FUZZ_SUPPORT_H

#include "common/base/status.h"
#include "common/domain/catalogue.h"
#include "common/domain/problem.h"
#include "tests/fuzz/fuzz.h"

/* Made at the first call, for the whole run; sets the time zone. Form `f`, by the month, of
 * district D1 with communes C1 and C2. */
const struct th_catalogue *fuzz_catalogue(void);

/* The path of a file in memory that holds just these bytes, until the next call. */
const char *fuzz_file(const uint8_t *bytes, size_t size);

/* Every text can be shown, and `errors` counts what is an error. */
void fuzz_check_problems(const struct th_problem_list *problems);
/* A status that one of the allowed (TH_OK besides) and a message that can be shown. */
void fuzz_check_error(enum th_status status, enum th_status allowed, const struct th_error *error);

#endif

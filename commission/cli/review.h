/* What approve, return and reopen share. */
#ifndef TONGHOP_COMMISSION_REVIEW_H
#define TONGHOP_COMMISSION_REVIEW_H

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "common/base/command.h"
#include "common/render/table.h"
#include "tonghop/v1/tonghop.pb-c.h"

struct th_review_options {
    const char *form, *period, *output;
    struct th_slice *districts;
    size_t district_count; /* 0: all that have reports */
    uint32_t revision;     /* 0: the current one is asked for */
    struct th_buffer file; /* behind `comment`, when it comes from one */
    struct th_slice comment;
    Tonghop__V1__CriterionComment **comments;
    size_t comment_count;
    enum th_format format;
};

/* TH_USAGE says what is wrong. Texts live in the arena or in `line`; free the file. */
enum th_status th_review_options_read(const struct th_command_line *line, struct th_arena *arena,
                                      struct th_review_options *options,
                                      struct th_error *error) TH_MUST_USE;

#endif

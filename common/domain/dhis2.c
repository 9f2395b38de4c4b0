#include "common/domain/dhis2.h"

#include <stdio.h>
#include <string.h>

static const char *const part_names[] = {
    [TH_DHIS2_WHOLE] = "",    [TH_DHIS2_NUM] = "num",
    [TH_DHIS2_DEN] = "den",   [TH_DHIS2_NOT_APPLICABLE] = "na",
    [TH_DHIS2_SIZE] = "size", [TH_DHIS2_DISTRICTS] = "districts",
};
#define PART_COUNT (sizeof(part_names) / sizeof(part_names[0]))

void th_dhis2_element_write(const struct th_criterion *criterion, enum th_dhis2_part part,
                            char out[TH_DHIS2_ELEMENT])
{
    snprintf(out, TH_DHIS2_ELEMENT, "%s/%s%s%s", criterion->form->code, criterion->code,
             part == TH_DHIS2_WHOLE ? "" : "/", part_names[part]);
}

/* Takes what stands before the next '/', or all that is left. */
static struct th_slice take_step(struct th_slice *rest)
{
    const char *slash = rest->size > 0 ? memchr(rest->bytes, '/', rest->size) : NULL;
    struct th_slice step = {rest->bytes, slash ? (size_t)(slash - rest->bytes) : rest->size};
    size_t taken = step.size + (slash ? 1 : 0);
    *rest = (struct th_slice){rest->bytes + taken, rest->size - taken};
    return step;
}

bool th_dhis2_element_read(struct th_slice code, struct th_slice *form, struct th_slice *criterion,
                           enum th_dhis2_part *part)
{
    struct th_slice rest = code;
    if (code.size == 0 || code.bytes[code.size - 1] == '/')
        return false;
    *form = take_step(&rest);
    *criterion = take_step(&rest);
    if (form->size == 0 || criterion->size == 0)
        return false;
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (!th_slice_equals(rest, part_names[i]))
            continue;
        *part = (enum th_dhis2_part)i;
        return true;
    }
    return false;
}

bool th_dhis2_period_write(const struct th_period *period, char *out)
{
    switch (period->kind) {
    case TH_PERIOD_DAY:
    case TH_PERIOD_MONTH:
    case TH_PERIOD_QUARTER:
    case TH_PERIOD_HALF:
    case TH_PERIOD_YEAR:
        break;
    default:
        return false;
    }
    for (const char *at = period->id; *at; at++) {
        if (*at == 'H')
            *out++ = 'S';
        else if (*at != '-')
            *out++ = *at;
    }
    *out = '\0';
    return true;
}

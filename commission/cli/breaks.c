#include "commission/cli/breaks.h"

static bool is_over(const struct th_district *district, int32_t day)
{
    for (size_t i = 0; i < district->opening_count; i++)
        if (district->openings[i].interval.closed >= day)
            return false;
    return district->opening_count > 0;
}

/* A change of the district itself, or of one that it took over. */
static bool concerns(const struct th_break_request *request, const struct th_district *changed,
                     bool closed)
{
    return !request->district || request->district == changed ||
           (closed && changed->successor == request->district);
}

/* Opened in the place of one that closed, whose values it is credited with. */
static bool takes_over(const struct th_break_request *request, const struct th_district *opened)
{
    const struct th_catalogue *catalogue = request->catalogue;
    for (size_t i = 0; i < catalogue->district_count; i++) {
        const struct th_district *other = &catalogue->districts[i];
        if (other->successor == opened && th_district_is_open(other, request->day_before) &&
            is_over(other, request->today))
            return true;
    }
    return false;
}

void th_breaks_write(const struct th_break_request *request, struct th_buffer *out)
{
    const struct th_catalogue *catalogue = request->catalogue;
    for (size_t i = 0; i < catalogue->district_count; i++) {
        const struct th_district *district = &catalogue->districts[i];
        bool before = th_district_is_open(district, request->day_before);
        bool now = th_district_is_open(district, request->day);
        bool merged = before && !now && district->successor;
        if (before == now || !concerns(request, district, before))
            continue;
        if (request->credited && ((merged && is_over(district, request->today)) ||
                                  (now && takes_over(request, district))))
            continue;
        if (out->size > 0)
            th_buffer_add_char(out, ' ');
        if (merged)
            th_buffer_printf(out, "%s>%s", district->code, district->successor->code);
        else
            th_buffer_printf(out, "%c%s", now ? '+' : '-', district->code);
    }
}

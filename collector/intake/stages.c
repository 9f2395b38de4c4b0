#include "collector/intake/stages.h"

static const char *const names[TH_STAGE_COUNT] = {
    [TH_STAGE_DECODE] = "decode",   [TH_STAGE_VALIDATE] = "validate",
    [TH_STAGE_QUEUE] = "queue",     [TH_STAGE_READ] = "read",
    [TH_STAGE_PREPARE] = "prepare", [TH_STAGE_STATEMENT] = "statement",
    [TH_STAGE_COMMIT] = "commit",   [TH_STAGE_SIGN] = "sign",
    [TH_STAGE_RETURN] = "return",   [TH_STAGE_SEND] = "send",
};

/* A single writer needs no locked addition. */
static void add(atomic_ullong *sum, uint64_t more)
{
    atomic_store_explicit(sum, atomic_load_explicit(sum, memory_order_relaxed) + more,
                          memory_order_relaxed);
}

void th_stage_add(struct th_stage_cell *cell, enum th_stage stage, uint64_t times, int64_t ns)
{
    add(&cell->stage[stage].times, times);
    add(&cell->stage[stage].ns, ns > 0 ? (uint64_t)ns : 0);
}

void th_stage_add_reports(struct th_stage_cell *cell, uint64_t reports, uint64_t bytes)
{
    add(&cell->reports, reports);
    add(&cell->bytes, bytes);
}

static unsigned long long get(const atomic_ullong *sum)
{
    return atomic_load_explicit(sum, memory_order_relaxed);
}

void th_stages_describe(const struct th_stage_cell *const *cells, size_t count,
                        struct th_buffer *out)
{
    unsigned long long reports = 0, bytes = 0;
    for (size_t i = 0; i < count; i++) {
        reports += get(&cells[i]->reports);
        bytes += get(&cells[i]->bytes);
    }
    th_buffer_printf(out, "reports=%llu bytes=%llu", reports, bytes);
    for (int stage = 0; stage < TH_STAGE_COUNT; stage++) {
        unsigned long long times = 0, ns = 0;
        for (size_t i = 0; i < count; i++) {
            times += get(&cells[i]->stage[stage].times);
            ns += get(&cells[i]->stage[stage].ns);
        }
        th_buffer_printf(out, " %s=%llu/%llu", names[stage], times, ns / 1000);
    }
}

#include <stdint.h>
#include <stdlib.h>

#include "common/base/arena.h"
#include "common/base/buffer.h"
#include "th_test.h"

static void limit_is_what_was_handed_out(void)
{
    static const struct {
        const char *name;
        size_t limit, first, second;
        bool want_first, want_second;
    } cases[] = {
        {"no limit", 0, 1 << 20, 3 << 20, true, true},
        {"both fit", 96, 48, 48, true, true},
        {"second does not fit", 96, 48, 49, true, false},
        {"exactly the limit", 100, 100, 0, true, true},
        {"first above the limit", 100, 101, 16, false, true},
        /* size + padding must not wrap around to something small */
        {"absurd size", 0, SIZE_MAX, SIZE_MAX - 8, false, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct th_arena *arena = th_arena_create(cases[i].limit);
        TH_CHECK(cases[i].name,
                 (th_arena_alloc(arena, cases[i].first) != NULL) == cases[i].want_first);
        /* what is counted is rounded up, so nothing but 0 bytes fits behind 100 of 100 */
        if (cases[i].second)
            TH_CHECK(cases[i].name,
                     (th_arena_alloc(arena, cases[i].second) != NULL) == cases[i].want_second);
        th_arena_destroy(&arena);
        TH_CHECK(cases[i].name, arena == NULL);
    }
}

static void many_small_requests_cannot_pass_the_limit(void)
{
    struct th_arena *arena = th_arena_create(4096);
    size_t taken = 0;
    while (taken < 5000 && th_arena_alloc(arena, 1))
        taken++;
    TH_CHECK("one byte each", taken <= 4096 / _Alignof(max_align_t));
    TH_CHECK("one byte each", taken > 100);
    th_arena_destroy(&arena);
}

static void memory_is_zeroed_and_aligned_also_after_a_reset(void)
{
    struct th_arena *arena = th_arena_create(0);
    for (int round = 0; round < 2; round++) {
        for (size_t size = 1; size < 3000; size += 37) {
            unsigned char *memory = th_arena_alloc(arena, size);
            TH_CHECK("aligned", (uintptr_t)memory % _Alignof(max_align_t) == 0);
            for (size_t i = 0; i < size; i++)
                if (memory[i] != 0)
                    CU_FAIL("not zeroed");
            memset(memory, 0xAA, size);
        }
        TH_CHECK("used", th_arena_used(arena) > 100000);
        th_arena_reset(arena);
        TH_CHECK("reset", th_arena_used(arena) == 0);
    }
    th_arena_destroy(&arena);
    th_arena_destroy(&arena);
}

static void copies_end_as_documented(void)
{
    struct th_arena *arena = th_arena_create(0);
    char bytes[] = {'a', 'b', 'c'};
    TH_CHECK_TEXT("text", th_arena_text(arena, (struct th_slice){bytes, 2}), "ab");
    TH_CHECK_TEXT("empty text", th_arena_text(arena, (struct th_slice){NULL, 0}), "");
    TH_CHECK_TEXT("printf", th_arena_printf(arena, "%s-%d", "x", 7), "x-7");
    TH_CHECK("copy", memcmp(th_arena_copy(arena, bytes, 3), "abc", 3) == 0);
    TH_CHECK("copy of nothing", th_arena_copy(arena, NULL, 0) != NULL);
    th_arena_destroy(&arena);

    arena = th_arena_create(16);
    TH_CHECK("text over the limit", th_arena_text(arena, TH_SLICE("0123456789abcdef")) == NULL);
    TH_CHECK("printf over the limit", th_arena_printf(arena, "%020d", 1) == NULL);
    TH_CHECK_TEXT("still usable", th_arena_text(arena, TH_SLICE("0123456789abcde")),
                  "0123456789abcde");
    th_arena_destroy(&arena);
}

static void slices_compare_by_bytes(void)
{
    TH_CHECK("same", th_slice_equals(TH_SLICE("ha-long"), "ha-long"));
    TH_CHECK("prefix", !th_slice_equals(TH_SLICE("ha-long"), "ha-lon"));
    TH_CHECK("empty and NULL", th_slice_same(th_slice_of(NULL), TH_SLICE("")));
    TH_CHECK("NUL inside",
             !th_slice_same((struct th_slice){"a\0b", 3}, (struct th_slice){"a\0c", 3}));
}

static void buffer_grows_and_stays_terminated(void)
{
    TH_CLEANUP_BUFFER struct th_buffer buffer = {0};
    th_buffer_add_text(&buffer, "");
    TH_CHECK_TEXT("empty", buffer.bytes, "");
    for (int i = 0; i < 1000; i++) {
        th_buffer_add_char(&buffer, 'x');
        th_buffer_printf(&buffer, "%02d", i % 100);
    }
    TH_CHECK("size", buffer.size == 3000 && strlen(buffer.bytes) == 3000);
    TH_CHECK("last", strcmp(buffer.bytes + 2997, "x99") == 0);
    th_buffer_clear(&buffer);
    TH_CHECK_TEXT("cleared", buffer.bytes, "");
    /* exactly up to the end of what is there, where the NUL needs a byte more */
    for (int i = 0; i < 256; i++)
        th_buffer_add_char(&buffer, 'y');
    TH_CHECK("256", th_buffer_slice(&buffer).size == 256 && buffer.bytes[256] == '\0');
}

static const struct th_test tests[] = {
    {"limit is what was handed out", limit_is_what_was_handed_out},
    {"many small requests cannot pass the limit", many_small_requests_cannot_pass_the_limit},
    {"memory is zeroed and aligned, also after a reset",
     memory_is_zeroed_and_aligned_also_after_a_reset},
    {"copies end as documented", copies_end_as_documented},
    {"slices compare by bytes", slices_compare_by_bytes},
    {"a buffer grows and stays terminated", buffer_grows_and_stays_terminated},
};
TH_TEST_MAIN("base/arena", tests)

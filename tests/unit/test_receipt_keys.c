/* The receipt keys of a bundle: the one that signs, then what the setting lists. */
#include "tests/unit/th_test.h"

#include <string.h>

#include "collector/receipt_keys.h"
#include "common/base/buffer.h"

#define KEY(digit)   digit digit digit digit digit digit digit digit
#define FULL(digits) KEY(digits) /* 8 digits eight times: 64 */
#define A            FULL("aaaaaaaa")
#define B            FULL("bbbbbbbb")
#define C            FULL("cccccccc")

struct keys_case {
    const char *name, *lines;
    const char *want; /* the first byte of each key, in hexadecimal; NULL: refused */
};

static const struct keys_case cases[] = {
    {"none", NULL, "11"},
    {"an emptied list", "", "11"},
    {"one to come", A, "11 aa"},
    {"in their order", B "\n" A, "11 bb aa"},
    {"blanks and blank lines", "\n  " A "\t\r\n\n " B " \n", "11 aa bb"},
    {"twice is once", A "\n" A, "11 aa"},
    {"the one that signs is known", FULL("11111111") "\n" A, "11 aa"},
    {"seven more",
     A "\n" B "\n" C
       "\n" FULL("dddddddd") "\n" FULL("eeeeeeee") "\n" FULL("22222222") "\n" FULL("33333333"),
     "11 aa bb cc dd ee 22 33"},
    {"eight more",
     A "\n" B "\n" C "\n" FULL("dddddddd") "\n" FULL("eeeeeeee") "\n" FULL("22222222") "\n" FULL(
         "33333333") "\n" FULL("44444444"),
     NULL},
    {"too short", "aaaa", NULL},
    {"a key and a word", A " old", NULL},
    {"a secret's file", "/etc/receipt.key", NULL},
    {"a file that is not there", "/nowhere/receipt.key.pub", NULL},
};

static void keys_are_filled(void)
{
    uint8_t signing[32];
    memset(signing, 0x11, sizeof(signing));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        TH_CLEANUP_BUFFER struct th_buffer got = {0};
        struct th_bundle bundle = {0};
        struct th_error error = {0};
        enum th_status status = th_receipt_keys_fill(cases[i].lines, signing, &bundle, &error);
        TH_CHECK(cases[i].name, status == (cases[i].want ? TH_OK : TH_USAGE));
        if (!cases[i].want) {
            TH_CHECK(error.message, strstr(error.message, "receipt_keys") != NULL);
            continue;
        }
        for (size_t k = 0; k < bundle.receipt_key_count; k++)
            th_buffer_printf(&got, "%s%02x", k > 0 ? " " : "", bundle.receipt_keys[k][0]);
        TH_CHECK_TEXT(cases[i].name, got.bytes, cases[i].want);
    }
}

static const struct th_test tests[] = {
    {"keys are filled", keys_are_filled},
};

TH_TEST_MAIN("receipt_keys", tests)

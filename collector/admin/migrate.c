#include <stdio.h>
#include <string.h>

#include "collector/admin/admin_private.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/ledger/ledger.h"

/* A name goes into bundles, headings and the database: one line of text. */
static bool copy_name(const char *name, char *out, size_t size)
{
    struct th_slice text = th_text_trim(th_slice_of(name));
    if (text.size >= size || !th_text_is_utf8(text))
        return false;
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.bytes[i] < ' ' || text.bytes[i] == 0x7F)
            return false;
    snprintf(out, size, "%.*s", (int)text.size, text.size ? text.bytes : "");
    return true;
}

static enum th_status read_province(const struct th_collector_settings *settings,
                                    struct th_province *province, struct th_error *error)
{
    const char *code = settings->province;
    if (!code || !code[0])
        return th_error_set(error, TH_USAGE,
                            "the setting 'province' is missing; give the province a code, such as "
                            "'province = quang-ninh': it is part of every receipt and never "
                            "changes");
    if (!th_text_is_code(th_slice_of(code), TH_PROVINCE_CODE_MAX))
        return th_error_set(error, TH_USAGE,
                            "the province's code '%.40s' may have at most %d letters, digits, '-', "
                            "'_' and '.', and begins with a letter or digit",
                            code, TH_PROVINCE_CODE_MAX);
    snprintf(province->code, sizeof(province->code), "%s", code);
    if (!copy_name(settings->province_name_vi, province->name_vi, sizeof(province->name_vi)) ||
        !copy_name(settings->province_name_en, province->name_en, sizeof(province->name_en)))
        return th_error_set(error, TH_USAGE,
                            "the settings 'province_name_vi' and 'province_name_en' must be one "
                            "line of UTF-8 of at most %zu bytes each",
                            sizeof(province->name_vi) - 1);
    if (strlen(settings->time_zone) >= sizeof(province->time_zone))
        return th_error_set(error, TH_USAGE,
                            "the setting 'time_zone' is too long; it is a name "
                            "such as Asia/Ho_Chi_Minh");
    snprintf(province->time_zone, sizeof(province->time_zone), "%s", settings->time_zone);
    return th_clock_use_zone(province->time_zone, error);
}

enum th_status th_admin_migrate(void *context, const struct th_command_line *line,
                                struct th_error *error)
{
    const struct th_collector_settings *settings = context;
    struct th_province province = {0};
    struct th_store *store = NULL;
    int applied = 0;
    (void)line;
    enum th_status status = read_province(settings, &province, error);
    if (status == TH_OK)
        status = th_admin_connect(settings, &store, error);
    if (status == TH_OK)
        status = th_store_migrate(store, &applied, error);
    if (status == TH_OK)
        status = th_store_put_province(store, &province, error);
    th_store_close(&store);
    if (status != TH_OK)
        return status;
    if (applied == 0)
        printf("schema is at version %d, nothing to do\n", th_store_schema_version());
    else
        printf("applied %d migration%s; schema is at version %d\n", applied,
               applied == 1 ? "" : "s", th_store_schema_version());
    return TH_OK;
}

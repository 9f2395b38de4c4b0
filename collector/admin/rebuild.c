#include <inttypes.h>
#include <stdio.h>

#include "collector/admin/admin_private.h"
#include "collector/admin/verify_list.h"

const struct th_option th_admin_rebuild_options[] = {
    {"district", 'd', "CODE,...", "only these districts"},
    TH_ADMIN_FORMAT_OPTION,
    {NULL},
};

/* What was repaired, then what a verification still finds. */
static enum th_status rebuild(struct th_store *store, struct th_verify_request *request,
                              enum th_format format, struct th_error *error)
{
    struct th_verify_list changed, left;
    struct th_verify_counts counts = {0}, checked = {0};
    th_verify_list_begin(&changed);
    th_verify_list_begin(&left);
    request->context = &changed;
    enum th_status status = th_store_rebuild(store, request, &counts, error);
    th_verify_list_end(&changed);
    if (status == TH_OK) {
        fprintf(stderr, "%" PRIu64 " differences repaired; verifying\n", changed.total);
        request->context = &left;
        status = th_store_verify(store, request, &checked, error);
        th_verify_list_end(&left);
    }
    if (status == TH_OK)
        status = th_verify_list_print(&changed, format, "Repaired", &checked, error);
    if (status == TH_OK && left.total > 0) {
        const struct th_difference *first = &left.lines[0];
        status =
            th_error_set(error, TH_PERMANENT,
                         "%" PRIu64 " differences are left that cannot be derived, the first "
                         "of them %s of %s at %" PRIu64 "; `tonghop-collector verify` lists "
                         "them",
                         left.total, th_difference_name(first->kind),
                         first->district[0] ? first->district : "the province", first->sequence);
    }
    th_verify_list_free(&changed);
    th_verify_list_free(&left);
    return status;
}

enum th_status th_admin_rebuild(void *settings, const struct th_command_line *line,
                                struct th_error *error)
{
    struct th_province province = {0};
    struct th_store *store = NULL;
    struct th_arena *arena = th_arena_create(0);
    enum th_format format;
    struct th_verify_request request = {.province = province.code,
                                        .difference = th_verify_list_add,
                                        .progress = th_verify_list_step};
    enum th_status status = th_admin_format(line, &format, error);
    if (status == TH_OK)
        status = th_verify_districts(th_command_option(line, "district"), arena, &request.districts,
                                     &request.district_count, error);
    if (status == TH_OK)
        status = th_admin_open(settings, &store, &province, error);
    if (status == TH_OK)
        status = rebuild(store, &request, format, error);
    th_store_close(&store);
    th_arena_destroy(&arena);
    return status;
}

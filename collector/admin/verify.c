#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/admin/admin_private.h"
#include "collector/admin/verify_list.h"

const struct th_option th_admin_verify_options[] = {
    {"against", 'a', "FILE", "also check that the chains contain the heads that 'heads' exported"},
    {"receipt-key", 0, "KEY",
     "the public key that signed FILE: 64 hexadecimal digits or a .pub file [default: "
     "receipt_key_file's]"},
    {"district", 'd', "CODE,...", "only these districts, without the province's own chain"},
    TH_ADMIN_FORMAT_OPTION,
    {NULL},
};

/* What a recorded restoration explains is told and is no difference. */
static void tell_lost(void *context, const struct th_lost_anchor *lost)
{
    char machine[40], at[40], gone[48] = "";
    (void)context;
    th_admin_instant(lost->at_us, machine, at);
    if (lost->gone > 0)
        snprintf(gone, sizeof(gone), ", %" PRIu64 " gone", lost->gone);
    if (lost->head->district[0])
        fprintf(stderr,
                "The exported head of district %s (epoch %" PRIu32 ", entry %" PRIu64
                ") was lost by restoration %" PRIu32 " of %s%s.\n",
                lost->head->district, lost->head->epoch, lost->head->sequence, lost->restoration,
                at, gone);
    else
        fprintf(stderr,
                "The exported head of the province's own chain (act %" PRIu64
                ") was lost by restoration %" PRIu32 " of %s%s.\n",
                lost->head->sequence, lost->restoration, at, gone);
}

enum th_status th_admin_verify(void *settings, const struct th_command_line *line,
                               struct th_error *error)
{
    struct th_province province = {0};
    struct th_verify_counts counts = {0};
    struct th_chain_head *anchors = NULL;
    struct th_verify_list list;
    struct th_store *store = NULL;
    enum th_format format;
    struct th_verify_request request = {.province = province.code,
                                        .difference = th_verify_list_add,
                                        .lost = tell_lost,
                                        .progress = th_verify_list_step,
                                        .context = &list};
    th_verify_list_begin(&list);
    enum th_status status = th_admin_format(line, &format, error);
    if (status == TH_OK)
        status = th_verify_districts(th_command_option(line, "district"), list.arena,
                                     &request.districts, &request.district_count, error);
    if (status == TH_OK)
        status = th_admin_open(settings, &store, &province, error);
    if (status == TH_OK)
        status = th_admin_read_heads(settings, line, "against", province.code, &anchors,
                                     &request.anchor_count, error);
    if (status != TH_OK)
        goto cleanup;
    request.anchors = anchors;
    status = th_store_verify(store, &request, &counts, error);
    th_verify_list_end(&list);
    if (status == TH_OK)
        status = th_verify_list_print(&list, format, "Differences", &counts, error);
    if (status == TH_OK && list.total > 0)
        status = th_error_set(error, TH_PERMANENT,
                              "%" PRIu64 " differences; keep the database as it is, export it, and "
                              "compare with a backup before anything is repaired",
                              list.total);
cleanup:
    free(anchors);
    th_verify_list_free(&list);
    th_store_close(&store);
    return status;
}

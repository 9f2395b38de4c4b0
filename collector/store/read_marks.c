/* Where the districts' chains end: what tells whether figures kept are those of now. */
#include <string.h>

#include "collector/store/read_private.h"

enum { COLUMN_DISTRICT, COLUMN_EPOCH, COLUMN_SEQUENCE, COLUMN_DERIVATION };

enum th_status th_store_read_marks(struct th_store *store, const struct th_catalogue_ids *ids,
                                   struct th_mark *marks, uint64_t *act, struct th_error *error)
{
    struct th_pg_call calls[] = {{.sql = &th_sql_read_marks}, {.sql = &th_sql_event_sequence}};
    const struct th_pg_call *heads = &calls[0];
    memset(marks, 0, ids->catalogue->district_count * sizeof(*marks));
    enum th_status status = th_read_check(store, error);
    if (status == TH_OK)
        status = th_pg_run(&store->pg, calls, 2, th_read_timeout_ms(store), error);
    if (status != TH_OK)
        return status;
    for (int i = 0; i < PQntuples(heads->result); i++) {
        const struct th_district *district =
            th_catalogue_ids_district(ids, th_pg_int4(heads->result, i, COLUMN_DISTRICT));
        if (!district)
            continue;
        marks[district->index] = (struct th_mark){
            .epoch = (uint32_t)th_pg_int4(heads->result, i, COLUMN_EPOCH),
            .derivation = (uint32_t)th_pg_int4(heads->result, i, COLUMN_DERIVATION),
            .sequence = (uint64_t)th_pg_int8(heads->result, i, COLUMN_SEQUENCE),
        };
    }
    *act = (uint64_t)th_pg_int8(calls[1].result, 0, 0);
    th_pg_calls_clear(calls, 2);
    return TH_OK;
}

/* What a SQLSTATE means for the caller: one table, asked by the libpq wrapper
 * alone (GROUND, "PostgreSQL ingest"). No libpq here, so that it is tested dry. */
#ifndef TONGHOP_COLLECTOR_SQLSTATE_H
#define TONGHOP_COLLECTOR_SQLSTATE_H

#include "common/base/status.h"

enum th_sqlstate_policy {
    TH_SQLSTATE_RERUN,       /* the same transaction may succeed at once: deadlock, serialisation */
    TH_SQLSTATE_RETRY,       /* the same call may succeed later on this connection */
    TH_SQLSTATE_UNREACHABLE, /* this connection is of no more use; open another, outcome unknown */
    TH_SQLSTATE_USAGE,       /* role, database or schema is not what it should be */
    TH_SQLSTATE_REPORT,      /* the data that was sent is at fault: find the report by bisecting */
    TH_SQLSTATE_PERMANENT,   /* a mistake of ours, or damage */
};

/* `sqlstate` NULL or "": libpq itself failed, the connection is gone. The longest
 * matching row of the table wins; an unknown class is permanent. */
enum th_sqlstate_policy th_sqlstate_policy(const char *sqlstate);

/* What a function of store.h returns for it when it cannot do better. */
enum th_status th_sqlstate_status(enum th_sqlstate_policy policy);

#endif

/* Shared by the references' files. */
#ifndef TONGHOP_BENCH_REFERENCE_H
#define TONGHOP_BENCH_REFERENCE_H

#include <libpq-fe.h>

PGconn *reference_connect(const char *conninfo);
void reference_execute(PGconn *connection, const char *sql);
/* CONNINFO CONNECTIONS FIRST REPORTS BATCH */
int reference_copy(int count, char **arguments);

#endif

/* The states of delivery and every way between them, as one table: the comment of
 * the row that was taken is what the log says. */
#ifndef TONGHOP_REPORTER_TRANSITIONS_H
#define TONGHOP_REPORTER_TRANSITIONS_H

#include <stddef.h>

enum th_link_state {
    TH_LINK_WAITING,     /* no connection; the next attempt is due later */
    TH_LINK_GREETING,    /* Hello was sent, Welcome is awaited */
    TH_LINK_FETCHING,    /* the catalogue is on its way */
    TH_LINK_CATCHING_UP, /* entries that the office lacks are on their way */
    TH_LINK_DELIVERING,  /* level with the province; reports may be sent */
    TH_LINK_STOPPED,     /* for good */
};

enum th_link_event {
    TH_EVENT_DUE,               /* the wait is over */
    TH_EVENT_CATALOGUE_CHANGED, /* the province has another catalogue than the office */
    TH_EVENT_BEHIND,            /* the province's chain is ahead of the receipts held */
    TH_EVENT_LEVEL,             /* neither: nothing stands before delivery */
    TH_EVENT_SILENT,            /* no answer in time */
    TH_EVENT_LOST,              /* the connection broke */
    TH_EVENT_REFUSED,           /* the handshake failed for good */
    TH_EVENT_MISTRUSTED,        /* what came contradicts the bundle or the receipts held */
    TH_EVENT_FAULTED,           /* the outbox cannot be written for now */
    TH_EVENT_STOP,
};

struct th_transition {
    enum th_link_state from;
    enum th_link_event event;
    enum th_link_state to;
    const char *comment;
    /* Of rows that end a connection: what `status` says to people. */
    const char *people_vi, *people_en;
};

/* The row for an event in a state; NULL: the event means nothing there. */
const struct th_transition *th_transition_find(enum th_link_state state, enum th_link_event event);

/* The whole table, for tests and documentation. */
const struct th_transition *th_transitions(size_t *count);

const char *th_link_state_name(enum th_link_state state);

#endif

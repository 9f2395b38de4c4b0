#include "reporter/delivery/transitions.h"

#define ROW(from, event, to, comment, vi, en)                                                      \
    {                                                                                              \
        from, event, to, comment, vi, en                                                           \
    }

#define EVERY_CONNECTED(event, comment, vi, en)                                                    \
    ROW(TH_LINK_GREETING, event, TH_LINK_WAITING, comment, vi, en),                                \
        ROW(TH_LINK_FETCHING, event, TH_LINK_WAITING, comment, vi, en),                            \
        ROW(TH_LINK_CATCHING_UP, event, TH_LINK_WAITING, comment, vi, en),                         \
        ROW(TH_LINK_DELIVERING, event, TH_LINK_WAITING, comment, vi, en)

/* In every state where the province was greeted, what stands before delivery is done
 * in the same order: catalogue, entries, reports. */
#define AFTER_WELCOME(from)                                                                        \
    ROW(from, TH_EVENT_CATALOGUE_CHANGED, TH_LINK_FETCHING,                                        \
        "the province has another catalogue: fetching it", "", ""),                                \
        ROW(from, TH_EVENT_BEHIND, TH_LINK_CATCHING_UP,                                            \
            "the province holds entries that this office lacks: fetching them", "", ""),           \
        ROW(from, TH_EVENT_LEVEL, TH_LINK_DELIVERING, "level with the province: delivering", "",   \
            "")

#define STOPPED_FROM(from)                                                                         \
    ROW(from, TH_EVENT_STOP, TH_LINK_STOPPED, "stopped", "đã dừng", "stopped")

static const struct th_transition table[] = {
    ROW(TH_LINK_WAITING, TH_EVENT_DUE, TH_LINK_GREETING, "connecting and greeting the province", "",
        ""),

    AFTER_WELCOME(TH_LINK_GREETING),
    AFTER_WELCOME(TH_LINK_FETCHING),
    AFTER_WELCOME(TH_LINK_CATCHING_UP),
    AFTER_WELCOME(TH_LINK_DELIVERING),

    EVERY_CONNECTED(TH_EVENT_SILENT, "no answer in time: connecting anew",
                    "tỉnh không trả lời kịp, đang kết nối lại",
                    "the province did not answer in time; connecting again"),
    EVERY_CONNECTED(TH_EVENT_LOST, "the connection was lost: connecting anew",
                    "mất kết nối, đang kết nối lại", "the connection was lost; connecting again"),
    EVERY_CONNECTED(TH_EVENT_REFUSED, "the province refused the handshake: trying again later",
                    "tỉnh không nhận khóa của đơn vị; hãy hỏi tỉnh xem khóa đã được ghi danh chưa "
                    "hoặc đã bị thu hồi",
                    "the province does not admit this office's key; ask whether it is enrolled, or "
                    "was revoked"),
    EVERY_CONNECTED(TH_EVENT_MISTRUSTED,
                    "the answer cannot be trusted: nothing was believed, trying again later",
                    "câu trả lời không đáng tin nên không được ghi nhận",
                    "the answer cannot be trusted, nothing of it was believed"),
    EVERY_CONNECTED(TH_EVENT_FAULTED,
                    "the outbox cannot be written: answers are not taken, trying again later",
                    "không ghi được hộp gửi", "the outbox cannot be written"),

    STOPPED_FROM(TH_LINK_WAITING),
    STOPPED_FROM(TH_LINK_GREETING),
    STOPPED_FROM(TH_LINK_FETCHING),
    STOPPED_FROM(TH_LINK_CATCHING_UP),
    STOPPED_FROM(TH_LINK_DELIVERING),
};

const struct th_transition *th_transition_find(enum th_link_state state, enum th_link_event event)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (table[i].from == state && table[i].event == event)
            return &table[i];
    return NULL;
}

const struct th_transition *th_transitions(size_t *count)
{
    *count = sizeof(table) / sizeof(table[0]);
    return table;
}

const char *th_link_state_name(enum th_link_state state)
{
    static const char *const names[] = {"waiting",     "greeting",   "fetching",
                                        "catching_up", "delivering", "stopped"};
    return names[state];
}

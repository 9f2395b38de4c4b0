#include "common/wire/guard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/tcp.h>
#include <malloc.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/wire/socket.h"

#define ROUTERS_MAX   4
#define SLOTS         65536 /* descriptors that are looked at; a collector has no more */
#define LOOK_MS       20
#define LOOK_EARLY_MS 200 /* at connections whose handshake is not over, when they are many */
#define LOOK_FULL_MS  1000
/* All connections are looked at every time while they are so few, or memory grows fast;
 * and those whose handshake is not over while these are so few. */
#define FEW_CONNECTIONS 64
#define FEW_EARLY       512
#define GROWTH_BYTES    ((int64_t)4 * 1024 * 1024)
/* What a READY command needs beyond all that a ROUTER sends before it: the greeting (64),
 * WELCOME (170) and, in its stead, ERROR (12). Both in bytes on the wire. */
#define SENT_BEFORE_READY ((uint64_t)64 + 170 + 12)
/* Heartbeats are no messages: what an idle peer may send in a second all the same. */
#define IDLE_BYTES_A_SECOND ((uint64_t)100)
#define LATE_EVENT_MS       1000
#define TRIM_AFTER_MS       500

/* One connection, by its descriptor. What other threads write is atomic. */
struct slot {
    atomic_uint taken; /* messages taken from it */
    atomic_bool unwanted;
    atomic_uint_least64_t owner; /* the peer's key, its first bytes; 0: not known */
    atomic_llong owned_ms;       /* when the owner was told last */
    bool open;
    bool handshaken;
    bool cut; /* libzmq has yet to notice */
    unsigned router;
    unsigned seen;   /* `taken` when it was looked at last */
    uint64_t serial; /* of all connections, ascending */
    uint64_t base;   /* bytes that it had sent when a message was taken last */
    uint64_t held;   /* bytes since, that have left the kernel */
};

struct router {
    void *events; /* PAIR of its monitor */
    unsigned connections_a_key;
};

struct th_guard {
    void *zmq_context;
    pthread_mutex_t lock; /* of `routers` */
    struct router routers[ROUTERS_MAX];
    unsigned router_count;
    pthread_t thread;
    int stop_fd;
    struct slot *slots;
    int highest; /* no slot above is open */
    unsigned open_count;
    uint64_t serial, total;
    unsigned early_count; /* open, and their handshake was not over */
    int64_t full_ms, early_ms, trim_ms, resident;
    atomic_ullong cuts;
    struct th_log_gate cut_gate;
    bool hoarding; /* connections came since keys were counted */
    bool blind;    /* the kernel does not keep these counters; told once */
};

/* ------------------------------------------------------------------ connections */

static void open_slot(struct th_guard *guard, int descriptor, unsigned router)
{
    struct slot *slot = &guard->slots[descriptor];
    if (!slot->open)
        guard->open_count++;
    slot->open = true;
    guard->hoarding = true;
    slot->handshaken = slot->cut = false;
    slot->router = router;
    slot->seen = atomic_load(&slot->taken);
    slot->serial = ++guard->serial;
    slot->base = slot->held = 0;
    if (descriptor > guard->highest)
        guard->highest = descriptor;
}

/* Events come late: what was told a moment ago is already about the connection that has the
 * descriptor now, and stays. */
static void close_slot(struct th_guard *guard, int descriptor)
{
    struct slot *slot = &guard->slots[descriptor];
    slot->open = false;
    atomic_store(&slot->unwanted, false);
    if (th_clock_monotonic_ms() - atomic_load(&slot->owned_ms) > LATE_EVENT_MS)
        atomic_store(&slot->owner, 0);
    guard->open_count--;
}

/* Number and value of an event; false when there is none. Its second frame, the
 * endpoint, is dropped. */
static bool next_event(void *events, uint16_t *event, uint32_t *value)
{
    uint8_t frame[6];
    int size = zmq_recv(events, frame, sizeof(frame), ZMQ_DONTWAIT);
    if (size < 0)
        return false;
    *event = 0;
    *value = 0;
    if (size == (int)sizeof(frame)) {
        memcpy(event, frame, sizeof(*event));
        memcpy(value, frame + sizeof(*event), sizeof(*value));
    }
    int more = 0;
    size_t more_size = sizeof(more);
    if (zmq_getsockopt(events, ZMQ_RCVMORE, &more, &more_size) == 0 && more)
        (void)zmq_recv(events, NULL, 0, ZMQ_DONTWAIT);
    return true;
}

static void take_events(struct th_guard *guard, unsigned router)
{
    uint16_t event;
    uint32_t value;
    while (next_event(guard->routers[router].events, &event, &value)) {
        if (value >= SLOTS)
            continue;
        if (event == ZMQ_EVENT_ACCEPTED)
            open_slot(guard, (int)value, router);
        /* Its descriptor may be another ROUTER's connection already. */
        else if (event == ZMQ_EVENT_DISCONNECTED && guard->slots[value].open &&
                 guard->slots[value].router == router)
            close_slot(guard, (int)value);
    }
}

/* ---------------------------------------------------------------------- cutting */

static void cut(struct th_guard *guard, int descriptor, const char *why)
{
    struct slot *slot = &guard->slots[descriptor];
    char host[INET6_ADDRSTRLEN] = "";
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof(address);
    uint64_t held_back = 0;
    /* libzmq may have closed it by now, and the number be something else's. */
    if (slot->cut || getpeername(descriptor, (struct sockaddr *)&address, &size) != 0 ||
        (address.ss_family != AF_INET && address.ss_family != AF_INET6))
        return;
    if (address.ss_family == AF_INET)
        inet_ntop(AF_INET, &((struct sockaddr_in *)&address)->sin_addr, host, sizeof(host));
    else
        inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&address)->sin6_addr, host, sizeof(host));
    slot->cut = true;
    atomic_fetch_add(&guard->cuts, 1);
    shutdown(descriptor, SHUT_RDWR);
    guard->total -= slot->held < guard->total ? slot->held : guard->total;
    slot->held = 0;
    if (guard->trim_ms == 0)
        guard->trim_ms = th_clock_monotonic_ms() + TRIM_AFTER_MS;
    if (th_log_gate_open(&guard->cut_gate, &held_back))
        th_log(TH_LOG_WARNING, "connection.cut why=%s address=%s held_back=%" PRIu64, why, host,
               held_back);
}

/* Looks at one connection; false when the kernel does not say. */
static bool look(struct th_guard *guard, int descriptor, uint64_t forgiven)
{
    struct slot *slot = &guard->slots[descriptor];
    struct tcp_info information;
    socklen_t size = sizeof(information);
    int unread = 0;
    memset(&information, 0, sizeof(information));
    if (slot->cut)
        return true;
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &information, &size) != 0)
        return true; /* closed just now */
    if (size < offsetof(struct tcp_info, tcpi_bytes_sent) + sizeof(information.tcpi_bytes_sent))
        return false;
    (void)ioctl(descriptor, FIONREAD, &unread);
    uint64_t received = information.tcpi_bytes_received;
    uint64_t left_kernel = received > (uint64_t)unread ? received - (uint64_t)unread : 0;

    if (atomic_load(&slot->unwanted)) {
        cut(guard, descriptor, "unwanted");
        return true;
    }
    slot->handshaken = information.tcpi_bytes_sent > SENT_BEFORE_READY;
    if (!slot->handshaken) {
        slot->base = left_kernel;
        if (received > TH_GUARD_HANDSHAKE_BYTES)
            cut(guard, descriptor, "bytes-before-handshake");
        return true;
    }
    unsigned taken = atomic_load(&slot->taken);
    if (taken != slot->seen)
        slot->base = left_kernel;
    slot->seen = taken;
    slot->base += forgiven;
    if (slot->base > left_kernel)
        slot->base = left_kernel;
    slot->held = left_kernel - slot->base;
    guard->total += slot->held;
    if (slot->held > TH_GUARD_HELD_BYTES)
        cut(guard, descriptor, "message-without-end");
    return true;
}

static void cut_largest(struct th_guard *guard)
{
    while (guard->total > TH_GUARD_TOTAL_BYTES) {
        int largest = -1;
        for (int i = 0; i <= guard->highest; i++)
            if (guard->slots[i].open &&
                (largest < 0 || guard->slots[i].held > guard->slots[largest].held))
                largest = i;
        if (largest < 0 || guard->slots[largest].held == 0)
            return;
        uint64_t before = guard->total;
        cut(guard, largest, "too-much-under-way");
        if (guard->total == before)
            return;
    }
}

/* ------------------------------------------------------------- connections a key */

struct owned {
    uint64_t owner, serial;
    unsigned router;
    int descriptor;
};

/* By key and ROUTER, the newest first. */
static int compare_owned(const void *a, const void *b)
{
    const struct owned *left = a, *right = b;
    if (left->owner != right->owner)
        return left->owner < right->owner ? -1 : 1;
    if (left->router != right->router)
        return left->router < right->router ? -1 : 1;
    return (left->serial < right->serial) - (left->serial > right->serial);
}

static void cut_hoards(struct th_guard *guard)
{
    struct owned *all = calloc(guard->open_count + 1, sizeof(*all));
    size_t count = 0;
    if (!all)
        abort();
    for (int i = 0; i <= guard->highest && count < guard->open_count; i++) {
        struct slot *slot = &guard->slots[i];
        uint64_t owner = atomic_load(&slot->owner);
        if (slot->open && slot->handshaken && owner != 0)
            all[count++] = (struct owned){owner, slot->serial, slot->router, i};
    }
    qsort(all, count, sizeof(*all), compare_owned);
    unsigned of_key = 0;
    for (size_t i = 0; i < count; i++) {
        bool same = i > 0 && all[i].owner == all[i - 1].owner && all[i].router == all[i - 1].router;
        of_key = same ? of_key + 1 : 1;
        if (of_key > guard->routers[all[i].router].connections_a_key)
            cut(guard, all[i].descriptor, "too-many-of-a-key");
    }
    free(all);
}

/* ------------------------------------------------------------------- the thread */

static int64_t resident_bytes(void)
{
    long pages = 0;
    FILE *stream = fopen("/proc/self/statm", "re");
    if (!stream)
        return 0;
    if (fscanf(stream, "%*s %ld", &pages) != 1) /* NOLINT(cert-err34-c): the kernel's format */
        pages = 0;
    fclose(stream);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

/* All connections, or only those whose handshake is not over. */
static void look_at_all(struct th_guard *guard, bool full, uint64_t forgiven)
{
    bool seeing = true;
    guard->early_count = 0;
    if (full)
        guard->total = 0;
    for (int i = 0; i <= guard->highest && seeing; i++) {
        if (!guard->slots[i].open)
            continue;
        if (full || !guard->slots[i].handshaken)
            seeing = look(guard, i, forgiven);
        guard->early_count += !guard->slots[i].handshaken;
    }
    while (guard->highest > 0 && !guard->slots[guard->highest].open)
        guard->highest--;
    if (!seeing && !guard->blind) {
        guard->blind = true;
        th_log(TH_LOG_WARNING, "guard.blind note=\"this kernel does not count a connection's "
                               "bytes: hostile peers are not bounded; set MemoryMax\"");
    }
    if (full)
        cut_largest(guard);
    if (full || guard->hoarding)
        cut_hoards(guard);
    guard->hoarding = false;
}

static void look_around(struct th_guard *guard)
{
    int64_t now_ms = th_clock_monotonic_ms();
    for (unsigned i = 0; i < guard->router_count; i++)
        take_events(guard, i);
    bool few = guard->open_count <= FEW_CONNECTIONS;
    int64_t resident = few ? guard->resident : resident_bytes();
    bool full = few || now_ms - guard->full_ms >= LOOK_FULL_MS ||
                resident - guard->resident >= GROWTH_BYTES;
    bool early =
        full || guard->early_count <= FEW_EARLY || now_ms - guard->early_ms >= LOOK_EARLY_MS;
    uint64_t since_ms = full && guard->full_ms > 0 ? (uint64_t)(now_ms - guard->full_ms) : 0;
    if (full)
        guard->full_ms = now_ms;
    if (full || resident < guard->resident)
        guard->resident = resident;
    if (early) {
        guard->early_ms = now_ms;
        look_at_all(guard, full, since_ms * IDLE_BYTES_A_SECOND / 1000);
    }
    /* What attackers filled is free again, but not the system's yet. */
    if (guard->trim_ms > 0 && now_ms >= guard->trim_ms) {
        guard->trim_ms = 0;
        malloc_trim(0);
    }
}

static void *run(void *context)
{
    struct th_guard *guard = context;
    struct pollfd stop = {.fd = guard->stop_fd, .events = POLLIN};
    while (poll(&stop, 1, LOOK_MS) <= 0) {
        pthread_mutex_lock(&guard->lock);
        look_around(guard);
        pthread_mutex_unlock(&guard->lock);
    }
    return NULL;
}

static void destroy(struct th_guard *guard)
{
    for (unsigned i = 0; i < guard->router_count; i++)
        zmq_close(guard->routers[i].events);
    if (guard->stop_fd >= 0)
        close(guard->stop_fd);
    pthread_mutex_destroy(&guard->lock);
    free(guard->slots);
    free(guard);
}

enum th_status th_guard_start(void *zmq_context, struct th_guard **guard, struct th_error *error)
{
    struct th_guard *made = calloc(1, sizeof(*made));
    if (!made || !(made->slots = calloc(SLOTS, sizeof(*made->slots))))
        abort();
    made->zmq_context = zmq_context;
    pthread_mutex_init(&made->lock, NULL);
    made->stop_fd = eventfd(0, EFD_CLOEXEC);
    int failed = made->stop_fd < 0 ? errno : pthread_create(&made->thread, NULL, run, made);
    if (failed != 0) {
        destroy(made);
        return th_error_set(error, TH_PERMANENT, "cannot start the watch over connections: %s",
                            strerror(failed));
    }
    *guard = made;
    return TH_OK;
}

void th_guard_stop(struct th_guard **guard)
{
    if (!guard || !*guard)
        return;
    eventfd_write((*guard)->stop_fd, 1);
    pthread_join((*guard)->thread, NULL);
    destroy(*guard);
    *guard = NULL;
}

enum th_status th_guard_watch(struct th_guard *guard, void *router, unsigned connections_a_key,
                              struct th_error *error)
{
    enum th_status status = TH_OK;
    pthread_mutex_lock(&guard->lock);
    void *events = guard->router_count < ROUTERS_MAX
                       ? th_socket_monitor(guard->zmq_context, router,
                                           ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED)
                       : NULL;
    if (events)
        guard->routers[guard->router_count++] = (struct router){events, connections_a_key};
    else
        status = th_error_set(error, TH_PERMANENT, "cannot watch the connections of a socket: %s",
                              zmq_strerror(zmq_errno()));
    pthread_mutex_unlock(&guard->lock);
    return status;
}

void th_guard_took(struct th_guard *guard, int descriptor, const uint8_t key[32])
{
    if (!guard || descriptor < 0 || descriptor >= SLOTS)
        return;
    uint64_t owner = 0;
    atomic_fetch_add(&guard->slots[descriptor].taken, 1);
    if (!key)
        return;
    memcpy(&owner, key, sizeof(owner));
    atomic_store(&guard->slots[descriptor].owner, owner);
    atomic_store(&guard->slots[descriptor].owned_ms, th_clock_monotonic_ms());
}

void th_guard_unwanted(struct th_guard *guard, int descriptor)
{
    if (guard && descriptor >= 0 && descriptor < SLOTS)
        atomic_store(&guard->slots[descriptor].unwanted, true);
}

uint64_t th_guard_cuts(struct th_guard *guard)
{
    return atomic_load(&guard->cuts);
}

/* A load of real offices on the wire. Prints what it measured as "name value" lines.
 *
 *   bench_load keys DISTRICT...                         key pairs, a line an office
 *   bench_load ingest BUNDLE KEYS OFFICES FIRST REPORTS BATCH WINDOW
 *   bench_load paced  BUNDLE KEYS OFFICES FIRST REPORTS RATE     one report a message
 *   bench_load hold   BUNDLE KEYS OFFICES FIRST SECONDS          idle, then a storm
 *
 * REPORTS is of all offices together; FIRST is the number of each office's first report,
 * so that one run goes on where another ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "bench/offices.h"
#include "common/base/text.h"

#define DEADLINE_US (INT64_C(900) * 1000000)

static void share_out(struct offices *offices, long first, long reports)
{
    for (size_t i = 0; i < offices->count; i++) {
        struct office *office = &offices->office[i];
        office->next_report = first;
        office->to_send =
            reports / (long)offices->count + ((long)i < reports % (long)offices->count);
    }
}

static int make_keys(int count, char **districts)
{
    struct th_error error = {0};
    for (int i = 0; i < count; i++) {
        struct th_curve_pair pair;
        char public_key[65], secret_key[65];
        if (th_curve_generate(&pair, &error) != TH_OK)
            bench_die("%s", error.message);
        th_text_to_hex(pair.public_key, 32, public_key);
        th_text_to_hex(pair.secret_key, 32, secret_key);
        printf("%s %s %s\n", districts[i], public_key, secret_key);
    }
    return 0;
}

static int ingest(struct offices *offices, char **arguments)
{
    offices->batch = (uint32_t)bench_number(arguments[2]);
    offices->window = (uint32_t)bench_number(arguments[3]);
    if (offices->batch < 1 || offices->batch > 256 || offices->window > 32)
        bench_die("a batch has 1 to 256 reports, a window at most 32 batches");
    offices_greet(offices, bench_now_us() + DEADLINE_US);
    share_out(offices, bench_number(arguments[0]), bench_number(arguments[1]));
    int64_t begun = bench_now_us();
    offices_deliver(offices, begun + DEADLINE_US);
    double seconds = (double)(bench_now_us() - begun) / 1e6;
    printf("reports %llu\nseconds %.3f\nreports_per_second %.0f\nbusy %llu\n",
           (unsigned long long)offices->acknowledged, seconds,
           (double)offices->acknowledged / seconds, (unsigned long long)offices->busy);
    return 0;
}

/* One token every 1/rate seconds, whatever came of those before. */
struct pace {
    int64_t begun;
    long rate, sent;
};

static bool may_send(void *context)
{
    struct pace *pace = context;
    int64_t due = pace->begun + pace->sent * INT64_C(1000000) / pace->rate;
    if (bench_now_us() < due)
        return false;
    pace->sent++;
    return true;
}

static int paced(struct offices *offices, char **arguments)
{
    struct samples latencies = {0};
    struct pace pace = {.rate = bench_number(arguments[2])};
    offices->batch = 1;
    offices->window = 4; /* as the collector asks: its queue to a peer holds no more answers */
    offices->latencies = &latencies;
    offices_greet(offices, bench_now_us() + DEADLINE_US);
    share_out(offices, bench_number(arguments[0]), bench_number(arguments[1]));
    offices->may_send = may_send;
    offices->may_send_context = &pace;
    pace.begun = bench_now_us();
    offices_deliver(offices, pace.begun + DEADLINE_US);
    printf("reports %zu\np50_ms %.3f\np99_ms %.3f\n", latencies.count, samples_ms(&latencies, 0.5),
           samples_ms(&latencies, 0.99));
    samples_free(&latencies);
    return 0;
}

static int hold(struct offices *offices, char **arguments)
{
    long seconds = bench_number(arguments[1]);
    int64_t begun = bench_now_us();
    offices_greet(offices, begun + DEADLINE_US);
    printf("connect_seconds %.3f\nconnected %zu\n", (double)(bench_now_us() - begun) / 1e6,
           offices->count);
    fflush(stdout);
    nanosleep(&(struct timespec){.tv_sec = seconds}, NULL);
    offices_disconnect(offices);
    offices->batch = 1;
    share_out(offices, bench_number(arguments[0]), (long)offices->count);
    for (size_t i = 0; i < offices->count; i++) /* several are of one district */
        offices->office[i].next_report += (long)i;
    begun = bench_now_us();
    offices_deliver(offices, begun + DEADLINE_US);
    printf("storm_seconds %.3f\nstorm_reports %llu\n", (double)(bench_now_us() - begun) / 1e6,
           (unsigned long long)offices->acknowledged);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int arguments;
        int (*run)(struct offices *offices, char **arguments);
    } commands[] = {{"ingest", 4, ingest}, {"paced", 3, paced}, {"hold", 2, hold}};
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (argc > 2 && strcmp(argv[1], "keys") == 0)
        return make_keys(argc - 2, argv + 2);
    for (size_t i = 0; argc > 4 && i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[1], commands[i].name) != 0 || argc != 5 + commands[i].arguments)
            continue;
        struct offices offices;
        offices_open(&offices, argv[2], argv[3], (size_t)bench_number(argv[4]));
        int status = commands[i].run(&offices, argv + 5);
        offices_close(&offices);
        return status;
    }
    bench_die("wrong arguments; the first lines of bench/load.c tell them");
}

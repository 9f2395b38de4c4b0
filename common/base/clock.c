#include "common/base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#define ZONE_FOLDER "/usr/share/zoneinfo"
#define SECOND_US   INT64_C(1000000)
#define DAY_SECONDS INT64_C(86400)
#define LAST_DAY    INT32_C(100000000) /* beyond it microseconds leave 64 bits */

static int64_t floor_divide(int64_t value, int64_t divisor)
{
    return value / divisor - (value % divisor < 0);
}

/* Only names below the zone folder: TZ would open any path of the machine. */
static bool is_zone_name(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > 64 || name[0] == '/' || strstr(name, ".."))
        return false;
    return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") ==
           length;
}

static bool zone_exists(const char *name)
{
    char path[sizeof(ZONE_FOLDER) + 80], magic[4] = "";
    snprintf(path, sizeof(path), ZONE_FOLDER "/%s", name);
    struct stat found;
    if (stat(path, &found) != 0 || !S_ISREG(found.st_mode))
        return false;
    FILE *file = fopen(path, "rbe");
    if (!file)
        return false;
    bool exists = fread(magic, 1, sizeof(magic), file) == sizeof(magic) &&
                  memcmp(magic, "TZif", sizeof(magic)) == 0;
    fclose(file);
    return exists;
}

enum th_status th_clock_use_zone(const char *name, struct th_error *error)
{
    if (!name || !is_zone_name(name) || !zone_exists(name))
        return th_error_set(error, TH_USAGE,
                            "time zone '%s' is not known to this machine; give a name such as "
                            "Asia/Ho_Chi_Minh and install the tzdata package",
                            name ? name : "");
    if (setenv("TZ", name, 1) != 0)
        return th_error_set(error, TH_PERMANENT, "cannot set the time zone: %m");
    tzset();
    return TH_OK;
}

int64_t th_clock_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

int64_t th_clock_monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t th_clock_monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int32_t day_of_second(int64_t second)
{
    time_t instant = (time_t)second;
    struct tm local;
    if (!localtime_r(&instant, &local))
        return (int32_t)floor_divide(second, DAY_SECONDS);
    return (int32_t)floor_divide(second + local.tm_gmtoff, DAY_SECONDS);
}

int64_t th_clock_day_start_us(int32_t day)
{
    if (day >= LAST_DAY)
        return INT64_MAX;
    if (day <= -LAST_DAY)
        return INT64_MIN;

    struct tm local = {.tm_mday = 1, .tm_isdst = -1};
    int year, month;
    th_day_to_civil(day, &year, &month, &local.tm_mday);
    local.tm_year = year - 1900;
    local.tm_mon = month - 1;
    int64_t start = (int64_t)mktime(&local);
    if (day_of_second(start) == day && day_of_second(start - 1) < day)
        return start * SECOND_US;

    /* Where the clock is put on or back at midnight, 00:00 does not exist or
     * exists twice: search the first second that belongs to the day. */
    int64_t before = (int64_t)day * DAY_SECONDS - 2 * DAY_SECONDS;
    int64_t within = (int64_t)day * DAY_SECONDS + 2 * DAY_SECONDS;
    while (within - before > 1) {
        int64_t middle = before + (within - before) / 2;
        if (day_of_second(middle) >= day)
            within = middle;
        else
            before = middle;
    }
    return within * SECOND_US;
}

int32_t th_clock_day_of_us(int64_t instant_us)
{
    return day_of_second(floor_divide(instant_us, SECOND_US));
}

int64_t th_clock_backoff_ms(int64_t previous_ms, int64_t base_ms, int64_t cap_ms)
{
    if (base_ms < 1)
        base_ms = 1;
    if (cap_ms < base_ms)
        cap_ms = base_ms;
    if (previous_ms < base_ms)
        previous_ms = base_ms;
    int64_t highest = previous_ms > cap_ms / 3 ? cap_ms : previous_ms * 3;
    if (highest < base_ms)
        highest = base_ms;

    uint64_t random;
    if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != (ssize_t)sizeof(random))
        random = (uint64_t)th_clock_now_us();
    return base_ms + (int64_t)(random % (uint64_t)(highest - base_ms + 1));
}

#include "common/base/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/base/clock.h"

#define REDRAW_MS   100
#define LONGEST_BAR 40

static int terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

static void draw(struct th_progress *progress)
{
    int64_t elapsed_ms = progress->drawn_ms - progress->started_ms;
    uint64_t done = progress->done, total = progress->total;

    if (total == 0) {
        fprintf(stderr, "\r\033[K%s  %llu", progress->label, (unsigned long long)done);
        fflush(stderr);
        return;
    }
    if (done > total)
        done = total;
    double share = (double)done / (double)total;
    char tail[96];
    int used = snprintf(tail, sizeof(tail), " %3d %%  %llu/%llu", (int)(share * 100),
                        (unsigned long long)done, (unsigned long long)total);
    /* A guess from the first second would only jump about. */
    if (elapsed_ms > 1000 && done > 0 && done < total)
        snprintf(tail + used, sizeof(tail) - (size_t)used, "  %lld s left",
                 (long long)((double)elapsed_ms / share * (1 - share) / 1000 + 1));

    int room = terminal_width() - (int)strlen(progress->label) - (int)strlen(tail) - 5;
    int bar = room > LONGEST_BAR ? LONGEST_BAR : room;
    fprintf(stderr, "\r\033[K%s ", progress->label);
    if (bar >= 5) {
        int filled = (int)(share * bar);
        fputc('[', stderr);
        for (int i = 0; i < bar; i++)
            fputc(i < filled ? '#' : '.', stderr);
        fputc(']', stderr);
    }
    fputs(tail, stderr);
    fflush(stderr);
}

void th_progress_begin(struct th_progress *progress, const char *label, uint64_t total)
{
    const char *terminal = getenv("TERM");
    *progress = (struct th_progress){
        .label = label,
        .total = total,
        .started_ms = th_clock_monotonic_ms(),
        .terminal = isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0,
    };
}

void th_progress_step(struct th_progress *progress, uint64_t done)
{
    progress->done = done;
    if (!progress->terminal)
        return;
    int64_t now = th_clock_monotonic_ms();
    if (progress->drawn_ms != 0 && now - progress->drawn_ms < REDRAW_MS)
        return;
    progress->drawn_ms = now;
    draw(progress);
}

void th_progress_end(struct th_progress *progress)
{
    if (!progress->terminal || progress->drawn_ms == 0)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
}

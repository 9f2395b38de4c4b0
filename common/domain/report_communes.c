/* Commune lists of reports: sets, kept as sorted lists. */
#include <stdlib.h>

#include "common/domain/report.h"

void th_observation_sort_communes(struct th_observation *observation)
{
    for (size_t i = 1; i < observation->commune_count; i++) {
        if (th_slice_compare(&observation->communes[i - 1], &observation->communes[i]) > 0) {
            qsort(observation->communes, observation->commune_count, sizeof(*observation->communes),
                  th_slice_compare);
            return;
        }
    }
}

void th_observation_drop_repeated_communes(struct th_observation *observation)
{
    size_t kept = 0;
    for (size_t i = 0; i < observation->commune_count; i++)
        if (kept == 0 || !th_slice_same(observation->communes[kept - 1], observation->communes[i]))
            observation->communes[kept++] = observation->communes[i];
    observation->commune_count = kept;
}

void th_report_arrange_communes(struct th_report *report)
{
    for (size_t i = 0; i < report->observation_count; i++) {
        th_observation_sort_communes(&report->observations[i]);
        th_observation_drop_repeated_communes(&report->observations[i]);
    }
}

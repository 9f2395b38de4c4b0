/* tonghop-reporter: the program of a district office. */
#include <stdio.h>
#include <sys/stat.h>

#include "common/ledger/ledger.h"
#include "reporter/entry/commands.h"

int main(int argc, char **argv)
{
    struct th_error error = {0};
    struct th_office office = {0};

    /* Everything in the state folder is the office's own. */
    umask(077);
    if (th_ledger_init(&error) != TH_OK)
        return th_error_exit(th_reporter_program.name, &error);
    return th_program_main(&th_reporter_program, argc, argv, &office.settings, &office);
}

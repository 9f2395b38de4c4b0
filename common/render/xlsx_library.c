#include "common/render/xlsx_library.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct th_xlsx_library th_xlsx;

/* POSIX lets a function's address be kept in an object's pointer; ISO C knows no cast. */
static bool find(void *library, const char *name, void *member, size_t size)
{
    void *address = dlsym(library, name);
    memcpy(member, &address, size);
    return address != NULL;
}

enum th_status th_xlsx_library_load(struct th_error *error)
{
    static bool loaded;
    if (loaded)
        return TH_OK;
    void *library = dlopen(TH_XLSX_SONAME, RTLD_NOW | RTLD_LOCAL);
    bool whole = library != NULL;
#define FIND(name) whole = whole && find(library, #name, &th_xlsx.name, sizeof(th_xlsx.name));
    TH_XLSX_FUNCTIONS(FIND)
#undef FIND
    if (whole) {
        loaded = true;
        return TH_OK;
    }
    const char *why = dlerror();
    th_error_set(error, TH_PERMANENT,
                 "workbooks (XLSX) need a library that cannot be loaded (%s); install it, in "
                 "Debian the package " TH_XLSX_PACKAGE ", or choose --format csv",
                 why ? why : TH_XLSX_SONAME);
    if (library)
        dlclose(library);
    th_xlsx = (struct th_xlsx_library){NULL};
    return TH_PERMANENT;
}

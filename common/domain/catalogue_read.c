/* From CSV files to a catalogue, or to the list of all their faults. */
#include <stdlib.h>
#include <string.h>

#include "common/domain/catalogue_reader.h"

/* What the parsed files may take: thirty times the largest real catalogue. */
#define SCRATCH_LIMIT ((size_t)512 << 20)

static const struct file_rule {
    bool needed;
    size_t row_limit;
} file_rules[TH_FILE_COUNT] = {
    [TH_FILE_DISTRICTS] = {true, 200000}, [TH_FILE_COMMUNES] = {false, 200000},
    [TH_FILE_FORMS] = {true, 200},        [TH_FILE_GROUPS] = {true, 100000},
    [TH_FILE_CRITERIA] = {true, 100000},  [TH_FILE_CHOICES] = {false, 200000},
    [TH_FILE_RULES] = {false, 100000},    [TH_FILE_TARGETS] = {false, 200000},
    [TH_FILE_PERIODS] = {false, 1000},    [TH_FILE_HOLIDAYS] = {false, 20000},
};

static void open_sheets(struct th_catalogue_reader *reader, const struct th_catalogue_file *files,
                        size_t count, struct th_fault_list *faults)
{
    const struct th_slice *contents[TH_FILE_COUNT] = {NULL};
    for (size_t i = 0; i < count; i++) {
        struct th_slice name = {files[i].name, strnlen(files[i].name, sizeof files[i].name)};
        struct th_shown shown;
        int file = 0;
        while (file < TH_FILE_COUNT && !th_slice_equals(name, th_catalogue_file_names[file]))
            file++;
        if (file == TH_FILE_COUNT)
            th_fault_add(faults, "", 0, "", "catalogue.unknown_file",
                         "'%s' is not a file of a catalogue; remove it or correct its name",
                         th_shown(&shown, name));
        else if (contents[file])
            th_fault_add(faults, th_catalogue_file_names[file], 0, "", "catalogue.duplicate_file",
                         "the file is given twice; give it once");
        else
            contents[file] = &files[i].content;
    }
    for (int file = 0; file < TH_FILE_COUNT; file++) {
        struct th_sheet *sheet = &reader->sheets[file];
        *sheet = (struct th_sheet){
            .file = th_catalogue_file_names[file],
            .columns = th_catalogue_columns((enum th_catalogue_file_index)file),
            .arena = reader->arena,
            .faults = faults,
            .separator = ',',
            .known = !file_rules[file].needed,
        };
        if (contents[file])
            th_sheet_open(sheet, *contents[file], file_rules[file].row_limit, reader->scratch);
        else if (file_rules[file].needed)
            th_fault_add(faults, sheet->file, 0, "", "catalogue.missing_file",
                         "the catalogue needs %s; add the file", sheet->file);
    }
}

struct th_ownership th_ownership_create(struct th_catalogue_reader *reader, size_t rows,
                                        size_t owners)
{
    struct th_arena *arena = reader->work;
    return (struct th_ownership){
        .owners = th_arena_alloc(arena, (rows + 1) * sizeof(size_t)),
        .counts = th_arena_alloc(arena, (owners + 1) * sizeof(size_t)),
        .starts = th_arena_alloc(arena, (owners + 1) * sizeof(size_t)),
    };
}

void th_ownership_close(struct th_ownership *ownership, size_t owners)
{
    size_t start = 0;
    for (size_t i = 0; i < owners; i++) {
        ownership->starts[i] = start;
        start += ownership->counts[i];
    }
}

static void unknown_reference(const struct th_sheet *sheet, size_t row, int column,
                              const char *what, const struct th_sheet *listed)
{
    struct th_slice cell = th_sheet_cell(sheet, row, column);
    struct th_shown shown;
    if (cell.size == 0) {
        if (sheet->places[column] >= 0)
            th_sheet_fault(sheet, row, column, "catalogue.empty", "the cell is empty; fill it in");
    } else if (listed->known) {
        th_sheet_fault(sheet, row, column, "catalogue.unknown_reference",
                       "'%s' is not %s in %s; add it there or correct it here",
                       th_shown(&shown, cell), what, listed->file);
    }
}

const struct th_district *th_reader_district(struct th_catalogue_reader *reader,
                                             const struct th_sheet *sheet, size_t row, int column)
{
    const struct th_district *district =
        th_catalogue_district(reader->catalogue, th_sheet_cell(sheet, row, column));
    if (!district)
        unknown_reference(sheet, row, column, "a district", &reader->sheets[TH_FILE_DISTRICTS]);
    return district;
}

struct th_form *th_reader_form(struct th_catalogue_reader *reader, const struct th_sheet *sheet,
                               size_t row, int column)
{
    size_t index;
    if (th_codes_find(reader->store->forms, th_sheet_cell(sheet, row, column), &index))
        return &reader->catalogue->forms[index];
    unknown_reference(sheet, row, column, "a form", &reader->sheets[TH_FILE_FORMS]);
    return NULL;
}

struct th_criterion *th_reader_criterion(struct th_catalogue_reader *reader,
                                         const struct th_sheet *sheet, size_t row,
                                         const struct th_form *form, int column)
{
    size_t index;
    if (!form)
        return NULL;
    if (th_codes_find(form->by_code, th_sheet_cell(sheet, row, column), &index))
        return &form->criteria[index];
    unknown_reference(sheet, row, column, "a criterion of the form",
                      &reader->sheets[TH_FILE_CRITERIA]);
    return NULL;
}

struct th_ownership th_reader_rows_by_form(struct th_catalogue_reader *reader,
                                           const struct th_sheet *sheet, int column)
{
    size_t forms = reader->catalogue->form_count;
    struct th_ownership ownership = th_ownership_create(reader, sheet->row_count, forms);
    for (size_t row = 0; row < sheet->row_count; row++) {
        const struct th_form *form = th_reader_form(reader, sheet, row, column);
        ownership.owners[row] = form ? form->index : TH_ROWLESS;
        if (form)
            ownership.counts[form->index]++;
    }
    th_ownership_close(&ownership, forms);
    return ownership;
}

struct placed_fault {
    int file; /* position in th_catalogue_file_names, -1: no file */
    size_t line, index;
};

static int compare_places(const void *a, const void *b)
{
    const struct placed_fault *x = a, *y = b;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Moves the faults to the end of `into` in the order in which a person meets them:
 * by file and line, then as they were found. */
static void hand_over(struct th_fault_list *found, struct th_fault_list *into)
{
    struct placed_fault *places = malloc(found->count * sizeof *places);
    struct th_fault *all =
        realloc(into->faults, (into->count + found->count) * sizeof *into->faults);
    if (!places || !all)
        abort();
    for (size_t i = 0; i < found->count; i++) {
        const struct th_fault *fault = &found->faults[i];
        int file = 0;
        while (file < TH_FILE_COUNT && fault->file != th_catalogue_file_names[file])
            file++;
        /* Faults of no file come first, the one that ends a list too long last. */
        bool ends = strcmp(fault->code, "catalogue.too_many_faults") == 0;
        places[i] = (struct placed_fault){file < TH_FILE_COUNT || ends ? file : -1, fault->line, i};
    }
    qsort(places, found->count, sizeof *places, compare_places);
    for (size_t i = 0; i < found->count; i++)
        all[into->count + i] = found->faults[places[i].index];
    into->faults = all;
    into->count += found->count;
    into->capacity = into->count;
    free(places);
    th_fault_list_free(found);
}

struct th_catalogue *th_catalogue_read(const struct th_catalogue_file *files, size_t count,
                                       struct th_fault_list *faults)
{
    struct th_fault_list found = {0};
    struct th_arena *arena = th_arena_create(0);
    struct th_catalogue_store *store = th_arena_alloc(arena, sizeof *store);
    store->arena = arena;
    atomic_init(&store->references, 1);
    struct th_catalogue_reader reader = {
        .store = store,
        .catalogue = &store->shown,
        .arena = arena,
        .scratch = th_arena_create(SCRATCH_LIMIT),
        .work = th_arena_create(0),
    };

    open_sheets(&reader, files, count, &found);
    th_reader_districts(&reader);
    th_reader_communes(&reader);
    th_reader_forms(&reader);
    th_reader_groups(&reader);
    th_reader_criteria(&reader);
    th_reader_choices(&reader);
    th_reader_rules(&reader);
    th_reader_targets(&reader);
    th_reader_periods(&reader);
    th_reader_holidays(&reader);

    th_arena_destroy(&reader.scratch);
    th_arena_destroy(&reader.work);
    struct th_catalogue *catalogue = &store->shown;
    if (found.count > 0) {
        hand_over(&found, faults);
        th_catalogue_release(&catalogue);
    }
    return catalogue;
}

/* districts.csv and communes.csv. */
#include <stdlib.h>
#include <string.h>

#include "common/domain/catalogue_reader.h"

#define DISTRICTS_MAX            20000
#define COMMUNES_OF_DISTRICT_MAX 100000
#define TILE_MAX                 999

/* One row of districts.csv. */
struct district_row {
    struct th_opening opening;
    bool dated; /* the interval is good */
    size_t row;
    struct th_name name;
    const char *kind;
    const struct th_district *successor;
    int32_t tile_column, tile_row;
};

static int compare_district_rows(const void *a, const void *b)
{
    const struct district_row *x = a, *y = b;
    if (x->dated != y->dated)
        return x->dated ? 1 : -1;
    if (x->dated && x->opening.interval.opened != y->opening.interval.opened)
        return x->opening.interval.opened < y->opening.interval.opened ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static void overlap_fault(const struct th_sheet *sheet, size_t row, int column, const char *code,
                          size_t other_row)
{
    th_sheet_fault(sheet, row, column, "catalogue.overlap",
                   "the interval overlaps that of '%.64s' on line %zu; let one end before the "
                   "other begins",
                   code, th_sheet_line(sheet, other_row));
}

/* Finds the codes in the order of their first rows and how many rows each has. */
static struct th_ownership collect_districts(struct th_catalogue_reader *reader,
                                             const struct th_sheet *sheet)
{
    struct th_catalogue *catalogue = reader->catalogue;
    size_t rows = sheet->row_count;
    struct th_ownership ownership = th_ownership_create(reader, rows, rows);
    catalogue->districts = th_arena_alloc(reader->arena, (rows + 1) * sizeof(struct th_district));
    reader->store->districts = th_codes_create(reader->arena, rows);
    for (size_t row = 0; row < rows; row++) {
        const char *code;
        size_t index;
        ownership.owners[row] = TH_ROWLESS;
        if (!th_sheet_code(sheet, row, DISTRICT_CODE, TH_DISTRICT_CODE_MAX, &code))
            continue;
        if (!th_codes_find(reader->store->districts, th_slice_of(code), &index)) {
            if (catalogue->district_count == DISTRICTS_MAX) {
                th_sheet_fault(sheet, row, TH_COLUMN_NONE, "catalogue.too_many",
                               "there are more than %d districts; a catalogue takes no more",
                               DISTRICTS_MAX);
                break;
            }
            index = catalogue->district_count++;
            catalogue->districts[index] = (struct th_district){.code = code, .index = index};
            th_codes_add(reader->store->districts, code, index);
        }
        ownership.owners[row] = index;
        ownership.counts[index]++;
    }
    th_ownership_close(&ownership, catalogue->district_count);
    return ownership;
}

static void read_district_row(struct th_catalogue_reader *reader, const struct th_sheet *sheet,
                              size_t row, const struct th_district *district,
                              struct district_row *read)
{
    *read = (struct district_row){.row = row, .tile_column = -1, .tile_row = -1};
    read->opening.communes = -1;
    read->dated = th_sheet_interval(sheet, row, DISTRICT_OPENED, DISTRICT_CLOSED, false,
                                    &read->opening.interval);
    th_sheet_integer(sheet, row, DISTRICT_COMMUNES, false, 0, COMMUNES_OF_DISTRICT_MAX,
                     &read->opening.communes, NULL);
    th_sheet_name(sheet, row, DISTRICT_VI, DISTRICT_EN, true, TH_NAME_MAX, &read->name);
    th_sheet_text(sheet, row, DISTRICT_KIND, false, TH_NAME_MAX, &read->kind);
    bool has_column, has_row;
    bool good = th_sheet_integer(sheet, row, DISTRICT_TILE_COLUMN, false, 0, TILE_MAX,
                                 &read->tile_column, &has_column);
    good = th_sheet_integer(sheet, row, DISTRICT_TILE_ROW, false, 0, TILE_MAX, &read->tile_row,
                            &has_row) &&
           good;
    if (good && has_column != has_row)
        th_sheet_fault(sheet, row, has_column ? DISTRICT_TILE_ROW : DISTRICT_TILE_COLUMN,
                       "catalogue.empty", "tile_col and tile_row go together; fill in both");
    if (th_sheet_cell(sheet, row, DISTRICT_SUCCESSOR).size == 0)
        return;
    const struct th_district *successor =
        th_reader_district(reader, sheet, row, DISTRICT_SUCCESSOR);
    if (successor && successor == district)
        th_sheet_fault(sheet, row, DISTRICT_SUCCESSOR, "catalogue.cycle",
                       "'%s' cannot be its own successor; name another district", district->code);
    else
        read->successor = successor;
}

/* Takes names and place from the latest row, openings from all. */
static void build_district(struct th_catalogue_reader *reader, const struct th_sheet *sheet,
                           struct th_district *district, struct district_row *rows, size_t count)
{
    qsort(rows, count, sizeof *rows, compare_district_rows);
    const struct district_row *latest = &rows[count - 1], *widest = NULL;
    district->name = latest->name;
    district->kind = latest->kind;
    district->successor = latest->successor;
    district->tile_column = latest->tile_column;
    district->tile_row = latest->tile_row;
    district->openings = th_arena_alloc(reader->arena, count * sizeof *district->openings);
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].dated)
            continue;
        struct th_interval interval = rows[i].opening.interval;
        if (widest && interval.opened <= widest->opening.interval.closed)
            overlap_fault(sheet, rows[i].row, DISTRICT_OPENED, district->code, widest->row);
        if (!widest || interval.closed > widest->opening.interval.closed)
            widest = &rows[i];
        district->openings[district->opening_count++] = rows[i].opening;
    }
}

/* A chain of successors that comes back to where it was would credit values for ever. */
static void check_cycles(struct th_catalogue_reader *reader, const struct th_sheet *sheet,
                         const size_t *latest_rows)
{
    const struct th_catalogue *catalogue = reader->catalogue;
    size_t *walks = th_arena_alloc(reader->work, (catalogue->district_count + 1) * sizeof *walks);
    for (size_t i = 0; i < catalogue->district_count; i++) {
        const struct th_district *at = &catalogue->districts[i];
        for (; at && walks[at->index] == 0; at = at->successor)
            walks[at->index] = i + 1;
        if (at && walks[at->index] == i + 1)
            th_sheet_fault(sheet, latest_rows[at->index], DISTRICT_SUCCESSOR, "catalogue.cycle",
                           "the successors of '%s' lead back to it; a chain of successors must end",
                           at->code);
    }
}

void th_reader_districts(struct th_catalogue_reader *reader)
{
    const struct th_sheet *sheet = &reader->sheets[TH_FILE_DISTRICTS];
    struct th_catalogue *catalogue = reader->catalogue;
    struct th_ownership ownership = collect_districts(reader, sheet);
    struct district_row *rows = th_arena_alloc(reader->work, (sheet->row_count + 1) * sizeof *rows);
    size_t *filled = th_arena_alloc(reader->work, (catalogue->district_count + 1) * sizeof *filled);
    for (size_t row = 0; row < sheet->row_count; row++) {
        size_t owner = ownership.owners[row];
        struct district_row unowned;
        read_district_row(
            reader, sheet, row, owner == TH_ROWLESS ? NULL : &catalogue->districts[owner],
            owner == TH_ROWLESS ? &unowned : &rows[ownership.starts[owner] + filled[owner]++]);
    }
    size_t *latest_rows =
        th_arena_alloc(reader->work, (catalogue->district_count + 1) * sizeof *latest_rows);
    for (size_t i = 0; i < catalogue->district_count; i++) {
        struct district_row *own = &rows[ownership.starts[i]];
        build_district(reader, sheet, &catalogue->districts[i], own, ownership.counts[i]);
        latest_rows[i] = own[ownership.counts[i] - 1].row;
    }
    check_cycles(reader, sheet, latest_rows);
}

/* One row of communes.csv. */
struct commune_row {
    struct th_commune commune;
    bool dated;
    size_t row;
};

static int compare_commune_rows(const void *a, const void *b)
{
    const struct commune_row *x = a, *y = b;
    int order = strcmp(x->commune.code, y->commune.code);
    if (order != 0)
        return order;
    if (x->commune.interval.opened != y->commune.interval.opened)
        return x->commune.interval.opened < y->commune.interval.opened ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static size_t read_commune_rows(struct th_catalogue_reader *reader, const struct th_sheet *sheet,
                                struct commune_row *rows)
{
    size_t count = 0;
    for (size_t row = 0; row < sheet->row_count; row++) {
        struct commune_row *read = &rows[count];
        *read = (struct commune_row){.row = row};
        bool coded =
            th_sheet_code(sheet, row, COMMUNE_CODE, TH_COMMUNE_CODE_MAX, &read->commune.code);
        th_sheet_name(sheet, row, COMMUNE_VI, COMMUNE_EN, true, TH_NAME_MAX, &read->commune.name);
        read->commune.district = th_reader_district(reader, sheet, row, COMMUNE_DISTRICT);
        read->dated = th_sheet_interval(sheet, row, COMMUNE_OPENED, COMMUNE_CLOSED, false,
                                        &read->commune.interval);
        count += coded && read->dated;
    }
    return count;
}

static void index_communes(struct th_catalogue_reader *reader)
{
    const struct th_catalogue *catalogue = reader->catalogue;
    size_t districts = catalogue->district_count;
    uint32_t *start = th_arena_alloc(reader->arena, (districts + 2) * sizeof *start);
    uint32_t *order = th_arena_alloc(reader->arena, (catalogue->commune_count + 1) * sizeof *order);
    /* Counted two places on, so that filling moves each start to where it belongs. */
    for (size_t i = 0; i < catalogue->commune_count; i++)
        if (catalogue->communes[i].district)
            start[catalogue->communes[i].district->index + 2]++;
    for (size_t i = 2; i <= districts + 1; i++)
        start[i] += start[i - 1];
    for (size_t i = 0; i < catalogue->commune_count; i++)
        if (catalogue->communes[i].district)
            order[start[catalogue->communes[i].district->index + 1]++] = (uint32_t)i;
    reader->store->commune_order = order;
    reader->store->commune_start = start;
}

void th_reader_communes(struct th_catalogue_reader *reader)
{
    const struct th_sheet *sheet = &reader->sheets[TH_FILE_COMMUNES];
    struct th_catalogue *catalogue = reader->catalogue;
    struct commune_row *rows = th_arena_alloc(reader->work, (sheet->row_count + 1) * sizeof *rows);
    size_t count = read_commune_rows(reader, sheet, rows);
    qsort(rows, count, sizeof *rows, compare_commune_rows);
    catalogue->communes = th_arena_alloc(reader->arena, (count + 1) * sizeof(struct th_commune));
    catalogue->commune_count = count;
    const struct commune_row *widest = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct th_commune *commune = &rows[i].commune;
        catalogue->communes[i] = *commune;
        if (!widest || strcmp(widest->commune.code, commune->code) != 0)
            widest = NULL;
        if (widest && commune->interval.opened <= widest->commune.interval.closed)
            overlap_fault(sheet, rows[i].row, COMMUNE_OPENED, commune->code, widest->row);
        if (!widest || commune->interval.closed > widest->commune.interval.closed)
            widest = &rows[i];
    }
    index_communes(reader);
}

#include <string.h>

#include "common/base/text.h"
#include "common/domain/report_reading.h"

#define BYTE_ORDER_MARK     "\xEF\xBB\xBF"
#define PREVIOUS_CHARACTERS 200
#define PREVIOUS_BYTES      (PREVIOUS_CHARACTERS * 4 + 4)

/* One template while it is written. */
struct template
{
    const struct th_catalogue *catalogue;
    const struct th_district *district;
    const char *language;
    char separator, point;
    int32_t last_day;
    struct th_buffer *out;
};

static bool is_english(const struct template *template)
{
    return template->language && strcmp(template->language, "en") == 0;
}

static const char *in_language(const struct template *template, const char *vi, const char *en)
{
    return is_english(template) ? en : vi;
}

static const char *name_in(const struct template *template, struct th_name name)
{
    return th_name_in(name, is_english(template) ? "en" : "vi");
}

/* th_csv_add knows the comma only. Decimal commas stay bare between semicolons. */
static void add_cell(const struct template *template, bool first, struct th_slice text)
{
    const char splitting[] = {template->separator, '"', '\r', '\n', '\t'};
    bool quoted = text.size > 0 && (text.bytes[0] == ' ' || text.bytes[text.size - 1] == ' ');
    for (size_t i = 0; i < text.size && !quoted; i++)
        quoted = memchr(splitting, text.bytes[i], sizeof(splitting)) != NULL;
    if (!first)
        th_buffer_add_char(template->out, template->separator);
    if (quoted)
        th_buffer_add_char(template->out, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] == '"')
            th_buffer_add_char(template->out, '"');
        th_buffer_add_char(template->out, text.bytes[i]);
    }
    if (quoted)
        th_buffer_add_char(template->out, '"');
}

static void add_text(const struct template *template, bool first, const char *text)
{
    add_cell(template, first, th_slice_of(text));
}

static void end_row(const struct template *template)
{
    th_buffer_add_char(template->out, '\n');
}

static void add_head(const struct template *template, const char *key, struct th_slice value)
{
    if (value.size == 0)
        return;
    add_text(template, true, key);
    add_cell(template, false, value);
    end_row(template);
}

static void write_head(const struct template *template, const struct th_form *form, int32_t period,
                       const struct th_report *prefill)
{
    char text[TH_PERIOD_TEXT];
    th_base_period_format(form->frequency, period, text);
    add_head(template, "form", th_slice_of(form->code));
    add_head(template, "period", th_slice_of(text));
    add_head(template, "district", th_slice_of(template->district->code));
    if (prefill && prefill->has_document) {
        add_head(template, "document_number", prefill->document_number);
        add_head(template, "document_date", prefill->document_date);
        add_head(template, "signing_office", prefill->signing_office);
    }
    if (prefill && prefill->has_document_digest) {
        char hex[2 * sizeof(prefill->document_digest) + 1];
        th_text_to_hex(prefill->document_digest, sizeof(prefill->document_digest), hex);
        add_head(template, "document_digest", th_slice_of(hex));
    }
    end_row(template);
    static const char *const columns[] = {"criterion",   "value", "of",       "note",
                                          "name",        "unit",  "required", "previous",
                                          "previous_of", "guide"};
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        add_text(template, i == 0, columns[i]);
    end_row(template);
}

static void add_part(struct th_buffer *guide, const char *text)
{
    if (text[0] == '\0')
        return;
    if (guide->size > 0)
        th_buffer_add_text(guide, ". ");
    th_buffer_add_text(guide, text);
}

static void add_choices(const struct template *template, const struct th_criterion *criterion,
                        struct th_buffer *guide)
{
    add_part(guide, in_language(template, "Ghi một trong: ", "One of: "));
    for (size_t i = 0; i < criterion->choice_count; i++)
        th_buffer_printf(guide, "%s%s = %s", i > 0 ? "; " : "", criterion->choices[i].value,
                         name_in(template, criterion->choices[i].name));
}

static void add_communes(const struct template *template, struct th_buffer *guide)
{
    const struct th_catalogue *catalogue = template->catalogue;
    add_part(guide, in_language(template, "Ghi các mã, cách nhau bằng dấu cách",
                                "Codes separated by blanks"));
    th_buffer_printf(guide, "; %s = %s: ", th_no_communes,
                     in_language(template, "không có đơn vị nào", "no commune at all"));
    bool first = true;
    for (size_t i = 0; i < catalogue->commune_count; i++) {
        const struct th_commune *commune = &catalogue->communes[i];
        if (commune->district != template->district ||
            !th_interval_has(commune->interval, template->last_day))
            continue;
        th_buffer_printf(guide, "%s%s %s", first ? "" : "; ", commune->code,
                         name_in(template, commune->name));
        first = false;
    }
}

static void write_guide(const struct template *template, const struct th_criterion *criterion,
                        struct th_buffer *guide)
{
    th_buffer_clear(guide);
    add_part(guide, name_in(template, criterion->guide));
    if (criterion->kind == TH_KIND_RATIO)
        add_part(guide, in_language(template, "value: tử số; of: mẫu số",
                                    "value: numerator; of: denominator"));
    if (criterion->kind == TH_KIND_CHOICE)
        add_choices(template, criterion, guide);
    if (criterion->kind == TH_KIND_COMMUNES)
        add_communes(template, guide);
    add_text(template, false, guide->bytes);
}

/* The cells of an observation; both empty without one. */
static void write_cells(const struct template *template, const struct th_observation *observation,
                        struct th_buffer *value, struct th_buffer *of)
{
    th_buffer_clear(value);
    th_buffer_clear(of);
    if (observation)
        th_report_cell_write(observation, template->point, value, of);
}

/* The remark that the reader puts back: of n/a its reason, and a note behind it. */
static void add_note(const struct template *template, const struct th_observation *observation,
                     struct th_buffer *note)
{
    th_buffer_clear(note);
    if (observation && observation->answer == TH_ANSWER_NOT_APPLICABLE)
        th_buffer_add(note, observation->text.bytes, observation->text.size);
    if (observation && observation->note.size > 0) {
        if (note->size > 0)
            th_buffer_add_text(note, "; ");
        th_buffer_add(note, observation->note.bytes, observation->note.size);
    }
    add_cell(template, false, th_buffer_slice(note));
}

static const struct th_observation *find(const struct th_report *report,
                                         const struct th_criterion *criterion)
{
    return report ? th_report_find(report, criterion) : NULL;
}

static void write_row(const struct template *template, const struct th_criterion *criterion,
                      const struct th_report *previous, const struct th_report *prefill)
{
    TH_CLEANUP_BUFFER struct th_buffer value = {0};
    TH_CLEANUP_BUFFER struct th_buffer of = {0};
    char shortened[PREVIOUS_BYTES];
    add_text(template, true, criterion->code);
    write_cells(template, find(prefill, criterion), &value, &of);
    add_cell(template, false, th_buffer_slice(&value));
    add_cell(template, false, th_buffer_slice(&of));
    add_note(template, find(prefill, criterion), &value);
    add_text(template, false, name_in(template, criterion->name));
    add_text(template, false, name_in(template, criterion->unit));
    add_text(template, false,
             criterion->required ? in_language(template, "có", "yes")
                                 : in_language(template, "không", "no"));
    write_cells(template, find(previous, criterion), &value, &of);
    th_text_shorten(th_buffer_slice(&value), PREVIOUS_CHARACTERS, shortened, sizeof(shortened));
    add_text(template, false, shortened);
    add_cell(template, false, th_buffer_slice(&of));
    write_guide(template, criterion, &value);
    end_row(template);
}

void th_report_file_template(const struct th_catalogue *catalogue, const struct th_form *form,
                             const struct th_district *district, int32_t period,
                             const struct th_report *previous, const struct th_report *prefill,
                             const char *language, char separator, struct th_buffer *out)
{
    int32_t first_day;
    struct template template = {.catalogue = catalogue,
                                .district = district,
                                .language = language,
                                .separator = separator,
                                .point = separator == ';' ? ',' : '.',
                                .out = out};
    th_base_period_days(form->frequency, period, &first_day, &template.last_day);
    th_buffer_add_text(out, BYTE_ORDER_MARK);
    write_head(&template, form, period, prefill);
    for (size_t i = 0; i < form->criterion_count; i++)
        if (th_interval_has(form->criteria[i].interval, template.last_day))
            write_row(&template, &form->criteria[i], previous, prefill);
}

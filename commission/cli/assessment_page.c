/* The frame of the document, and how its texts are put in. */
#include <string.h>

#include "commission/cli/assessment_document.h"
#include "commission/cli/people.h"
#include "common/base/clock.h"
#include "common/render/html.h"

/* Margins and sizes as Nghị định 30/2020/NĐ-CP has them: A4, top and bottom 20 mm, left
 * 30 mm, right 15 mm, 14 pt, number of the page at the top from the second on. Nothing is
 * taken from outside, and nothing runs. */
static const char style_sheet[] =
    "@page{size:A4;margin:20mm 15mm 20mm 30mm;@top-center{content:counter(page);"
    "font:13pt \"Times New Roman\",\"Liberation Serif\",serif}}"
    "@page:first{@top-center{content:none}}"
    "@page wide{size:A4 landscape;margin:25mm 15mm 15mm 15mm}"
    "html{background:#fff;color:#000}"
    "body{margin:0;font:14pt/1.35 \"Times New Roman\",Tinos,\"Liberation Serif\",\"Noto Serif\","
    "\"DejaVu Serif\",serif;overflow-wrap:break-word}"
    "p{margin:6pt 0;text-align:justify;text-indent:10mm;orphans:2;widows:2;text-wrap:pretty}"
    ".lead{break-after:avoid}.together{break-inside:avoid}"
    "h1,h2,h3,h4{margin:12pt 0 6pt;font-size:14pt;line-height:1.3;break-after:avoid}"
    "h2{text-align:center;text-transform:uppercase;margin-top:18pt;text-wrap:balance}"
    ".annex h2,.wide h2{margin-top:0}"
    "h3{text-indent:10mm}h4{text-indent:10mm;font-style:italic}"
    ".head{display:grid;grid-template-columns:42% 58%;text-align:center;font-size:13pt;"
    "line-height:1.25;margin-bottom:18pt}"
    ".head p{margin:0;text-align:center;text-indent:0;text-wrap:balance}"
    ".head .nation{font-size:12pt;white-space:nowrap}"
    ".caps{text-transform:uppercase}.strong{font-weight:bold}"
    ".rule{display:block;height:0;border-top:.75pt solid #000;margin:2pt auto 0}"
    ".short{width:35%}.under{margin-top:4pt}.motto{display:inline-block;border-bottom:.75pt solid "
    "#000;padding-bottom:1pt}"
    ".second{margin-top:8pt!important}"
    ".dated{font-style:italic;font-size:14pt}"
    ".name{text-align:center;text-indent:0;font-weight:bold;text-transform:uppercase;"
    "margin:12pt 0 0;font-size:15pt}"
    ".subject{text-align:center;text-indent:0;font-weight:bold;margin:2pt 8mm 0;"
    "text-wrap:balance}"
    ".status{text-align:center;text-indent:0;font-style:italic;margin:4pt 0 14pt}"
    ".notice{font-style:italic}"
    "ul{margin:6pt 0;padding:0;list-style:none}"
    "li{margin:3pt 0;padding-left:10mm;text-align:justify}li::before{content:\"- \"}"
    "table{border-collapse:collapse;width:100%;margin:4pt 0 10pt;font-size:12pt;line-height:1.2}"
    /* A page ends within a table only behind its second row and before its last two. */
    "thead{display:table-header-group}tr{break-inside:avoid}"
    "tbody tr:nth-child(2),tbody tr:nth-last-child(-n+2){break-before:avoid}"
    "th,td{border:.5pt solid #000;padding:2.5pt 4pt;vertical-align:top;text-align:left}"
    "th{text-align:center;vertical-align:middle}"
    "td.long{overflow-wrap:anywhere}td.place{min-width:38mm}.matrix "
    "td:first-child{min-width:34mm}"
    /* The choices of a criterion stand together. */
    ".choices tbody tr{break-before:auto}"
    ".choices tbody tr:not(:has([rowspan])){break-before:avoid}"
    ".choices th:nth-child(1),.choices th:nth-child(2){width:20%}"
    ".exceptions th:nth-child(6){width:30%}"
    ".n{text-align:right;white-space:nowrap}.c{text-align:center}"
    ".parts{display:block;font-size:10pt}"
    "tr.total td{font-weight:bold}"
    ".caption{text-indent:0;text-align:center;font-style:italic;font-size:13pt;margin:10pt 0 3pt;"
    "break-after:avoid;text-wrap:balance}"
    ".foot{text-indent:0;font-size:11pt;font-style:italic;margin:-6pt 0 10pt;"
    "break-before:avoid}"
    ".end{display:grid;grid-template-columns:50% 50%;margin-top:24pt;break-inside:avoid;"
    "break-before:avoid}"
    ".end p{text-indent:0;text-align:center;margin:0}"
    ".recipients p{text-align:left;font-size:11pt;line-height:1.3}"
    ".recipients .title{font-size:12pt;font-weight:bold;font-style:italic}"
    ".space{height:28mm}"
    ".annex{break-before:page}.wide{page:wide;break-before:page}"
    ".wide table{font-size:10pt}.wide th{font-size:9.5pt;font-weight:bold}"
    ".hash{font:8.5pt/1.25 \"Liberation Mono\",\"DejaVu Sans Mono\",monospace;"
    "overflow-wrap:anywhere}"
    ".standing td:first-child{max-width:24mm;overflow-wrap:normal}"
    ".basis td:first-child{width:44%}"
    ".heads{font-size:11pt}.heads td:first-child{white-space:nowrap}"
    ".heads td{padding:1.5pt 4pt}.heads .hash{font-size:8pt;line-height:1.2}"
    /* A landscape page for each table with its caption. */
    ".whole{break-inside:avoid}"
    "@media screen{body{max-width:165mm;margin:15mm auto;padding:0 8mm}"
    ".wide{width:255mm;max-width:calc(100vw - 16mm);margin-left:calc((165mm - min(255mm,100vw - "
    "16mm))/2)}}";

void th_document_raw(struct th_document *document, const char *markup)
{
    th_buffer_add_text(document->out, markup);
}

void th_document_text(struct th_document *document, const char *text)
{
    th_html_text(document->out, th_slice_of(text));
}

void th_document_wrap(struct th_document *document, const char *open, const char *text,
                      const char *close)
{
    th_document_raw(document, open);
    th_document_text(document, text);
    th_document_raw(document, close);
}

void th_document_word(struct th_document *document, enum th_assessment_word word)
{
    th_document_text(document, th_assessment_word(word, document->language));
}

void th_document_say(struct th_document *document, const char *open, enum th_assessment_word word,
                     const char *const *values, const char *close)
{
    const char *at = th_assessment_word(word, document->language);
    th_document_raw(document, open);
    for (const char *brace = strchr(at, '{'); brace; brace = strchr(at, '{')) {
        th_html_text(document->out, (struct th_slice){at, (size_t)(brace - at)});
        th_document_text(document, values[brace[1] - '1']);
        at = brace + 3;
    }
    th_document_text(document, at);
    th_document_raw(document, close);
}

/* Not escaped: it is put in as a text later. */
const char *th_document_sentence(struct th_document *document, enum th_assessment_word word,
                                 const char *const *values)
{
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    const char *at = th_assessment_word(word, document->language);
    for (const char *brace = strchr(at, '{'); brace; brace = strchr(at, '{')) {
        th_buffer_add(&text, at, (size_t)(brace - at));
        th_buffer_add_text(&text, values[brace[1] - '1']);
        at = brace + 3;
    }
    th_buffer_add_text(&text, at);
    return th_arena_text(document->run->arena, th_buffer_slice(&text));
}

void th_document_caption(struct th_document *document, enum th_assessment_word word,
                         const char *more)
{
    const char *number = th_document_number(document, ++document->tables);
    th_document_say(document, "<p class=\"caption\">", TH_SAY_TABLE, &number, "");
    th_document_word(document, word);
    th_document_wrap(document, "", more, "</p>\n");
}

void th_document_columns(struct th_document *document, const char *class_name,
                         const enum th_assessment_word *words, size_t count)
{
    th_document_wrap(document, "<table class=\"", class_name, "\"><thead><tr>");
    for (size_t i = 0; i < count; i++)
        th_document_wrap(document, "<th>", th_assessment_word(words[i], document->language),
                         "</th>");
    th_document_raw(document, "</tr></thead><tbody>\n");
}

void th_document_cell(struct th_document *document, const char *class_name, const char *text)
{
    th_document_raw(document, "<td");
    if (*class_name)
        th_document_wrap(document, " class=\"", class_name, "\"");
    th_document_wrap(document, ">", text, "</td>");
}

const char *th_document_number(struct th_document *document, uint64_t number)
{
    struct th_arena *arena = document->run->arena;
    return th_people_number(th_arena_printf(arena, "%llu", (unsigned long long)number),
                            document->language, arena);
}

const char *th_document_share(struct th_document *document, uint64_t part, uint64_t whole)
{
    char exact[64], text[64];
    if (whole == 0)
        return "–";
    /* Tenths of a percent, half up; exact by integers. */
    uint64_t tenths = (part * 2000 + whole) / (whole * 2);
    snprintf(exact, sizeof(exact), "%llu.%llu", (unsigned long long)(tenths / 10),
             (unsigned long long)(tenths % 10));
    th_render_number(exact, false, 1, document->language, text, sizeof(text));
    return th_arena_printf(document->run->arena, "%s\u00a0%%", text);
}

const char *th_document_district(struct th_document *document, const char *code)
{
    if (strcmp(code, "*") == 0)
        return th_assessment_word(TH_SAY_PROVINCE, document->language);
    return th_people_district(document->run->catalogue, code, document->language);
}

const char *th_document_period(struct th_document *document, const char *id)
{
    return th_people_period(document->run->catalogue, id, document->language, document->run->arena);
}

/* Vietnamese begins it with a common noun; English with a name or "Year", which a sentence
 * does without. */
const char *th_document_period_within(struct th_document *document, const char *id)
{
    const char *title = th_document_period(document, id);
    char *text = th_arena_text(document->run->arena, th_slice_of(title));
    if (strcmp(document->language, "en") == 0)
        return strncmp(text, "Year ", 5) == 0 ? text + 5 : text;
    if (*text >= 'A' && *text <= 'Z')
        *text = (char)(*text - 'A' + 'a');
    return text;
}

const char *th_document_instant(struct th_document *document, int64_t instant_us)
{
    char text[40], day[TH_PERIOD_TEXT];
    th_instant_format_local(instant_us, text);
    char *blank = strchr(text, ' ');
    if (!blank)
        return th_arena_text(document->run->arena, th_slice_of(text));
    *blank = '\0';
    th_base_period_format(TH_DAILY, th_clock_day_of_us(instant_us), day);
    if (strcmp(document->language, "en") == 0)
        return th_arena_printf(document->run->arena, "%s on %s", blank + 1,
                               th_document_period(document, day));
    return th_arena_printf(document->run->arena, "%s ngày %s", blank + 1, text);
}

bool th_document_is_provisional(const struct th_document *document,
                                const struct th_assessment_form *form,
                                const struct th_criterion *criterion, const char *district)
{
    const struct th_catalogue *catalogue = document->run->catalogue;
    size_t units = catalogue->district_count + 1, unit = units - 1;
    if (strcmp(district, "*") != 0) {
        const struct th_district *found = th_catalogue_district(catalogue, th_slice_of(district));
        if (!found)
            return false;
        unit = found->index;
    }
    return form->provisional[criterion->index * units + unit];
}

static bool is_text(ProtobufCBinaryData data, const char *text)
{
    return data.len == strlen(text) && memcmp(data.data, text, data.len) == 0;
}

const Tonghop__V1__Completeness *th_document_counts(const struct th_assessment_form *form,
                                                    const char *district)
{
    for (size_t i = 0; i < form->completeness.count; i++)
        for (size_t j = 0; j < form->completeness.parts[i]->n_completeness; j++)
            if (is_text(form->completeness.parts[i]->completeness[j]->district, district))
                return form->completeness.parts[i]->completeness[j];
    return NULL;
}

const Tonghop__V1__Ranking *th_document_rank(const struct th_assessment_form *form,
                                             const char *district, const char *group)
{
    for (size_t i = 0; i < form->ranking.count; i++)
        for (size_t j = 0; j < form->ranking.parts[i]->n_ranking; j++) {
            const Tonghop__V1__Ranking *row = form->ranking.parts[i]->ranking[j];
            if (is_text(row->district, district) && is_text(row->group, group))
                return row;
        }
    return NULL;
}

/* ------------------------------------------------------------------ the page */

const char *th_document_subject(struct th_document *document)
{
    struct th_assessment_making *run = document->run;
    const char *period = th_document_period_within(document, run->period.id);
    if (run->options.heading.subject)
        return run->options.heading.subject;
    bool one = run->options.form_count == 1;
    const char *values[] = {one ? th_name_in(run->forms[0].form->name, document->language)
                                : th_document_number(document, run->options.form_count),
                            period};
    enum th_assessment_word word =
        run->options.final
            ? (one ? TH_SAY_FINAL_SUBJECT : TH_SAY_FINAL_SUBJECT_SEVERAL)
            : (one ? TH_SAY_PRELIMINARY_SUBJECT : TH_SAY_PRELIMINARY_SUBJECT_SEVERAL);
    return th_document_sentence(document, word, values);
}

const char *th_document_status(struct th_document *document)
{
    const struct th_assessment_making *run = document->run;
    const char *instant = th_document_instant(document, run->as_of_us);
    const char *values[] = {th_document_number(document, run->number), instant};
    return run->options.final ? th_document_sentence(document, TH_SAY_FINAL_LINE, values)
                              : th_document_sentence(document, TH_SAY_PRELIMINARY_LINE, &instant);
}

static void write_title(struct th_document *document)
{
    const char *name = th_assessment_word(TH_SAY_DOCUMENT_NAME, document->language);
    th_document_wrap(document, "<p class=\"name\">", name, "</p>\n");
    th_document_wrap(document, "<p class=\"subject\">", th_document_subject(document),
                     "</p>\n<span class=\"rule short under\"></span>\n");
    th_document_wrap(document, "<p class=\"status\">", th_document_status(document), "</p>\n");
}

void th_assessment_write(struct th_assessment_making *run, struct th_buffer *out)
{
    struct th_document document = {.run = run, .language = run->language, .out = out};
    th_document_raw(&document, "<!DOCTYPE html>\n<html lang=\"");
    th_document_wrap(&document, "", run->language,
                     "\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                     "style-src 'unsafe-inline'\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    th_document_wrap(&document, "", th_document_subject(&document), "</title>\n<style>");
    th_document_raw(&document, style_sheet);
    th_document_raw(&document, "</style>\n</head>\n<body>\n");
    th_document_heading(&document);
    write_title(&document);
    th_document_introduction(&document);
    for (size_t i = 0; i < run->options.form_count; i++)
        th_document_form(&document, &run->forms[i], i);
    th_document_annexes(&document);
    th_document_raw(&document, "</body>\n</html>\n");
}

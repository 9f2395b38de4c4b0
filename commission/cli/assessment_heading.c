/* What frames an official document: heading block, recipients, signature. State style by
 * Nghị định 30/2020/NĐ-CP, Party style by Hướng dẫn 36-HD/VPTW. */
#include <string.h>

#include "commission/cli/assessment_document.h"
#include "common/base/clock.h"

#define BLANK "\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0"

/* A province's or city's own name beside the word for what it is. */
struct seat {
    bool city;
    const char *name;
};

static struct seat seat_of(const char *province_name)
{
    static const struct {
        const char *prefix;
        bool city;
    } prefixes[] = {{"Tỉnh ", false},     {"tỉnh ", false}, {"Thành phố ", true},
                    {"thành phố ", true}, {"TP. ", true},   {"TP ", true}};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        size_t size = strlen(prefixes[i].prefix);
        if (strncmp(province_name, prefixes[i].prefix, size) == 0)
            return (struct seat){prefixes[i].city, province_name + size};
    }
    return (struct seat){false, province_name};
}

/* "Quang Ninh Province", "Hai Phong City": "Quang Ninh", "Hai Phong". */
static struct seat english_seat_of(struct th_arena *arena, const char *province_name)
{
    static const char *const suffixes[] = {" Province", " province", " City", " city"};
    size_t length = strlen(province_name);
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        size_t size = strlen(suffixes[i]);
        if (length > size && strcmp(province_name + length - size, suffixes[i]) == 0)
            return (struct seat){
                i >= 2, th_arena_text(arena, (struct th_slice){province_name, length - size})};
    }
    return (struct seat){false, province_name};
}

static struct seat seat_of_run(const struct th_assessment_making *run)
{
    const struct th_bundle *bundle = &run->session.bundle;
    if (strcmp(run->language, "en") == 0 && *bundle->province_name_en)
        return english_seat_of(run->arena, bundle->province_name_en);
    return seat_of(*bundle->province_name ? bundle->province_name : bundle->province);
}

static bool is_english(const struct th_document *document)
{
    return strcmp(document->language, "en") == 0;
}

static bool is_party(const struct th_document *document)
{
    return strcmp(document->run->options.heading.style, "party") == 0;
}

static const char *superior(struct th_document *document)
{
    struct th_assessment_making *run = document->run;
    struct seat seat = seat_of_run(run);
    if (run->options.heading.superior)
        return run->options.heading.superior;
    const char *format = is_party(document)     ? (is_english(document) ? "Party Committee of %s"
                                                   : seat.city          ? "Thành ủy %s"
                                                                        : "Tỉnh ủy %s")
                         : is_english(document) ? "People's Committee of %s"
                         : seat.city            ? "Ủy ban nhân dân thành phố %s"
                                                : "Ủy ban nhân dân tỉnh %s";
    TH_CLEANUP_BUFFER struct th_buffer text = {0};
    const char *at = strchr(format, '%');
    th_buffer_add(&text, format, (size_t)(at - format));
    th_buffer_add_text(&text, seat.name);
    return th_arena_text(run->arena, th_buffer_slice(&text));
}

const char *th_document_issuer(struct th_document *document)
{
    const char *given = document->run->options.heading.issuer;
    return given ? given : is_english(document) ? "Steering Committee" : "Ban Chỉ đạo";
}

/* Left blank to be filled in by hand, but for what is known. */
static const char *number(struct th_document *document)
{
    const struct th_assessment_heading *heading = &document->run->options.heading;
    if (heading->number)
        return heading->number;
    if (is_party(document))
        return heading->issuer ? BLANK "-BC/" BLANK : BLANK "-BC/BCĐ";
    return heading->issuer ? BLANK "/BC-" BLANK : BLANK "/BC-BCĐ";
}

static const char *month_in_english(int month)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    return months[month - 1];
}

/* "05 tháng 01": days and the months 1 and 2 have two digits, lest one be put before. */
static void write_date(struct th_document *document)
{
    struct th_assessment_making *run = document->run;
    const struct th_assessment_heading *heading = &run->options.heading;
    int32_t day = th_clock_day_of_us(run->as_of_us);
    int year, month, day_of_month;
    if (heading->date)
        (void)th_day_parse(th_slice_of(heading->date), &day);
    th_day_to_civil(day, &year, &month, &day_of_month);
    bool english = is_english(document);
    const char *values[] = {
        heading->place ? heading->place : seat_of_run(run).name,
        th_arena_printf(run->arena, english ? "%d" : "%02d", day_of_month),
        english ? month_in_english(month)
                : th_arena_printf(run->arena, month < 3 ? "%02d" : "%d", month),
        th_arena_printf(run->arena, "%d", year),
    };
    th_document_say(document, "<p class=\"dated second\">", TH_SAY_DATE_LINE, values, "</p>");
}

static void write_state(struct th_document *document)
{
    const char *numbered = number(document);
    th_document_wrap(document, "<div><p class=\"caps\">", superior(document), "</p>");
    th_document_wrap(document, "<p class=\"caps strong\">", th_document_issuer(document),
                     "</p><span class=\"rule short\"></span>");
    th_document_say(document, "<p class=\"second\">", TH_SAY_NUMBER_STATE, &numbered,
                    "</p></div>\n");
    th_document_raw(document, "<div><p class=\"caps strong nation\">");
    th_document_word(document, TH_SAY_MOTTO_FIRST);
    th_document_raw(document, "</p><p><span class=\"strong motto\">");
    th_document_word(document, TH_SAY_MOTTO_SECOND);
    th_document_raw(document, "</span></p>");
    write_date(document);
    th_document_raw(document, "</div>\n");
}

static void write_party(struct th_document *document)
{
    const char *numbered = number(document);
    th_document_wrap(document, "<div><p class=\"caps\">", superior(document), "</p>");
    th_document_wrap(document, "<p class=\"caps strong\">", th_document_issuer(document),
                     "</p><p>*</p>");
    th_document_say(document, "<p>", TH_SAY_NUMBER_PARTY, &numbered, "</p></div>\n");
    th_document_raw(document, "<div><p><span class=\"caps strong motto\">");
    th_document_word(document, TH_SAY_MOTTO_PARTY);
    th_document_raw(document, "</span></p>");
    write_date(document);
    th_document_raw(document, "</div>\n");
}

void th_document_heading(struct th_document *document)
{
    th_document_raw(document, "<header class=\"head\">\n");
    if (is_party(document))
        write_party(document);
    else
        write_state(document);
    th_document_raw(document, "</header>\n");
}

/* Who follows from the heading when nobody was named. */
static const char *default_recipients(struct th_document *document)
{
    bool english = is_english(document);
    return th_arena_printf(
        document->run->arena, english ? "%s (for report)\n%s\n%s" : "%s (báo cáo)\n%s\n%s",
        superior(document), english ? "The reporting districts" : "Các đơn vị gửi báo cáo",
        english              ? "Archive"
        : is_party(document) ? "Lưu"
                             : "Lưu: VT");
}

static void write_recipients(struct th_document *document)
{
    const char *given = document->run->options.heading.recipients;
    const char *lines = given ? given : default_recipients(document);
    th_document_raw(document, "<div class=\"recipients\"><p class=\"title\">");
    th_document_word(document, TH_SAY_RECIPIENTS);
    th_document_raw(document, "</p>");
    while (lines) {
        const char *end = strchr(lines, '\n');
        size_t size = end ? (size_t)(end - lines) : strlen(lines);
        const char *one = th_arena_text(document->run->arena, (struct th_slice){lines, size});
        th_document_wrap(document, "<p>- ", one, end ? ";</p>" : ".</p>");
        lines = end ? end + 1 : NULL;
    }
    th_document_raw(document, "</div>\n");
}

void th_document_signature(struct th_document *document)
{
    const struct th_assessment_heading *heading = &document->run->options.heading;
    const char *issuer = th_document_issuer(document);
    const char *office = heading->signature     ? heading->signature
                         : heading->issuer      ? ""
                         : is_english(document) ? "Head"
                                                : "Trưởng ban";
    th_document_raw(document, "<footer class=\"end\">\n");
    write_recipients(document);
    th_document_say(document, "<div><p class=\"caps strong\">",
                    is_party(document) ? TH_SAY_ON_BEHALF_PARTY : TH_SAY_ON_BEHALF_STATE, &issuer,
                    "</p>");
    th_document_wrap(document, "<p class=\"caps strong\">", office, "</p>");
    th_document_raw(document, "<p class=\"space\"></p></div>\n</footer>\n");
}

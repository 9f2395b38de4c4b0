#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/wire/allocator.h"
#include "common/wire/message.h"

#define TEXT_OF(number)  TEXT_OF_(number)
#define TEXT_OF_(number) #number

/* No district has as many communes; it bounds what sorting a hostile list costs. */
#define COMMUNES_MAX 2000

/* ------------------------------------------------------------------ packing */

/* The message of one observation and whatever its answer needs. */
struct packed_observation {
    Tonghop__V1__Observation message;
    union {
        Tonghop__V1__Ratio ratio;
        Tonghop__V1__CommuneSet communes;
        Tonghop__V1__NotApplicable not_applicable;
    };
    Tonghop__V1__Decimal number, den;
};

static Tonghop__V1__Decimal *pack_decimal(struct th_decimal value, Tonghop__V1__Decimal *out)
{
    /* Equal values give equal bytes. One out of range is left as it is: what the
     * receiver then refuses is what the caller gave. */
    (void)!th_decimal_normalise(&value);
    tonghop__v1__decimal__init(out);
    out->unscaled = value.unscaled;
    out->scale = value.scale;
    return out;
}

static void pack_ratio(const struct th_observation *observation, struct packed_observation *out)
{
    tonghop__v1__ratio__init(&out->ratio);
    if (observation->has_num)
        out->ratio.num = pack_decimal(observation->number, &out->number);
    if (observation->has_den)
        out->ratio.den = pack_decimal(observation->den, &out->den);
    out->message.answer_case = TONGHOP__V1__OBSERVATION__ANSWER_RATIO;
    out->message.ratio = &out->ratio;
}

static void pack_communes(const struct th_observation *observation, struct th_arena *arena,
                          struct packed_observation *out)
{
    size_t count = observation->commune_count;
    tonghop__v1__commune_set__init(&out->communes);
    out->communes.code = th_arena_alloc(arena, count * sizeof(*out->communes.code));
    out->communes.n_code = count;
    for (size_t i = 0; i < count; i++)
        out->communes.code[i] = th_bytes(observation->communes[i]);
    out->message.answer_case = TONGHOP__V1__OBSERVATION__ANSWER_COMMUNES;
    out->message.communes = &out->communes;
}

static void pack_observation(const struct th_observation *observation, struct th_arena *arena,
                             struct packed_observation *out)
{
    Tonghop__V1__Observation *message = &out->message;
    tonghop__v1__observation__init(message);
    message->criterion = th_bytes(observation->criterion_code);
    message->note = th_bytes(observation->note);
    switch (observation->answer) {
    case TH_ANSWER_NUMBER:
        message->answer_case = TONGHOP__V1__OBSERVATION__ANSWER_NUMBER;
        message->number = pack_decimal(observation->number, &out->number);
        break;
    case TH_ANSWER_RATIO:
        pack_ratio(observation, out);
        break;
    case TH_ANSWER_CHOICE:
        message->answer_case = TONGHOP__V1__OBSERVATION__ANSWER_CHOICE;
        message->choice = th_bytes(observation->text);
        break;
    case TH_ANSWER_COMMUNES:
        pack_communes(observation, arena, out);
        break;
    case TH_ANSWER_TEXT:
        message->answer_case = TONGHOP__V1__OBSERVATION__ANSWER_TEXT;
        message->text = th_bytes(observation->text);
        break;
    case TH_ANSWER_NOT_APPLICABLE:
        tonghop__v1__not_applicable__init(&out->not_applicable);
        out->not_applicable.reason = th_bytes(observation->text);
        message->answer_case = TONGHOP__V1__OBSERVATION__ANSWER_NOT_APPLICABLE;
        message->not_applicable = &out->not_applicable;
        break;
    }
}

static void pack_document(const struct th_report *report, Tonghop__V1__Document *document)
{
    tonghop__v1__document__init(document);
    document->number = th_bytes(report->document_number);
    document->date = th_bytes(report->document_date);
    document->signing_office = th_bytes(report->signing_office);
    if (report->has_document_digest)
        document->digest = th_bytes_of(report->document_digest, sizeof(report->document_digest));
}

void th_report_pack(const struct th_report *report, struct th_buffer *out)
{
    struct th_arena *arena = th_arena_create(0);
    size_t count = report->observation_count;
    Tonghop__V1__Report message = TONGHOP__V1__REPORT__INIT;
    Tonghop__V1__Document document;
    struct packed_observation *observations = th_arena_alloc(arena, count * sizeof(*observations));

    message.report_id = th_bytes_of(report->id, sizeof(report->id));
    message.province = th_bytes(report->province);
    message.district = th_bytes(report->district_code);
    message.form = th_bytes(report->form_code);
    message.period = th_bytes(report->period_text);
    message.revision = report->revision;
    message.catalogue_version = report->catalogue_version;
    message.prepared_at_us = report->prepared_at_us;
    message.observation = th_arena_alloc(arena, count * sizeof(Tonghop__V1__Observation *));
    message.n_observation = count;
    for (size_t i = 0; i < count; i++) {
        pack_observation(&report->observations[i], arena, &observations[i]);
        message.observation[i] = &observations[i].message;
    }
    if (report->has_document) {
        pack_document(report, &document);
        message.document = &document;
    }
    th_wire_pack(&message.base, out);
    th_arena_destroy(&arena);
}

/* ---------------------------------------------------------------- unpacking */

static void add_malformed(struct th_problem_list *problems, const char *field)
{
    th_problem_add(problems, "report.malformed", "", th_slice_of(field), "", 0, 0);
}

/* A code or another word that programs write: when it is no text, no person
 * mistyped it. */
static struct th_slice take_word(ProtobufCBinaryData data, const char *field,
                                 struct th_problem_list *problems)
{
    struct th_slice word = th_bytes_slice(data);
    if (!th_text_is_utf8(word))
        add_malformed(problems, field);
    return word;
}

/* The criterion's code for a problem; "" when it is no text itself. */
static const char *criterion_text(struct th_slice code, struct th_problem_list *problems)
{
    const char *text = th_text_is_utf8(code) ? th_arena_text(problems->arena, code) : NULL;
    return text ? text : "";
}

static struct th_slice take_text(ProtobufCBinaryData data, struct th_slice criterion,
                                 const char *field, struct th_problem_list *problems)
{
    struct th_slice text = th_bytes_slice(data);
    if (!th_text_is_utf8(text))
        th_problem_add(problems, "text.not_utf8", criterion_text(criterion, problems),
                       (struct th_slice){0}, field, 0, 0);
    return text;
}

static struct th_decimal take_decimal(const Tonghop__V1__Decimal *wire, struct th_slice criterion,
                                      struct th_problem_list *problems)
{
    struct th_decimal value = {.unscaled = wire->unscaled, .scale = (uint8_t)wire->scale};
    if (wire->scale > TH_DECIMAL_MAX_SCALE || !th_decimal_normalise(&value)) {
        char shown[64];
        snprintf(shown, sizeof(shown), "%" PRId64 "e-%" PRIu32, wire->unscaled, wire->scale);
        th_problem_add(problems, "value.malformed", criterion_text(criterion, problems),
                       th_slice_of(shown), "1234.5", 0, 0);
        return (struct th_decimal){0};
    }
    return value;
}

static void take_communes(const Tonghop__V1__CommuneSet *set, struct th_arena *arena,
                          struct th_observation *out, struct th_problem_list *problems)
{
    char shown[48];
    if (set->n_code > COMMUNES_MAX) {
        snprintf(shown, sizeof(shown), "%zu communes", set->n_code);
        th_problem_add(problems, "report.too_large", criterion_text(out->criterion_code, problems),
                       th_slice_of(shown), TEXT_OF(COMMUNES_MAX), 0, 0);
        return;
    }
    out->communes = th_arena_alloc(arena, set->n_code * sizeof(*out->communes));
    if (!out->communes) {
        add_malformed(problems, "observation.communes");
        return;
    }
    out->commune_count = set->n_code;
    for (size_t i = 0; i < set->n_code; i++)
        out->communes[i] = take_text(set->code[i], out->criterion_code, "communes", problems);
}

static void take_answer(const Tonghop__V1__Observation *wire, struct th_arena *arena,
                        struct th_observation *out, struct th_problem_list *problems)
{
    struct th_slice criterion = out->criterion_code;
    switch (wire->answer_case) {
    case TONGHOP__V1__OBSERVATION__ANSWER_NUMBER:
        out->answer = TH_ANSWER_NUMBER;
        out->number = take_decimal(wire->number, criterion, problems);
        out->has_num = true;
        return;
    case TONGHOP__V1__OBSERVATION__ANSWER_RATIO:
        out->answer = TH_ANSWER_RATIO;
        out->has_num = wire->ratio->num != NULL;
        out->has_den = wire->ratio->den != NULL;
        if (out->has_num)
            out->number = take_decimal(wire->ratio->num, criterion, problems);
        if (out->has_den)
            out->den = take_decimal(wire->ratio->den, criterion, problems);
        return;
    case TONGHOP__V1__OBSERVATION__ANSWER_CHOICE:
        out->answer = TH_ANSWER_CHOICE;
        out->text = take_text(wire->choice, criterion, "choice", problems);
        return;
    case TONGHOP__V1__OBSERVATION__ANSWER_COMMUNES:
        out->answer = TH_ANSWER_COMMUNES;
        take_communes(wire->communes, arena, out, problems);
        return;
    case TONGHOP__V1__OBSERVATION__ANSWER_TEXT:
        out->answer = TH_ANSWER_TEXT;
        out->text = take_text(wire->text, criterion, "text", problems);
        return;
    case TONGHOP__V1__OBSERVATION__ANSWER_NOT_APPLICABLE:
        out->answer = TH_ANSWER_NOT_APPLICABLE;
        out->text = take_text(wire->not_applicable->reason, criterion, "reason", problems);
        return;
    default:
        break;
    }
    /* Nothing, or a kind of answer that only a later version knows. */
    th_problem_add(problems, "report.malformed", criterion_text(criterion, problems),
                   TH_SLICE("observation.answer"), "", 0, 0);
}

static void take_observations(const Tonghop__V1__Report *wire, struct th_arena *arena,
                              struct th_report *report, struct th_problem_list *problems)
{
    char shown[48];
    if (wire->n_observation > TH_REPORT_OBSERVATIONS_MAX) {
        snprintf(shown, sizeof(shown), "%zu observations", wire->n_observation);
        th_problem_add(problems, "report.too_large", "", th_slice_of(shown),
                       TEXT_OF(TH_REPORT_OBSERVATIONS_MAX), 0, 0);
        return;
    }
    report->observations =
        th_arena_alloc(arena, wire->n_observation * sizeof(*report->observations));
    if (!report->observations) {
        add_malformed(problems, "observation");
        return;
    }
    report->observation_count = wire->n_observation;
    for (size_t i = 0; i < wire->n_observation; i++) {
        struct th_observation *observation = &report->observations[i];
        observation->criterion_code =
            take_word(wire->observation[i]->criterion, "observation.criterion", problems);
        take_answer(wire->observation[i], arena, observation, problems);
        observation->note =
            take_text(wire->observation[i]->note, observation->criterion_code, "note", problems);
    }
}

static void take_document(const Tonghop__V1__Document *wire, struct th_report *report,
                          struct th_problem_list *problems)
{
    struct th_slice none = {0};
    report->has_document = true;
    report->document_number = take_text(wire->number, none, "document.number", problems);
    report->document_date = take_text(wire->date, none, "document.date", problems);
    report->signing_office =
        take_text(wire->signing_office, none, "document.signing_office", problems);
    report->has_document_digest = wire->digest.len > 0;
    if (wire->digest.len == sizeof(report->document_digest))
        memcpy(report->document_digest, wire->digest.data, wire->digest.len);
    else if (report->has_document_digest)
        add_malformed(problems, "document.digest");
}

static void take_report(const Tonghop__V1__Report *wire, struct th_arena *arena,
                        struct th_report *report, struct th_problem_list *problems)
{
    if (wire->report_id.len == sizeof(report->id))
        memcpy(report->id, wire->report_id.data, sizeof(report->id));
    else
        add_malformed(problems, "report_id");
    report->province = take_word(wire->province, "province", problems);
    report->district_code = take_word(wire->district, "district", problems);
    report->form_code = take_word(wire->form, "form", problems);
    report->period_text = take_word(wire->period, "period", problems);
    report->revision = wire->revision;
    report->catalogue_version = wire->catalogue_version;
    report->prepared_at_us = wire->prepared_at_us;
    /* Versions are kept as signed 64-bit numbers, and never come near that. */
    if (wire->catalogue_version > INT64_MAX)
        add_malformed(problems, "catalogue_version");
    take_observations(wire, arena, report, problems);
    if (wire->document)
        take_document(wire->document, report, problems);
}

/* ------------------------------------------------------------- texts to keep */

static bool keep_text(struct th_slice *text, struct th_arena *arena)
{
    if (text->size == 0)
        *text = (struct th_slice){0};
    else
        text->bytes = th_arena_copy(arena, text->bytes, text->size);
    return text->size == 0 || text->bytes;
}

/* Into the caller's arena, from that of the message: it takes most of what unpacking takes. */
static bool keep_texts(struct th_report *report, struct th_arena *arena)
{
    bool kept = keep_text(&report->province, arena) && keep_text(&report->district_code, arena) &&
                keep_text(&report->form_code, arena) && keep_text(&report->period_text, arena) &&
                keep_text(&report->document_number, arena) &&
                keep_text(&report->document_date, arena) &&
                keep_text(&report->signing_office, arena);
    for (size_t i = 0; kept && i < report->observation_count; i++) {
        struct th_observation *observation = &report->observations[i];
        kept = keep_text(&observation->criterion_code, arena) &&
               keep_text(&observation->text, arena) && keep_text(&observation->note, arena);
        for (size_t j = 0; kept && j < observation->commune_count; j++)
            kept = keep_text(&observation->communes[j], arena);
    }
    return kept;
}

/* ------------------------------------------------------- the id, come what may */

#define REPORT_ID_FIELD 1

static bool read_varint(struct th_slice *rest, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && rest->size > 0; shift += 7) {
        uint8_t byte = (uint8_t)*rest->bytes;
        rest->bytes++;
        rest->size--;
        *value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

static bool skip(struct th_slice *rest, uint64_t size)
{
    if (size > rest->size)
        return false;
    rest->bytes += size;
    rest->size -= size;
    return true;
}

/* Looks for the report id among the outermost fields without decoding anything
 * else: the rejection of a report that cannot be decoded, or is too large to be,
 * must still name the report, or its office would send it for ever. */
static void find_report_id(struct th_slice rest, uint8_t id[16])
{
    uint64_t tag, size, ignored;
    while (read_varint(&rest, &tag)) {
        bool fine = false;
        switch (tag & 7) {
        case 0:
            fine = read_varint(&rest, &ignored);
            break;
        case 1:
            fine = skip(&rest, 8);
            break;
        case 2:
            fine = read_varint(&rest, &size) && size <= rest.size;
            if (fine && tag >> 3 == REPORT_ID_FIELD && size == 16)
                memcpy(id, rest.bytes, 16);
            fine = fine && skip(&rest, size);
            break;
        case 5:
            fine = skip(&rest, 4);
            break;
        default:
            break;
        }
        if (!fine)
            return;
    }
}

bool th_report_unpack(struct th_slice bytes, struct th_arena *arena, struct th_report *report,
                      struct th_problem_list *problems)
{
    size_t errors = problems->errors;
    *report = (struct th_report){0};
    find_report_id(bytes, report->id);

    if (bytes.size > (size_t)TH_REPORT_BYTES_MAX) {
        char shown[48], limit[48];
        snprintf(shown, sizeof(shown), "%zu bytes", bytes.size);
        snprintf(limit, sizeof(limit), "%d bytes", TH_REPORT_BYTES_MAX);
        th_problem_add(problems, "report.too_large", "", th_slice_of(shown), limit, 0, 0);
        return false;
    }
    struct th_arena *scratch = th_arena_create(TH_WIRE_ARENA_LIMIT);
    ProtobufCAllocator allocator = th_wire_allocator(scratch);
    const Tonghop__V1__Report *wire =
        tonghop__v1__report__unpack(&allocator, bytes.size, (const uint8_t *)bytes.bytes);
    if (wire)
        take_report(wire, arena, report, problems);
    if (!wire || !keep_texts(report, arena)) {
        uint8_t id[sizeof(report->id)];
        memcpy(id, report->id, sizeof(id));
        *report = (struct th_report){0}; /* no text of the message's arena is left */
        memcpy(report->id, id, sizeof(id));
        add_malformed(problems, "");
    }
    th_arena_destroy(&scratch);
    return problems->errors == errors;
}

void th_report_content(const struct th_report *report, uint8_t content[TH_HASH_BYTES])
{
    TH_CLEANUP_BUFFER struct th_buffer bytes = {0};
    struct th_report bare = *report;
    memset(bare.id, 0, sizeof(bare.id));
    bare.revision = 0;
    bare.catalogue_version = 0;
    bare.prepared_at_us = 0;
    th_report_pack(&bare, &bytes);
    th_sha256(bytes.bytes, bytes.size, content);
}

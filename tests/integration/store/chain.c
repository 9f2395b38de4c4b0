/* An auditor of its own: reads rows as text and recomputes every hash by the layout of
 * docs/protocol.md through the ledger, which has its own tests. */
#include <stdlib.h>

#include "common/base/text.h"
#include "fixture.h"

static bool ask_rows(struct fixture *fixture, const char *sql, PGresult **rows, char fault[256])
{
    *rows = PQexec(fixture->operator, sql);
    if (PQresultStatus(*rows) == PGRES_TUPLES_OK)
        return true;
    snprintf(fault, 256, "%.200s", PQresultErrorMessage(*rows));
    return false;
}

static bool hex_equals(const uint8_t *bytes, size_t size, const char *hex)
{
    char text[2 * TH_HASH_BYTES + 1];
    th_text_to_hex(bytes, size, text);
    return strcmp(text, hex) == 0;
}

/* The previous row's hash when it is of the same district, else zeros. */
static void previous_of(const PGresult *rows, int row, uint8_t previous[TH_HASH_BYTES])
{
    memset(previous, 0, TH_HASH_BYTES);
    if (row > 0 && strcmp(PQgetvalue(rows, row, 0), PQgetvalue(rows, row - 1, 0)) == 0)
        th_text_from_hex(th_slice_of(PQgetvalue(rows, row - 1, 8)), previous, TH_HASH_BYTES);
}

/* Columns: district, epoch, sequence, id, form, period, revision, accepted_us, hash,
 * body, digest, position in the chain, accepted_us before. */
static bool check_entry(const PGresult *rows, int row, char fault[256])
{
    uint8_t previous[TH_HASH_BYTES], hash[TH_HASH_BYTES];
    struct th_entry entry = {.epoch = (uint32_t)atoi(PQgetvalue(rows, row, 1)),
                             .district = PQgetvalue(rows, row, 0),
                             .sequence = strtoull(PQgetvalue(rows, row, 2), NULL, 10),
                             .form = PQgetvalue(rows, row, 4),
                             .period = PQgetvalue(rows, row, 5),
                             .revision = (uint32_t)atoi(PQgetvalue(rows, row, 6)),
                             .accepted_at_us = strtoll(PQgetvalue(rows, row, 7), NULL, 10)};
    th_text_parse_uuid(th_slice_of(PQgetvalue(rows, row, 3)), entry.report_id);
    size_t size = strlen(PQgetvalue(rows, row, 9)) / 2;
    uint8_t *body = malloc(size + 1);
    th_text_from_hex(th_slice_of(PQgetvalue(rows, row, 9)), body, size);
    th_sha256(body, size, entry.digest);
    free(body);
    previous_of(rows, row, previous);
    th_entry_hash(&entry, previous, hash);

    const char *wrong = NULL;
    if (!hex_equals(entry.digest, sizeof(entry.digest), PQgetvalue(rows, row, 10)))
        wrong = "digest is not that of the body";
    else if (strcmp(PQgetvalue(rows, row, 2), PQgetvalue(rows, row, 11)) != 0)
        wrong = "sequence has a gap";
    else if (entry.accepted_at_us < strtoll(PQgetvalue(rows, row, 12), NULL, 10))
        wrong = "accepted_at decreases";
    else if (!hex_equals(hash, sizeof(hash), PQgetvalue(rows, row, 8)))
        wrong = "hash does not follow";
    if (wrong)
        snprintf(fault, 256, "entry %s of %s: %s", PQgetvalue(rows, row, 2), entry.district, wrong);
    return !wrong;
}

/* True when the query counts no row. */
static bool is_none(struct fixture *fixture, const char *what, const char *sql, char fault[256])
{
    const char *count = operator_ask(fixture, "SELECT count(*) FROM (%s) AS wrong", sql);
    if (strcmp(count, "0") == 0)
        return true;
    snprintf(fault, 256, "%s: %s", what, count);
    return false;
}

bool chain_is_whole(struct fixture *fixture, char fault[256])
{
    PGresult *rows;
    bool whole = ask_rows(
        fixture,
        "SELECT d.code, r.epoch, r.sequence, r.report_id, f.code,"
        "       tonghop.period_id(f.frequency, r.period), r.revision,"
        "       (extract(epoch FROM r.accepted_at) * 1000000)::bigint, encode(r.hash, 'hex'),"
        "       encode(r.body, 'hex'), encode(r.digest, 'hex'),"
        "       row_number() OVER chain,"
        "       coalesce((extract(epoch FROM lag(r.accepted_at) OVER chain) * 1000000)::bigint, 0)"
        " FROM tonghop.report r JOIN tonghop.district d USING (district_id)"
        " JOIN tonghop.form f USING (form_id)"
        " WINDOW chain AS (PARTITION BY r.district_id ORDER BY r.epoch, r.sequence)"
        " ORDER BY d.code, r.epoch, r.sequence",
        &rows, fault);
    for (int i = 0; whole && i < PQntuples(rows); i++)
        whole = check_entry(rows, i, fault);
    PQclear(rows);
    return whole &&
           is_none(fixture, "heads that are not the last entry",
                   "SELECT FROM tonghop.district_head h LEFT JOIN LATERAL"
                   " (SELECT * FROM tonghop.report r WHERE r.district_id = h.district_id"
                   "  ORDER BY epoch DESC, sequence DESC LIMIT 1) r ON true"
                   " WHERE coalesce(r.sequence, 0) <> h.sequence"
                   "    OR coalesce(r.hash, decode(repeat('00', 32), 'hex')) <> h.hash",
                   fault) &&
           is_none(fixture, "current revisions that are not the highest",
                   "SELECT FROM (SELECT district_id, form_id, period, max(revision) AS highest"
                   "             FROM tonghop.report GROUP BY 1, 2, 3) r"
                   " FULL JOIN tonghop.current_report c USING (district_id, form_id, period)"
                   " LEFT JOIN tonghop.report k ON k.district_id = c.district_id"
                   "      AND k.report_id = c.report_id"
                   " WHERE r.highest IS DISTINCT FROM c.revision"
                   "    OR k.revision IS DISTINCT FROM c.revision",
                   fault);
}

bool event_chain_is_whole(struct fixture *fixture, char fault[256])
{
    PGresult *rows;
    uint8_t previous[TH_HASH_BYTES] = {0}, hash[TH_HASH_BYTES];
    bool whole = ask_rows(fixture,
                          "SELECT sequence, (extract(epoch FROM at) * 1000000)::bigint, kind,"
                          "       payload, encode(hash, 'hex')"
                          " FROM tonghop.province_event ORDER BY sequence",
                          &rows, fault);
    for (int i = 0; whole && i < PQntuples(rows); i++) {
        uint64_t sequence = strtoull(PQgetvalue(rows, i, 0), NULL, 10);
        th_province_event_hash(sequence, strtoll(PQgetvalue(rows, i, 1), NULL, 10),
                               PQgetvalue(rows, i, 2), th_slice_of(PQgetvalue(rows, i, 3)),
                               previous, hash);
        memcpy(previous, hash, sizeof(previous));
        whole =
            sequence == (uint64_t)i + 1 && hex_equals(hash, sizeof(hash), PQgetvalue(rows, i, 4));
        if (!whole)
            snprintf(fault, 256, "event %d does not follow", i + 1);
    }
    PQclear(rows);
    return whole;
}

/* One question on its way to an answer, in a worker: what it is asked of, the
 * problems found, and the parts being filled. */
#ifndef TONGHOP_COLLECTOR_QUERY_ANSWER_H
#define TONGHOP_COLLECTOR_QUERY_ANSWER_H

#include "collector/query/service.h"
#include "collector/store/read.h"
#include "common/domain/attainment.h"

/* Messages of one kind that wait for their part. */
struct th_answer_list {
    void **items;
    size_t count, capacity;
};

/* Where the districts' chains and the province's end. */
struct th_marks {
    struct th_mark *districts; /* by index */
    uint64_t act;
};

struct th_question {
    struct th_query_service *service;
    struct th_job *job;
    struct th_store *store;
    struct th_arena *arena;       /* lives as long as the question */
    struct th_catalogue_ids *ids; /* of the snapshot */
    int64_t snapshot_us, horizon_us;
    int64_t as_of_us;                    /* 0: the latest commit */
    int64_t void_from_us, void_until_us; /* of a restoration that took it back; 0: none */
    bool reading;                        /* the store's transaction is open */
    struct th_marks *marks;              /* of the snapshot, once read; NULL: not yet */
    struct th_problem_list refusals;

    /* The part being filled; its texts live in part_arena. */
    struct th_arena *part_arena;
    Tonghop__V1__Figure **figures;
    size_t figure_count, figure_capacity;
    Tonghop__V1__StoredReport **reports;
    size_t report_count, report_capacity;
    Tonghop__V1__Completeness **counts;
    size_t count_count, count_capacity;
    Tonghop__V1__Ranking **ranks;
    size_t rank_count, rank_capacity;
    struct th_answer_list heads, gaps, assessments; /* of assessment.c */
    Tonghop__V1__Narrative **narratives;
    size_t narrative_count, narrative_capacity;
    size_t part_bytes;
    uint32_t sequence, span;   /* of the part being filled */
    const char *form, *period; /* for the head */
    bool too_large;            /* one figure or report that no part can hold */
};

/* Ends the read transaction, when it is open: before the answer waits for credit,
 * wherever that can be. */
void th_question_end_read(struct th_question *question);

/* Forgets the parts' memory. */
void th_question_free(struct th_question *question);

/* Forgets what is in the part, when the question is asked anew. */
void th_answer_restart(struct th_question *question);

/* What follows is of this span of a question of several: in parts of its own. */
enum th_status th_answer_begin_span(struct th_question *question, size_t span);

/* Adds one figure, report or row; sends the part when it is full. Other than TH_OK when
 * nobody wants the answer any more, or it is too large. */
enum th_status th_answer_figure(struct th_question *question, const struct th_figure *figure);
enum th_status th_answer_report(struct th_question *question, const struct th_report_row *row);
/* The same with acts about the revision. What does not fit one part follows in another
 * message about the same revision. */
enum th_status th_answer_history(struct th_question *question, const struct th_report_row *row,
                                 const struct th_state_step *steps, size_t count);
enum th_status th_answer_counts(struct th_question *question,
                                const struct th_completeness_row *row);
enum th_status th_answer_rank(struct th_question *question, const struct th_rank_row *row,
                              const struct th_completeness_counts *counts);
/* Room for `bytes` more in the part, which is sent first when there is none; then a
 * message of that size, in the part's arena, is kept in its list. */
enum th_status th_answer_reserve(struct th_question *question, size_t bytes);
void th_answer_keep(struct th_question *question, struct th_answer_list *list, void *message,
                    size_t bytes);
/* `kind` as in Narrative. */
enum th_status th_answer_narrative(struct th_question *question, const struct th_narrative_row *row,
                                   const char *kind, struct th_slice text);
/* Sends the last part. */
enum th_status th_answer_finish(struct th_question *question);

/* ---- the questions; TH_REJECTED: question->refusals say why ---- */
enum th_status th_answer_consolidated(struct th_question *question,
                                      const Tonghop__V1__ConsolidatedQuery *query,
                                      struct th_error *error) TH_MUST_USE;
enum th_status th_answer_one_report(struct th_question *question,
                                    const Tonghop__V1__ReportQuery *query,
                                    struct th_error *error) TH_MUST_USE;
enum th_status th_answer_report_list(struct th_question *question,
                                     const Tonghop__V1__ReportListQuery *query,
                                     struct th_error *error) TH_MUST_USE;
enum th_status th_answer_completeness(struct th_question *question,
                                      const Tonghop__V1__CompletenessQuery *query,
                                      struct th_error *error) TH_MUST_USE;
enum th_status th_answer_ranking(struct th_question *question,
                                 const Tonghop__V1__RankingQuery *query,
                                 struct th_error *error) TH_MUST_USE;
enum th_status th_answer_narratives(struct th_question *question,
                                    const Tonghop__V1__NarrativesQuery *query,
                                    struct th_error *error) TH_MUST_USE;

/* assessment.c */
enum th_status th_answer_assessment_basis(struct th_question *question,
                                          struct th_error *error) TH_MUST_USE;
enum th_status th_answer_assessment_gaps(struct th_question *question,
                                         const Tonghop__V1__AssessmentGapsQuery *query,
                                         struct th_error *error) TH_MUST_USE;
enum th_status th_answer_assessments(struct th_question *question,
                                     const Tonghop__V1__AssessmentQuery *query,
                                     struct th_error *error) TH_MUST_USE;

/* Bytes of a peer for a problem's value; empty when they are not UTF-8. */
struct th_slice th_question_text(ProtobufCBinaryData data);

/* Adds a problem of the table. `value` may be any bytes of a peer: what is not UTF-8 is
 * left out. */
void th_question_refuse(struct th_question *question, const char *code, const char *criterion,
                        struct th_slice value);
/* th_period_base_range said no to the two: adds why, and what can be asked instead. */
void th_question_refuse_period(struct th_question *question, const struct th_period *period,
                               const struct th_form *form);

/* Shared by them: what is not known is added to the refusals (NULL, false). */
const struct th_form *th_question_form(struct th_question *question, ProtobufCBinaryData code);
bool th_question_period(struct th_question *question, ProtobufCBinaryData text,
                        struct th_period *period);
/* Flags by district index; `province` (may be NULL) is set when "*" is among them. */
bool *th_question_districts(struct th_question *question, const ProtobufCBinaryData *codes,
                            size_t count, bool *province);

/* An as-of instant: RFC 3339, or a date, which means its end in the province's zone. What
 * is no such, or lies above the snapshot's horizon, is added to the refusals (false). */
bool th_question_instant(struct th_question *question, ProtobufCBinaryData text,
                         int64_t *instant_us);

/* ---- catalogue_stream.c ---- */
/* A serialised catalogue that a worker keeps for the next who asks. */
struct th_packed_catalogue {
    uint64_t version; /* 0: none */
    uint8_t digest[32];
    struct th_buffer bytes;
};
/* Whether the request can be answered from `packed` without the store. */
bool th_packed_catalogue_serves(const struct th_packed_catalogue *packed,
                                struct th_shared_state *state,
                                const Tonghop__V1__CatalogueRequest *request);
enum th_status th_answer_catalogue(struct th_question *question, struct th_packed_catalogue *packed,
                                   const Tonghop__V1__CatalogueRequest *request,
                                   struct th_error *error) TH_MUST_USE;

#endif

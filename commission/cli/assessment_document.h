/* The document of an assessment while it is written: what its parts share. */
#ifndef TONGHOP_COMMISSION_ASSESSMENT_DOCUMENT_H
#define TONGHOP_COMMISSION_ASSESSMENT_DOCUMENT_H

#include "commission/cli/assessment.h"
#include "commission/cli/assessment_words.h"
#include "common/domain/attainment.h"

struct th_document {
    struct th_assessment_making *run;
    const char *language;
    struct th_buffer *out;
    size_t tables; /* numbered so far */
};

/* Raw markup of ours, and texts of others. */
void th_document_raw(struct th_document *document, const char *markup);
void th_document_text(struct th_document *document, const char *text);
/* `open`, the text, `close`. */
void th_document_wrap(struct th_document *document, const char *open, const char *text,
                      const char *close);
/* A word of the table; {1}, {2} ... become the values. */
void th_document_word(struct th_document *document, enum th_assessment_word word);
void th_document_say(struct th_document *document, const char *open, enum th_assessment_word word,
                     const char *const *values, const char *close);
/* The same as a text. */
const char *th_document_sentence(struct th_document *document, enum th_assessment_word word,
                                 const char *const *values);
/* "Bảng 3. Title" above a table. */
void th_document_caption(struct th_document *document, enum th_assessment_word word,
                         const char *more);
/* Begins a table of a class with the headings of its columns, `count` words. */
void th_document_columns(struct th_document *document, const char *class_name,
                         const enum th_assessment_word *words, size_t count);
void th_document_cell(struct th_document *document, const char *class_name, const char *text);

/* Numbers and names as people read them; live as long as the command. */
const char *th_document_number(struct th_document *document, uint64_t number);
/* "99,4 %" of a part; "–" of nothing. */
const char *th_document_share(struct th_document *document, uint64_t part, uint64_t whole);
const char *th_document_district(struct th_document *document, const char *code);
const char *th_document_period(struct th_document *document, const char *id);
/* The same within a sentence: "năm 2023". */
const char *th_document_period_within(struct th_document *document, const char *id);
/* "17:30 ngày 25/11/2026", "17:30 on 25 November 2026". */
const char *th_document_instant(struct th_document *document, int64_t instant_us);
/* Whether the figure of a unit ("*": the province) rests on unapproved reports. */
bool th_document_is_provisional(const struct th_document *document,
                                const struct th_assessment_form *form,
                                const struct th_criterion *criterion, const char *district);

/* What the document is about, and the line below that: of which instant, how final. */
const char *th_document_subject(struct th_document *document);
const char *th_document_status(struct th_document *document);

/* The answers of a form. */
const Tonghop__V1__Completeness *th_document_counts(const struct th_assessment_form *form,
                                                    const char *district);
const Tonghop__V1__Ranking *th_document_rank(const struct th_assessment_form *form,
                                             const char *district, const char *group);

/* assessment_heading.c: above and below the text. */
void th_document_heading(struct th_document *document);
void th_document_signature(struct th_document *document);
/* The body that issues it, as the heading says. */
const char *th_document_issuer(struct th_document *document);
/* assessment_body.c: the introduction and every form's sections. */
void th_document_introduction(struct th_document *document);
void th_document_form(struct th_document *document, struct th_assessment_form *form,
                      size_t position);
/* What the report says to a criterion; NULL: nothing. Why the report is not final; NULL: it
 * is. */
const struct th_observation *th_document_narrative(const struct th_stored_report *stored,
                                                   const struct th_criterion *criterion);
const struct th_assessment_gap *th_document_gap(const struct th_document *document,
                                                const struct th_stored_report *stored);
/* assessment_figures.c: one group's table of figures, choices, lists of communes; false
 * when there is nothing of it, which is said in words. */
bool th_document_is_number(enum th_kind kind);
/* Whether any unit has a number of the group (NULL: of the form). */
bool th_document_has_figures(const struct th_assessment_form *form, const struct th_group *group);
/* The target for the period's end; false: none. `attainment` (may be "") is the figure's
 * (NULL: none). */
bool th_document_target(const struct th_document *document, const struct th_criterion *criterion,
                        const struct th_kept_figure *figure, struct th_decimal *target,
                        char attainment[TH_ATTAINMENT_TEXT]);
/* Names of the districts whose own figure is this choice, joined, and how many; how many
 * chose at all. */
const char *th_document_choosers(struct th_document *document, struct th_assessment_form *form,
                                 const struct th_criterion *criterion, const char *choice,
                                 size_t *count);
uint64_t th_document_count_chosen(struct th_document *document, struct th_assessment_form *form,
                                  const struct th_criterion *criterion);
/* The names of a unit's list of communes, joined, and how many; NULL: it has none. */
const char *th_document_commune_names(struct th_document *document, struct th_assessment_form *form,
                                      const struct th_criterion *criterion, const char *district,
                                      size_t *count);
bool th_document_figures(struct th_document *document, struct th_assessment_form *form,
                         const struct th_group *group);
bool th_document_choices(struct th_document *document, struct th_assessment_form *form,
                         const struct th_group *group);
bool th_document_communes(struct th_document *document, struct th_assessment_form *form,
                          const struct th_group *group);
/* assessment_standing.c: ranking and completeness. */
bool th_document_has_ranking(const struct th_assessment_form *form);
void th_document_ranking(struct th_document *document, struct th_assessment_form *form);
void th_document_completeness(struct th_document *document, struct th_assessment_form *form);
void th_document_group_standing(struct th_document *document, struct th_assessment_form *form,
                                const struct th_group *group);
/* assessment_annex.c. */
void th_document_annexes(struct th_document *document);

#endif

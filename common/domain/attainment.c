#include "common/domain/attainment.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/arena.h"
#include "common/domain/change_private.h"
#include "common/domain/figure.h"

/* Ranks are given from 9/10 of the weight on (SEMANTICS 6). */
#define BASIS_NUM 9
#define BASIS_DEN 10

/* One unit in one scope. */
struct score {
    mpq_t sum;       /* of weight * attainment; then the composite */
    uint64_t weight; /* of criteria that have a figure */
    uint64_t all;    /* of all criteria */
    uint64_t rank;
};

struct th_attainment {
    struct th_arena *arena; /* owns this struct too */
    const struct th_catalogue *catalogue;
    const struct th_form *form;
    int32_t last_day;
    bool weighted_only;
    bool *scopes;          /* 0: the whole form; 1 + group index */
    struct score **scores; /* by district index, the province behind; NULL: no figure came */
    size_t scope_count, unit_count;
    size_t *order; /* of districts, while finishing */
    mpq_t value, target;
};

/* A row of one district before one of all; then the one that began last, and of these
 * the one that ends first: a year's target before a standing one. */
static bool is_more_specific(const struct th_target *row, const struct th_target *than)
{
    if (!row->district != !than->district)
        return row->district != NULL;
    if (row->interval.opened != than->interval.opened)
        return row->interval.opened > than->interval.opened;
    return row->interval.closed < than->interval.closed;
}

bool th_criterion_target(const struct th_catalogue *catalogue, const struct th_criterion *criterion,
                         const struct th_district *district, int32_t day, struct th_decimal *target)
{
    const struct th_target *found = NULL;
    for (size_t i = 0; i < catalogue->target_count; i++) {
        const struct th_target *row = &catalogue->targets[i];
        if (row->criterion != criterion || !th_interval_has(row->interval, day) ||
            (row->district && row->district != district))
            continue;
        if (!found || is_more_specific(row, found))
            found = row;
    }
    if (found)
        *target = found->target;
    else
        *target = criterion->target;
    return found || criterion->has_target;
}

struct th_attainment *th_attainment_create(const struct th_attainment_request *request)
{
    struct th_arena *arena = th_arena_create(0);
    struct th_attainment *attainment = th_arena_alloc(arena, sizeof(*attainment));
    *attainment = (struct th_attainment){
        .arena = arena,
        .catalogue = request->catalogue,
        .form = request->form,
        .last_day = request->last_day,
        .weighted_only = request->weighted_only,
        .scope_count = request->form->group_count + 1,
        .unit_count = request->catalogue->district_count + 1,
    };
    attainment->scopes = th_arena_alloc(arena, attainment->scope_count * sizeof(bool));
    attainment->scores =
        th_arena_alloc(arena, attainment->unit_count * sizeof(*attainment->scores));
    attainment->order = th_arena_alloc(arena, attainment->unit_count * sizeof(size_t));
    attainment->scopes[0] = request->whole_form;
    for (size_t i = 0; request->groups && i < request->form->group_count; i++)
        attainment->scopes[i + 1] = request->groups[i];
    mpq_inits(attainment->value, attainment->target, NULL);
    return attainment;
}

void th_attainment_destroy(struct th_attainment **attainment)
{
    struct th_attainment *gone = *attainment;
    *attainment = NULL;
    if (!gone)
        return;
    for (size_t i = 0; i < gone->unit_count; i++)
        for (size_t scope = 0; gone->scores[i] && scope < gone->scope_count; scope++)
            mpq_clear(gone->scores[i][scope].sum);
    mpq_clears(gone->value, gone->target, NULL);
    struct th_arena *arena = gone->arena;
    th_arena_destroy(&arena);
}

static struct score *scores_of(struct th_attainment *attainment, const struct th_district *district)
{
    size_t unit = district ? district->index : attainment->unit_count - 1;
    if (!attainment->scores[unit]) {
        struct score *made =
            th_arena_alloc(attainment->arena, attainment->scope_count * sizeof(*made));
        for (size_t i = 0; i < attainment->scope_count; i++)
            mpq_init(made[i].sum);
        attainment->scores[unit] = made;
    }
    return attainment->scores[unit];
}

static void set_decimal(mpq_t out, struct th_decimal decimal)
{
    char text[TH_DECIMAL_TEXT];
    unsigned long unit = 1;
    for (unsigned i = 0; i < decimal.scale; i++)
        unit *= 10;
    snprintf(text, sizeof(text), "%lld", (long long)decimal.unscaled);
    (void)mpz_set_str(mpq_numref(out), text, 10);
    mpz_set_ui(mpq_denref(out), unit);
    mpq_canonicalize(out);
}

/* Turns the value into its attainment, 0..100, of a target >= 0. */
static void attain(mpq_t value, const mpq_t target, enum th_direction direction)
{
    bool reached =
        direction == TH_DIRECTION_UP ? mpq_cmp(value, target) >= 0 : mpq_cmp(value, target) <= 0;
    /* Nothing of a target, or ever so much over a target of 0. */
    bool nothing = direction == TH_DIRECTION_UP ? mpq_sgn(value) <= 0 : mpq_sgn(target) == 0;
    if (reached) {
        mpq_set_ui(value, 100, 1);
        return;
    }
    if (nothing) {
        mpq_set_ui(value, 0, 1);
        return;
    }
    if (direction == TH_DIRECTION_UP)
        mpq_div(value, value, target);
    else
        mpq_div(value, target, value);
    mpz_mul_ui(mpq_numref(value), mpq_numref(value), 100);
    mpq_canonicalize(value);
}

bool th_attainment_of(struct th_change_side figure, enum th_direction direction,
                      struct th_decimal target, char out[TH_ATTAINMENT_TEXT])
{
    mpq_t value, wanted;
    mpq_inits(value, wanted, NULL);
    bool read = direction != TH_DIRECTION_NONE && target.unscaled >= 0 &&
                th_change_read_side(figure, value);
    *out = '\0';
    if (read) {
        set_decimal(wanted, target);
        attain(value, wanted, direction);
        struct th_exact exact = {.big = value};
        th_exact_format(&exact, out);
    }
    mpq_clears(value, wanted, NULL);
    return read;
}

static size_t scope_of(const struct th_attainment *attainment, const struct th_criterion *criterion)
{
    for (size_t i = 0; i < attainment->form->group_count; i++)
        if (&attainment->form->groups[i] == criterion->group)
            return i + 1;
    return 0;
}

static void add_score(struct th_attainment *attainment, struct score *score, uint64_t weight,
                      bool has_figure)
{
    score->all += weight;
    if (!has_figure)
        return;
    score->weight += weight;
    mpq_add(score->sum, score->sum, attainment->value);
}

void th_attainment_add(struct th_attainment *attainment, const struct th_figure *figure)
{
    const struct th_criterion *criterion = figure->criterion;
    struct th_decimal target;
    /* Also without a weight: the unit was expected to report, and gets its row. */
    struct score *scores = scores_of(attainment, figure->district);
    if (criterion->kind == TH_KIND_CHOICE || criterion->weight <= 0 ||
        criterion->direction == TH_DIRECTION_NONE ||
        !th_criterion_target(attainment->catalogue, criterion, figure->district,
                             attainment->last_day, &target) ||
        target.unscaled < 0)
        return;
    bool has_figure = figure->exact != NULL;
    if (has_figure) {
        th_exact_get(figure->exact, attainment->value);
        set_decimal(attainment->target, target);
        attain(attainment->value, attainment->target, criterion->direction);
        mpz_mul_si(mpq_numref(attainment->value), mpq_numref(attainment->value), criterion->weight);
        mpq_canonicalize(attainment->value);
    }
    size_t group = scope_of(attainment, criterion);
    add_score(attainment, &scores[0], (uint64_t)criterion->weight, has_figure);
    if (group > 0)
        add_score(attainment, &scores[group], (uint64_t)criterion->weight, has_figure);
}

static bool is_ranked(const struct score *score)
{
    return score->weight > 0 && score->weight * BASIS_DEN >= score->all * BASIS_NUM;
}

/* Sums become composites. */
static bool settle(struct th_attainment *attainment, size_t scope)
{
    bool any_weight = false;
    for (size_t i = 0; i < attainment->unit_count; i++) {
        if (!attainment->scores[i])
            continue;
        struct score *score = &attainment->scores[i][scope];
        any_weight = any_weight || score->all > 0;
        if (score->weight == 0)
            continue;
        mpq_set_ui(attainment->value, score->weight, 1);
        mpq_div(score->sum, score->sum, attainment->value);
    }
    return any_weight;
}

struct ordering {
    const struct th_attainment *attainment;
    size_t scope;
};

static int by_composite(const void *left, const void *right, void *context)
{
    const struct ordering *ordering = context;
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    const struct score *first = &ordering->attainment->scores[a][ordering->scope];
    const struct score *second = &ordering->attainment->scores[b][ordering->scope];
    if (is_ranked(first) != is_ranked(second))
        return is_ranked(first) ? -1 : 1;
    int order = is_ranked(first) ? mpq_cmp(second->sum, first->sum) : 0;
    if (order != 0)
        return order;
    return a < b ? -1 : a > b;
}

/* Puts the districts that have a row in order; returns how many. */
static size_t rank_districts(struct th_attainment *attainment, size_t scope)
{
    struct ordering ordering = {attainment, scope};
    size_t count = 0;
    for (size_t i = 0; i + 1 < attainment->unit_count; i++)
        if (attainment->scores[i])
            attainment->order[count++] = i;
    if (count > 0)
        qsort_r(attainment->order, count, sizeof(size_t), by_composite, &ordering);
    const struct score *before = NULL;
    for (size_t i = 0; i < count; i++) {
        struct score *score = &attainment->scores[attainment->order[i]][scope];
        if (!is_ranked(score))
            break;
        score->rank = before && mpq_equal(before->sum, score->sum) ? before->rank : i + 1;
        before = score;
    }
    return count;
}

static enum th_status give_row(struct th_attainment *attainment, size_t scope, size_t unit,
                               enum th_status (*each)(void *, const struct th_rank_row *),
                               void *context)
{
    char composite[TH_FIGURE_TEXT] = "", basis[TH_FIGURE_TEXT] = "";
    const struct score *score = &attainment->scores[unit][scope];
    if (score->weight > 0) {
        struct th_exact exact = {.big = score->sum};
        th_exact_format(&exact, composite);
    }
    if (score->all > 0)
        th_quotient_format((struct th_quotient){(__int128)score->weight, (__int128)score->all},
                           basis);
    struct th_rank_row row = {
        .group = scope > 0 ? &attainment->form->groups[scope - 1] : NULL,
        .district =
            unit + 1 < attainment->unit_count ? &attainment->catalogue->districts[unit] : NULL,
        .composite = composite,
        .basis = basis,
        .rank = score->rank,
    };
    return each(context, &row);
}

enum th_status th_attainment_finish(struct th_attainment *attainment,
                                    enum th_status (*each)(void *context,
                                                           const struct th_rank_row *row),
                                    void *context)
{
    enum th_status status = TH_OK;
    size_t province = attainment->unit_count - 1;
    for (size_t scope = 0; scope < attainment->scope_count && status == TH_OK; scope++) {
        if (!attainment->scopes[scope])
            continue;
        bool any_weight = settle(attainment, scope);
        if (!any_weight && attainment->weighted_only && scope > 0)
            continue;
        size_t count = rank_districts(attainment, scope);
        for (size_t i = 0; i < count && status == TH_OK; i++)
            status = give_row(attainment, scope, attainment->order[i], each, context);
        if (status == TH_OK && attainment->scores[province])
            status = give_row(attainment, scope, province, each, context);
    }
    return status;
}

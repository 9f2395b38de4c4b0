/* Seeds of what a commission asks and does, and of what follows a restoration. */
#include <string.h>

#include "tests/fuzz/make_seeds.h"
#include "tests/fuzz/seed_province.h"

typedef Tonghop__V1__ClientMessage ClientMessage;

static ProtobufCBinaryData text_of(const char *text)
{
    return th_bytes(th_slice_of(text));
}

static void write_query(const char *folder, const char *name, Tonghop__V1__Query *query,
                        Tonghop__V1__Query__QuestionCase question)
{
    ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    query->request_id = 1;
    query->credit = 4;
    query->question_case = question;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_QUERY;
    message.query = query;
    seed_client(folder, name, &message);
}

static void question_seeds(const char *folder)
{
    ProtobufCBinaryData codes[] = {text_of("joint-agency"), text_of("\xff")};
    Tonghop__V1__Query query = TONGHOP__V1__QUERY__INIT;
    Tonghop__V1__NarrativesQuery narratives = TONGHOP__V1__NARRATIVES_QUERY__INIT;
    narratives.form = codes[0];
    narratives.period = text_of("2024-Q1");
    narratives.district = narratives.criterion = narratives.group = codes;
    narratives.n_district = narratives.n_criterion = narratives.n_group = 2;
    narratives.notes = true;
    narratives.as_of = text_of("2024-04-05T08:00:00+07:00");
    query.narratives = &narratives;
    write_query(folder, "query-narratives", &query, TONGHOP__V1__QUERY__QUESTION_NARRATIVES);

    Tonghop__V1__AssessmentBasisQuery basis = TONGHOP__V1__ASSESSMENT_BASIS_QUERY__INIT;
    basis.as_of = text_of("2024-02-30");
    query.assessment_basis = &basis;
    write_query(folder, "query-assessment-basis-at-no-instant", &query,
                TONGHOP__V1__QUERY__QUESTION_ASSESSMENT_BASIS);
    Tonghop__V1__AssessmentGapsQuery gaps = TONGHOP__V1__ASSESSMENT_GAPS_QUERY__INIT;
    gaps.form = codes;
    gaps.n_form = 2;
    gaps.period = text_of("2023");
    query.assessment_gaps = &gaps;
    write_query(folder, "query-assessment-gaps", &query,
                TONGHOP__V1__QUERY__QUESTION_ASSESSMENT_GAPS);
    Tonghop__V1__AssessmentQuery assessment = TONGHOP__V1__ASSESSMENT_QUERY__INIT;
    assessment.number = UINT32_MAX;
    assessment.format = text_of("html");
    query.assessment = &assessment;
    write_query(folder, "query-assessment-of-the-last-number", &query,
                TONGHOP__V1__QUERY__QUESTION_ASSESSMENT);
}

static void assessment_seeds(const char *folder)
{
    ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    Tonghop__V1__AssessmentPart part = TONGHOP__V1__ASSESSMENT_PART__INIT;
    part.request_id = 1;
    part.format = text_of("html");
    part.content = text_of("<!doctype html>");
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_ASSESSMENT_PART;
    message.assessment_part = &part;
    seed_client(folder, "assessment-part", &message);
    part.offset = UINT64_MAX - 3;
    seed_client(folder, "assessment-part-whose-end-wraps", &message);

    uint8_t digest[TH_HASH_BYTES] = {7};
    ProtobufCBinaryData form = text_of("joint-agency");
    Tonghop__V1__AssessmentGap gap = TONGHOP__V1__ASSESSMENT_GAP__INIT, *gaps[] = {&gap};
    Tonghop__V1__AssessmentFile file = TONGHOP__V1__ASSESSMENT_FILE__INIT, *files[] = {&file};
    Tonghop__V1__AssessmentFreeze freeze = TONGHOP__V1__ASSESSMENT_FREEZE__INIT;
    gap.district = text_of(SEED_DISTRICT);
    gap.form = form;
    gap.period = text_of("2023-12");
    gap.why = text_of("missing");
    gap.reason = text_of("sáp nhập");
    file.format = text_of("html");
    file.size = 15;
    file.digest = th_bytes_of(digest, sizeof(digest));
    freeze.request_id = 2;
    freeze.number = 1;
    freeze.form = &form;
    freeze.n_form = 1;
    freeze.period = text_of("2023");
    freeze.as_of = text_of("2024-04-05T08:00:00+07:00");
    freeze.language = text_of("vi");
    freeze.style = text_of("state");
    freeze.exception = gaps;
    freeze.n_exception = 1;
    freeze.file = files;
    freeze.n_file = 1;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_ASSESSMENT_FREEZE;
    message.assessment_freeze = &freeze;
    seed_client(folder, "assessment-freeze", &message);
    file.size = UINT64_MAX;
    file.digest.len = 31;
    seed_client(folder, "assessment-freeze-of-2-to-the-64-bytes", &message);
}

static void state_seeds(const char *folder)
{
    ClientMessage message = TONGHOP__V1__CLIENT_MESSAGE__INIT;
    Tonghop__V1__StateChange change = TONGHOP__V1__STATE_CHANGE__INIT;
    Tonghop__V1__CriterionComment comment = TONGHOP__V1__CRITERION_COMMENT__INIT;
    Tonghop__V1__CriterionComment *comments[] = {&comment, &comment};
    change.request_id = 1;
    change.district = text_of(SEED_DISTRICT);
    change.form = text_of("joint-agency");
    change.period = text_of("2024-03");
    change.revision = 2;
    change.to_state = text_of("returned");
    change.comment = text_of("kiểm tra lại");
    comment.criterion = text_of("staff-filled");
    comment.text = text_of("\x1b[2J");
    change.criterion_comment = comments;
    change.n_criterion_comment = 2;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_STATE_CHANGE;
    message.state_change = &change;
    seed_client(folder, "state-change-returned-with-a-criterion-twice", &message);
    change.to_state = text_of("received");
    change.n_criterion_comment = 0;
    seed_client(folder, "state-change-reopened", &message);

    Tonghop__V1__BodiesRequest bodies = TONGHOP__V1__BODIES_REQUEST__INIT;
    bodies.request_id = 3;
    bodies.epoch = 1;
    bodies.after_sequence = UINT64_MAX;
    message.body_case = TONGHOP__V1__CLIENT_MESSAGE__BODY_BODIES_REQUEST;
    message.bodies_request = &bodies;
    seed_client(folder, "bodies-request-behind-the-last", &message);
}

void make_act_seeds(const char *folder)
{
    question_seeds(folder);
    assessment_seeds(folder);
    state_seeds(folder);
}

void make_epoch_seeds(const char *folder)
{
    uint8_t hash[TH_HASH_BYTES] = {9};
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    Tonghop__V1__Welcome welcome = TONGHOP__V1__WELCOME__INIT;
    Tonghop__V1__EpochStart starts[2] = {TONGHOP__V1__EPOCH_START__INIT,
                                         TONGHOP__V1__EPOCH_START__INIT};
    Tonghop__V1__EpochStart *listed[] = {&starts[0], &starts[1]};
    welcome.protocol_version = TH_WIRE_PROTOCOL_VERSION;
    welcome.province = text_of(SEED_PROVINCE);
    welcome.district = text_of(SEED_DISTRICT);
    welcome.role = text_of("district");
    welcome.epoch = 3;
    for (uint32_t i = 0; i < 2; i++) {
        starts[i].epoch = i + 2;
        starts[i].previous_epoch = i + 1;
        starts[i].previous_sequence = 17;
        starts[i].previous_hash = th_bytes_of(hash, sizeof(hash));
        starts[i].at_us = 1712300000000000;
    }
    welcome.epoch_start = listed;
    welcome.n_epoch_start = 2;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_WELCOME;
    message.welcome = &welcome;
    seed_server(folder, "welcome-after-two-restorations", &message);
    starts[1].epoch = 2;
    seed_server(folder, "welcome-epochs-that-do-not-grow", &message);
    starts[1].epoch = 3;
    starts[0].previous_hash.len = 31;
    seed_server(folder, "welcome-epoch-hash-of-31-bytes", &message);
    starts[0].previous_hash.len = 0;
    starts[0].previous_epoch = 0;
    seed_server(folder, "welcome-epoch-that-continues-nothing-at-17", &message);

    Tonghop__V1__Bodies bodies = TONGHOP__V1__BODIES__INIT;
    Tonghop__V1__Body body = TONGHOP__V1__BODY__INIT, *all[] = {&body, &body};
    bodies.request_id = 1;
    bodies.epoch = 1;
    bodies.body = all;
    bodies.n_body = 2;
    body.sequence = 1;
    body.report = text_of("no report");
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_BODIES;
    message.bodies = &bodies;
    seed_server(folder, "bodies-of-the-same-sequence", &message);
}

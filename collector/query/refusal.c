#include "collector/query/refusal.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "common/wire/message.h"

#define VALUE_CHARACTERS 200
#define VALUE_BYTES      (VALUE_CHARACTERS * 4 + 8)

const struct th_refusal_code th_refusal_codes[] = {
    {"asof.before_catalogue", "lúc {value} tỉnh chưa có danh mục nào; hãy hỏi một thời điểm sau đó",
     "at {value} the province had no catalogue yet; ask for a later instant"},
    {"asof.beyond_horizon",
     "số liệu chỉ cố định đến {value}; hãy hỏi một thời điểm không muộn hơn, hoặc chờ",
     "figures are settled up to {value} only; ask for no later an instant, or wait"},
    {"asof.malformed",
     "thời điểm '{value}' không hợp lệ; hãy viết như 2024-04-05T10:00:00+07:00 hoặc 2024-04-05",
     "'{value}' is no instant; write it like 2024-04-05T10:00:00+07:00 or 2024-04-05"},
    {"catalogue.missing", "tỉnh chưa nạp danh mục nào; hãy báo cho người quản trị",
     "the province has imported no catalogue yet; tell its administrator"},
    {"catalogue.unknown_version", "không có danh mục phiên bản {value}",
     "there is no catalogue of version {value}"},
    {"criterion.unknown", "biểu mẫu không có chỉ tiêu '{value}'; xem lệnh 'tonghop catalogue'",
     "the form has no criterion '{value}'; see 'tonghop catalogue'"},
    {"database.unavailable", "cơ sở dữ liệu của tỉnh tạm thời không trả lời; hãy thử lại sau",
     "the province's database does not answer at the moment; try again later"},
    {"district.unknown", "danh mục không có đơn vị '{value}'; xem danh sách trong districts.csv",
     "the catalogue has no district '{value}'; districts.csv lists them"},
    {"form.unknown", "danh mục không có biểu mẫu '{value}'; xem lệnh 'tonghop catalogue'",
     "the catalogue has no form '{value}'; see 'tonghop catalogue'"},
    {"group.unknown", "biểu mẫu không có nhóm '{value}'; xem danh sách trong groups.csv",
     "the form has no group '{value}'; groups.csv lists them"},
    {"key.revoked", "khóa này đã bị thu hồi; hãy liên hệ tỉnh để được cấp lại",
     "this key has been revoked; ask the province to enrol a new one"},
    {"message.unknown", "cổng truy vấn không nhận loại thông điệp này",
     "the query port does not take this kind of message"},
    {"period.malformed", "kỳ báo cáo không hợp lệ: {value}", "the period is not valid: {value}"},
    {"period.no_base_period", "không có kỳ báo cáo trọn vẹn nào: {value}",
     "no whole base period: {value}"},
    {"protocol.unsupported", "không hỗ trợ phiên bản giao thức {value}; hãy cập nhật phần mềm",
     "protocol version {value} is not supported; update the software"},
    {"query.cancelled", "câu hỏi đã được hủy", "the question was cancelled"},
    {"query.deadline", "hết thời gian trả lời; hãy thu hẹp câu hỏi",
     "the time for the answer is over; ask for less at once"},
    {"query.duplicate", "mã câu hỏi {value} đang được dùng",
     "request {value} is under way already"},
    {"query.failed", "tỉnh không trả lời được câu hỏi này; nhật ký của tỉnh ghi rõ lý do",
     "the province could not answer this question; its log tells why"},
    {"query.malformed", "câu hỏi không đọc được: {value}", "the question cannot be read: {value}"},
    {"query.too_large", "câu hỏi hoặc một số liệu quá lớn; hãy thu hẹp câu hỏi",
     "the question, or one figure of its answer, is too large; ask for less at once"},
    {"query.too_many", "quá nhiều câu hỏi cùng lúc (tối đa {value}); hãy chờ câu trước xong",
     "too many questions at once (at most {value}); wait for one to end"},
    {"query.unsupported", "tỉnh này chưa trả lời được câu hỏi có '{value}'",
     "this collector cannot answer questions with '{value}'"},
    {"report.unknown", "không có báo cáo nào như vậy: {value}", "there is no such report: {value}"},
    {"role.not_allowed", "khóa này không được phép đặt câu hỏi (vai trò: {value})",
     "this key may not ask questions (its role: {value})"},
    {NULL, NULL, NULL},
};

static const struct th_refusal_code *find_code(const char *code)
{
    for (const struct th_refusal_code *row = th_refusal_codes; row->code; row++)
        if (strcmp(row->code, code) == 0)
            return row;
    abort(); /* a mistake of ours: every caller names a row of the table */
}

void th_refusal_add(struct th_refusal_list *list, const char *code, const char *criterion,
                    struct th_slice value)
{
    char text[VALUE_BYTES] = "";
    if (list->count == TH_REFUSALS_MAX)
        return;
    if (th_text_is_utf8(value))
        th_text_shorten(value, VALUE_CHARACTERS, text, sizeof(text));
    struct th_refusal *refusal = &list->refusals[list->count];
    refusal->code = find_code(code)->code;
    refusal->criterion = th_arena_text(list->arena, th_slice_of(criterion));
    refusal->value = th_arena_text(list->arena, th_slice_of(text));
    if (refusal->criterion && refusal->value)
        list->count++;
}

static void fill_in(const char *pattern, const char *value, struct th_buffer *out)
{
    static const char mark[] = "{value}";
    const char *at = strstr(pattern, mark);
    if (!at) {
        th_buffer_add_text(out, pattern);
        return;
    }
    th_buffer_add(out, pattern, (size_t)(at - pattern));
    th_buffer_add_text(out, value);
    th_buffer_add_text(out, at + sizeof(mark) - 1);
}

void th_refusal_encode(const struct th_refusal_list *list, uint64_t request_id,
                       const char *language, struct th_buffer *out)
{
    Tonghop__V1__Problem problems[TH_REFUSALS_MAX], *pointers[TH_REFUSALS_MAX];
    struct th_buffer sentences[TH_REFUSALS_MAX];
    memset(sentences, 0, sizeof(sentences));

    for (size_t i = 0; i < list->count; i++) {
        const struct th_refusal *refusal = &list->refusals[i];
        const struct th_refusal_code *row = find_code(refusal->code);
        fill_in(strcmp(language, "en") == 0 ? row->en : row->vi, refusal->value, &sentences[i]);
        pointers[i] = &problems[i];
        tonghop__v1__problem__init(&problems[i]);
        problems[i].code = th_bytes(th_slice_of(refusal->code));
        problems[i].severity = TONGHOP__V1__SEVERITY__SEVERITY_ERROR;
        problems[i].criterion = th_bytes(th_slice_of(refusal->criterion));
        problems[i].message = th_bytes(th_buffer_slice(&sentences[i]));
        problems[i].value = th_bytes(th_slice_of(refusal->value));
    }

    Tonghop__V1__Error error = TONGHOP__V1__ERROR__INIT;
    error.request_id = request_id;
    error.n_problem = list->count;
    error.problem = pointers;
    Tonghop__V1__ServerMessage message = TONGHOP__V1__SERVER_MESSAGE__INIT;
    message.body_case = TONGHOP__V1__SERVER_MESSAGE__BODY_ERROR;
    message.error = &error;
    th_server_message_encode(&message, out);
    for (size_t i = 0; i < list->count; i++)
        th_buffer_free(&sentences[i]);
}

void th_refusal_encode_one(const char *code, const char *value, uint64_t request_id,
                           const char *language, struct th_buffer *out)
{
    struct th_refusal_list list = {.refusals = {{find_code(code)->code, "", value}}, .count = 1};
    th_refusal_encode(&list, request_id, language, out);
}

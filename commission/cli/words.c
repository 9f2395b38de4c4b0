#include "commission/cli/words.h"

#include <string.h>

static const struct {
    const char *vi, *en;
} words[TH_WORD_COUNT] = {
    [TH_WORD_ACCEPTED_AT] = {"Tiếp nhận lúc", "Accepted at"},
    [TH_WORD_APPROVED] = {"đã phê duyệt", "approved"},
    [TH_WORD_APPROVED_ONLY] = {"Chỉ tính báo cáo đã phê duyệt", "Approved reports only"},
    [TH_WORD_AS_OF] = {"Số liệu lúc", "Figures as of"},
    [TH_WORD_CATALOGUE_VERSION] = {"danh mục phiên bản", "catalogue version"},
    [TH_WORD_CODE] = {"Mã", "Code"},
    [TH_WORD_COMPLETE] = {"Đầy đủ", "Complete"},
    [TH_WORD_CRITERIA] = {"Số chỉ tiêu", "Criteria"},
    [TH_WORD_CRITERION] = {"Chỉ tiêu", "Criterion"},
    [TH_WORD_DAILY] = {"hằng ngày", "daily"},
    [TH_WORD_DAYS] = {"ngày", "days"},
    [TH_WORD_DETAIL] = {"Lựa chọn, danh sách", "Choice, list"},
    [TH_WORD_DIGEST] = {"Mã băm SHA-256", "SHA-256"},
    [TH_WORD_DISTRICT] = {"Đơn vị", "District"},
    [TH_WORD_DOCUMENT] = {"Văn bản", "Document"},
    [TH_WORD_DUE] = {"Hạn nộp", "Due"},
    [TH_WORD_FILLED_BY] = {"Cấp lập", "Filled by"},
    [TH_WORD_FORM] = {"Biểu mẫu", "Form"},
    [TH_WORD_FREQUENCY] = {"Định kỳ", "Frequency"},
    [TH_WORD_GROUP] = {"Nhóm", "Group"},
    [TH_WORD_HALF_YEARLY] = {"nửa năm", "half-yearly"},
    [TH_WORD_IMPORTED] = {"nhập từ tệp", "import"},
    [TH_WORD_KIND] = {"Loại", "Kind"},
    [TH_WORD_LOCKED] = {"Khóa sau", "Locked after"},
    [TH_WORD_MONTHLY] = {"hằng tháng", "monthly"},
    [TH_WORD_NAME] = {"Tên", "Name"},
    [TH_WORD_NO] = {"không", "no"},
    [TH_WORD_NOTE] = {"Ghi chú", "Note"},
    [TH_WORD_NOT_APPLICABLE] = {"không áp dụng", "not applicable"},
    [TH_WORD_NOT_APPLICABLE_SHORT] = {"n/a", "n/a"},
    [TH_WORD_NOTHING] = {"Không có số liệu nào cho câu hỏi này",
                         "There is no figure for this question"},
    [TH_WORD_NUM_DEN] = {"Tử/mẫu số", "Num/den"},
    [TH_WORD_OF] = {"Trên tổng số", "Of"},
    [TH_WORD_ORIGIN] = {"Nguồn", "Origin"},
    [TH_WORD_PERIOD] = {"Kỳ", "Period"},
    [TH_WORD_PROVINCE] = {"Toàn tỉnh", "Province"},
    [TH_WORD_QUARTERLY] = {"hằng quý", "quarterly"},
    [TH_WORD_RECEIVED] = {"đã nhận", "received"},
    [TH_WORD_RECEIVED_AT] = {"Nhận lúc", "Received at"},
    [TH_WORD_REPORTED] = {"Báo cáo", "Reported"},
    [TH_WORD_REQUIRED] = {"Bắt buộc", "Required"},
    [TH_WORD_RETURNED] = {"đã trả lại", "returned"},
    [TH_WORD_REVISION] = {"Lần gửi", "Revision"},
    [TH_WORD_SEQUENCE] = {"Số thứ tự trong sổ", "Ledger sequence"},
    [TH_WORD_STATE] = {"Trạng thái", "State"},
    [TH_WORD_SUPERSEDED] = {"đã được thay thế", "superseded"},
    [TH_WORD_TARGET] = {"Mục tiêu", "Target"},
    [TH_WORD_UNIT] = {"Đơn vị tính", "Unit"},
    [TH_WORD_VALUE] = {"Giá trị", "Value"},
    [TH_WORD_WIRE] = {"gửi trực tuyến", "sent by the office"},
    [TH_WORD_YEARLY] = {"hằng năm", "yearly"},
    [TH_WORD_YES] = {"có", "yes"},
};

const char *th_word(enum th_word word, const char *language)
{
    return strcmp(language, "en") == 0 ? words[word].en : words[word].vi;
}

#include "commission/cli/assessment_words.h"

#include <string.h>

/* clang-format off */
static const struct {
    const char *vi, *en;
} words[TH_SAY_COUNT] = {
    [TH_SAY_ALL_APPROVED] = {
        "Tất cả báo cáo phải có đã được phê duyệt.",
        "Every expected report is approved."},
    [TH_SAY_ANNEX] = {"Phụ lục {1}", "Annex {1}"},
    [TH_SAY_ANNEX_BASIS] = {"Căn cứ của số liệu", "What the figures rest on"},
    [TH_SAY_ANNEX_EXCEPTIONS] = {"Các ngoại lệ", "Exceptions"},
    [TH_SAY_ANNEX_FIGURES] = {"Số liệu theo đơn vị", "Figures by district"},
    [TH_SAY_APPROVED] = {"Đã duyệt", "Approved"},
    [TH_SAY_AS_OF] = {
        "Số liệu được chốt lúc {1}; báo cáo gửi đến sau thời điểm đó không làm thay đổi văn bản này.",
        "All figures are as of {1}; reports that came later do not change this document."},
    [TH_SAY_ATTAINMENT] = {"Mức đạt (%)", "Attainment (%)"},
    [TH_SAY_BASIS_AS_OF] = {"Thời điểm chốt số liệu", "As-of instant"},
    [TH_SAY_BASIS_CATALOGUE] = {"Danh mục (phiên bản, mã băm SHA-256)", "Catalogue (version, SHA-256)"},
    [TH_SAY_BASIS_CHECK] = {
        "Mã băm chung là SHA-256 của các dòng “đơn vị, kỷ nguyên, số thứ tự, mã băm” trong bảng dưới đây, cách nhau bằng một dấu cách, mỗi dòng kết thúc bằng ký tự xuống dòng, chuỗi của tỉnh ghi là “*” ở dòng cuối. Lệnh “tonghop-collector verify” kiểm tra toàn bộ các chuỗi này.",
        "The common digest is the SHA-256 of the lines \"district, epoch, sequence, hash\" of the table below, separated by one blank, each ended by a line feed, with \"*\" for the province's own chain in the last line. \"tonghop-collector verify\" checks all of these chains."},
    [TH_SAY_BASIS_COLUMN] = {"Nội dung", "Item"},
    [TH_SAY_BASIS_HEADS] = {"Số chuỗi báo cáo và mã băm chung", "Chains, and the digest of their heads"},
    [TH_SAY_BASIS_HORIZON] = {"Số liệu không còn thay đổi đến", "Figures were settled up to"},
    [TH_SAY_BASIS_NUMBER] = {"Số của bản tổng kết trong hệ thống", "Number of this assessment in the system"},
    [TH_SAY_CHAIN_OF_PROVINCE] = {"Chuỗi của tỉnh", "The province's own chain"},
    [TH_SAY_CHOICE] = {"Nội dung lựa chọn", "Choice"},
    [TH_SAY_COMMUNES_COUNT] = {"{1}: {2} đơn vị cấp xã, gồm:", "{1}: {2} communes, namely:"},
    [TH_SAY_COMMUNES_TITLE] = {"Đơn vị cấp xã được nêu tên", "Communes named"},
    [TH_SAY_COMPLETE] = {"Đầy đủ", "Complete"},
    [TH_SAY_COMPLETENESS_TITLE] = {"Tình hình gửi báo cáo", "Reports received"},
    [TH_SAY_COMPOSITE] = {"Điểm tổng hợp", "Composite"},
    [TH_SAY_COMPOSITE_OF_GROUP] = {
        "Điểm tổng hợp toàn tỉnh của nhóm này là {1}/100.",
        "The province's composite of this group is {1} of 100."},
    [TH_SAY_COMPOSITE_RANGE] = {
        " Cao nhất: {1} ({2}); thấp nhất: {3} ({4}).",
        " Highest: {1} ({2}); lowest: {3} ({4})."},
    [TH_SAY_CRITERION] = {"Chỉ tiêu", "Criterion"},
    [TH_SAY_DATE_LINE] = {"{1}, ngày {2} tháng {3} năm {4}", "{1}, {2} {3} {4}"},
    [TH_SAY_DISTRICT] = {"Đơn vị", "District"},
    [TH_SAY_DISTRICTS] = {"Các đơn vị", "Districts"},
    [TH_SAY_DOCUMENT_NAME] = {"Báo cáo", "Report"},
    [TH_SAY_EPOCH] = {"Kỷ nguyên", "Epoch"},
    [TH_SAY_EXCEPTIONS_INTRODUCTION] = {
        "Các báo cáo sau đây không được tính vào số liệu, với lý do:",
        "The following reports are not part of the figures, for the reasons given:"},
    [TH_SAY_EXPECTED] = {"Phải có", "Expected"},
    [TH_SAY_FIGURE] = {"Kết quả", "Figure"},
    [TH_SAY_FINAL_LINE] = {"(Bản tổng kết số {1}, số liệu chốt lúc {2})", "(Final assessment no. {1}, figures as of {2})"},
    [TH_SAY_FINAL_NOTE] = {
        "Chỉ tính các báo cáo đã được phê duyệt; {1} báo cáo được để ngoài, nêu tại {2}.",
        "Approved reports only; {1} reports are left out, as {2} lists."},
    [TH_SAY_FINAL_SUBJECT] = {"Tổng kết {1}, {2}", "Final assessment of {1}, {2}"},
    [TH_SAY_FINAL_SUBJECT_SEVERAL] = {
        "Tổng kết kết quả thực hiện theo {1} biểu mẫu báo cáo, {2}",
        "Final assessment by {1} reporting forms, {2}"},
    [TH_SAY_FORM] = {"Biểu mẫu", "Form"},
    [TH_SAY_FORM_LINE] = {
        "{1} ({2}): đã nhận {3}/{4} báo cáo phải có ({5}), trong đó {6} đầy đủ, {7} đúng hạn, {8} đã được phê duyệt.",
        "{1} ({2}): {3} of {4} expected reports received ({5}), of these {6} complete, {7} on time, {8} approved."},
    [TH_SAY_HASH] = {"Mã băm", "Hash"},
    [TH_SAY_HISTORIC] = {"Lịch sử", "Historic"},
    [TH_SAY_INTRODUCTION] = {
        "Trên cơ sở báo cáo {2} của {1} đơn vị, {3} báo cáo kết quả như sau:",
        "From the reports of {1} districts for {2}, {3} reports the following results:"},
    [TH_SAY_LATE] = {"Chậm", "Late"},
    [TH_SAY_MISSING] = {"Thiếu", "Missing"},
    [TH_SAY_MOTTO_FIRST] = {"Cộng hòa xã hội chủ nghĩa Việt Nam", "Socialist Republic of Viet Nam"},
    [TH_SAY_MOTTO_PARTY] = {"Đảng Cộng sản Việt Nam", "Communist Party of Viet Nam"},
    [TH_SAY_MOTTO_SECOND] = {"Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness"},
    [TH_SAY_NOT_DUE] = {"Chưa đến hạn", "Not due"},
    [TH_SAY_NUMBER_COUNT] = {"Số đơn vị", "Districts"},
    [TH_SAY_NUMBER_PARTY] = {"Số {1}", "No. {1}"},
    [TH_SAY_NUMBER_STATE] = {"Số: {1}", "No.: {1}"},
    [TH_SAY_ON_BEHALF_PARTY] = {"T/M {1}", "For {1}"},
    [TH_SAY_ON_BEHALF_STATE] = {"TM. {1}", "For {1}"},
    [TH_SAY_ON_TIME] = {"Đúng hạn", "On time"},
    [TH_SAY_ORDINAL] = {"TT", "No."},
    [TH_SAY_PERIOD] = {"Kỳ báo cáo", "Base period"},
    [TH_SAY_PRELIMINARY_LINE] = {"(Số liệu sơ bộ, tính đến {1})", "(Preliminary figures as of {1})"},
    [TH_SAY_PRELIMINARY_NOTE] = {
        "Đây là số liệu sơ bộ: trong số báo cáo phải có, {1} báo cáo chưa gửi và {2} báo cáo chưa được phê duyệt. Số liệu có phần dựa trên báo cáo chưa được phê duyệt được đánh dấu sao (*).",
        "These figures are preliminary: of the expected reports {1} are missing and {2} are not approved. A figure that rests on a report that is not approved bears an asterisk (*)."},
    [TH_SAY_PRELIMINARY_SUBJECT] = {"Sơ kết {1}, {2}", "Preliminary assessment of {1}, {2}"},
    [TH_SAY_PRELIMINARY_SUBJECT_SEVERAL] = {
        "Sơ kết kết quả thực hiện theo {1} biểu mẫu báo cáo, {2}",
        "Preliminary assessment by {1} reporting forms, {2}"},
    [TH_SAY_PROVINCE] = {"Toàn tỉnh", "Province"},
    [TH_SAY_PROVISIONAL_MARK] = {
        "(*) Số liệu sơ bộ: có phần dựa trên báo cáo chưa được phê duyệt.",
        "(*) Preliminary: rests on reports that are not approved."},
    [TH_SAY_RANK] = {"Hạng", "Rank"},
    [TH_SAY_RANKING_NOTE] = {
        "Điểm tổng hợp là bình quân gia quyền mức đạt mục tiêu của các chỉ tiêu có số liệu. Đơn vị có số liệu dưới 90 % trọng số không xếp hạng; điểm bằng nhau thì đồng hạng.",
        "The composite is the weighted mean of the attainment of targets over the criteria that have a figure. A district with figures for less than 90 % of the weight is not ranked; equal composites share a rank."},
    [TH_SAY_RANKING_TITLE] = {"Xếp hạng các đơn vị", "Ranking of the districts"},
    [TH_SAY_REASON] = {"Lý do", "Reason"},
    [TH_SAY_RECEIVED] = {"Đã nhận", "Received"},
    [TH_SAY_RECIPIENTS] = {"Nơi nhận:", "Recipients:"},
    [TH_SAY_REPORTS] = {"Báo cáo đã nhận", "Reports received"},
    [TH_SAY_RETURNED] = {"Trả lại", "Returned"},
    [TH_SAY_SEQUENCE] = {"Số thứ tự", "Sequence"},
    [TH_SAY_SHARE] = {"Tỷ lệ", "Share"},
    [TH_SAY_SIGNATURE_SPACE] = {"(Chữ ký, dấu)", "(Signature, seal)"},
    [TH_SAY_STATE] = {"Tình trạng", "State"},
    [TH_SAY_TABLE] = {"Bảng {1}. ", "Table {1}. "},
    [TH_SAY_TABLE_CHOICES] = {"Lựa chọn của các đơn vị", "What the districts chose"},
    [TH_SAY_TABLE_COMPLETENESS] = {"Số báo cáo theo đơn vị", "Reports by district"},
    [TH_SAY_TABLE_EXCEPTIONS] = {"Báo cáo được để ngoài", "Reports left out"},
    [TH_SAY_TABLE_FIGURES] = {"Kết quả toàn tỉnh", "Results of the province"},
    [TH_SAY_TABLE_HEADS] = {"Mục cuối của từng chuỗi tại thời điểm chốt số liệu", "The last entry of each chain at the as-of instant"},
    [TH_SAY_TABLE_MATRIX] = {"Số liệu theo đơn vị: ", "Figures by district: "},
    [TH_SAY_TABLE_RANKING] = {"Xếp hạng theo điểm tổng hợp", "Ranking by composite"},
    [TH_SAY_TARGET] = {"Mục tiêu", "Target"},
    [TH_SAY_UNIT] = {"Đơn vị tính", "Unit"},
    [TH_SAY_WEIGHT_BASIS] = {"Trọng số có số liệu", "Weight with figures"},
    [TH_SAY_WHY_MISSING] = {"chưa gửi", "missing"},
    [TH_SAY_WHY_RECEIVED] = {"chưa phê duyệt", "not approved"},
    [TH_SAY_WHY_RETURNED] = {"đã trả lại", "returned"},
    [TH_SAY_WITHOUT_FIGURE] = {"Không có nội dung báo cáo.", "Nothing was reported."},
};
/* clang-format on */

const char *th_assessment_word(enum th_assessment_word word, const char *language)
{
    return strcmp(language, "en") == 0 ? words[word].en : words[word].vi;
}

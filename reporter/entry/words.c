/* Words that several commands print. */
#include <ctype.h>
#include <jansson.h>
#include <string.h>

#include "reporter/entry/commands.h"

#define SHOWN_PROBLEMS 3 /* on the terminal; the codes of all are there for programs */

const char *th_state_word(const struct th_office *office, enum th_report_state state)
{
    switch (state) {
    case TH_STATE_QUEUED:
        return th_say(office, "chờ gửi", "waiting");
    case TH_STATE_ACCEPTED:
        return th_say(office, "đã nhận", "accepted");
    case TH_STATE_DRAFT:
        return th_say(office, "nháp", "draft");
    case TH_STATE_PREPARED:
        return th_say(office, "chờ duyệt gửi", "prepared");
    case TH_STATE_REJECTED:
        break;
    }
    return th_say(office, "bị từ chối", "rejected");
}

bool th_id_prefix(const char *text, char digits[33])
{
    size_t used = 0;
    for (; *text; text++) {
        if (*text == '-')
            continue;
        if (!isxdigit((unsigned char)*text) || used == 32)
            return false;
        digits[used++] = (char)tolower((unsigned char)*text);
    }
    digits[used] = '\0';
    return used >= TH_SHORTEST_PREFIX;
}

static const char *member(const json_t *problem, const char *name)
{
    const char *text = json_string_value(json_object_get(problem, name));
    return text ? text : "";
}

static void add_message(struct th_buffer *messages, const json_t *problem)
{
    const char *criterion = member(problem, "criterion");
    const char *message = member(problem, "message");
    if (messages->size > 0)
        th_buffer_add_text(messages, "; ");
    /* Most messages name the criterion; those that do not need it. */
    if (criterion[0] && !strstr(message, criterion))
        th_buffer_printf(messages, "%s: ", criterion);
    th_buffer_add_text(messages, message[0] ? message : member(problem, "code"));
}

/* Messages of the problems that are warnings, or of those that are errors, while there is
 * room for them; how many are shown then. */
static size_t add_messages(struct th_buffer *messages, const json_t *problems, bool warnings,
                           size_t shown)
{
    for (size_t i = 0; i < json_array_size(problems) && shown < SHOWN_PROBLEMS; i++) {
        const json_t *problem = json_array_get(problems, i);
        if ((strcmp(member(problem, "severity"), "warning") == 0) == warnings) {
            add_message(messages, problem);
            shown++;
        }
    }
    return shown;
}

void th_problem_words(const char *json, struct th_buffer *codes, struct th_buffer *messages)
{
    json_error_t fault;
    json_t *problems = json_loads(json, 0, &fault);
    size_t count = json_array_size(problems);
    for (size_t i = 0; i < count; i++) {
        const json_t *problem = json_array_get(problems, i);
        if (codes->size > 0)
            th_buffer_add_char(codes, ' ');
        th_buffer_add_text(codes, member(problem, "code"));
    }
    /* What a report was rejected for is not hidden behind warnings. */
    add_messages(messages, problems, true, add_messages(messages, problems, false, 0));
    if (count > SHOWN_PROBLEMS)
        th_buffer_printf(messages, " (+%zu)", count - SHOWN_PROBLEMS);
    json_decref(problems);
}

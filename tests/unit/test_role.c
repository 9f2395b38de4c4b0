/* Who may do what, worked out from SEMANTICS 8 and the rule of portals by hand. */
#include "th_test.h"

#include "common/domain/role.h"

static void names_are_read(void)
{
    static const struct {
        const char *text;
        bool known;
        enum th_role role;
    } cases[] = {
        {"district", true, TH_ROLE_DISTRICT}, {"viewer", true, TH_ROLE_VIEWER},
        {"approver", true, TH_ROLE_APPROVER}, {"admin", true, TH_ROLE_ADMIN},
        {"", false, TH_ROLE_DISTRICT},        {"Admin", false, TH_ROLE_DISTRICT},
        {"root", false, TH_ROLE_DISTRICT},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum th_role role = TH_ROLE_DISTRICT;
        TH_CHECK(cases[i].text, th_role_parse(th_slice_of(cases[i].text), &role) == cases[i].known);
        TH_CHECK(cases[i].text, role == cases[i].role);
        if (cases[i].known)
            TH_CHECK_TEXT(cases[i].text, th_role_name(role), cases[i].text);
    }
}

/* D district, V viewer, A approver, X admin; '-' none. */
static enum th_role role_of(char letter)
{
    return letter == 'V'   ? TH_ROLE_VIEWER
           : letter == 'A' ? TH_ROLE_APPROVER
           : letter == 'X' ? TH_ROLE_ADMIN
                           : TH_ROLE_DISTRICT;
}

static void acts_take_their_role(void)
{
    static const struct {
        const char *name;
        char key;
        bool portal;
        char account; /* '-': the key acts for itself */
        bool may_ask, may_review, may_appraise;
        char effective;
    } cases[] = {
        {"viewer", 'V', false, '-', true, false, false, 'V'},
        {"approver", 'A', false, '-', true, true, true, 'A'},
        {"admin", 'X', false, '-', true, true, true, 'X'},
        {"a district's key", 'D', false, '-', false, false, false, 'D'},
        {"portal for a viewer", 'A', true, 'V', true, false, false, 'V'},
        {"portal for an approver", 'A', true, 'A', true, true, true, 'A'},
        /* The lower of key and account ... */
        {"portal for an admin", 'A', true, 'X', true, true, true, 'A'},
        {"viewer's portal for an approver", 'V', true, 'A', true, false, false, 'V'},
        /* ... and never admin, even if such a key were enrolled. */
        {"portal enrolled as admin", 'X', true, 'X', true, true, true, 'A'},
        /* Only a portal's key may speak for others. */
        {"approver for an account", 'A', false, 'A', false, false, false, 'A'},
        {"admin for an account", 'X', false, 'V', false, false, false, 'X'},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct th_actor actor = {.key_name = "key",
                                       .key_role = role_of(cases[i].key),
                                       .portal = cases[i].portal,
                                       .acts_for = cases[i].account != '-',
                                       .account = "lan",
                                       .role = role_of(cases[i].account)};
        const bool want[TH_DUTY_COUNT] = {[TH_DUTY_ASK] = cases[i].may_ask,
                                          [TH_DUTY_REVIEW] = cases[i].may_review,
                                          [TH_DUTY_FREEZE] = cases[i].may_review,
                                          [TH_DUTY_APPRAISE] = cases[i].may_appraise};
        for (int duty = 0; duty < TH_DUTY_COUNT; duty++) {
            enum th_role role;
            TH_CHECK(cases[i].name, th_role_may(&actor, (enum th_duty)duty, &role) == want[duty]);
            TH_CHECK(cases[i].name, role == role_of(cases[i].effective));
        }
    }
}

static const struct th_test tests[] = {
    {"names are read", names_are_read},
    {"acts take their role", acts_take_their_role},
};

TH_TEST_MAIN("role", tests)

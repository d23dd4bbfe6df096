/* whoami.exe: the user of this process. */
#include "tool.h"

BOOL WINAPI ConvertSidToStringSidW(PSID sid, LPWSTR *text);

static const WCHAR usage[] =
    L"\r\nWHOAMI [/UPN | /FQDN | /LOGONID]\r\nWHOAMI { [/USER] [/GROUPS] [/PRIV] } [/FO format] [/NH]\r\nWHOAMI /ALL [/FO format] [/NH]\r\n\r\n"
    L"Shows the user name, and what the user may do.\r\n\r\n"
    L"    /LOGONID        The identifier of the logon.\r\n"
    L"    /USER           Name and security identifier.\r\n"
    L"    /GROUPS         Groups.\r\n"
    L"    /PRIV           Privileges.\r\n"
    L"    /ALL            All of these.\r\n"
    L"    /FO format      TABLE, LIST or CSV.\r\n"
    L"    /NH             Without headers.\r\n"
    L"    /?              Shows this.\r\n";

static enum { TABLE, LIST, CSV } form;
static bool no_header;

#define COLUMNS 4
struct table {
    const WCHAR *title;
    int columns;
    const WCHAR *head[COLUMNS];
    WCHAR *cell[256][COLUMNS];
    int rows;
};

static void add_row(struct table *table, const WCHAR *a, const WCHAR *b, const WCHAR *c, const WCHAR *d)
{
    const WCHAR *cells[COLUMNS] = { a, b, c, d };

    if (table->rows == ARRAYSIZE(table->cell)) return;
    for (int i = 0; i < table->columns; i++) table->cell[table->rows][i] = copy_text(cells[i]);
    table->rows++;
}

static void show(const struct table *table)
{
    int widths[COLUMNS];

    if (form != CSV) {
        print(L"\r\n%s\r\n", table->title);
        for (const WCHAR *at = table->title; *at; at++) print_text(L"-");
        print_text(L"\r\n\r\n");
    }
    for (int i = 0; i < table->columns; i++) {
        widths[i] = form == TABLE && no_header ? 0 : (int)wcslen(table->head[i]);
        for (int row = 0; row < table->rows; row++)
            if ((int)wcslen(table->cell[row][i]) > widths[i]) widths[i] = (int)wcslen(table->cell[row][i]);
    }
    if (form == TABLE && !no_header) {
        for (int i = 0; i < table->columns; i++) print(i ? L" %-*s" : L"%-*s", widths[i], table->head[i]);
        print_text(L"\r\n");
        for (int i = 0; i < table->columns; i++) {
            if (i) print_text(L" ");
            for (int k = 0; k < widths[i]; k++) print_text(L"=");
        }
        print_text(L"\r\n");
    } else if (form == CSV && !no_header) {
        for (int i = 0; i < table->columns; i++) print(i ? L",\"%s\"" : L"\"%s\"", table->head[i]);
        print_text(L"\r\n");
    }
    for (int row = 0; row < table->rows; row++) {
        for (int i = 0; i < table->columns; i++) {
            if (form == TABLE) print(i ? L" %-*s" : L"%-*s", widths[i], table->cell[row][i]);
            else if (form == CSV) print(i ? L",\"%s\"" : L"\"%s\"", table->cell[row][i]);
            else print(L"%s: %s\r\n", table->head[i], table->cell[row][i]);
        }
        print_text(L"\r\n");
    }
}

static void *token_information(TOKEN_INFORMATION_CLASS class)
{
    HANDLE token;
    DWORD size = 0;
    void *data = NULL;

    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return NULL;
    GetTokenInformation(token, class, NULL, 0, &size);
    if (size) data = memory_get(size);
    if (!data || !GetTokenInformation(token, class, data, size, &size)) {
        memory_free(data);
        data = NULL;
    }
    CloseHandle(token);
    return data;
}

static WCHAR *user_name(void)
{
    WCHAR name[256], computer[256];
    DWORD room = ARRAYSIZE(name), computer_room = ARRAYSIZE(computer);
    struct text text = { 0 };

    if (!GetUserNameW(name, &room)) *name = 0;
    if (!GetComputerNameW(computer, &computer_room)) *computer = 0;
    text_format(&text, L"%s\\%s", computer, name);
    return _wcslwr(text_take(&text));
}

static const WCHAR *known_group(const WCHAR *sid, const WCHAR **kind)
{
    static const struct {
        const WCHAR *sid, *name, *kind;
    } known[] = { { L"S-1-1-0", L"Everyone", L"Well-known group" }, { L"S-1-2-0", L"LOCAL", L"Well-known group" },
                  { L"S-1-5-4", L"NT AUTHORITY\\INTERACTIVE", L"Well-known group" },
                  { L"S-1-5-11", L"NT AUTHORITY\\Authenticated Users", L"Well-known group" },
                  { L"S-1-5-15", L"NT AUTHORITY\\This Organization", L"Well-known group" },
                  { L"S-1-5-32-544", L"BUILTIN\\Administrators", L"Alias" }, { L"S-1-5-32-545", L"BUILTIN\\Users", L"Alias" } };

    for (unsigned i = 0; i < ARRAYSIZE(known); i++)
        if (!wcscmp(known[i].sid, sid)) {
            *kind = known[i].kind;
            return known[i].name;
        }
    *kind = wcsncmp(sid, L"S-1-16-", 7) ? L"Group" : L"Label";
    return sid;
}

static WCHAR *sid_text(PSID sid)
{
    WCHAR *text = NULL;

    return ConvertSidToStringSidW(sid, &text) ? text : copy_text(L"");
}

static struct table user_table = { L"USER INFORMATION", 2, { L"User Name", L"SID" } },
                    group_table = { L"GROUP INFORMATION", 4, { L"Group Name", L"Type", L"SID", L"Attributes" } },
                    privilege_table = { L"PRIVILEGES INFORMATION", 3, { L"Privilege Name", L"Description", L"State" } };

static void show_user(void)
{
    TOKEN_USER *user = token_information(TokenUser);

    add_row(&user_table, user_name(), user ? sid_text(user->User.Sid) : L"", L"", L"");
    show(&user_table);
}

static void show_groups(void)
{
    TOKEN_GROUPS *groups = token_information(TokenGroups);

    for (DWORD i = 0; groups && i < groups->GroupCount; i++) {
        DWORD bits = groups->Groups[i].Attributes;
        const WCHAR *kind, *sid = sid_text(groups->Groups[i].Sid), *name = known_group(sid, &kind);
        struct text text = { 0 };
        text_add(&text, L"", 0);
        if (bits & SE_GROUP_MANDATORY) text_add_string(&text, L"Mandatory group, ");
        if (bits & SE_GROUP_ENABLED_BY_DEFAULT) text_add_string(&text, L"Enabled by default, ");
        if (bits & SE_GROUP_ENABLED) text_add_string(&text, L"Enabled group, ");
        if (bits & SE_GROUP_OWNER) text_add_string(&text, L"Group owner, ");
        if (text.length) text.data[text.length -= 2] = 0;
        add_row(&group_table, name, kind, sid, text.data);
    }
    show(&group_table);
}

static void show_privileges(void)
{
    TOKEN_PRIVILEGES *privileges = token_information(TokenPrivileges);

    for (DWORD i = 0; privileges && i < privileges->PrivilegeCount; i++) {
        WCHAR name[128];
        DWORD room = ARRAYSIZE(name);
        if (!LookupPrivilegeNameW(NULL, &privileges->Privileges[i].Luid, name, &room)) continue;
        add_row(&privilege_table, name, L"", privileges->Privileges[i].Attributes & SE_PRIVILEGE_ENABLED ? L"Enabled" : L"Disabled", L"");
    }
    show(&privilege_table);
}

int run(int argc, WCHAR **argv)
{
    bool user = false, groups = false, privileges = false, logon = false, name = argc == 1;

    if (asked_usage(argc, argv, usage)) return 0;
    for (int i = 1; i < argc; i++) {
        if (is_switch(argv[i], L"user")) user = true;
        else if (is_switch(argv[i], L"groups")) groups = true;
        else if (is_switch(argv[i], L"priv")) privileges = true;
        else if (is_switch(argv[i], L"all")) user = groups = privileges = true;
        else if (is_switch(argv[i], L"logonid")) logon = true;
        else if (is_switch(argv[i], L"nh")) no_header = true;
        else if (is_switch(argv[i], L"fo") && i + 1 < argc) {
            i++;
            if (!_wcsicmp(argv[i], L"list")) form = LIST;
            else if (!_wcsicmp(argv[i], L"csv")) form = CSV;
            else if (_wcsicmp(argv[i], L"table")) goto invalid;
        } else if (is_switch(argv[i], L"upn") || is_switch(argv[i], L"fqdn")) {
            complain(L"ERROR: Unable to get %s as the current logged-on user is not a domain user.\r\n",
                     is_switch(argv[i], L"upn") ? L"User Principal Name (UPN)" : L"Fully Qualified Distinguished Name (FQDN)");
            return 1;
        } else {
        invalid:
            complain(L"ERROR: Invalid argument/option - '%s'.\r\nType \"WHOAMI /?\" for usage.\r\n", argv[i]);
            return 1;
        }
    }
    if (name) print(L"%s\r\n", user_name());
    if (logon) {
        TOKEN_GROUPS *all = token_information(TokenGroups);
        for (DWORD i = 0; all && i < all->GroupCount; i++)
            if (all->Groups[i].Attributes & SE_GROUP_LOGON_ID) {
                print(L"%s\r\n", sid_text(all->Groups[i].Sid));
                return 0;
            }
        complain(L"ERROR: Unable to get the logon identifier.\r\n");
        return 1;
    }
    if (user) show_user();
    if (groups) show_groups();
    if (privileges) show_privileges();
    if (!name && !user && !groups && !privileges) {
        complain(L"ERROR: Invalid syntax.\r\nType \"WHOAMI /?\" for usage.\r\n");
        return 1;
    }
    return 0;
}

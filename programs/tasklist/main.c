/* tasklist.exe: the processes. */
#include "tool.h"
#include <tlhelp32.h>
#include <psapi.h>

BOOL WINAPI K32GetProcessMemoryInfo(HANDLE process, PROCESS_MEMORY_COUNTERS *counters, DWORD size);

static const WCHAR usage[] =
    L"\r\nTASKLIST [/M [module] | /SVC | /V] [/FI filter] [/FO format] [/NH]\r\n\r\n"
    L"Shows the processes.\r\n\r\n"
    L"   /M [module]   With their modules, or those that have loaded one.\r\n"
    L"   /SVC          With their services.\r\n"
    L"   /V            More of each.\r\n"
    L"   /FI filter    \"IMAGENAME eq name\", \"PID op number\", \"MEMUSAGE op kilobytes\",\r\n"
    L"                 \"SESSION op number\"; eq ne gt lt ge le, wildcards in names.\r\n"
    L"   /FO format    TABLE, LIST or CSV.\r\n"
    L"   /NH           Without headers.\r\n"
    L"   /?            Shows this.\r\n";

struct filter {
    WCHAR field[32], sign[4], value[256];
};

static struct filter filters[16];
static int filter_count;
static enum { TABLE, LIST, CSV } form;
static bool no_header, verbose, services, modules;
static const WCHAR *module_wanted;

static bool parse_filter(const WCHAR *text, struct filter *filter)
{
    static const WCHAR *const fields[] = { L"imagename", L"pid", L"memusage", L"session", L"status", L"username", L"windowtitle", L"cputime", L"sessionname", L"services", L"modules" };
    WCHAR *parts[3] = { filter->field, filter->sign, filter->value };
    static const int rooms[3] = { 32, 4, 256 };

    for (int i = 0; i < 3; i++) {
        int length = 0;
        while (*text == ' ') text++;
        while (*text && (i == 2 || *text != ' ') && length < rooms[i] - 1) parts[i][length++] = *text++;
        while (i == 2 && length && parts[i][length - 1] == ' ') length--;
        parts[i][length] = 0;
        if (!length) return false;
    }
    bool known = false;
    for (unsigned i = 0; i < ARRAYSIZE(fields); i++) known |= !_wcsicmp(fields[i], filter->field);
    static const WCHAR *const signs[] = { L"eq", L"ne", L"gt", L"lt", L"ge", L"le" };
    bool sign = false;
    for (unsigned i = 0; i < ARRAYSIZE(signs); i++) sign |= !_wcsicmp(signs[i], filter->sign);
    return known && sign;
}

static bool order_holds(const WCHAR *sign, LONGLONG a, LONGLONG b)
{
    if (!_wcsicmp(sign, L"eq")) return a == b;
    if (!_wcsicmp(sign, L"ne")) return a != b;
    if (!_wcsicmp(sign, L"gt")) return a > b;
    if (!_wcsicmp(sign, L"lt")) return a < b;
    return !_wcsicmp(sign, L"ge") ? a >= b : a <= b;
}

static bool passes(const PROCESSENTRY32W *process, SIZE_T kilobytes, DWORD session)
{
    for (int i = 0; i < filter_count; i++) {
        const struct filter *filter = &filters[i];
        LONGLONG number = _wtoi64(filter->value);
        bool equal = !_wcsicmp(filter->sign, L"eq"), holds;
        if (!_wcsicmp(filter->field, L"imagename")) holds = match_wildcard(filter->value, process->szExeFile) == equal;
        else if (!_wcsicmp(filter->field, L"pid")) holds = order_holds(filter->sign, process->th32ProcessID, number);
        else if (!_wcsicmp(filter->field, L"memusage")) holds = order_holds(filter->sign, kilobytes, number);
        else if (!_wcsicmp(filter->field, L"session")) holds = order_holds(filter->sign, session, number);
        else if (!_wcsicmp(filter->field, L"sessionname")) holds = match_wildcard(filter->value, L"Console") == equal;
        else if (!_wcsicmp(filter->field, L"status")) holds = match_wildcard(filter->value, L"Running") == equal;
        else holds = match_wildcard(filter->value, L"N/A") == equal;
        if (!holds) return false;
    }
    return true;
}

static WCHAR *module_list(DWORD id, bool *found)
{
    HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPMODULE, id);
    MODULEENTRY32W module = { .dwSize = sizeof(module) };
    struct text text = { 0 };

    *found = false;
    if (snapshot != INVALID_HANDLE_VALUE && Module32FirstW(snapshot, &module)) {
        bool first = true;
        do {
            if (first) {
                first = false; /* the program itself */
                continue;
            }
            if (module_wanted && !match_wildcard(module_wanted, module.szModule)) continue;
            *found = true;
            text_format(&text, text.length ? L", %s" : L"%s", module.szModule);
        } while (Module32NextW(snapshot, &module));
    }
    if (snapshot != INVALID_HANDLE_VALUE) CloseHandle(snapshot);
    if (!text.length) text_add_string(&text, L"N/A");
    return text_take(&text);
}

static const WCHAR *const heads[] = { L"Image Name", L"PID", L"Session Name", L"Session#", L"Mem Usage" };

static void head(void)
{
    if (form == LIST || no_header) return;
    if (form == CSV) {
        if (modules || services) print(L"\"Image Name\",\"PID\",\"%s\"\r\n", modules ? L"Modules" : L"Services");
        else {
            print_text(L"\"Image Name\",\"PID\",\"Session Name\",\"Session#\",\"Mem Usage\"");
            print_text(verbose ? L",\"Status\",\"User Name\",\"CPU Time\",\"Window Title\"\r\n" : L"\r\n");
        }
        return;
    }
    print_text(L"\r\n");
    if (modules || services) print(L"Image Name                     PID %-44s\r\n========================= ======== ============================================\r\n", modules ? L"Modules" : L"Services");
    else {
        print_text(L"Image Name                     PID Session Name        Session#    Mem Usage");
        print_text(verbose ? L" Status          User Name                                              CPU Time Window Title                                                            \r\n" : L"\r\n");
        print_text(L"========================= ======== ================ =========== ============");
        print_text(verbose ? L" =============== ================================================== ============ ========================================================================\r\n" : L"\r\n");
    }
}

static void row(const PROCESSENTRY32W *process, SIZE_T kilobytes, DWORD session, HANDLE handle)
{
    WCHAR memory[48], number[40], *list = NULL, time[32] = L"0:00:00", user[128] = L"N/A";
    DWORD room = ARRAYSIZE(user);
    const WCHAR *session_name = session ? L"Console" : L"Services";
    bool found;

    if (modules) {
        list = module_list(process->th32ProcessID, &found);
        if (module_wanted && !found) return;
    }
    _snwprintf(memory, ARRAYSIZE(memory), L"%s K", grouped_number(kilobytes, number));
    if (verbose) {
        FILETIME created, ended, kernel, ran;
        if (handle && GetProcessTimes(handle, &created, &ended, &kernel, &ran)) {
            ULONGLONG seconds = (((ULONGLONG)kernel.dwHighDateTime << 32 | kernel.dwLowDateTime) +
                                 ((ULONGLONG)ran.dwHighDateTime << 32 | ran.dwLowDateTime)) / 10000000;
            _snwprintf(time, ARRAYSIZE(time), L"%I64u:%02u:%02u", seconds / 3600, (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));
        }
        GetUserNameW(user, &room);
    }
    if (modules || services) {
        const WCHAR *what = modules ? list : L"N/A";
        if (form == TABLE) print(L"%-25.25s %8u %-44s\r\n", process->szExeFile, process->th32ProcessID, what);
        else if (form == CSV) print(L"\"%s\",\"%u\",\"%s\"\r\n", process->szExeFile, process->th32ProcessID, what);
        else print(L"\r\nImage Name:   %s\r\nPID:          %u\r\n%s     %s\r\n", process->szExeFile, process->th32ProcessID, modules ? L"Modules: " : L"Services:", what);
    } else if (form == TABLE) {
        print(L"%-25.25s %8u %-16s %11u %12s", process->szExeFile, process->th32ProcessID, session_name, session, memory);
        if (verbose) print(L" %-15s %-50s %12s %-72s", L"Running", user, time, L"N/A");
        print_text(L"\r\n");
    } else if (form == CSV) {
        print(L"\"%s\",\"%u\",\"%s\",\"%u\",\"%s\"", process->szExeFile, process->th32ProcessID, session_name, session, memory);
        if (verbose) print(L",\"Running\",\"%s\",\"%s\",\"N/A\"", user, time);
        print_text(L"\r\n");
    } else {
        print(L"\r\n%s:   %s\r\n%s:          %u\r\n%s: %s\r\n%s:     %u\r\n%s:    %s\r\n", heads[0], process->szExeFile, heads[1],
              process->th32ProcessID, heads[2], session_name, heads[3], session, heads[4], memory);
        if (verbose) print(L"Status:       Running\r\nUser Name:    %s\r\nCPU Time:     %s\r\nWindow Title: N/A\r\n", user, time);
    }
    memory_free(list);
}

static int invalid(const WCHAR *text)
{
    complain(L"ERROR: %s\r\nType \"TASKLIST /?\" for usage.\r\n", text);
    return 1;
}

int run(int argc, WCHAR **argv)
{
    PROCESSENTRY32W process = { .dwSize = sizeof(process) };
    HANDLE snapshot;
    bool any = false;

    if (asked_usage(argc, argv, usage)) return 0;
    for (int i = 1; i < argc; i++) {
        if (is_switch(argv[i], L"v")) verbose = true;
        else if (is_switch(argv[i], L"svc")) services = true;
        else if (is_switch(argv[i], L"nh")) no_header = true;
        else if (is_switch(argv[i], L"m")) {
            modules = true;
            if (i + 1 < argc && *argv[i + 1] != '/') module_wanted = argv[++i];
        } else if (is_switch(argv[i], L"fo") && i + 1 < argc) {
            i++;
            if (!_wcsicmp(argv[i], L"list")) form = LIST;
            else if (!_wcsicmp(argv[i], L"csv")) form = CSV;
            else if (_wcsicmp(argv[i], L"table")) return invalid(L"Invalid syntax. The format is not known.");
        } else if (is_switch(argv[i], L"fi") && i + 1 < argc && filter_count < (int)ARRAYSIZE(filters)) {
            if (!parse_filter(argv[++i], &filters[filter_count++])) return invalid(L"The search filter cannot be recognized.");
        } else {
            complain(L"ERROR: Invalid argument/option - '%s'.\r\nType \"TASKLIST /?\" for usage.\r\n", argv[i]);
            return 1;
        }
    }
    snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    if (snapshot == INVALID_HANDLE_VALUE) {
        complain_error(GetLastError());
        return 1;
    }
    for (BOOL more = Process32FirstW(snapshot, &process); more; more = Process32NextW(snapshot, &process)) {
        PROCESS_MEMORY_COUNTERS counters = { .cb = sizeof(counters) };
        HANDLE handle = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, process.th32ProcessID);
        DWORD session = 0;
        if (handle) K32GetProcessMemoryInfo(handle, &counters, sizeof(counters));
        ProcessIdToSessionId(process.th32ProcessID, &session);
        SIZE_T kilobytes = counters.WorkingSetSize / 1024;
        if (passes(&process, kilobytes, session)) {
            if (!any) head();
            any = true;
            row(&process, kilobytes, session, handle);
        }
        if (handle) CloseHandle(handle);
    }
    CloseHandle(snapshot);
    if (!any) print_text(L"INFO: No tasks are running which match the specified criteria.\r\n");
    return 0;
}

/* taskkill.exe: ends processes. */
#include "tool.h"
#include <tlhelp32.h>

static const WCHAR usage[] =
    L"\r\nTASKKILL [/FI \"PID eq n\" | \"IMAGENAME eq name\"] [/PID processid | /IM imagename] [/T] [/F]\r\n\r\n"
    L"Ends processes.\r\n\r\n"
    L"    /FI   filter     Only those that match.\r\n"
    L"    /PID  processid  By number.\r\n"
    L"    /IM   imagename  By the name of the program, * allowed.\r\n"
    L"    /T               With the processes they started.\r\n"
    L"    /F               By force.\r\n"
    L"    /?               Shows this.\r\n\r\n"
    L"The exit code is 128 when there is no such process, 1 when one could not be ended.\r\n";

struct process {
    DWORD id, parent;
    WCHAR name[MAX_PATH];
    bool chosen, done;
};

static struct process *list;
static size_t count;
static bool force, tree;
static int result;

static void read_processes(void)
{
    PROCESSENTRY32W entry = { .dwSize = sizeof(entry) };
    HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);

    if (snapshot == INVALID_HANDLE_VALUE) return;
    for (BOOL more = Process32FirstW(snapshot, &entry); more; more = Process32NextW(snapshot, &entry)) {
        list = memory_resize(list, (count + 1) * sizeof(*list));
        list[count] = (struct process){ .id = entry.th32ProcessID, .parent = entry.th32ParentProcessID };
        wcscpy(list[count].name, entry.szExeFile);
        count++;
    }
    CloseHandle(snapshot);
}

/* `by_name`: how it was asked for. */
static void end(struct process *process, bool by_name, DWORD parent)
{
    HANDLE handle;

    if (process->done) return;
    process->done = true;
    if (tree)
        for (size_t i = 0; i < count; i++)
            if (list[i].parent == process->id && list[i].id != process->id) end(&list[i], by_name, process->id);
    if (!force) {
        /* Without force a program is asked through its windows; one without any cannot be asked. */
        complain(L"ERROR: The process %s%s%swith PID %u could not be terminated.\r\n"
                 L"Reason: This process can only be terminated forcefully (with /F option).\r\n",
                 by_name ? L"\"" : L"", by_name ? process->name : L"", by_name ? L"\" " : L"", process->id);
        result = 1;
        return;
    }
    handle = OpenProcess(PROCESS_TERMINATE, FALSE, process->id);
    if (!handle || !TerminateProcess(handle, 1)) {
        WCHAR *text = error_text(GetLastError());
        complain(L"ERROR: The process with PID %u could not be terminated.\r\nReason: %s", process->id, text);
        memory_free(text);
        result = 1;
    } else if (tree) {
        print(L"SUCCESS: The process with PID %u (child process of PID %u) has been terminated.\r\n", process->id, parent ? parent : process->parent);
    } else if (by_name) {
        print(L"SUCCESS: The process \"%s\" with PID %u has been terminated.\r\n", process->name, process->id);
    } else {
        print(L"SUCCESS: The process with PID %u has been terminated.\r\n", process->id);
    }
    if (handle) CloseHandle(handle);
}

static bool filtered(const struct process *process, const WCHAR *filter)
{
    WCHAR field[16] = { 0 }, sign[4] = { 0 };
    size_t length = wcscspn(filter, L" ");

    if (length > 15) return false;
    memcpy(field, filter, length * sizeof(WCHAR));
    filter += length;
    while (*filter == ' ') filter++;
    length = wcscspn(filter, L" ");
    if (length > 3) return false;
    memcpy(sign, filter, length * sizeof(WCHAR));
    filter += length;
    while (*filter == ' ') filter++;
    bool holds = !_wcsicmp(field, L"pid") ? process->id == wcstoul(filter, NULL, 10) : !_wcsicmp(field, L"imagename") && match_wildcard(filter, process->name);
    return !_wcsicmp(sign, L"ne") ? !holds : holds;
}

int run(int argc, WCHAR **argv)
{
    const WCHAR *filter = NULL;
    bool asked = false;

    if (asked_usage(argc, argv, usage)) return 0;
    read_processes();
    for (int i = 1; i < argc; i++) {
        if (is_switch(argv[i], L"f")) force = true;
        else if (is_switch(argv[i], L"t")) tree = true;
        else if (is_switch(argv[i], L"fi") && i + 1 < argc) filter = argv[++i];
        else if ((is_switch(argv[i], L"pid") || is_switch(argv[i], L"im")) && i + 1 < argc) {
            asked = true;
            i++;
        } else {
            complain(L"ERROR: Invalid argument/option - '%s'.\r\nType \"TASKKILL /?\" for usage.\r\n", argv[i]);
            return 1;
        }
    }
    if (!asked && !filter) {
        complain(L"ERROR: Invalid syntax. Neither /FI nor /PID nor /IM were specified.\r\nType \"TASKKILL /?\" for usage.\r\n");
        return 1;
    }
    for (int i = 1; i < argc; i++) {
        bool by_name = is_switch(argv[i], L"im"), any = false;
        if (!by_name && !is_switch(argv[i], L"pid")) continue;
        const WCHAR *value = argv[++i];
        for (size_t k = 0; k < count; k++) {
            struct process *process = &list[k];
            if (by_name ? !match_wildcard(value, process->name) : process->id != wcstoul(value, NULL, 10)) continue;
            if (filter && !filtered(process, filter)) continue;
            if (by_name && process->id == GetCurrentProcessId()) continue;
            any = true;
            end(process, by_name, 0);
        }
        if (!any) {
            complain(L"ERROR: The process \"%s\" not found.\r\n", value);
            if (!result) result = 128;
        }
    }
    if (!asked) {
        bool any = false;
        for (size_t k = 0; k < count; k++)
            if (filtered(&list[k], filter) && list[k].id != GetCurrentProcessId()) {
                any = true;
                end(&list[k], true, 0);
            }
        if (!any) print_text(L"INFO: No tasks running with the specified criteria.\r\n");
    }
    return result;
}

/* Processes: creation, exit codes, inheritance, duplication, names, termination, jobs. The program is its own child. */
#include "tap.h"

static char self[MAX_PATH];

static HANDLE start(const char *arguments, BOOL inherit, DWORD flags, DWORD *id, HANDLE *first_thread)
{
    STARTUPINFOA startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION info;
    char line[1024];

    tap_format(line, sizeof(line), "\"%s\" %s", self, arguments);
    if (!CreateProcessA(NULL, line, NULL, NULL, inherit, flags, NULL, NULL, &startup, &info)) {
        ok(0, "CreateProcess %s: %lu", line, GetLastError());
        return NULL;
    }
    if (id) *id = info.dwProcessId;
    if (first_thread) *first_thread = info.hThread;
    else CloseHandle(info.hThread);
    return info.hProcess;
}

static DWORD finish(HANDLE process)
{
    DWORD code = 0xdead;

    ok(WaitForSingleObject(process, 30000) == WAIT_OBJECT_0, "child ends");
    ok(GetExitCodeProcess(process, &code), "exit code: %lu", GetLastError());
    CloseHandle(process);
    return code;
}

static void test_exit_codes(void)
{
    HANDLE process, again;
    DWORD id, code;

    ok(finish(start("exit 0", FALSE, 0, NULL, NULL)) == 0, "exit 0");
    ok(finish(start("exit 1234567", FALSE, 0, NULL, NULL)) == 1234567, "exit 1234567");
    ok(finish(start("exit 259", FALSE, 0, NULL, NULL)) == 259, "exit STILL_ACTIVE");
    process = start("sleep", FALSE, 0, &id, NULL);
    ok(GetExitCodeProcess(process, &code) && code == STILL_ACTIVE, "runs: %lu", code);
    ok(GetProcessId(process) == id, "id");
    ok(WaitForSingleObject(process, 0) == WAIT_TIMEOUT, "runs");
    again = OpenProcess(PROCESS_TERMINATE | SYNCHRONIZE, FALSE, id);
    ok(again != NULL, "open: %lu", GetLastError());
    ok(!GetExitCodeProcess(again, &code) && GetLastError() == ERROR_ACCESS_DENIED, "no right to query");
    ok(TerminateProcess(again, 77), "terminate: %lu", GetLastError());
    CloseHandle(again);
    ok(finish(process) == 77, "terminated");
    ok(!OpenProcess(SYNCHRONIZE, FALSE, 3 * 4 + 0x3ffff000) && GetLastError() == ERROR_INVALID_PARAMETER, "no such process");
}

static void test_inheritance(void)
{
    SECURITY_ATTRIBUTES inherit = { sizeof(inherit), NULL, TRUE };
    HANDLE event = CreateEventA(&inherit, TRUE, FALSE, NULL), private_event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE read, write;
    char arguments[64], text[16] = "";
    DWORD size;

    tap_format(arguments, sizeof(arguments), "set %lu", (unsigned long)(ULONG_PTR)event);
    ok(finish(start(arguments, TRUE, 0, NULL, NULL)) == 0, "child sets an inherited event");
    ok(WaitForSingleObject(event, 0) == WAIT_OBJECT_0, "it is set");
    tap_format(arguments, sizeof(arguments), "set %lu", (unsigned long)(ULONG_PTR)private_event);
    ok(finish(start(arguments, TRUE, 0, NULL, NULL)) != 0, "not inheritable");
    tap_format(arguments, sizeof(arguments), "set %lu", (unsigned long)(ULONG_PTR)event);
    ok(finish(start(arguments, FALSE, 0, NULL, NULL)) != 0, "nothing inherited");
    ok(CreatePipe(&read, &write, &inherit, 0), "pipe");
    tap_format(arguments, sizeof(arguments), "write %lu", (unsigned long)(ULONG_PTR)write);
    HANDLE process = start(arguments, TRUE, 0, NULL, NULL);
    CloseHandle(write);
    ok(ReadFile(read, text, sizeof(text), &size, NULL) && size == 5 && !lstrcmpA(text, "hello"), "through a pipe: %s", text);
    ok(finish(process) == 0, "writer");
    ok(!ReadFile(read, text, sizeof(text), &size, NULL) && GetLastError() == ERROR_BROKEN_PIPE, "end of pipe");
    CloseHandle(read);
    CloseHandle(event);
    CloseHandle(private_event);
}

static void test_names(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, "Local\\ferry-test-event");
    HANDLE mutex = CreateMutexA(NULL, FALSE, "ferry-test-mutex"), other;

    ok(event && mutex, "create");
    other = CreateMutexA(NULL, FALSE, "Local\\ferry-test-mutex");
    ok(other && GetLastError() == ERROR_ALREADY_EXISTS, "exists: %lu", GetLastError());
    CloseHandle(other);
    ok(!CreateSemaphoreA(NULL, 0, 1, "ferry-test-mutex") && GetLastError() == ERROR_INVALID_HANDLE, "another type");
    ok(!OpenEventA(SYNCHRONIZE, FALSE, "ferry-test-none") && GetLastError() == ERROR_FILE_NOT_FOUND, "none");
    ok(!OpenEventA(SYNCHRONIZE, FALSE, "FERRY-TEST-EVENT") && GetLastError() == ERROR_FILE_NOT_FOUND, "case counts");
    HANDLE process = start("named", FALSE, 0, NULL, NULL);
    ok(WaitForSingleObject(event, 30000) == WAIT_OBJECT_0, "child sets it");
    ok(finish(process) == 0, "child");
    ok(WaitForSingleObject(mutex, 0) == WAIT_ABANDONED, "child ended owning it");
    CloseHandle(mutex);
    CloseHandle(event);
    ok(!OpenEventA(SYNCHRONIZE, FALSE, "ferry-test-event"), "the name goes with the last handle");
}

static void test_duplication(void)
{
    HANDLE process = start("wait", FALSE, 0, NULL, NULL), event = CreateEventA(NULL, TRUE, FALSE, NULL), remote, back;
    HANDLE told = CreateEventA(NULL, FALSE, FALSE, "ferry-test-told");

    ok(DuplicateHandle(GetCurrentProcess(), event, process, &remote, 0, FALSE, DUPLICATE_SAME_ACCESS), "into the child: %lu",
       GetLastError());
    ok(DuplicateHandle(process, remote, GetCurrentProcess(), &back, SYNCHRONIZE, FALSE, 0), "and back: %lu", GetLastError());
    SetEvent(event);
    ok(WaitForSingleObject(back, 0) == WAIT_OBJECT_0, "the same event");
    ok(!SetEvent(back) && GetLastError() == ERROR_ACCESS_DENIED, "with less access");
    /* Without a target process, as DuplicateHandle's reference allows; Wine 8 denies it. */
    ok(DuplicateHandle(process, remote, NULL, NULL, 0, FALSE, DUPLICATE_CLOSE_SOURCE), "closed there: %lu", GetLastError());
    ok(!DuplicateHandle(process, remote, GetCurrentProcess(), &back, 0, FALSE, DUPLICATE_SAME_ACCESS) &&
           GetLastError() == ERROR_INVALID_HANDLE, "closed");
    TerminateProcess(process, 5);
    ok(finish(process) == 5, "terminated");
    CloseHandle(told);
    CloseHandle(event);
}

static void test_suspended(void)
{
    HANDLE thread, process = start("exit 3", FALSE, CREATE_SUSPENDED, NULL, &thread);

    ok(WaitForSingleObject(process, 50) == WAIT_TIMEOUT, "does not run");
    ok(SuspendThread(thread) == 1, "suspended once more");
    ok(ResumeThread(thread) == 2 && ResumeThread(thread) == 1, "resumed");
    ok(finish(process) == 3, "ran");
    ok(WaitForSingleObject(thread, 0) == WAIT_OBJECT_0, "thread ended");
    CloseHandle(thread);
    process = start("exit 3", FALSE, CREATE_SUSPENDED, NULL, &thread);
    TerminateProcess(process, 9);
    ok(finish(process) == 9, "never ran");
    CloseHandle(thread);
}

static void test_jobs(void)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = { 0 };
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION accounting;
    HANDLE job = CreateJobObjectA(NULL, NULL), process = start("sleep", FALSE, CREATE_SUSPENDED, NULL, NULL);
    BOOL member = TRUE;

    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    ok(SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits)), "limits: %lu", GetLastError());
    ok(IsProcessInJob(process, job, &member) && !member, "not yet");
    ok(AssignProcessToJobObject(job, process), "assign: %lu", GetLastError());
    ok(IsProcessInJob(process, job, &member) && member, "member");
    ok(QueryInformationJobObject(job, JobObjectBasicAccountingInformation, &accounting, sizeof(accounting), NULL) &&
           accounting.ActiveProcesses == 1 && accounting.TotalProcesses == 1, "accounting");
    CloseHandle(job);
    ok(WaitForSingleObject(process, 30000) == WAIT_OBJECT_0, "killed on close");
    CloseHandle(process);
}

static void child(void)
{
    DWORD written;

    if (!lstrcmpA(tap_argv[1], "exit")) {
        DWORD code = 0;
        for (const char *at = tap_argv[2]; *at; at++) code = code * 10 + (DWORD)(*at - '0');
        ExitProcess(code);
    }
    ULONG_PTR value = 0;
    for (const char *at = tap_argc > 2 ? tap_argv[2] : ""; *at; at++) value = value * 10 + (ULONG_PTR)(*at - '0');
    if (!lstrcmpA(tap_argv[1], "set")) ExitProcess(SetEvent((HANDLE)value) ? 0 : GetLastError());
    if (!lstrcmpA(tap_argv[1], "write")) ExitProcess(WriteFile((HANDLE)value, "hello", 5, &written, NULL) ? 0 : GetLastError());
    if (!lstrcmpA(tap_argv[1], "named")) {
        HANDLE mutex = OpenMutexA(MUTEX_ALL_ACCESS, FALSE, "ferry-test-mutex");
        HANDLE event = OpenEventA(EVENT_MODIFY_STATE, FALSE, "ferry-test-event");
        if (WaitForSingleObject(mutex, 0) != WAIT_OBJECT_0) ExitProcess(1);
        ExitProcess(!SetEvent(event));
    }
    Sleep(INFINITE);
}

START_TESTS
{
    if (tap_argc > 1) child();
    GetModuleFileNameA(NULL, self, sizeof(self));
    test_exit_codes();
    test_suspended();
    test_inheritance();
    test_names();
    test_duplication();
    test_jobs();
}

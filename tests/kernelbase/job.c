/* Jobs: nesting, messages to a completion port, limits, accounting, lists, breaking away. The program is its own child. */
#include "tap.h"

static char self[MAX_PATH];

static HANDLE start(const char *arguments, DWORD flags, DWORD *id)
{
    STARTUPINFOA startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION info;
    char line[1024];

    tap_format(line, sizeof(line), "\"%s\" %s", self, arguments);
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, flags, NULL, NULL, &startup, &info)) return NULL;
    CloseHandle(info.hThread);
    if (id) *id = info.dwProcessId;
    return info.hProcess;
}

static DWORD finish(HANDLE process)
{
    DWORD code = 0xdead;

    ok(WaitForSingleObject(process, 30000) == WAIT_OBJECT_0, "child ends");
    GetExitCodeProcess(process, &code);
    CloseHandle(process);
    return code;
}

/* The next packet: its message and process, as message * 1000000 + id. */
static BOOL expect(HANDLE port, DWORD message, DWORD id)
{
    OVERLAPPED *value = NULL;
    ULONG_PTR key = 0;
    DWORD got = 0;

    if (!GetQueuedCompletionStatus(port, &got, &key, &value, 20000)) return FALSE;
    if (got != message || (id && (DWORD)(ULONG_PTR)value != id) || key != 0x1234)
        note("message %lu of %lu, wanted %lu of %lu", got, (DWORD)(ULONG_PTR)value, message, id);
    return got == message && (!id || (DWORD)(ULONG_PTR)value == id) && key == 0x1234;
}

static void test_messages(void)
{
    HANDLE job = CreateJobObjectA(NULL, NULL), port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), process;
    JOBOBJECT_ASSOCIATE_COMPLETION_PORT associate = { (void *)0x1234, port };
    DWORD id;

    ok(SetInformationJobObject(job, JobObjectAssociateCompletionPortInformation, &associate, sizeof(associate)), "associate: %lu", GetLastError());
    process = start("sleep", CREATE_SUSPENDED, &id);
    ok(AssignProcessToJobObject(job, process), "assign: %lu", GetLastError());
    ok(expect(port, JOB_OBJECT_MSG_NEW_PROCESS, id), "new");
    TerminateProcess(process, 5);
    ok(expect(port, JOB_OBJECT_MSG_EXIT_PROCESS, id), "exit");
    ok(expect(port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, 0), "none left");
    finish(process);
    process = start("sleep", CREATE_SUSPENDED, &id);
    AssignProcessToJobObject(job, process);
    ok(expect(port, JOB_OBJECT_MSG_NEW_PROCESS, id), "new again");
    TerminateProcess(process, STATUS_ACCESS_VIOLATION);
    ok(expect(port, JOB_OBJECT_MSG_ABNORMAL_EXIT_PROCESS, id), "abnormal exit");
    ok(expect(port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, 0), "none left again");
    finish(process);
    CloseHandle(job);
    CloseHandle(port);
}

static void test_nested(void)
{
    HANDLE outer = CreateJobObjectA(NULL, NULL), inner = CreateJobObjectA(NULL, NULL), other = CreateJobObjectA(NULL, NULL);
    HANDLE first = start("sleep", 0, NULL), second = start("sleep", 0, NULL);
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = { { { { 0 } } } };
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION accounting;
    BOOL member;

    ok(AssignProcessToJobObject(outer, first) && AssignProcessToJobObject(outer, second), "outer");
    ok(AssignProcessToJobObject(inner, first), "inner: %lu", GetLastError());
    ok(IsProcessInJob(first, outer, &member) && member, "still in the outer one");
    ok(IsProcessInJob(first, inner, &member) && member, "and in the inner one");
    ok(IsProcessInJob(second, inner, &member) && !member, "the other is not");
    ok(IsProcessInJob(second, NULL, &member) && member, "in some job");
    ok(AssignProcessToJobObject(inner, second), "into the inner one, too: %lu", GetLastError());
    HANDLE third = start("sleep", 0, NULL);
    ok(AssignProcessToJobObject(other, third), "another tree");
    BOOL moved = AssignProcessToJobObject(other, first);
    ok(!moved && GetLastError() == ERROR_ACCESS_DENIED, "cannot be in both: %lu", GetLastError());
    TerminateProcess(third, 0);
    finish(third);
    ok(QueryInformationJobObject(outer, JobObjectBasicAccountingInformation, &accounting, sizeof(accounting), NULL) &&
       accounting.ActiveProcesses == 2 && accounting.TotalProcesses == 2, "counts: %lu", accounting.ActiveProcesses);
    ok(TerminateJobObject(inner, 44), "terminate");
    ok(finish(first) == 44 && finish(second) == 44, "both");
    /* what closes the outer job ends the inner one's processes */
    first = start("sleep", 0, NULL);
    CloseHandle(inner);
    inner = CreateJobObjectA(NULL, NULL);
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    SetInformationJobObject(outer, JobObjectExtendedLimitInformation, &limits, sizeof(limits));
    ok(AssignProcessToJobObject(outer, first), "again: %lu", GetLastError());
    ok(AssignProcessToJobObject(inner, first), "and the inner one: %lu", GetLastError());
    CloseHandle(outer);
    ok(finish(first) == 0, "ended with the outer job");
    CloseHandle(inner);
    CloseHandle(other);
}

static void test_limits(void)
{
    HANDLE job = CreateJobObjectA(NULL, NULL), process, second;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = { { { { 0 } } } }, back;
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION accounting;
    DWORD_PTR mask, system;

    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_ACTIVE_PROCESS | JOB_OBJECT_LIMIT_AFFINITY | JOB_OBJECT_LIMIT_PRIORITY_CLASS;
    limits.BasicLimitInformation.ActiveProcessLimit = 1;
    limits.BasicLimitInformation.Affinity = 1;
    limits.BasicLimitInformation.PriorityClass = IDLE_PRIORITY_CLASS;
    ok(SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits)), "set: %lu", GetLastError());
    ok(QueryInformationJobObject(job, JobObjectExtendedLimitInformation, &back, sizeof(back), NULL) &&
       back.BasicLimitInformation.LimitFlags == limits.BasicLimitInformation.LimitFlags &&
       back.BasicLimitInformation.PriorityClass == IDLE_PRIORITY_CLASS && back.BasicLimitInformation.Affinity == 1, "back");
    process = start("sleep", 0, NULL);
    ok(AssignProcessToJobObject(job, process), "one: %lu", GetLastError());
    ok(GetProcessAffinityMask(process, &mask, &system) && mask == 1, "affinity: %llx", (ULONGLONG)mask);
    ok(GetPriorityClass(process) == IDLE_PRIORITY_CLASS, "priority: %lx", GetPriorityClass(process));
    second = start("sleep", CREATE_SUSPENDED, NULL);
    ok(!AssignProcessToJobObject(job, second) && GetLastError() == ERROR_NOT_ENOUGH_QUOTA, "one too many: %lu", GetLastError());
    ok(finish(second) == ERROR_NOT_ENOUGH_QUOTA, "which ends");
    TerminateJobObject(job, 9);
    finish(process);
    CloseHandle(job);

    job = CreateJobObjectA(NULL, NULL);
    SecureZeroMemory(&limits, sizeof(limits));
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_PROCESS_TIME;
    limits.BasicLimitInformation.PerProcessUserTimeLimit.QuadPart = 300000; /* 30 ms */
    SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits));
    process = start("spin", 0, NULL);
    AssignProcessToJobObject(job, process);
    ok(finish(process) == ERROR_NOT_ENOUGH_QUOTA, "used up its time");
    process = start("work", CREATE_SUSPENDED, NULL);
    limits.BasicLimitInformation.LimitFlags = 0;
    SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits));
    ok(AssignProcessToJobObject(job, process), "no limit any more");
    TerminateProcess(process, 0);
    finish(process);
    ok(QueryInformationJobObject(job, JobObjectBasicAccountingInformation, &accounting, sizeof(accounting), NULL) &&
       accounting.TotalProcesses == 2 && accounting.ActiveProcesses == 0 && accounting.TotalTerminatedProcesses >= 1, "accounting");
    CloseHandle(job);
}

static void test_memory_limit(void)
{
    HANDLE job = CreateJobObjectA(NULL, NULL), process;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = { { { { 0 } } } };

    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_PROCESS_MEMORY;
    limits.ProcessMemoryLimit = 256 << 20;
    ok(SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits)), "set");
    process = start("commit", CREATE_SUSPENDED, NULL);
    ok(AssignProcessToJobObject(job, process), "assign: %lu", GetLastError());
    TerminateProcess(process, 0);
    finish(process);
    /* a child that is in it from the start */
    process = start("commit-in-job", 0, NULL);
    ok(finish(process) == 17, "a commit beyond the limit fails, one below does not");
    CloseHandle(job);
}

static void test_breakaway(void)
{
    HANDLE job = CreateJobObjectA(NULL, NULL), process = start("breakaway 0", CREATE_SUSPENDED, NULL);
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = { { { { 0 } } } };
    HANDLE thread;

    ok(AssignProcessToJobObject(job, process), "assign");
    thread = OpenThread(THREAD_SUSPEND_RESUME, FALSE, 0);
    ok(!thread, "no thread 0");
    TerminateProcess(process, 0);
    finish(process);
    ok(AssignProcessToJobObject(job, GetCurrentProcess()), "ourselves: %lu", GetLastError());
    process = start("exit", CREATE_BREAKAWAY_FROM_JOB, NULL);
    DWORD error = GetLastError();
    ok(!process && error == ERROR_ACCESS_DENIED, "may not break away: %lu", error);
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_BREAKAWAY_OK;
    ok(SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits)), "now it may");
    BOOL member = TRUE;
    process = start("sleep", CREATE_BREAKAWAY_FROM_JOB, NULL);
    ok(process && IsProcessInJob(process, job, &member) && !member, "broke away: %lu", GetLastError());
    TerminateProcess(process, 0);
    finish(process);
    process = start("sleep", 0, NULL);
    ok(IsProcessInJob(process, job, &member) && member, "a child stays");
    TerminateProcess(process, 0);
    finish(process);
    CloseHandle(job);
}

static void be_child(void)
{
    if (!lstrcmpA(tap_argv[1], "spin"))
        for (ULONGLONG end = GetTickCount64() + 30000; GetTickCount64() < end;) {}
    if (!lstrcmpA(tap_argv[1], "exit")) ExitProcess(0);
    if (!lstrcmpA(tap_argv[1], "commit-in-job")) {
        HANDLE job = CreateJobObjectA(NULL, NULL);
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = { { { { 0 } } } };
        limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_PROCESS_MEMORY;
        limits.ProcessMemoryLimit = 256 << 20;
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits));
        AssignProcessToJobObject(job, GetCurrentProcess());
        void *small = VirtualAlloc(NULL, 64 << 20, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        void *large = VirtualAlloc(NULL, 1024 << 20, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        DWORD error = GetLastError();
        ExitProcess(small && !large && (error == ERROR_COMMITMENT_LIMIT || error == ERROR_NOT_ENOUGH_MEMORY) ? 17 : 18);
    }
    Sleep(30000);
    ExitProcess(99);
}

START_TESTS
{
    if (tap_argc > 1) be_child();
    GetModuleFileNameA(NULL, self, sizeof(self));
    test_messages();
    test_nested();
    test_limits();
    test_memory_limit();
    test_breakaway();
}

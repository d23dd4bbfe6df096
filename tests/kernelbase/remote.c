/* What a process does inside another: memory, threads, contexts, APCs, sections, handles. The program is its own child. */
#include "tap.h"

#ifdef _WIN64
#define NAME(text) "ferry-remote-" text "-64"
#else /* which may run at the same time */
#define NAME(text) "ferry-remote-" text "-32"
#endif

static char self[MAX_PATH];

struct child {
    HANDLE process, thread;
    DWORD process_id, thread_id;
};

static BOOL start(struct child *child, const char *arguments, DWORD flags)
{
    STARTUPINFOA startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION info;
    char line[1024];

    tap_format(line, sizeof(line), "\"%s\" %s", self, arguments);
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, flags, NULL, NULL, &startup, &info)) {
        ok(0, "CreateProcess: %lu", GetLastError());
        return FALSE;
    }
    *child = (struct child){ info.hProcess, info.hThread, info.dwProcessId, info.dwThreadId };
    return TRUE;
}

/* One that has started and sleeps. */
static BOOL start_idle(struct child *child)
{
    HANDLE ready = CreateEventA(NULL, TRUE, FALSE, NAME("ready"));
    BOOL started = start(child, "sleep", 0);

    if (started) ok(WaitForSingleObject(ready, 20000) == WAIT_OBJECT_0, "sleeps");
    CloseHandle(ready);
    return started;
}

static DWORD finish(struct child *child)
{
    DWORD code = 0xdead;

    ok(WaitForSingleObject(child->process, 30000) == WAIT_OBJECT_0, "child ends");
    GetExitCodeProcess(child->process, &code);
    CloseHandle(child->process);
    CloseHandle(child->thread);
    return code;
}

static void test_memory(void)
{
    MEMORY_BASIC_INFORMATION info;
    char text[] = "written from outside", back[sizeof(text)] = "";
    struct child child;
    char *memory;
    SIZE_T done;
    DWORD old;

    if (!start_idle(&child)) return;
    memory = VirtualAllocEx(child.process, NULL, 0x12345, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    ok(memory && !((ULONG_PTR)memory & 0xffff), "VirtualAllocEx: %lu", GetLastError());
    ok(VirtualQueryEx(child.process, memory + 0x3000, &info, sizeof(info)) == sizeof(info), "VirtualQueryEx: %lu", GetLastError());
    ok(info.BaseAddress == memory + 0x3000 && info.AllocationBase == memory && info.RegionSize == 0x10000 &&
       info.State == MEM_COMMIT && info.Protect == PAGE_READWRITE && info.Type == MEM_PRIVATE,
       "region: %p of %p, %llx, %lx", info.BaseAddress, info.AllocationBase, (ULONGLONG)info.RegionSize, info.State);
    ok(WriteProcessMemory(child.process, memory, text, sizeof(text), &done) && done == sizeof(text), "write: %lu", GetLastError());
    ok(ReadProcessMemory(child.process, memory, back, sizeof(back), &done) && !lstrcmpA(text, back), "read: %s", back);
    ok(VirtualProtectEx(child.process, memory, 0x1000, PAGE_READONLY, &old) && old == PAGE_READWRITE, "VirtualProtectEx: %lu", GetLastError());
    ok(VirtualQueryEx(child.process, memory, &info, sizeof(info)) && info.Protect == PAGE_READONLY && info.RegionSize == 0x1000, "protected");
    ok(!VirtualFreeEx(child.process, memory, 0x1000, MEM_RELEASE) && GetLastError() == ERROR_INVALID_PARAMETER, "wrong: %lu", GetLastError());
    ok(VirtualFreeEx(child.process, memory, 0, MEM_RELEASE), "VirtualFreeEx: %lu", GetLastError());
    ok(VirtualQueryEx(child.process, memory, &info, sizeof(info)) && info.State == MEM_FREE, "free");
    ok(!VirtualAllocEx(child.process, memory, 0, MEM_COMMIT, PAGE_READWRITE) && GetLastError() == ERROR_INVALID_PARAMETER, "no size: %lu", GetLastError());
    ok(!VirtualAllocEx((HANDLE)0x7ffc, NULL, 1, MEM_COMMIT, PAGE_READWRITE) && GetLastError() == ERROR_INVALID_HANDLE, "no process");
    HANDLE weak = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, child.process_id);
    ok(!VirtualAllocEx(weak, NULL, 1, MEM_COMMIT, PAGE_READWRITE) && GetLastError() == ERROR_ACCESS_DENIED, "no right: %lu", GetLastError());
    CloseHandle(weak);
    TerminateProcess(child.process, 0);
    WaitForSingleObject(child.process, INFINITE);
    ok(!VirtualAllocEx(child.process, NULL, 1, MEM_COMMIT, PAGE_READWRITE), "of a dead process");
    finish(&child);
}

static void test_section(void)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x20000, NULL);
    volatile LONG *here = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    struct child child;
    void *there = NULL;
    SIZE_T size = 0, done;
    LONG value = 0;
    NTSTATUS (WINAPI *map)(HANDLE, HANDLE, void **, ULONG_PTR, SIZE_T, LARGE_INTEGER *, SIZE_T *, ULONG, ULONG, ULONG) =
        (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtMapViewOfSection");
    NTSTATUS (WINAPI *unmap)(HANDLE, void *) = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtUnmapViewOfSection");

    if (!start_idle(&child)) return;
    NTSTATUS status = map(section, child.process, &there, 0, 0, NULL, &size, 2, 0, PAGE_READWRITE);
    ok(!status && there && size == 0x20000, "mapped there: %lx, %p", status, there);
    here[5] = 1234;
    ok(ReadProcessMemory(child.process, (LONG *)there + 5, &value, sizeof(value), &done) && value == 1234, "from here to there: %ld", value);
    value = 4321;
    ok(WriteProcessMemory(child.process, (LONG *)there + 6, &value, sizeof(value), &done) && here[6] == 4321, "and back: %ld", here[6]);
    ok(!unmap(child.process, there), "unmapped");
    ok(unmap(child.process, there) == STATUS_NOT_MAPPED_VIEW, "gone");
    UnmapViewOfFile((void *)here);
    CloseHandle(section);
    TerminateProcess(child.process, 0);
    finish(&child);
}

static void test_thread(void)
{
    FARPROC exit_thread = GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlExitUserThread");
    struct child child;
    DWORD id = 0, code;
    HANDLE thread;

    if (!start_idle(&child)) return;
    thread = CreateRemoteThread(child.process, NULL, 0, (LPTHREAD_START_ROUTINE)(void *)exit_thread, (void *)(ULONG_PTR)77, 0, &id);
    ok(thread != NULL && id, "CreateRemoteThread: %lu", GetLastError());
    ok(GetThreadId(thread) == id && GetProcessIdOfThread(thread) == child.process_id, "ids: %lu of %lu, %lu", GetThreadId(thread),
       GetProcessIdOfThread(thread), GetLastError());
    ok(WaitForSingleObject(thread, 20000) == WAIT_OBJECT_0 && GetExitCodeThread(thread, &code) && code == 77, "its code: %lu", code);
    CloseHandle(thread);
    /* suspended, looked at, changed, gone on */
    thread = CreateRemoteThread(child.process, NULL, 0, (LPTHREAD_START_ROUTINE)(void *)exit_thread, (void *)(ULONG_PTR)78,
                                CREATE_SUSPENDED, NULL);
    ok(WaitForSingleObject(thread, 50) == WAIT_TIMEOUT, "suspended");
    ok(SuspendThread(thread) == 1 && ResumeThread(thread) == 2, "counts");
#ifdef _WIN64
    CONTEXT context = { .ContextFlags = CONTEXT_FULL };
    ok(GetThreadContext(thread, &context), "GetThreadContext: %lu", GetLastError());
    ok(context.Rcx == (ULONG_PTR)exit_thread && context.Rdx == 78, "starts with routine and argument: %llx %llx", context.Rcx, context.Rdx);
    context.Rdx = 79;
    ok(SetThreadContext(thread, &context), "SetThreadContext: %lu", GetLastError());
#endif
    ok(ResumeThread(thread) == 1, "resumed");
    ok(WaitForSingleObject(thread, 20000) == WAIT_OBJECT_0 && GetExitCodeThread(thread, &code), "ends");
#ifdef _WIN64
    ok(code == 79, "with what was changed: %lu", code);
#endif
    CloseHandle(thread);
    thread = CreateRemoteThread(child.process, NULL, 0, (LPTHREAD_START_ROUTINE)(void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "Sleep"),
                                (void *)(ULONG_PTR)20000, 0, NULL);
    ok(thread && TerminateThread(thread, 5), "TerminateThread: %lu", GetLastError());
    ok(WaitForSingleObject(thread, 20000) == WAIT_OBJECT_0, "ends");
    ok(GetExitCodeThread(thread, &code) && code == 5, "code: %lu", code);
    CloseHandle(thread);
    TerminateProcess(child.process, 3);
    ok(finish(&child) == 3, "code");
}

static void test_suspended_start(void)
{
    struct child child;
    char *memory;

    if (!start(&child, "exit 12", CREATE_SUSPENDED)) return;
    ok(WaitForSingleObject(child.process, 100) == WAIT_TIMEOUT, "waits");
    memory = VirtualAllocEx(child.process, NULL, 100, MEM_COMMIT, PAGE_READWRITE);
    ok(memory != NULL, "memory before it ran: %lu", GetLastError());
#ifdef _WIN64
    CONTEXT context = { .ContextFlags = CONTEXT_FULL };
    IMAGE_DOS_HEADER *dos = (void *)GetModuleHandleA(NULL);
    IMAGE_NT_HEADERS *nt = (void *)((char *)dos + dos->e_lfanew);
    ok(GetThreadContext(child.thread, &context), "context: %lu", GetLastError());
    ok((DWORD)(context.Rcx & 0xffff) == (nt->OptionalHeader.AddressOfEntryPoint & 0xffff), "its entry point: %llx", context.Rcx);
#endif
    ok(ResumeThread(child.thread) == 1, "resume: %lu", GetLastError());
    ok(finish(&child) == 12, "ran");
    if (!start(&child, "exit 12", CREATE_SUSPENDED)) return;
    ok(TerminateProcess(child.process, 13) && finish(&child) == 13, "ended before it ran");
}

static void test_running(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NAME("apc"));
    HANDLE ready = CreateEventA(NULL, TRUE, FALSE, NAME("ready"));
    volatile LONG *counter;
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, NAME("counter"));
    struct child child;
    LONG before;
    CONTEXT context = { .ContextFlags = CONTEXT_CONTROL };

    counter = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    if (!start(&child, "count", 0)) return;
    ok(WaitForSingleObject(ready, 20000) == WAIT_OBJECT_0, "counts");
    ok(SuspendThread(child.thread) == 0, "suspend: %lu", GetLastError());
    ok(GetThreadContext(child.thread, &context), "registers: %lu", GetLastError());
    before = *counter;
    Sleep(60);
    ok(*counter == before, "stands still");
    ok(ResumeThread(child.thread) == 1, "resume");
    for (int i = 0; i < 2000 && *counter == before; i++) Sleep(5);
    ok(*counter != before, "goes on");
    TerminateProcess(child.process, 0);
    finish(&child);
    ResetEvent(ready);
    if (!start(&child, "alertable", 0)) return;
    ok(WaitForSingleObject(ready, 20000) == WAIT_OBJECT_0, "waits alertably");
    ok(QueueUserAPC((PAPCFUNC)(void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), "SetEvent"), child.thread, counter[1]),
       "QueueUserAPC: %lu", GetLastError());
    ok(WaitForSingleObject(event, 20000) == WAIT_OBJECT_0, "ran there");
    ok(finish(&child) == WAIT_IO_COMPLETION, "and ended the wait");
    UnmapViewOfFile((void *)counter);
    CloseHandle(section);
    CloseHandle(event);
    CloseHandle(ready);
}

static void test_take(void)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, NAME("counter"));
    HANDLE ready = CreateEventA(NULL, TRUE, FALSE, NAME("ready")), mine, theirs;
    volatile LONG *shared = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0), *view;
    struct child child;
    char text[32] = "";
    DWORD size;

    if (!start(&child, "own", 0)) return;
    ok(WaitForSingleObject(ready, 20000) == WAIT_OBJECT_0, "has its handles");
    theirs = (HANDLE)(ULONG_PTR)shared[0];
    ok(DuplicateHandle(child.process, theirs, GetCurrentProcess(), &mine, 0, FALSE, DUPLICATE_SAME_ACCESS), "a section: %lu", GetLastError());
    view = MapViewOfFile(mine, FILE_MAP_READ, 0, 0, 0);
    ok(view && view[3] == 333, "and what is in it");
    UnmapViewOfFile((void *)view);
    CloseHandle(mine);
    theirs = (HANDLE)(ULONG_PTR)shared[1];
    ok(DuplicateHandle(child.process, theirs, GetCurrentProcess(), &mine, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE),
       "a pipe: %lu", GetLastError());
    ok(ReadFile(mine, text, sizeof(text), &size, NULL) && size == 4 && text[0] == 'p', "reads: %lu", GetLastError());
    CloseHandle(mine);
    ok(!DuplicateHandle(child.process, theirs, GetCurrentProcess(), &mine, 0, FALSE, DUPLICATE_SAME_ACCESS), "closed there");
    TerminateProcess(child.process, 0);
    finish(&child);
    UnmapViewOfFile((void *)shared);
    CloseHandle(section);
    CloseHandle(ready);
}

static void be_child(void)
{
    HANDLE ready = OpenEventA(EVENT_ALL_ACCESS, FALSE, NAME("ready"));
    HANDLE event = OpenEventA(EVENT_ALL_ACCESS, FALSE, NAME("apc"));
    HANDLE section = OpenFileMappingA(FILE_MAP_WRITE, FALSE, NAME("counter"));
    volatile LONG *counter = section ? MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0) : NULL;

    if (!lstrcmpA(tap_argv[1], "exit")) ExitProcess(12);
    if (!lstrcmpA(tap_argv[1], "count")) {
        SetEvent(ready);
        for (ULONGLONG end = GetTickCount64() + 30000; GetTickCount64() < end;) ++*counter;
    }
    if (!lstrcmpA(tap_argv[1], "alertable")) {
        counter[1] = (LONG)(ULONG_PTR)event;
        SetEvent(ready);
        ExitProcess(SleepEx(30000, TRUE));
    }
    if (!lstrcmpA(tap_argv[1], "own")) {
        HANDLE mine = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, NULL), read, write;
        volatile LONG *view = MapViewOfFile(mine, FILE_MAP_WRITE, 0, 0, 0);
        DWORD size;
        view[3] = 333;
        CreatePipe(&read, &write, NULL, 0);
        WriteFile(write, "pipe", 4, &size, NULL);
        counter[0] = (LONG)(ULONG_PTR)mine;
        counter[1] = (LONG)(ULONG_PTR)read;
        SetEvent(ready);
    }
    SetEvent(ready);
    Sleep(30000);
    ExitProcess(99);
}

START_TESTS
{
    if (tap_argc > 1) be_child();
    GetModuleFileNameA(NULL, self, sizeof(self));
    test_memory();
    test_section();
    test_thread();
    test_suspended_start();
    test_running();
    test_take();
}

/* Threads that make system calls and take faults while they are suspended and looked at, over and over: no register may
 * be lost on the way, no segment be the wrong one. */
#include "tap.h"

#ifdef _WIN64
#define CALLS 300000
#else
#define CALLS 3000000 /* of each thread */
#endif
#define THREADS 3

static volatile LONG finished, faults, errors;
static HANDLE event;

static LONG NTAPI handle_fault(EXCEPTION_POINTERS *pointers)
{
    if (pointers->ExceptionRecord->ExceptionCode != EXCEPTION_ACCESS_VIOLATION) return EXCEPTION_CONTINUE_SEARCH;
    InterlockedIncrement(&faults);
#ifdef _WIN64
    pointers->ContextRecord->Rip += 3;
#else
    if (pointers->ContextRecord->SegFs != 0x53 || pointers->ContextRecord->SegCs != 0x23) InterlockedIncrement(&errors);
    pointers->ContextRecord->Eip += 2;
#endif
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* One system call, or one fault, with every register that must survive filled. Returns the number of wrong ones. */
static DWORD one(void *call, DWORD pattern, int fault)
{
    DWORD wrong = 0;
#ifndef _WIN64
    struct {
        DWORD pattern, esp, ebp, teb, ebx, esi, edi;
        void *call;
        HANDLE event;
    } state = { .pattern = pattern, .call = call, .event = event };

    __asm__ volatile("pushl %%ebp\n\t"
                     "movl %%eax, %%ebp\n\t" /* ebp: state, which has to survive too */
                     "movl (%%ebp), %%ebx\n\t"
                     "leal 1(%%ebx), %%esi\n\t"
                     "leal 2(%%ebx), %%edi\n\t"
                     "movl %%esp, 4(%%ebp)\n\t"
                     "testl %%ecx, %%ecx\n\t"
                     "jnz 1f\n\t"
                     "pushl $0\n\t"
                     "pushl 32(%%ebp)\n\t"
                     "call *28(%%ebp)\n\t"
                     "jmp 2f\n"
                     "1:\n\t"
                     "xorl %%eax, %%eax\n\t"
                     "movl (%%eax), %%eax\n"
                     "2:\n\t"
                     "subl %%esp, 4(%%ebp)\n\t"
                     "movl %%fs:0x18, %%eax\n\t"
                     "movl %%eax, 12(%%ebp)\n\t"
                     "movl %%ebx, 16(%%ebp)\n\t"
                     "movl %%esi, 20(%%ebp)\n\t"
                     "movl %%edi, 24(%%ebp)\n\t"
                     "movl %%ebp, %%eax\n\t"
                     "popl %%ebp\n\t"
                     : : "a"(&state), "c"(fault) : "ebx", "esi", "edi", "edx", "memory", "cc");
    wrong = (state.esp != 0) + (state.teb != (DWORD)(ULONG_PTR)NtCurrentTeb()) + (state.ebx != pattern) +
            (state.esi != pattern + 1) + (state.edi != pattern + 2);
#else
    NTSTATUS(NTAPI *set)(HANDLE, LONG *) = call;
    if (fault) __asm__ volatile("xorl %%eax, %%eax; movq (%%rax), %%rax" ::: "rax", "memory");
    else set(event, NULL);
#endif
    return wrong;
}

static DWORD WINAPI run(void *number)
{
    void *call = GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtSetEvent");
    DWORD pattern = (DWORD)(ULONG_PTR)number << 28;
    double sum = 0;

    for (int i = 0; i < CALLS; i++) {
        DWORD wrong = one(call, pattern + (DWORD)i * 4, i % 500 == 499);
        if (wrong) InterlockedExchangeAdd(&errors, (LONG)wrong);
        sum += 0.5; /* x87 state */
    }
    if (sum != CALLS * 0.5) InterlockedIncrement(&errors);
    InterlockedIncrement(&finished);
    return 0;
}

START_TESTS
{
    HANDLE threads[THREADS];
    void *handler = AddVectoredExceptionHandler(1, handle_fault);
    int suspensions = 0, seen = 0;

    event = CreateEventA(NULL, TRUE, FALSE, NULL);
    for (int i = 0; i < THREADS; i++) threads[i] = CreateThread(NULL, 0, run, (void *)(ULONG_PTR)(i + 1), 0, NULL);
    while (finished < THREADS) {
        for (int i = 0; i < THREADS && finished < THREADS; i++) {
            CONTEXT context = { .ContextFlags = CONTEXT_FULL };
            if (SuspendThread(threads[i]) == ~0u) continue;
            suspensions++;
            if (GetThreadContext(threads[i], &context)) {
                seen++;
#ifndef _WIN64
                if (context.SegCs != 0x23 || context.SegFs != 0x53 || context.SegDs != 0x2b || !context.Eip) errors++;
#endif
            }
            ResumeThread(threads[i]);
        }
        Sleep(1);
    }
    WaitForMultipleObjects(THREADS, threads, TRUE, 20000);
    ok(!errors, "%ld errors", errors);
    ok(faults == THREADS * (CALLS / 500), "%ld faults", faults);
    ok(suspensions && seen, "%d suspensions, %d contexts", suspensions, seen);
    note("%d calls, %ld faults, %d suspensions, %d contexts", THREADS * CALLS, faults, suspensions, seen);
    RemoveVectoredExceptionHandler(handler);
}

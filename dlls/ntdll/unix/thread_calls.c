/* System calls on threads and contexts. */
#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "apc.h"
#include "context.h"
#include "ferry/infos.h"
#include "ferry/syscall_table.h"
#include "handle.h"
#include "host.h"
#include "object.h"
#include "process.h"
#include "remote.h"
#include "threads.h"
#include "virtual.h"
#include "wait.h"

/* The thread behind `handle` with a reference; only threads of this process have one, STATUS_THREAD_IS_TERMINATING for
 * others. */
static NTSTATUS thread_from_handle(HANDLE handle, ACCESS_MASK access, struct thread **thread)
{
    uint32_t slot;
    NTSTATUS status;

    if (handle == NtCurrentThread()) {
        *thread = thread_self();
        atomic_fetch_add(&(*thread)->references, 1);
        return STATUS_SUCCESS;
    }
    status = handle_slot(handle, OBJECT_THREAD, access, &slot);
    if (status) return status;
    *thread = thread_find_slot(slot);
    return *thread ? STATUS_SUCCESS : STATUS_THREAD_IS_TERMINATING;
}

/* Prepares a call for the thread of another process that `handle` names; false if it has ended. */
static bool other_thread(HANDLE handle, struct remote_call *call)
{
    uint32_t slot;

    memset(call, 0, sizeof(*call));
    if (handle_slot(handle, OBJECT_THREAD, 0, &slot)) return false;
    call->process = thread_other_process(slot);
    call->request.arguments[0] = slot;
    return call->process != 0;
}

/* A Linux program has one thread, which cannot be stopped by itself: its count is kept for whoever asks. */
static NTSTATUS suspend_linux(uint32_t slot, bool suspend, ULONG *previous)
{
    atomic_uint *gate = &slot_at(slot)->thread.gate;
    unsigned count = atomic_load(gate);

    do {
        if (suspend && count == MAXIMUM_SUSPEND_COUNT) return STATUS_SUSPEND_COUNT_EXCEEDED;
        if (!suspend && !count) break;
    } while (!atomic_compare_exchange_weak(gate, &count, suspend ? count + 1 : count - 1));
    *previous = count;
    return STATUS_SUCCESS;
}

static NTSTATUS suspend_other(HANDLE handle, bool suspend, ULONG *previous)
{
    struct remote_call call;

    if (!other_thread(handle, &call)) return STATUS_THREAD_IS_TERMINATING;
    NTSTATUS status = remote_call(suspend ? REMOTE_SUSPEND : REMOTE_RESUME, &call);
    *previous = (ULONG)call.reply.results[0];
    if (status == STATUS_NOT_SUPPORTED) status = suspend_linux((uint32_t)call.request.arguments[0], suspend, previous);
    return status;
}

static NTSTATUS handle_of_slot(uint32_t slot, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, HANDLE *handle)
{
    if (!slot_reference(slot, slot_at(slot)->tag)) return STATUS_INVALID_CID;
    return handle_create(NULL, OBJECT_THREAD, slot, access, attributes ? attributes->Attributes : 0, handle);
}

static NTSTATUS thread_handle(struct thread *thread, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes,
                              HANDLE *handle)
{
    return handle_of_slot(thread->slot, access, attributes, handle);
}

/* A thread of another process, by its id. */
static NTSTATUS thread_open_other(uint32_t id, ACCESS_MASK access, const OBJECT_ATTRIBUTES *attributes, HANDLE *handle)
{
    uint32_t slot = SLOT_OF_ID(id);

    if (slot < ARENA_FIRST_SLOT || slot >= ARENA_SLOTS || SLOT_TAG_TYPE(slot_at(slot)->tag) != OBJECT_THREAD)
        return STATUS_INVALID_CID;
    return handle_of_slot(slot, access, attributes, handle);
}

/* What the caller asked to be told of the new thread. */
static void tell_attributes(PS_ATTRIBUTE_LIST *list, CLIENT_ID client, void *teb)
{
    SIZE_T count = list ? (list->TotalLength - sizeof(SIZE_T)) / sizeof(PS_ATTRIBUTE) : 0;

    for (SIZE_T i = 0; i < count; i++) {
        PS_ATTRIBUTE *attribute = &list->Attributes[i];
        SIZE_T size = 0;
        if (attribute->Attribute == PS_ATTRIBUTE_CLIENT_ID) {
            size = min(attribute->Size, sizeof(CLIENT_ID));
            memcpy(attribute->ValuePtr, &client, size);
        } else if (attribute->Attribute == PS_ATTRIBUTE_TEB_ADDRESS) {
            size = min(attribute->Size, sizeof(void *));
            memcpy(attribute->ValuePtr, &teb, size);
        }
        if (attribute->ReturnLength) *attribute->ReturnLength = size;
    }
}

static NTSTATUS create_in_other(uint32_t process, HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                                struct remote_call *call, PS_ATTRIBUTE_LIST *list)
{
    CLIENT_ID client = { .UniqueProcess = (HANDLE)(ULONG_PTR)ID_OF_SLOT(process) };

    call->process = process;
    NTSTATUS status = remote_call(REMOTE_CREATE_THREAD, call);
    if (status) return status;
    uint32_t slot = (uint32_t)call->reply.results[0];
    if (slot < ARENA_FIRST_SLOT || slot >= ARENA_SLOTS || slot_at(slot)->tag != (uint32_t)call->reply.results[1])
        return STATUS_UNSUCCESSFUL;
    client.UniqueThread = (HANDLE)(ULONG_PTR)ID_OF_SLOT(slot);
    status = handle_create(NULL, OBJECT_THREAD, slot, access, attributes ? attributes->Attributes : 0, handle);
    if (!status) tell_attributes(list, client, (void *)(uintptr_t)call->reply.results[2]);
    return status;
}

NTSTATUS sys_NtCreateThreadEx(HANDLE *ThreadHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes,
                              HANDLE ProcessHandle, void *StartRoutine, void *Argument, ULONG CreateFlags,
                              SIZE_T ZeroBits, SIZE_T StackSize, SIZE_T MaximumStackSize,
                              PS_ATTRIBUTE_LIST *AttributeList)
{
    struct thread *thread;
    HANDLE handle;
    NTSTATUS status;

    uint32_t process;

    *ThreadHandle = NULL;
    status = handle_slot(ProcessHandle, OBJECT_PROCESS, PROCESS_CREATE_THREAD, &process);
    if (status) return status;
    if (process != process_slot) {
        struct remote_call call = { .request.arguments = { (uintptr_t)StartRoutine, (uintptr_t)Argument, CreateFlags, StackSize,
                                                           MaximumStackSize } };
        return create_in_other(process, ThreadHandle, DesiredAccess, ObjectAttributes, &call, AttributeList);
    }
    status = thread_prepare(StartRoutine, Argument, CreateFlags, MaximumStackSize, StackSize, &thread);
    if (status) return status;
    status = thread_handle(thread, DesiredAccess, ObjectAttributes, &handle);
    if (status) {
        thread_discard(thread);
        return status;
    }
    tell_attributes(AttributeList, thread->teb->ClientId, thread->teb);
    *ThreadHandle = handle;
    status = thread_launch(thread);
    if (status) {
        *ThreadHandle = NULL;
        sys_NtClose(handle);
    }
    return status;
}

NTSTATUS sys_NtOpenThread(HANDLE *ThreadHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes,
                          CLIENT_ID *ClientId)
{
    uint32_t id = (uint32_t)(ULONG_PTR)ClientId->UniqueThread;
    struct thread *thread = thread_find_id(id);
    NTSTATUS status;

    if (!thread) return thread_open_other(id, DesiredAccess, ObjectAttributes, ThreadHandle);
    status = thread_handle(thread, DesiredAccess, ObjectAttributes, ThreadHandle);
    thread_release(thread);
    return status;
}

NTSTATUS sys_NtTerminateThread(HANDLE ThreadHandle, NTSTATUS ExitStatus)
{
    struct thread *thread, *self = thread_self();
    NTSTATUS status;

    if (!ThreadHandle) { /* the running thread, unless it is the last one */
        if (thread_total() == 1) return STATUS_CANT_TERMINATE_SELF;
        thread_exit(ExitStatus);
    }
    status = thread_from_handle(ThreadHandle, THREAD_TERMINATE, &thread);
    if (status == STATUS_THREAD_IS_TERMINATING) {
        struct remote_call call;
        if (!other_thread(ThreadHandle, &call)) return STATUS_SUCCESS;
        call.request.arguments[1] = (uint32_t)ExitStatus;
        status = remote_call(REMOTE_TERMINATE, &call);
        return status == STATUS_THREAD_IS_TERMINATING ? STATUS_SUCCESS : status;
    }
    if (status) return status;
    if (thread == self) {
        thread_release(thread);
        thread_exit(ExitStatus);
    }
    thread_request_end(thread, ExitStatus);
    thread_release(thread);
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtSuspendThread(HANDLE ThreadHandle, ULONG *PreviousSuspendCount)
{
    struct thread *thread;
    ULONG previous;
    NTSTATUS status = thread_from_handle(ThreadHandle, THREAD_SUSPEND_RESUME, &thread);

    if (status == STATUS_THREAD_IS_TERMINATING) {
        status = suspend_other(ThreadHandle, true, &previous);
    } else if (!status) {
        status = thread_suspend(thread, &previous);
        thread_release(thread);
    }
    if (!status && PreviousSuspendCount) *PreviousSuspendCount = previous;
    return status;
}

NTSTATUS sys_NtResumeThread(HANDLE ThreadHandle, ULONG *PreviousSuspendCount)
{
    struct thread *thread;
    ULONG previous;
    NTSTATUS status = thread_from_handle(ThreadHandle, THREAD_SUSPEND_RESUME, &thread);

    if (status == STATUS_THREAD_IS_TERMINATING) {
        status = suspend_other(ThreadHandle, false, &previous);
    } else if (!status) {
        status = thread_resume(thread, &previous);
        thread_release(thread);
    }
    if (!status && PreviousSuspendCount) *PreviousSuspendCount = previous;
    return status;
}

NTSTATUS sys_NtAlertResumeThread(HANDLE ThreadHandle, ULONG *PreviousSuspendCount)
{
    NTSTATUS status = sys_NtAlertThread(ThreadHandle);
    return status ? status : sys_NtResumeThread(ThreadHandle, PreviousSuspendCount);
}

NTSTATUS sys_NtGetContextThread(HANDLE ThreadHandle, CONTEXT *ThreadContext)
{
    CONTEXT context __attribute__((aligned(16))) = *ThreadContext;
    struct thread *thread;
    NTSTATUS status = thread_from_handle(ThreadHandle, THREAD_GET_CONTEXT, &thread);
    struct remote_call call;

    if (status == STATUS_THREAD_IS_TERMINATING && other_thread(ThreadHandle, &call)) {
        call.data = call.extra = &context;
        call.data_size = call.extra_room = sizeof(context);
        status = remote_call(REMOTE_GET_CONTEXT, &call);
        if (!status) *ThreadContext = context;
        return status;
    }
    if (status) return status;
    status = thread_get_context(thread, &context);
    thread_release(thread);
    if (!status) *ThreadContext = context;
    return status;
}

NTSTATUS sys_NtSetContextThread(HANDLE ThreadHandle, CONTEXT *ThreadContext)
{
    CONTEXT context __attribute__((aligned(16))) = *ThreadContext;
    struct thread *thread;
    NTSTATUS status = thread_from_handle(ThreadHandle, THREAD_SET_CONTEXT, &thread);
    struct remote_call call;

    if (status == STATUS_THREAD_IS_TERMINATING && other_thread(ThreadHandle, &call)) {
        call.data = &context;
        call.data_size = sizeof(context);
        return remote_call(REMOTE_SET_CONTEXT, &call);
    }
    if (status) return status;
    status = thread_set_context(thread, &context);
    thread_release(thread);
    return status;
}

NTSTATUS sys_NtContinue(CONTEXT *ContextRecord, BOOLEAN TestAlert)
{
    CONTEXT context __attribute__((aligned(16))) = *ContextRecord;
    struct thread *thread = thread_self();
    struct apc_call apc;

    atomic_store(&program_started, true); /* the first one is LdrInitializeThunk's */
    if (TestAlert && apc_take(thread, &apc)) {
        CONTEXT full __attribute__((aligned(16)));
        context_from_frame(&full, thread->frame, 0);
        context_merge(&full, &context);
        apc_deliver_context(thread, &apc, &full);
    }
    context_continue(&context);
}

NTSTATUS sys_NtRaiseException(EXCEPTION_RECORD *ExceptionRecord, CONTEXT *ContextRecord, BOOLEAN FirstChance)
{
    EXCEPTION_RECORD record = *ExceptionRecord;
    CONTEXT context __attribute__((aligned(16))) = *ContextRecord;

    if (record.NumberParameters > EXCEPTION_MAXIMUM_PARAMETERS) return STATUS_INVALID_PARAMETER;
    if (FirstChance) exception_deliver(&record, &context);
    exception_unhandled(&record, &context);
}

ULONG sys_NtGetCurrentProcessorNumber(void)
{
    int cpu = sched_getcpu();
    return cpu < 0 ? 0 : cpu;
}

/* ---- information ---- */

static LONGLONG timespec_units(const struct timespec *time)
{
    return time->tv_sec * 10000000ll + time->tv_nsec / 100;
}

static void thread_times(struct thread *thread, KERNEL_USER_TIMES *times)
{
    char path[64], text[512];
    unsigned long user = 0, system = 0;
    FILE *file;

    memset(times, 0, sizeof(*times));
    memcpy(&times->CreateTime, &thread->create_time, sizeof(times->CreateTime));
    if (thread == thread_self()) {
        struct rusage usage;
        getrusage(RUSAGE_THREAD, &usage);
        times->UserTime.QuadPart = usage.ru_utime.tv_sec * 10000000ll + usage.ru_utime.tv_usec * 10;
        times->KernelTime.QuadPart = usage.ru_stime.tv_sec * 10000000ll + usage.ru_stime.tv_usec * 10;
        return;
    }
    snprintf(path, sizeof(path), "/proc/self/task/%d/stat", thread->tid);
    if (!(file = fopen(path, "re"))) return;
    if (fgets(text, sizeof(text), file)) {
        char *at = strrchr(text, ')');
        if (at && sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) == 2) {
            long ticks = sysconf(_SC_CLK_TCK);
            times->UserTime.QuadPart = user * 10000000ll / ticks;
            times->KernelTime.QuadPart = system * 10000000ll / ticks;
        }
    }
    fclose(file);
}

/* Numbers as of Windows 10: winternl.h names only a few. */
enum {
    ThreadBasicInformation_ = 0,
    ThreadTimes_ = 1,
    ThreadPriority_ = 2,
    ThreadBasePriority_ = 3,
    ThreadAffinityMask_ = 4,
    ThreadQuerySetWin32StartAddress_ = 9,
    ThreadZeroTlsCell_ = 10,
    ThreadPerformanceCount_ = 11,
    ThreadAmILastThread_ = 12,
    ThreadIdealProcessor_ = 13,
    ThreadPriorityBoost_ = 14,
    ThreadIsIoPending_ = 16,
    ThreadHideFromDebugger_ = 17,
    ThreadBreakOnTermination_ = 18,
    ThreadIsTerminated_ = 20,
    ThreadIoPriority_ = 22,
    ThreadCycleTime_ = 23,
    ThreadPagePriority_ = 24,
    ThreadTebInformation_ = 26,
    ThreadGroupInformation_ = 30,
    ThreadIdealProcessorEx_ = 33,
    ThreadSuspendCount_ = 35,
    ThreadNameInformation_ = 38,
    ThreadDynamicCodePolicyInfo_ = 42,
    ThreadSubsystemInformation_ = 44,
};

static ULONG_PTR process_affinity(void)
{
    cpu_set_t set;
    ULONG_PTR mask = 0;

    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof(set), &set);
    for (int i = 0; i < 64; i++)
        if (CPU_ISSET(i, &set)) mask |= 1ull << i;
    return mask ? mask : 1;
}

static NTSTATUS give(void *to, ULONG room, ULONG *returned, const void *from, ULONG size)
{
    if (returned) *returned = size;
    if (room != size) return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(to, from, size);
    return STATUS_SUCCESS;
}

NTSTATUS thread_query(struct thread *thread, ULONG class, void *buffer, ULONG length, ULONG *returned)
{
    switch (class) {
    case ThreadBasicInformation_: {
        FERRY_THREAD_BASIC_INFORMATION basic = {
            .ExitStatus = thread->exit_status,
            .TebBaseAddress = thread->teb,
            .ClientId = thread->teb->ClientId,
            .AffinityMask = thread->affinity ? thread->affinity : process_affinity(),
            .Priority = 8 + thread->base_priority,
            .BasePriority = thread->base_priority,
        };
        return give(buffer, length, returned, &basic, sizeof(basic));
    }
    case ThreadTimes_: {
        KERNEL_USER_TIMES times;
        thread_times(thread, &times);
        return give(buffer, length, returned, &times, sizeof(times));
    }
    case ThreadAffinityMask_: {
        ULONG_PTR mask = thread->affinity ? thread->affinity : process_affinity();
        return give(buffer, length, returned, &mask, sizeof(mask));
    }
    case ThreadQuerySetWin32StartAddress_:
        return give(buffer, length, returned, &thread->start_routine, sizeof(void *));
    case ThreadAmILastThread_: {
        ULONG last = thread_total() == 1;
        return give(buffer, length, returned, &last, sizeof(last));
    }
    case ThreadPriorityBoost_:
    case ThreadIsIoPending_:
    case ThreadBreakOnTermination_:
    case ThreadIsTerminated_: {
        ULONG no = 0;
        return give(buffer, length, returned, &no, sizeof(no));
    }
    case ThreadHideFromDebugger_: {
        BOOLEAN hidden = FALSE;
        return give(buffer, length, returned, &hidden, sizeof(hidden));
    }
    case ThreadIoPriority_: {
        ULONG normal = 2;
        return give(buffer, length, returned, &normal, sizeof(normal));
    }
    case ThreadPagePriority_: {
        ULONG normal = 5;
        return give(buffer, length, returned, &normal, sizeof(normal));
    }
    case ThreadCycleTime_: {
        struct timespec time = { 0 };
        clockid_t clock;
        ULONGLONG cycles[2];
        if (pthread_getcpuclockid(thread->pthread, &clock)) return STATUS_UNSUCCESSFUL;
        clock_gettime(clock, &time);
        cycles[0] = cycles[1] = (ULONGLONG)timespec_units(&time) * 100; /* a 1 GHz count */
        return give(buffer, length, returned, cycles, sizeof(cycles));
    }
    case ThreadGroupInformation_: {
        GROUP_AFFINITY group = { .Mask = thread->affinity ? thread->affinity : process_affinity() };
        return give(buffer, length, returned, &group, sizeof(group));
    }
    case ThreadIdealProcessorEx_: {
        PROCESSOR_NUMBER number = { 0 };
        return give(buffer, length, returned, &number, sizeof(number));
    }
    case ThreadSuspendCount_: {
        ULONG count = atomic_load(&thread->suspend_count);
        return give(buffer, length, returned, &count, sizeof(count));
    }
    case ThreadSubsystemInformation_: {
        ULONG win32 = 0;
        return give(buffer, length, returned, &win32, sizeof(win32));
    }
    case ThreadNameInformation_: {
        UNICODE_STRING *name = buffer;
        ULONG bytes = 0, need;
        if (thread->description)
            while (thread->description[bytes / 2]) bytes += 2;
        need = sizeof(*name) + bytes;
        if (returned) *returned = need;
        if (length < need) return length < sizeof(*name) ? STATUS_INFO_LENGTH_MISMATCH : STATUS_BUFFER_TOO_SMALL;
        name->Length = name->MaximumLength = (USHORT)bytes;
        name->Buffer = (WCHAR *)(name + 1);
        memcpy(name->Buffer, thread->description, bytes);
        return STATUS_SUCCESS;
    }
    default: return STATUS_INVALID_INFO_CLASS;
    }
}

static NTSTATUS query_slot(HANDLE handle, ULONG class, void *buffer, ULONG length, ULONG *returned)
{
    uint32_t number;
    struct slot *slot;
    NTSTATUS status = handle_slot(handle, OBJECT_THREAD, THREAD_QUERY_LIMITED_INFORMATION, &number);

    if (status) return status;
    slot = slot_at(number);
    switch (class) {
    case ThreadBasicInformation_: {
        FERRY_THREAD_BASIC_INFORMATION basic = { .ExitStatus = slot->thread.exit_status, .Priority = 8 };
        basic.ClientId.UniqueProcess = (HANDLE)(ULONG_PTR)ID_OF_SLOT(atomic_load(&slot->owner));
        basic.ClientId.UniqueThread = (HANDLE)(ULONG_PTR)ID_OF_SLOT(number);
        basic.AffinityMask = process_affinity();
        return give(buffer, length, returned, &basic, sizeof(basic));
    }
    case ThreadTimes_: {
        KERNEL_USER_TIMES times = { 0 };
        memcpy(&times.CreateTime, &slot->thread.create_time, sizeof(times.CreateTime));
        memcpy(&times.ExitTime, &slot->thread.exit_time, sizeof(times.ExitTime));
        return give(buffer, length, returned, &times, sizeof(times));
    }
    case ThreadIsTerminated_: {
        ULONG ended = slot->thread.exit_status != STATUS_PENDING;
        return give(buffer, length, returned, &ended, sizeof(ended));
    }
    default: return STATUS_THREAD_IS_TERMINATING;
    }
}

/* A thread of another process, asked there. */
static NTSTATUS query_other(struct remote_call *call, ULONG class, void *buffer, ULONG length, ULONG *returned)
{
    _Alignas(16) unsigned char answer[4096];

    if (length > sizeof(answer)) length = sizeof(answer);
    call->request.arguments[1] = class;
    call->request.arguments[2] = length;
    call->extra = answer;
    call->extra_room = sizeof(answer);
    NTSTATUS status = remote_call(REMOTE_QUERY_THREAD, call);
    if (returned) *returned = (ULONG)call->reply.results[0];
    if (status) return status;
    memcpy(buffer, answer, call->extra_size < length ? call->extra_size : length);
    if (class == ThreadNameInformation_) ((UNICODE_STRING *)buffer)->Buffer = (WCHAR *)((UNICODE_STRING *)buffer + 1);
    return status;
}

NTSTATUS sys_NtQueryInformationThread(HANDLE ThreadHandle, ULONG ThreadInformationClass, void *ThreadInformation,
                                      ULONG ThreadInformationLength, ULONG *ReturnLength)
{
    struct thread *thread;
    NTSTATUS status = thread_from_handle(ThreadHandle, THREAD_QUERY_LIMITED_INFORMATION, &thread);

    struct remote_call call;
    if (status == STATUS_THREAD_IS_TERMINATING && other_thread(ThreadHandle, &call)) {
        status = query_other(&call, ThreadInformationClass, ThreadInformation, ThreadInformationLength, ReturnLength);
        if (status != STATUS_NOT_SUPPORTED && status != STATUS_PROCESS_IS_TERMINATING &&
            status != STATUS_THREAD_IS_TERMINATING)
            return status;
        status = STATUS_THREAD_IS_TERMINATING;
    }
    if (status == STATUS_THREAD_IS_TERMINATING) /* ended, or of a Linux program: its slot knows the most asked for */
        return query_slot(ThreadHandle, ThreadInformationClass, ThreadInformation, ThreadInformationLength,
                          ReturnLength);
    if (status) return status;
    status = thread_query(thread, ThreadInformationClass, ThreadInformation, ThreadInformationLength, ReturnLength);
    thread_release(thread);
    return status;
}

static NTSTATUS set_affinity(struct thread *thread, ULONG_PTR mask)
{
    cpu_set_t set;
    ULONG_PTR allowed = process_affinity();

    if (!mask || (mask & ~allowed && mask != ~(ULONG_PTR)0)) return STATUS_INVALID_PARAMETER;
    CPU_ZERO(&set);
    for (int i = 0; i < 64; i++)
        if (mask >> i & 1) CPU_SET(i, &set);
    if (sched_setaffinity(thread->tid, sizeof(set), &set)) return STATUS_INVALID_PARAMETER;
    thread->affinity = mask & allowed;
    return STATUS_SUCCESS;
}

/* Linux lets a user lower a thread's priority, not raise it: a raise is remembered and tried. */
static void set_priority(struct thread *thread, LONG priority)
{
    int nice = priority >= 15 ? -15 : priority <= -15 ? 19 : -priority * 3;

    thread->base_priority = priority;
    if (thread->tid) setpriority(PRIO_PROCESS, thread->tid, nice);
}

NTSTATUS thread_set(struct thread *thread, ULONG class, const void *buffer, ULONG length)
{
    switch (class) {
    case ThreadPriority_:
    case ThreadBasePriority_: {
        LONG priority;
        if (length != sizeof(priority)) return STATUS_INFO_LENGTH_MISMATCH;
        memcpy(&priority, buffer, sizeof(priority));
        if (class == ThreadPriority_) priority -= 8;
        if (priority < -15 || priority > 15) return STATUS_INVALID_PARAMETER;
        set_priority(thread, priority);
        return STATUS_SUCCESS;
    }
    case ThreadAffinityMask_: {
        ULONG_PTR mask;
        if (length != sizeof(mask)) return STATUS_INFO_LENGTH_MISMATCH;
        memcpy(&mask, buffer, sizeof(mask));
        return set_affinity(thread, mask);
    }
    case ThreadGroupInformation_: {
        GROUP_AFFINITY group;
        if (length != sizeof(group)) return STATUS_INFO_LENGTH_MISMATCH;
        memcpy(&group, buffer, sizeof(group));
        return group.Group ? STATUS_INVALID_PARAMETER : set_affinity(thread, group.Mask);
    }
    case ThreadQuerySetWin32StartAddress_:
        if (length != sizeof(void *)) return STATUS_INFO_LENGTH_MISMATCH;
        memcpy(&thread->start_routine, buffer, sizeof(void *));
        return STATUS_SUCCESS;
    case ThreadNameInformation_: {
        UNICODE_STRING name;
        WCHAR *copy;
        if (length != sizeof(name)) return STATUS_INFO_LENGTH_MISMATCH;
        memcpy(&name, buffer, sizeof(name));
        copy = calloc(1, name.Length + sizeof(WCHAR));
        if (!copy) return STATUS_NO_MEMORY;
        if (!virtual_read(copy, name.Buffer, name.Length)) {
            free(copy);
            return STATUS_ACCESS_VIOLATION;
        }
        free(thread->description);
        thread->description = copy;
        char text[16];
        int bytes = utf8_from_utf16(text, 15, copy, min(name.Length / 2, 15));
        if (bytes > 0) {
            text[bytes] = 0;
            pthread_setname_np(thread->pthread, text);
        }
        return STATUS_SUCCESS;
    }
    case ThreadZeroTlsCell_: {
        ULONG index;
        if (length != sizeof(index)) return STATUS_INFO_LENGTH_MISMATCH;
        memcpy(&index, buffer, sizeof(index));
        if (index < 64) {
            thread->teb->TlsSlots[index] = NULL;
        } else if (index < 64 + 1024) {
            if (thread->teb->TlsExpansionSlots) thread->teb->TlsExpansionSlots[index - 64] = NULL;
        } else {
            return STATUS_INVALID_PARAMETER;
        }
        return STATUS_SUCCESS;
    }
    case ThreadHideFromDebugger_: return length ? STATUS_INFO_LENGTH_MISMATCH : STATUS_SUCCESS;
    case ThreadIdealProcessor_:
    case ThreadPriorityBoost_:
    case ThreadIoPriority_:
    case ThreadPagePriority_: /* hints, which Linux has no place for */
        return length == sizeof(ULONG) ? STATUS_SUCCESS : STATUS_INFO_LENGTH_MISMATCH;
    default: return STATUS_INVALID_INFO_CLASS;
    }
}


static void zero_cell(struct thread *thread, void *data)
{
    thread_set(thread, ThreadZeroTlsCell_, data, sizeof(ULONG));
}

/* A name is a pointer: its text goes along. */
static NTSTATUS set_other(struct remote_call *call, ULONG class, const void *buffer, ULONG length)
{
    _Alignas(16) unsigned char data[4096];
    UNICODE_STRING name;

    memcpy(data, buffer, length);
    if (class == ThreadNameInformation_ && length == sizeof(name)) {
        memcpy(&name, buffer, sizeof(name));
        if (name.Length > sizeof(data) - sizeof(name)) return STATUS_INVALID_PARAMETER;
        if (!virtual_read(data + sizeof(name), name.Buffer, name.Length)) return STATUS_ACCESS_VIOLATION;
        length += name.Length;
    }
    call->request.arguments[1] = class;
    call->data = data;
    call->data_size = length;
    return remote_call(REMOTE_SET_THREAD, call);
}

NTSTATUS sys_NtSetInformationThread(HANDLE ThreadHandle, ULONG ThreadInformationClass, void *ThreadInformation,
                                    ULONG ThreadInformationLength)
{
    struct thread *thread;
    uint64_t local[4] = { 0 };
    NTSTATUS status;

    if (ThreadInformationLength > sizeof(local)) return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(local, ThreadInformation, ThreadInformationLength);
    status = thread_from_handle(ThreadHandle, THREAD_SET_LIMITED_INFORMATION, &thread);
    if (status == STATUS_THREAD_IS_TERMINATING) {
        struct remote_call call;
        return other_thread(ThreadHandle, &call)
                   ? set_other(&call, ThreadInformationClass, local, ThreadInformationLength) : status;
    }
    if (status) return status;
    if (ThreadInformationClass == ThreadZeroTlsCell_ && ThreadHandle == NtCurrentThread() &&
        ThreadInformationLength == sizeof(ULONG)) {
        thread_for_each(zero_cell, local); /* TlsFree: the cell of every thread of the process */
        status = STATUS_SUCCESS;
    } else {
        status = thread_set(thread, ThreadInformationClass, local, ThreadInformationLength);
    }
    thread_release(thread);
    return status;
}

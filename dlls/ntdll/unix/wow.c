/* 32-bit processes: the gate that their system calls go through, selectors, TEB, PEB and process parameters. */
#include "wow.h"

#include <asm/ldt.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "context.h"
#include "host.h"
#include "thread.h"
#include "view.h"
#include "virtual.h"

_Static_assert(offsetof(struct thread, teb) == 0x18, "known to dispatch_i386.S");
_Static_assert(offsetof(struct thread, host_fs) == 0x20, "known to dispatch_i386.S");
_Static_assert(offsetof(struct thread, fs_selector) == 0x28, "known to dispatch_i386.S");
_Static_assert(offsetof(FERRY_TEB_32, ClientId) == 0x20 && offsetof(FERRY_TEB_32, WOW32Reserved) == 0xc0 &&
                   offsetof(FERRY_TEB_32, LastStatusValue) == 0xbf4 && offsetof(FERRY_TEB_32, TlsSlots) == 0xe10 &&
                   offsetof(FERRY_TEB_32, FlsData) == 0xfb4 && offsetof(FERRY_PEB_32, ProcessHeap) == 0x18 &&
                   offsetof(FERRY_PEB_32, OSMajorVersion) == 0xa4 && offsetof(FERRY_PEB_32, SessionId) == 0x1d4,
               "layouts as in nt.h");

bool wow64;

extern const char ferry_dispatch32[], ferry_dispatch32_entered[];

/* ---- the gate ---- */

/* Code below 4 GiB. GATE_CALL is where a call with its arguments at edx begins. */
#define GATE_CALL 4
#define GATE_WIDE 16

static char *gate;

NTSTATUS wow_init(void)
{
    unsigned char code[32] = { 0x8d, 0x54, 0x24, 0x08,         /* lea 8(%esp),%edx */
                               0xea, 0, 0, 0, 0, 0x33, 0x00,   /* ljmp $0x33,gate + GATE_WIDE */
                               0xcc, 0xcc, 0xcc, 0xcc, 0xcc,
                               0xff, 0x25, 0, 0, 0, 0 };       /* 64-bit: jmp *0(%rip) */
    const char *dispatcher = ferry_dispatch32;
    void *memory = NULL;
    size_t size = PAGE_SIZE_;
    ULONG old;
    uint32_t wide;
    NTSTATUS status = virtual_allocate(&memory, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, 0);

    if (status) return status;
    gate = memory;
    wide = (uint32_t)(uintptr_t)gate + GATE_WIDE;
    memcpy(code + 5, &wide, sizeof(wide));
    memcpy(code + 22, &dispatcher, sizeof(dispatcher));
    memcpy(gate, code, sizeof(code));
    status = virtual_protect(&memory, &size, PAGE_EXECUTE_READ, &old);
    if (status) return status;
    pthread_mutex_lock(&virtual_lock);
    view_find((uintptr_t)gate)->flags |= VIEW_STARTUP;
    pthread_mutex_unlock(&virtual_lock);
    signal_init_wow();
    return STATUS_SUCCESS;
}

uint32_t wow_gate_call(void)
{
    return (uint32_t)(uintptr_t)gate + GATE_CALL;
}

bool wow_interrupt(CONTEXT *context, FERRY_TEB *teb)
{
    uint32_t back = (uint32_t)context->Rip + 2, at = (uint32_t)context->Rsp - 4;
    unsigned char bytes[2];

    if (context->SegCs != 0x23 || !virtual_read(bytes, (const void *)context->Rip, 2)) return false;
    if (bytes[0] != 0xcd || bytes[1] != 0x2e || !stack_write(teb, at, &back, sizeof(back))) return false;
    context->Rsp = at;
    context->Rip = wow_gate_call();
    return true;
}

bool wow_entering(uint64_t rip)
{
    return (rip >= (uint64_t)ferry_dispatch32 && rip < (uint64_t)ferry_dispatch32_entered) ||
           (rip >= (uint64_t)gate + GATE_WIDE && rip < (uint64_t)gate + GATE_WIDE + 6);
}

/* ---- selectors ---- */

#define SELECTORS 8192

static pthread_mutex_t selector_lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t selectors_used[SELECTORS / 64];

/* A selector of the process's LDT whose base is `teb`; 0: none left. */
static uint16_t selector_allocate(const FERRY_TEB_32 *teb)
{
    int entry = -1;

    pthread_mutex_lock(&selector_lock);
    for (unsigned i = 0; i < SELECTORS / 64 && entry < 0; i++) {
        if (selectors_used[i] == UINT64_MAX) continue;
        entry = (int)i * 64 + __builtin_ctzl(~selectors_used[i]);
        selectors_used[i] |= 1ul << (entry & 63);
    }
    pthread_mutex_unlock(&selector_lock);
    if (entry < 0) return 0;
    struct user_desc descriptor = { .entry_number = (unsigned)entry, .base_addr = (unsigned)(uintptr_t)teb, .limit = 0xfffff,
                                    .seg_32bit = 1, .limit_in_pages = 1, .useable = 1 };
    if (!syscall(SYS_modify_ldt, 1, &descriptor, sizeof(descriptor))) return (uint16_t)(entry << 3 | 7);
    pthread_mutex_lock(&selector_lock);
    selectors_used[entry / 64] &= ~(1ul << (entry & 63));
    pthread_mutex_unlock(&selector_lock);
    return 0;
}

static void selector_free(uint16_t selector)
{
    unsigned entry = selector >> 3;
    struct user_desc descriptor = { .entry_number = entry, .read_exec_only = 1, .seg_not_present = 1 };

    syscall(SYS_modify_ldt, 1, &descriptor, sizeof(descriptor));
    pthread_mutex_lock(&selector_lock);
    selectors_used[entry / 64] &= ~(1ul << (entry & 63));
    pthread_mutex_unlock(&selector_lock);
}

/* ---- threads ---- */

NTSTATUS wow_thread_init(struct thread *thread)
{
    FERRY_TEB *teb = thread->teb;
    FERRY_TEB_32 *narrow = wow_teb(teb);

    thread->fs_selector = selector_allocate(narrow);
    if (!thread->fs_selector) return STATUS_NO_MEMORY;
    teb->WowTebOffset = WOW_TEB_OFFSET;
    teb->Tib.ExceptionList = (void *)narrow;
    narrow->WowTebOffset = -WOW_TEB_OFFSET;
    narrow->Tib.ExceptionList = UINT32_MAX;
    narrow->Tib.StackBase = (uint32_t)(uintptr_t)teb->Tib.StackBase;
    narrow->Tib.StackLimit = (uint32_t)(uintptr_t)teb->Tib.StackLimit;
    narrow->DeallocationStack = (uint32_t)(uintptr_t)teb->DeallocationStack;
    narrow->Tib.Self = (uint32_t)(uintptr_t)narrow;
    narrow->Tib.Version = 0x1e00;
    narrow->ProcessEnvironmentBlock = (uint32_t)(uintptr_t)wow_peb(teb->ProcessEnvironmentBlock);
    CLIENT_ID_to32(&narrow->ClientId, &teb->ClientId);
    narrow->RealClientId = narrow->ClientId;
    narrow->StaticUnicodeString.Buffer = (uint32_t)(uintptr_t)narrow->StaticUnicodeBuffer;
    narrow->StaticUnicodeString.MaximumLength = sizeof(narrow->StaticUnicodeBuffer);
    narrow->WOW32Reserved = (uint32_t)(uintptr_t)gate;
    narrow->SameTebFlags = teb->SameTebFlags;
    return STATUS_SUCCESS;
}

void wow_thread_exit(struct thread *thread)
{
    FERRY_TEB_32 *narrow = wow_teb(thread->teb);

    if (!thread->fs_selector) return;
    thread->teb->DeallocationStack = WOW_POINTER(narrow->DeallocationStack); /* a fiber's, perhaps */
    selector_free(thread->fs_selector);
    thread->fs_selector = 0;
    memset(narrow, 0, sizeof(*narrow));
}

/* ---- process ---- */

static FERRY_PROCESS_PARAMETERS_32 *narrow_parameters(const FERRY_PROCESS_PARAMETERS *parameters)
{
    FERRY_PROCESS_PARAMETERS_32 *narrow;
    void *memory = NULL;
    size_t size = sizeof(*narrow);

    if (virtual_allocate(&memory, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, 0)) return NULL;
    narrow = memory;
    FERRY_PROCESS_PARAMETERS_to32(narrow, parameters);
    narrow->Length = narrow->MaximumLength = sizeof(*narrow);
    return narrow;
}

NTSTATUS wow_fill_peb(FERRY_PEB *peb)
{
    FERRY_PEB_32 *narrow = wow_peb(peb);
    FERRY_PROCESS_PARAMETERS_32 *parameters = narrow_parameters(peb->ProcessParameters);

    if (!parameters) return STATUS_NO_MEMORY;
    narrow->ImageBaseAddress = (uint32_t)(uintptr_t)peb->ImageBaseAddress;
    narrow->ProcessParameters = (uint32_t)(uintptr_t)parameters;
    narrow->Mutant = UINT32_MAX;
    narrow->BitField = peb->BitField;
    narrow->NumberOfProcessors = peb->NumberOfProcessors;
    narrow->CriticalSectionTimeout = peb->CriticalSectionTimeout;
    narrow->HeapSegmentReserve = (uint32_t)peb->HeapSegmentReserve;
    narrow->HeapSegmentCommit = (uint32_t)peb->HeapSegmentCommit;
    narrow->HeapDeCommitTotalFreeThreshold = (uint32_t)peb->HeapDeCommitTotalFreeThreshold;
    narrow->HeapDeCommitFreeBlockThreshold = (uint32_t)peb->HeapDeCommitFreeBlockThreshold;
    narrow->OSMajorVersion = peb->OSMajorVersion;
    narrow->OSMinorVersion = peb->OSMinorVersion;
    narrow->OSBuildNumber = peb->OSBuildNumber;
    narrow->OSPlatformId = peb->OSPlatformId;
    narrow->ImageSubsystem = peb->ImageSubsystem;
    narrow->ImageSubsystemMajorVersion = peb->ImageSubsystemMajorVersion;
    narrow->ImageSubsystemMinorVersion = peb->ImageSubsystemMinorVersion;
    narrow->ActiveProcessAffinityMask = (uint32_t)peb->ActiveProcessAffinityMask;
    narrow->SessionId = peb->SessionId;
    return STATUS_SUCCESS;
}

/* ---- arguments ---- */

OBJECT_ATTRIBUTES *wow_attributes(struct wow_attributes *local, uint32_t at)
{
    const OBJECT_ATTRIBUTES_32 *narrow = WOW_POINTER(at);

    if (!at) return NULL;
    OBJECT_ATTRIBUTES_from32(&local->attributes, narrow);
    if (narrow->Length == sizeof(*narrow)) local->attributes.Length = sizeof(local->attributes);
    if (narrow->ObjectName) local->attributes.ObjectName = wow_string(&local->name, narrow->ObjectName);
    return &local->attributes;
}

HANDLE *wow_handles(uint32_t at, uint32_t count)
{
    static __thread HANDLE handles[MAXIMUM_WAIT_OBJECTS];
    const int32_t *narrow = WOW_POINTER(at);

    if (count <= MAXIMUM_WAIT_OBJECTS)
        for (uint32_t i = 0; i < count; i++) handles[i] = WOW_HANDLE(narrow[i]);
    return handles;
}

/* Threads and their stacks, small things of the PEB and TEB. */
#include "ntdll.h"

/* descriptor: SECURITY_DESCRIPTOR or NULL. Sizes in bytes, 0: the image's. Handle and id may be NULL: then not wanted. */
NTSTATUS NTAPI RtlCreateUserThread(HANDLE process, void *descriptor, BOOLEAN suspended, ULONG zero_bits,
                                   SIZE_T maximum_stack, SIZE_T committed_stack, void *start, void *parameter,
                                   HANDLE *handle, CLIENT_ID *client_id)
{
    struct {
        SIZE_T total;
        PS_ATTRIBUTE client_id;
    } attributes = { sizeof(attributes), { PS_ATTRIBUTE_CLIENT_ID, sizeof(CLIENT_ID), { 0 }, NULL } };
    OBJECT_ATTRIBUTES object = { .Length = sizeof(object), .SecurityDescriptor = descriptor };
    CLIENT_ID id;
    HANDLE thread;
    NTSTATUS status;

    attributes.client_id.ValuePtr = &id;
    status = NtCreateThreadEx(&thread, THREAD_ALL_ACCESS, &object, process, start, parameter,
                              suspended ? THREAD_CREATE_FLAGS_CREATE_SUSPENDED : 0, zero_bits, committed_stack,
                              maximum_stack, (PS_ATTRIBUTE_LIST *)&attributes);
    if (!NT_SUCCESS(status)) return status;
    if (client_id) *client_id = id;
    if (handle) *handle = thread;
    else NtClose(thread);
    return status;
}

/* A stack as threads have: `reserve` bytes, the uppermost `commit` usable, a guard page below them. 0: the image's
 * sizes. Freed with RtlFreeUserStack(StackAllocationBase). */
NTSTATUS NTAPI RtlCreateUserStack(SIZE_T commit, SIZE_T reserve, ULONG_PTR zero_bits, SIZE_T commit_align,
                                  SIZE_T reserve_align, INITIAL_TEB *stack)
{
    char *image = ferry_peb()->ImageBaseAddress;
    IMAGE_NT_HEADERS *nt = (IMAGE_NT_HEADERS *)(image + ((IMAGE_DOS_HEADER *)image)->e_lfanew);
    SIZE_T page = 0x1000, size;
    void *base = NULL, *usable;
    ULONG old;
    NTSTATUS status;

    if (!commit_align || commit_align & (commit_align - 1)) commit_align = page;
    if (!reserve_align || reserve_align & (reserve_align - 1)) reserve_align = 0x10000;
    if (!reserve) reserve = nt->OptionalHeader.SizeOfStackReserve;
    if (!commit) commit = nt->OptionalHeader.SizeOfStackCommit;
    if (commit >= reserve) reserve = (commit + 0xfffff) & ~(SIZE_T)0xfffff;
    commit = (commit + commit_align - 1) & ~(commit_align - 1);
    reserve = (reserve + reserve_align - 1) & ~(reserve_align - 1);
    if (commit + 2 * page > reserve) commit = reserve - 2 * page;
    status = NtAllocateVirtualMemory(NtCurrentProcess(), &base, zero_bits, &reserve, MEM_RESERVE, PAGE_READWRITE);
    if (status) return status;
    size = commit + page;
    usable = (char *)base + reserve - size;
    status = NtAllocateVirtualMemory(NtCurrentProcess(), &usable, 0, &size, MEM_COMMIT, PAGE_READWRITE);
    size = page;
    if (!status)
        status = NtProtectVirtualMemory(NtCurrentProcess(), &usable, &size, PAGE_READWRITE | PAGE_GUARD, &old);
    if (status) {
        RtlFreeUserStack(base);
        return status;
    }
    stack->OldStackBase = stack->OldStackLimit = NULL;
    stack->StackBase = (char *)base + reserve;
    stack->StackLimit = (char *)base + reserve - commit;
    stack->StackAllocationBase = base;
    return STATUS_SUCCESS;
}

void NTAPI RtlFreeUserStack(void *allocation_base)
{
    SIZE_T size = 0;

    NtFreeVirtualMemory(NtCurrentProcess(), &allocation_base, &size, MEM_RELEASE);
}

FERRY_PEB *NTAPI RtlGetCurrentPeb(void)
{
    return ferry_peb();
}

BOOLEAN NTAPI RtlIsCurrentThread(HANDLE thread)
{
    return thread == NtCurrentThread() || NtCompareObjects(NtCurrentThread(), thread) == STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlIsCurrentProcess(HANDLE process)
{
    return process == NtCurrentProcess() || NtCompareObjects(NtCurrentProcess(), process) == STATUS_SUCCESS;
}

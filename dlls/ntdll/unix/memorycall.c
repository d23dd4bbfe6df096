/* The system calls around virtual.h: memory of this process, and of others through a handle. */
#include "memory.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "ferry/syscall_table.h"
#include "handle.h"
#include "host.h"

NTSTATUS memory_process(HANDLE process, ACCESS_MASK access, pid_t *pid)
{
    *pid = 0;
    if (process == NtCurrentProcess()) return STATUS_SUCCESS;
    return STATUS_INVALID_HANDLE;
}

NTSTATUS memory_query_other(pid_t pid, void *address, ULONG class, void *buffer, SIZE_T length, SIZE_T *returned)
{
    return STATUS_NOT_IMPLEMENTED;
}

NTSTATUS sys_NtAllocateVirtualMemory(HANDLE process, void **base, ULONG_PTR zero_bits, SIZE_T *size, ULONG type,
                                     ULONG protect)
{
    void *at = *base;
    size_t bytes = *size;
    pid_t pid;
    NTSTATUS status = memory_process(process, PROCESS_VM_OPERATION, &pid);

    if (status) return status;
    status = virtual_allocate(&at, &bytes, type, protect, zero_bits);
    if (status) return status;
    *base = at;
    *size = bytes;
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtAllocateVirtualMemoryEx(HANDLE process, void **base, SIZE_T *size, ULONG type, ULONG protect,
                                       MEM_EXTENDED_PARAMETER *parameters, ULONG count)
{
    void *at = *base;
    size_t bytes = *size;
    pid_t pid;
    NTSTATUS status = memory_process(process, PROCESS_VM_OPERATION, &pid);

    if (status) return status;
    status = virtual_allocate_ex(&at, &bytes, type, protect, parameters, count);
    if (status) return status;
    *base = at;
    *size = bytes;
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtFreeVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG type)
{
    void *at = *base;
    size_t bytes = *size;
    pid_t pid;
    NTSTATUS status = memory_process(process, PROCESS_VM_OPERATION, &pid);

    if (status) return status;
    status = virtual_free(&at, &bytes, type);
    if (status) return status;
    *base = at;
    *size = bytes;
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtProtectVirtualMemory(HANDLE process, void **base, SIZE_T *size, ULONG protect, ULONG *old)
{
    void *at = *base;
    size_t bytes = *size;
    ULONG before = *old; /* faults before anything is changed if it cannot be written */
    pid_t pid;
    NTSTATUS status = memory_process(process, PROCESS_VM_OPERATION, &pid);

    if (status) return status;
    *old = before;
    status = virtual_protect(&at, &bytes, protect, &before);
    if (status) return status;
    *old = before;
    *base = at;
    *size = bytes;
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtReadVirtualMemory(HANDLE process, void *address, void *buffer, SIZE_T size, SIZE_T *transferred)
{
    size_t done;
    pid_t pid;
    NTSTATUS status = memory_process(process, PROCESS_VM_READ, &pid);

    if (status) return status;
    if ((uintptr_t)address + size < (uintptr_t)address || (uintptr_t)address + size > address_space.highest ||
        (uintptr_t)buffer + size < (uintptr_t)buffer)
        return STATUS_ACCESS_VIOLATION;
    done = size - virtual_copy(buffer, address, size);
    if (transferred) *transferred = done;
    return done == size ? STATUS_SUCCESS : STATUS_PARTIAL_COPY;
}

NTSTATUS sys_NtWriteVirtualMemory(HANDLE process, void *address, void *buffer, SIZE_T size, SIZE_T *transferred)
{
    size_t done;
    pid_t pid;
    NTSTATUS status = memory_process(process, PROCESS_VM_WRITE, &pid);

    if (status) return status;
    if ((uintptr_t)address + size < (uintptr_t)address || (uintptr_t)address + size > address_space.highest ||
        (uintptr_t)buffer + size < (uintptr_t)buffer)
        return STATUS_ACCESS_VIOLATION;
    done = size - virtual_copy(address, buffer, size);
    if (transferred) *transferred = done;
    return done == size ? STATUS_SUCCESS : STATUS_PARTIAL_COPY;
}

NTSTATUS sys_NtFlushInstructionCache(HANDLE process, void *address, SIZE_T size)
{
    pid_t pid;
    /* x86 keeps its instruction cache coherent; the call is only checked. */
    return memory_process(process, PROCESS_VM_WRITE, &pid);
}

NTSTATUS sys_NtFlushProcessWriteBuffers(void)
{
    static bool registered;

    if (!registered) {
        if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0)) {
            /* an old kernel: the slow barrier reaches every processor too */
            syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
            return STATUS_SUCCESS;
        }
        registered = true;
    }
    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    return STATUS_SUCCESS;
}

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
#include "host.h"
#include "object.h"
#include "remote.h"

NTSTATUS memory_process(HANDLE process, ACCESS_MASK access, pid_t *pid)
{
    const struct slot *slot;
    uint32_t number;
    NTSTATUS status;

    *pid = 0;
    if (process == NtCurrentProcess()) return STATUS_SUCCESS;
    status = handle_slot(process, OBJECT_PROCESS, access, &number);
    if (status || number == process_slot) return status;
    slot = slot_at(number);
    if (slot->process.exit_status != STATUS_PENDING) return STATUS_PROCESS_IS_TERMINATING;
    *pid = slot->process.unix_id;
    return *pid > 0 ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED;
}

NTSTATUS memory_own_process(HANDLE process, ACCESS_MASK access)
{
    pid_t pid;
    NTSTATUS status = memory_process(process, access, &pid);

    return status ? status : pid ? STATUS_NOT_SUPPORTED : STATUS_SUCCESS;
}

NTSTATUS memory_other_process(HANDLE process, ACCESS_MASK access, uint32_t *other)
{
    uint32_t number;
    NTSTATUS status;

    *other = 0;
    if (process == NtCurrentProcess()) return STATUS_SUCCESS;
    status = handle_slot(process, OBJECT_PROCESS, access, &number);
    if (status || number == process_slot) return status;
    if (slot_at(number)->process.exit_status != STATUS_PENDING) return STATUS_PROCESS_IS_TERMINATING;
    *other = number;
    return STATUS_SUCCESS;
}

NTSTATUS memory_remote_range(uint32_t process, unsigned kind, struct remote_call *call, void **base, SIZE_T *size)
{
    call->process = process;
    call->request.arguments[0] = (uintptr_t)*base;
    call->request.arguments[1] = *size;
    NTSTATUS status = remote_call(kind, call);
    if (!NT_SUCCESS(status)) return status;
    *base = (void *)(uintptr_t)call->reply.results[0];
    *size = call->reply.results[1];
    return status;
}

NTSTATUS sys_NtAllocateVirtualMemory(HANDLE process, void **base, ULONG_PTR zero_bits, SIZE_T *size, ULONG type,
                                     ULONG protect)
{
    void *at = *base;
    size_t bytes = *size;
    struct remote_call call = { 0 };
    uint32_t other;
    NTSTATUS status = memory_other_process(process, PROCESS_VM_OPERATION, &other);

    if (status) return status;
    if (other) {
        call.request.arguments[2] = type;
        call.request.arguments[3] = protect;
        call.request.arguments[4] = zero_bits;
        return memory_remote_range(other, REMOTE_ALLOCATE, &call, base, size);
    }
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
    uint32_t other;
    NTSTATUS status = memory_other_process(process, PROCESS_VM_OPERATION, &other);

    if (status) return status;
    if (other) return count ? STATUS_NOT_SUPPORTED : sys_NtAllocateVirtualMemory(process, base, 0, size, type, protect);
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
    struct remote_call call = { 0 };
    uint32_t other;
    NTSTATUS status = memory_other_process(process, PROCESS_VM_OPERATION, &other);

    if (status) return status;
    if (other) {
        call.request.arguments[2] = type;
        return memory_remote_range(other, REMOTE_FREE, &call, base, size);
    }
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
    struct remote_call call = { 0 };
    uint32_t other;
    NTSTATUS status = memory_other_process(process, PROCESS_VM_OPERATION, &other);

    if (status) return status;
    if (other) {
        call.request.arguments[2] = protect;
        status = memory_remote_range(other, REMOTE_PROTECT, &call, base, size);
        if (!status) *old = (ULONG)call.reply.results[2];
        return status;
    }
    *old = before;
    status = virtual_protect(&at, &bytes, protect, &before);
    if (status) return status;
    *old = before;
    *base = at;
    *size = bytes;
    return STATUS_SUCCESS;
}

/* Copies between this process and another; bytes copied. */
static size_t copy_other(pid_t pid, void *address, void *buffer, size_t size, bool write)
{
    struct iovec local = { buffer, size }, remote = { address, size };
    ssize_t done;

    /* the kernel says EFAULT where Windows code would take a fault that is handled */
    if (virtual_touch(buffer, size, !write)) return 0;
    done = write ? process_vm_writev(pid, &local, 1, &remote, 1, 0) : process_vm_readv(pid, &local, 1, &remote, 1, 0);
    return done < 0 ? 0 : (size_t)done;
}

static NTSTATUS transfer(HANDLE process, void *address, void *buffer, size_t size, SIZE_T *transferred, bool write)
{
    pid_t pid;
    size_t done;
    NTSTATUS status = memory_process(process, write ? PROCESS_VM_WRITE | PROCESS_VM_OPERATION : PROCESS_VM_READ, &pid);

    if (status) return status;
    if ((uintptr_t)address + size < (uintptr_t)address || (uintptr_t)address + size > address_space.highest ||
        (uintptr_t)buffer + size < (uintptr_t)buffer || (uintptr_t)buffer + size > address_space.highest)
        return STATUS_ACCESS_VIOLATION;
    if (!size) done = 0;
    else if (pid) done = copy_other(pid, address, buffer, size, write);
    else done = size - (write ? virtual_copy(address, buffer, size) : virtual_copy(buffer, address, size));
    if (transferred) *transferred = done;
    return done == size ? STATUS_SUCCESS : STATUS_PARTIAL_COPY;
}

NTSTATUS sys_NtReadVirtualMemory(HANDLE process, void *address, void *buffer, SIZE_T size, SIZE_T *transferred)
{
    return transfer(process, address, buffer, size, transferred, false);
}

NTSTATUS sys_NtWriteVirtualMemory(HANDLE process, void *address, void *buffer, SIZE_T size, SIZE_T *transferred)
{
    return transfer(process, address, buffer, size, transferred, true);
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

/* Virtual memory with Windows semantics: reserve and commit, 64 KiB granularity, guard pages, exact queries. */
#ifndef HOST_VIRTUAL_H
#define HOST_VIRTUAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "api.h"
#include "ferry/nt.h"

#define PAGE_SIZE_ 0x1000ul
#define ALLOCATION_GRANULARITY 0x10000ul

/* Sets up the view table and KUSER_SHARED_DATA. Before anything else of the host. */
void virtual_init(void);

/* From the main image's characteristics: without large_address_aware memory of our choice lies below 2 GiB, without
 * high_entropy (IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA) memory is given out from low addresses on. Before any
 * allocation; if it is not called, both are true. */
void virtual_set_address_space(bool large_address_aware, bool high_entropy);

/* NtAllocateVirtualMemory for this process. Sizes in bytes. */
NTSTATUS virtual_allocate(void **base, size_t *size, ULONG type, ULONG protect, ULONG_PTR zero_bits);
/* NtAllocateVirtualMemoryEx: placeholders, address limits. `parameters` is read directly. */
NTSTATUS virtual_allocate_ex(void **base, size_t *size, ULONG type, ULONG protect,
                             const MEM_EXTENDED_PARAMETER *parameters, ULONG count);
__attribute__((visibility("default"))) NTSTATUS virtual_free(void **base, size_t *size, ULONG type);
NTSTATUS virtual_protect(void **base, size_t *size, ULONG protect, ULONG *old);

/* Maps the PE image open at `fd` (kept open by the caller). `nt_name` is remembered for MemorySectionName.
 * Returns STATUS_IMAGE_NOT_AT_BASE when it lies elsewhere than it prefers and relocation is the loader's work;
 * a precise STATUS_INVALID_IMAGE_* otherwise. `*base` may ask for an address. */
NTSTATUS virtual_map_image(int fd, const UNICODE_STRING *nt_name, void **base, size_t *size,
                           FERRY_SECTION_IMAGE_INFORMATION *info);

/* A Windows stack: `reserve` bytes, `commit` of them usable, then a guard page. Fills the TEB's stack fields. */
NTSTATUS virtual_allocate_stack(FERRY_TEB *teb, size_t reserve, size_t commit);
void virtual_free_stack(FERRY_TEB *teb);

/* Zeroed, page-aligned TEBs; the first call also makes the PEB. */
FERRY_TEB *virtual_allocate_teb(void);
void virtual_free_teb(FERRY_TEB *teb);
FERRY_PEB *virtual_peb(void);

enum fault_access { FAULT_READ = 0, FAULT_WRITE = 1, FAULT_EXECUTE = 8 }; /* as in ExceptionInformation[0] */

/* Called from the SIGSEGV handler. STATUS_SUCCESS: retry the instruction (stack grown, write watch noted). Otherwise
 * the exception to raise: STATUS_ACCESS_VIOLATION, STATUS_GUARD_PAGE_VIOLATION, STATUS_STACK_OVERFLOW,
 * STATUS_IN_PAGE_ERROR. Async-signal-safe while the thread was in Windows code. */
NTSTATUS virtual_handle_fault(void *address, enum fault_access access, FERRY_TEB *teb);

/* If `rip` lies in the copy routine behind virtual_read and virtual_write: where to continue so that it reports the
 * failure, else NULL. The SIGSEGV and SIGBUS handlers ask this, before they treat a fault in host code otherwise,
 * when virtual_handle_fault did not say STATUS_SUCCESS. */
void *virtual_fault_resume(void *rip);

/* Makes a buffer of Windows code usable for a Linux call, which would say EFAULT where Windows code would take a
 * fault that is handled: grows the stack, notes a write for write watch. STATUS_SUCCESS, or what
 * virtual_handle_fault would say. Cheap when nothing is to be done. */
NTSTATUS virtual_touch(void *address, size_t bytes, bool write);

/* Copies from or to memory that Windows code named. False if any byte is not accessible; nothing is raised. Use
 * these while a lock is held; elsewhere host code may touch such memory directly, and a fault there ends the
 * system call with STATUS_ACCESS_VIOLATION. */
__attribute__((visibility("default"))) bool virtual_read(void *to, const void *from, size_t bytes);
__attribute__((visibility("default"))) bool virtual_write(void *to, const void *from, size_t bytes);

#endif

/* Page faults: stack growth, guard pages, write watch; and copies that survive them. */
#include "virtual.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
#include "shareddata.h"
#include "section.h"
#include "thread.h"
#include "view.h"
#include "wow.h"

#define GUARD_PAGES 3u   /* below a 64-bit stack's limit, as on Windows */
#define GROWTH_PAGES 16u /* a stack grows by that much at once: one fault is dearer than a few pages */

/* ---- copying ---- */

/* size_t virtual_copy(void *to, const void *from, size_t bytes): bytes not copied. */
__asm__(".text\n"
        ".globl virtual_copy\n.hidden virtual_copy\n.type virtual_copy, @function\n"
        "virtual_copy:\n"
        "    mov %rdx, %rcx\n"
        "virtual_copy_start:\n"
        "    rep movsb\n"
        "virtual_copy_end:\n"
        "    mov %rcx, %rax\n"
        "    ret\n"
        ".size virtual_copy, . - virtual_copy\n");
extern const char virtual_copy_start[], virtual_copy_end[];

void *virtual_fault_resume(void *rip)
{
    if ((const char *)rip < virtual_copy_start || (const char *)rip >= virtual_copy_end) return NULL;
    return (void *)virtual_copy_end;
}

static bool user_range(const void *address, size_t bytes)
{
    /* Of a 32-bit process, converted structures of ours come here too. */
    uintptr_t end = wow64 ? USER_SPACE_END : address_space.highest;

    return (uintptr_t)address < end && bytes <= end - (uintptr_t)address;
}

bool virtual_read(void *to, const void *from, size_t bytes)
{
    return user_range(from, bytes) && !virtual_copy(to, from, bytes);
}

bool virtual_write(void *to, const void *from, size_t bytes)
{
    return user_range(to, bytes) && !virtual_copy(to, from, bytes);
}

/* ---- faults ---- */

/* Is the page there as far as the kernel is concerned? Tells a fault that another thread has cured meanwhile from
 * one beyond the end of a mapped file. */
static bool kernel_can_read(uintptr_t address)
{
    char byte;
    struct iovec local = { &byte, 1 }, remote = { (void *)address, 1 };
    int saved = errno;
    bool readable = process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == 1;

    errno = saved;
    return readable;
}

/* A guard page of the stack at `address` was touched. What is above it is committed; a new guard goes below. */
static NTSTATUS grow_stack(struct view *view, FERRY_TEB *teb, uintptr_t address)
{
    uintptr_t bottom = stack_bottom(teb), limit = page_down(address), guard, run_end;
    uintptr_t reserve = PAGE_SIZE_ + page_up(stack_guaranteed(teb)), at;
    uintptr_t end = limit + PAGE_SIZE_;
    NTSTATUS status = STATUS_SUCCESS;

    if (bottom < view->base || limit < bottom) return STATUS_ACCESS_VIOLATION;
    /* up to the committed part: a thread may have jumped over some of the guard pages */
    while (end < view->end) {
        uint32_t protect = view_protect_at(view, end, &run_end);
        if (protect && !(protect & PAGE_GUARD)) break;
        end = run_end;
    }
    if (limit < bottom + reserve + (GUARD_PAGES + 1) * PAGE_SIZE_) {
        /* the last of it: all is given, the lowest page stays as a barrier */
        limit = bottom + PAGE_SIZE_;
        guard = limit;
        status = STATUS_STACK_OVERFLOW;
    } else {
        uintptr_t lowest = bottom + reserve + GUARD_PAGES * PAGE_SIZE_;
        at = limit - (GROWTH_PAGES - 1) * PAGE_SIZE_;
        if (at < lowest || at > limit) at = lowest;
        limit = at;
        guard = limit - GUARD_PAGES * PAGE_SIZE_;
    }
    if (limit >= end) return STATUS_ACCESS_VIOLATION;
    if (!commit_charge((end - guard) / PAGE_SIZE_ - view_committed(view, guard, end))) return STATUS_STACK_OVERFLOW;
    if (!view_set_protect(view, limit, end, PAGE_READWRITE) ||
        !view_set_protect(view, guard, limit, PAGE_READWRITE | PAGE_GUARD))
        return STATUS_STACK_OVERFLOW;
    if (mprotect((void *)limit, end - limit, PROT_READ | PROT_WRITE)) return STATUS_STACK_OVERFLOW;
    stack_set_limit(teb, limit);
    return status;
}

static bool access_allowed(uint32_t protect, enum fault_access access)
{
    int prot = host_protection(protect);

    return prot & (access == FAULT_WRITE ? PROT_WRITE : access == FAULT_EXECUTE ? PROT_EXEC : PROT_READ);
}

static NTSTATUS handle_fault_locked(uintptr_t address, enum fault_access access, FERRY_TEB *teb)
{
    struct view *view = view_find(address);
    uintptr_t page = page_down(address);
    uint32_t protect;

    if (!view) return STATUS_ACCESS_VIOLATION;
    if (view->flags & VIEW_SYSTEM) return shared_data_fault(access == FAULT_READ);
    protect = view_protect_at(view, address, NULL);
    if (!protect && view->flags & VIEW_RESERVE) return section_fault(view, page);
    if (!protect) return STATUS_ACCESS_VIOLATION;
    if (protect & PAGE_GUARD) {
        if (teb && address >= stack_bottom(teb) && address < stack_base(teb))
            return grow_stack(view, teb, address);
        view_set_protect(view, page, page + PAGE_SIZE_, protect & ~PAGE_GUARD);
        view_apply(view, page, page + PAGE_SIZE_);
        return STATUS_GUARD_PAGE_VIOLATION;
    }
    if (!access_allowed(protect, access)) return STATUS_ACCESS_VIOLATION;
    if (access == FAULT_WRITE && view->flags & VIEW_WRITE_WATCH) {
        uint64_t index = (page - view->base) / PAGE_SIZE_;
        view->written[index / 64] |= (uint64_t)1 << index % 64;
        return mprotect((void *)page, PAGE_SIZE_, host_protection(protect)) ? STATUS_ACCESS_VIOLATION
                                                                              : STATUS_SUCCESS;
    }
    return view->type != MEM_PRIVATE && !kernel_can_read(page) ? STATUS_IN_PAGE_ERROR : STATUS_SUCCESS;
}

NTSTATUS virtual_handle_fault(void *address, enum fault_access access, FERRY_TEB *teb)
{
    NTSTATUS status;

    pthread_mutex_lock(&virtual_lock);
    status = handle_fault_locked((uintptr_t)address, access, teb);
    pthread_mutex_unlock(&virtual_lock);
    return status;
}

NTSTATUS virtual_touch(void *address, size_t bytes, bool write)
{
    uintptr_t start = (uintptr_t)address, at = start, end = start + bytes, run_end;
    enum fault_access access = write ? FAULT_WRITE : FAULT_READ;
    struct thread *thread = thread_self();
    NTSTATUS status = STATUS_SUCCESS;
    bool of_file = false;
    char byte;

    if (!bytes) return STATUS_SUCCESS;
    if (!user_range(address, bytes)) return STATUS_ACCESS_VIOLATION;
    pthread_mutex_lock(&virtual_lock);
    while (at < end && !status) {
        struct view *view = view_find(at);
        uint32_t protect;

        if (!view) {
            status = STATUS_ACCESS_VIOLATION;
            break;
        }
        protect = view_protect_at(view, at, &run_end);
        of_file |= view->type != MEM_PRIVATE;
        if (!protect || protect & PAGE_GUARD || view->flags & (VIEW_SYSTEM | VIEW_WRITE_WATCH) ||
            !access_allowed(protect, access)) {
            status = handle_fault_locked(at, access, thread ? thread->teb : NULL);
            run_end = page_down(at) + PAGE_SIZE_;
        }
        at = run_end;
    }
    pthread_mutex_unlock(&virtual_lock);
    /* A page behind the end of a mapped file looks like the others; only touching it tells. */
    for (at = start; of_file && at < end && !status; at = page_down(at) + PAGE_SIZE_)
        if (virtual_copy(&byte, (void *)at, 1)) status = STATUS_IN_PAGE_ERROR;
    return status;
}

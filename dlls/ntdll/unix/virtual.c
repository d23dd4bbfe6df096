/* Reserving, committing, protecting and freeing the memory of this process. */
#include "virtual.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include "host.h"
#include "wow.h"
#include "shareddata.h"
#include "memory.h"
#include "section.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

/* Linux puts its own mappings below the stack (0x7e… and 0x7f…) and, of a position-independent program, at 0x55…
 * and 0x56…. What we choose ourselves stays clear of both. */
#define HOST_PROGRAM_START 0x550000000000ul
#define HOST_MAPPINGS_START 0x7e0000000000ul
#define HIGH_ENTROPY_BOTTOM 0x20000000000ul /* 2 TiB: above images and above what programs ask for by address */

struct address_space address_space = {
    .bottom = HIGH_ENTROPY_BOTTOM,
    .top = HOST_PROGRAM_START,
    .highest = USER_SPACE_END,
    .shown = USER_SPACE_END,
};

const struct host_range host_ranges[2] = {
    { HOST_PROGRAM_START, 0x570000000000 },
    { HOST_MAPPINGS_START, USER_SPACE_END },
};

uint64_t committed_pages, committed_peak;
static uint64_t commit_limit; /* pages; 0: not known yet */

void virtual_set_address_space(bool large_address_aware, bool high_entropy)
{
    pthread_mutex_lock(&virtual_lock);
    if (wow64) address_space.top = address_space.highest = address_space.shown = large_address_aware ? 0xffff0000 : 0x7fff0000;
    else if (!large_address_aware) address_space.top = address_space.shown = 0x7fff0000;
    if (wow64 || !high_entropy || !large_address_aware) address_space.bottom = 0x200000;
    pthread_mutex_unlock(&virtual_lock);
}

void virtual_init(void)
{
    shared_data_init();
    section_init();
}

/* ---- protections ---- */

int host_protection(uint32_t protect)
{
    if (protect & PAGE_GUARD) return PROT_NONE;
    switch (protect & 0xff) {
    case PAGE_READONLY: return PROT_READ;
    case PAGE_READWRITE:
    case PAGE_WRITECOPY: return PROT_READ | PROT_WRITE;
    case PAGE_EXECUTE:
    case PAGE_EXECUTE_READ: return PROT_READ | PROT_EXEC;
    case PAGE_EXECUTE_READWRITE:
    case PAGE_EXECUTE_WRITECOPY: return PROT_READ | PROT_WRITE | PROT_EXEC;
    default: return PROT_NONE;
    }
}

bool protection_valid(uint32_t protect)
{
    uint32_t base = protect & 0xff, modifiers = protect & ~0xffu;

    if (!base || base & (base - 1)) return false;
    if (base & (PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY))
        modifiers &= ~(uint32_t)PAGE_TARGETS_INVALID; /* = PAGE_TARGETS_NO_UPDATE: for control flow guard */
    if (modifiers & ~(PAGE_GUARD | PAGE_NOCACHE | PAGE_WRITECOMBINE)) return false;
    if (modifiers && base == PAGE_NOACCESS) return false;
    return (modifiers & (PAGE_NOCACHE | PAGE_WRITECOMBINE)) != (PAGE_NOCACHE | PAGE_WRITECOMBINE);
}

uint32_t protection_copy_on_write(uint32_t protect)
{
    if ((protect & 0xff) == PAGE_READWRITE) return (protect & ~0xffu) | PAGE_WRITECOPY;
    if ((protect & 0xff) == PAGE_EXECUTE_READWRITE) return (protect & ~0xffu) | PAGE_EXECUTE_WRITECOPY;
    return protect;
}

static bool is_writecopy(uint32_t protect)
{
    return protect & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY);
}

/* mprotect of pages that share the state `protect`, page by page where write watch needs it. */
static NTSTATUS apply_run(struct view *view, uintptr_t start, uintptr_t end, uint32_t protect)
{
    int prot = host_protection(protect);

    if (!(view->flags & VIEW_WRITE_WATCH) || !(prot & PROT_WRITE))
        return mprotect((void *)start, end - start, prot) ? status_from_errno(errno) : STATUS_SUCCESS;
    for (uintptr_t at = start, next; at < end; at = next) {
        uint64_t page = (at - view->base) / PAGE_SIZE_;
        bool written = view->written[page / 64] >> page % 64 & 1;

        for (next = at + PAGE_SIZE_; next < end; next += PAGE_SIZE_) {
            page = (next - view->base) / PAGE_SIZE_;
            if ((view->written[page / 64] >> page % 64 & 1) != written) break;
        }
        if (mprotect((void *)at, next - at, written ? prot : prot & ~PROT_WRITE)) return status_from_errno(errno);
    }
    return STATUS_SUCCESS;
}

NTSTATUS view_apply(struct view *view, uintptr_t start, uintptr_t end)
{
    NTSTATUS status = STATUS_SUCCESS;

    for (uintptr_t at = start, run_end; at < end && !status; at = run_end) {
        uint32_t protect = view_protect_at(view, at, &run_end);
        if (run_end > end) run_end = end;
        status = apply_run(view, at, run_end, protect);
    }
    return status;
}

/* ---- commit charge ---- */

/* Windows lets a system-managed paging file grow to three times the memory, or 4 GB if that is more. */
static void read_commit_limit(void)
{
    struct sysinfo info;
    uint64_t ram, file;

    if (sysinfo(&info)) {
        commit_limit = UINT64_MAX;
        return;
    }
    ram = (uint64_t)info.totalram * info.mem_unit;
    file = ram * 3 > 0x100000000u ? ram * 3 : 0x100000000u;
    commit_limit = (ram + file + (uint64_t)info.totalswap * info.mem_unit) / PAGE_SIZE_;
}

bool commit_charge(uint64_t pages)
{
    committed_pages += pages;
    if (committed_pages > 0x40000000 / PAGE_SIZE_) {
        if (!commit_limit) read_commit_limit();
        if (committed_pages > commit_limit) {
            committed_pages -= pages;
            return false;
        }
    }
    if (committed_pages > committed_peak) committed_peak = committed_pages;
    return true;
}

void commit_return(uint64_t pages)
{
    committed_pages -= pages;
}

/* ---- placing ---- */

static NTSTATUS map_at(uintptr_t base, uintptr_t size, int prot, int flags, int fd, uint64_t offset)
{
    void *result;

    spare_give_way(base, size);
    result = mmap((void *)base, size, prot, flags | MAP_FIXED_NOREPLACE, fd, (off_t)offset);

    if (result == (void *)base) return STATUS_SUCCESS;
    if (result != MAP_FAILED) { /* a kernel that does not know the flag took it as a hint */
        munmap(result, size);
        return STATUS_CONFLICTING_ADDRESSES;
    }
    switch (errno) {
    case EEXIST:
    case EPERM: return STATUS_CONFLICTING_ADDRESSES; /* EPERM: below vm.mmap_min_addr */
    case ENOMEM: return STATUS_NO_MEMORY;
    default: return status_from_errno(errno);
    }
}

NTSTATUS place_mapping(const struct placement *placement, int prot, int flags, int fd, uint64_t offset,
                       uintptr_t *base)
{
    uintptr_t low = placement->low ? placement->low : address_space.bottom;
    uintptr_t high = placement->high ? placement->high : address_space.top;
    uintptr_t align = placement->align ? placement->align : ALLOCATION_GRANULARITY;
    uintptr_t at, step = ALLOCATION_GRANULARITY;
    NTSTATUS status;

    if (placement->replace) {
        struct view *old = view_find(placement->base);

        if (!old || !(old->flags & VIEW_PLACEHOLDER) || old->base != placement->base ||
            old->end - old->base != placement->size)
            return STATUS_CONFLICTING_ADDRESSES;
        if (mmap((void *)old->base, placement->size, prot, flags | MAP_FIXED, fd, (off_t)offset) == MAP_FAILED)
            return status_from_errno(errno);
        view_remove(old);
        view_free(old);
        *base = placement->base;
        return STATUS_SUCCESS;
    }
    if (placement->base) {
        if (view_overlaps(placement->base, placement->base + placement->size)) return STATUS_CONFLICTING_ADDRESSES;
        *base = placement->base;
        return map_at(placement->base, placement->size, prot, flags, fd, offset);
    }
    if (low < ALLOCATION_GRANULARITY) low = ALLOCATION_GRANULARITY;
    if (low >= high) low = ALLOCATION_GRANULARITY;
    for (;;) {
        at = view_find_space(placement->size, low, high, align, placement->top_down);
        if (!at) return STATUS_NO_MEMORY;
        status = map_at(at, placement->size, prot, flags, fd, offset);
        if (status != STATUS_CONFLICTING_ADDRESSES) break;
        /* something of the host is there; its extent is not known, so step over it faster and faster */
        if (placement->top_down) high = at + placement->size - 1 > step ? at + placement->size - step : 0;
        else low = at + step;
        if (low >= high) return STATUS_NO_MEMORY;
        if (step < 0x40000000) step *= 2;
    }
    *base = at;
    return status;
}

struct section *view_destroy(struct view *view)
{
    struct section *section = view->section;

    commit_return(view->type == MEM_PRIVATE ? view_committed(view, view->base, view->end) : 0);
    if (!spare_keep(view)) munmap((void *)view->base, view->end - view->base);
    view_remove(view);
    view_free(view);
    return section;
}

/* ---- reserve and commit ---- */

static NTSTATUS reserve(const struct placement *placement, ULONG type, ULONG protect, uintptr_t *base)
{
    bool commit = type & MEM_COMMIT;
    uint64_t pages = placement->size / PAGE_SIZE_;
    int prot = commit && !(type & MEM_WRITE_WATCH) ? host_protection(protect) : PROT_NONE;
    struct view *view = view_new(0, placement->size, MEM_PRIVATE, commit ? protect : 0);
    NTSTATUS status = STATUS_NO_MEMORY;

    if (!view) return STATUS_NO_MEMORY;
    if (type & MEM_WRITE_WATCH) {
        view->flags |= VIEW_WRITE_WATCH;
        view->written = calloc((pages + 63) / 64, sizeof(uint64_t));
        if (!view->written) goto fail;
    }
    status = STATUS_COMMITMENT_LIMIT;
    if (commit && !commit_charge(pages)) goto fail;
    *base = 0;
    if (commit && !view->flags && protect == PAGE_READWRITE && !placement->base && !placement->low && !placement->high &&
        !placement->align && !placement->top_down)
        *base = spare_take(placement->size);
    status = *base ? STATUS_SUCCESS
                   : place_mapping(placement, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0, base);
    if (status) {
        if (commit) commit_return(pages);
        goto fail;
    }
    view->allocation_protect = protect;
    if (type & MEM_RESERVE_PLACEHOLDER) view->flags |= VIEW_PLACEHOLDER;
    if (placement->replace) view->flags |= VIEW_FROM_PLACEHOLDER;
    view->base = *base;
    view->end = *base + placement->size;
    view_insert(view);
    if (commit && type & MEM_WRITE_WATCH) view_apply(view, view->base, view->end);
    return STATUS_SUCCESS;
fail:
    view_free(view);
    return status;
}

/* Commits in a range that is reserved; what is committed already only gets the new protection. */
static NTSTATUS commit(uintptr_t start, uintptr_t end, ULONG protect)
{
    struct view *view = view_find(start);
    uint64_t pages;
    NTSTATUS status;

    if (!view || view->end < end || view->flags & (VIEW_PLACEHOLDER | VIEW_SYSTEM)) return STATUS_CONFLICTING_ADDRESSES;
    if (view->type == MEM_IMAGE) return STATUS_ALREADY_COMMITTED;
    if (view->type == MEM_MAPPED) {
        if (!(view->flags & VIEW_RESERVE)) return STATUS_ALREADY_COMMITTED;
        return section_commit(view, start, end, protect);
    }
    if (is_writecopy(protect)) return STATUS_INVALID_PAGE_PROTECTION;
    pages = (end - start) / PAGE_SIZE_ - view_committed(view, start, end);
    if (!commit_charge(pages)) return STATUS_COMMITMENT_LIMIT;
    if (!view_set_protect(view, start, end, protect)) {
        commit_return(pages);
        return STATUS_NO_MEMORY;
    }
    status = view_apply(view, start, end);
    return status;
}

static NTSTATUS reset(uintptr_t start, uintptr_t end, bool undo)
{
    struct view *view = view_find(start);

    if (!view || view->end < end) return STATUS_CONFLICTING_ADDRESSES;
    if (view->type == MEM_IMAGE || view->flags & VIEW_SYSTEM) return STATUS_CONFLICTING_ADDRESSES;
    if (view_committed(view, start, end) != (end - start) / PAGE_SIZE_) return STATUS_NOT_COMMITTED;
    /* MADV_FREE keeps the contents until memory runs short, which is what MEM_RESET says. */
    if (undo) return pages_keep(start, end) ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
    if (view->type == MEM_PRIVATE) madvise((void *)start, end - start, MADV_FREE);
    return STATUS_SUCCESS;
}

NTSTATUS zero_bits_limit(ULONG_PTR zero_bits, uintptr_t *high)
{
    *high = address_space.highest;
    if (!zero_bits) return STATUS_SUCCESS;
    if (zero_bits < 32) {
        if (zero_bits > 21) return STATUS_INVALID_PARAMETER_3;
        *high = (uintptr_t)1 << (32 - zero_bits);
    } else {
        *high = ((uintptr_t)2 << (63 - __builtin_clzl(zero_bits))) - 1;
        if (*high != UINTPTR_MAX) *high += 1;
    }
    if (*high > address_space.highest) *high = address_space.highest;
    return STATUS_SUCCESS;
}

NTSTATUS virtual_allocate_at(void **base, size_t *size, ULONG type, ULONG protect, struct placement *placement)
{
    uintptr_t start = (uintptr_t)*base, bytes = *size, end;
    NTSTATUS status;

    if (!protection_valid(protect)) return STATUS_INVALID_PAGE_PROTECTION;
    if (start >= address_space.highest) return STATUS_INVALID_PARAMETER_2;
    if (!bytes || bytes > address_space.highest - start) return STATUS_INVALID_PARAMETER_4;
    if (type & (MEM_LARGE_PAGES | MEM_PHYSICAL)) return STATUS_PRIVILEGE_NOT_HELD; /* SeLockMemoryPrivilege */

    if (type & (MEM_RESET | MEM_RESET_UNDO)) {
        /* only whole pages inside the range are given away */
        end = page_down(start + bytes);
        start = page_up(start);
        if (start >= end) return STATUS_CONFLICTING_ADDRESSES;
        pthread_mutex_lock(&virtual_lock);
        status = reset(start, end, type & MEM_RESET_UNDO);
        pthread_mutex_unlock(&virtual_lock);
    } else if (type & MEM_RESERVE || !start) {
        if (is_writecopy(protect)) return STATUS_INVALID_PAGE_PROTECTION;
        end = page_up(start + bytes);
        start = type & MEM_REPLACE_PLACEHOLDER ? page_down(start) : granularity_down(start);
        if (*base && !start) return STATUS_INVALID_PARAMETER_2;
        placement->base = start;
        placement->size = end - start;
        placement->replace = type & MEM_REPLACE_PLACEHOLDER;
        placement->top_down = type & MEM_TOP_DOWN;
        pthread_mutex_lock(&virtual_lock);
        status = reserve(placement, type, protect, &start);
        pthread_mutex_unlock(&virtual_lock);
        end = start + placement->size;
    } else {
        end = page_up(start + bytes);
        start = page_down(start);
        pthread_mutex_lock(&virtual_lock);
        status = commit(start, end, protect);
        pthread_mutex_unlock(&virtual_lock);
    }
    if (status) return status;
    *base = (void *)start;
    *size = end - start;
    return STATUS_SUCCESS;
}

/* Are the bits of AllocationType legal together, placeholders aside? */
static bool type_valid(ULONG type)
{
    if (type & (MEM_RESET | MEM_RESET_UNDO)) return type == MEM_RESET || type == MEM_RESET_UNDO;
    if (!(type & (MEM_RESERVE | MEM_COMMIT))) return false;
    if (type & MEM_WRITE_WATCH && !(type & MEM_RESERVE)) return false;
    if (type & MEM_PHYSICAL && (type & ~(MEM_PHYSICAL | MEM_RESERVE | MEM_TOP_DOWN) || !(type & MEM_RESERVE)))
        return false;
    return !(type & MEM_LARGE_PAGES) || (type & (MEM_RESERVE | MEM_COMMIT)) == (MEM_RESERVE | MEM_COMMIT);
}

#define KNOWN_TYPES \
    (MEM_RESERVE | MEM_COMMIT | MEM_TOP_DOWN | MEM_WRITE_WATCH | MEM_RESET | MEM_RESET_UNDO | MEM_LARGE_PAGES | \
     MEM_PHYSICAL)

NTSTATUS virtual_allocate(void **base, size_t *size, ULONG type, ULONG protect, ULONG_PTR zero_bits)
{
    struct placement placement = { 0 };
    NTSTATUS status;

    if (zero_bits) {
        status = zero_bits_limit(zero_bits, &placement.high);
        if (status) return status;
        if (placement.high <= address_space.bottom) placement.low = ALLOCATION_GRANULARITY;
    }
    if (type & ~KNOWN_TYPES || !type_valid(type)) return STATUS_INVALID_PARAMETER_5;
    return virtual_allocate_at(base, size, type, protect, &placement);
}

NTSTATUS virtual_allocate_ex(void **base, size_t *size, ULONG type, ULONG protect,
                             const MEM_EXTENDED_PARAMETER *parameters, ULONG count)
{
    const ULONG placeholders = MEM_RESERVE_PLACEHOLDER | MEM_REPLACE_PLACEHOLDER;
    struct placement placement = { 0 };
    NTSTATUS status;

    if (type & ~(KNOWN_TYPES | placeholders) || !type_valid(type & KNOWN_TYPES)) return STATUS_INVALID_PARAMETER;
    if (type & MEM_RESERVE_PLACEHOLDER && (type != (MEM_RESERVE | MEM_RESERVE_PLACEHOLDER) || protect != PAGE_NOACCESS))
        return STATUS_INVALID_PARAMETER;
    if (type & MEM_REPLACE_PLACEHOLDER) {
        if (!(type & MEM_RESERVE) || type & ~(MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER)) return STATUS_INVALID_PARAMETER;
        if (!*base || (uintptr_t)*base % PAGE_SIZE_ || *size % PAGE_SIZE_) return STATUS_INVALID_PARAMETER;
    }
    status = memory_parameters(parameters, count, *base, type & MEM_REPLACE_PLACEHOLDER, &placement);
    return status ? status : virtual_allocate_at(base, size, type, protect, &placement);
}

/* ---- decommit and release ---- */

NTSTATUS view_decommit(struct view *view, uintptr_t start, uintptr_t end)
{
    uint64_t pages = view_committed(view, start, end);

    if (!view_set_protect(view, start, end, 0)) return STATUS_NO_MEMORY;
    if (mmap((void *)start, end - start, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) ==
        MAP_FAILED)
        return status_from_errno(errno);
    commit_return(pages);
    if (view->written)
        for (uint64_t page = (start - view->base) / PAGE_SIZE_; page < (end - view->base) / PAGE_SIZE_; page++)
            view->written[page / 64] &= ~((uint64_t)1 << page % 64);
    return STATUS_SUCCESS;
}

/* Takes [start, end) out of the view; up to two views remain. */
static NTSTATUS release(struct view *view, uintptr_t start, uintptr_t end)
{
    if (view->flags & (VIEW_WRITE_WATCH | VIEW_STARTUP) && (start != view->base || end != view->end))
        return STATUS_UNABLE_TO_FREE_VM;
    if (end < view->end && !view_split(view, end)) return STATUS_NO_MEMORY;
    if (start > view->base && !(view = view_split(view, start))) return STATUS_NO_MEMORY;
    view_destroy(view);
    return STATUS_SUCCESS;
}

static NTSTATUS release_placeholder(struct view *view, uintptr_t start, uintptr_t end, ULONG type)
{
    if (type & MEM_COALESCE_PLACEHOLDERS) {
        struct view *next;

        if (view->base != start || end <= view->end) return STATUS_CONFLICTING_ADDRESSES;
        for (next = view; next && next->end < end; next = view_next(next)) {
            struct view *after = view_next(next);
            if (!(next->flags & VIEW_PLACEHOLDER) || !after || after->base != next->end ||
                !(after->flags & VIEW_PLACEHOLDER))
                return STATUS_CONFLICTING_ADDRESSES;
        }
        if (!next || next->end != end) return STATUS_CONFLICTING_ADDRESSES;
        while (view->end < end)
            if (!view_join(view, view_next(view))) return STATUS_NO_MEMORY;
        return STATUS_SUCCESS;
    }
    /* MEM_PRESERVE_PLACEHOLDER: an allocation that took a placeholder's place becomes one again, or a placeholder
     * is cut in two or three. */
    if (view->flags & VIEW_PLACEHOLDER) {
        if (start == view->base && end == view->end) return STATUS_CONFLICTING_ADDRESSES;
        if (end < view->end && !view_split(view, end)) return STATUS_NO_MEMORY;
        if (start > view->base && !view_split(view, start)) return STATUS_NO_MEMORY;
        return STATUS_SUCCESS;
    }
    if (!(view->flags & VIEW_FROM_PLACEHOLDER) || start != view->base || end != view->end)
        return STATUS_CONFLICTING_ADDRESSES;
    return view_make_placeholder(view);
}

NTSTATUS view_make_placeholder(struct view *view)
{
    void *result = mmap((void *)view->base, view->end - view->base, PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);

    if (result == MAP_FAILED) return status_from_errno(errno);
    if (view->type == MEM_PRIVATE) commit_return(view_committed(view, view->base, view->end));
    view_set_protect(view, view->base, view->end, 0);
    view->type = MEM_PRIVATE;
    view->flags = VIEW_PLACEHOLDER;
    view->allocation_protect = PAGE_NOACCESS;
    view->section = NULL;
    free(view->written);
    view->written = NULL;
    return STATUS_SUCCESS;
}

static NTSTATUS free_locked(uintptr_t *start, uintptr_t *size, ULONG type)
{
    struct view *view = view_find(*start);
    uintptr_t end = *size ? page_up(*start + *size) : 0;

    *start = page_down(*start);
    if (!view) return STATUS_MEMORY_NOT_ALLOCATED;
    if (view->flags & VIEW_SYSTEM) return STATUS_INVALID_PAGE_PROTECTION;
    if (view->type != MEM_PRIVATE) return STATUS_UNABLE_TO_DELETE_SECTION;
    if (!end) {
        if (*start != view->base) return STATUS_FREE_VM_NOT_AT_BASE;
        end = view->end;
        *size = end - *start;
    } else {
        if (type & MEM_COALESCE_PLACEHOLDERS) {
            *size = end - *start;
            return release_placeholder(view, *start, end, type);
        }
        if (end > view->end) return STATUS_UNABLE_TO_FREE_VM;
        *size = end - *start;
    }
    if (type & MEM_DECOMMIT) {
        if (view->flags & VIEW_PLACEHOLDER) return STATUS_CONFLICTING_ADDRESSES;
        return view_decommit(view, *start, end);
    }
    if (type & MEM_PRESERVE_PLACEHOLDER) return release_placeholder(view, *start, end, type);
    return release(view, *start, end);
}

NTSTATUS virtual_free(void **base, size_t *size, ULONG type)
{
    uintptr_t start = (uintptr_t)*base, bytes = *size;
    NTSTATUS status;

    switch (type) {
    case MEM_DECOMMIT:
    case MEM_RELEASE: break;
    case MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER:
    case MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS:
        if (!bytes) return STATUS_INVALID_PARAMETER_3;
        break;
    default: return STATUS_INVALID_PARAMETER_4;
    }
    if (start >= address_space.highest) return STATUS_INVALID_PARAMETER_2;
    if (bytes > address_space.highest - start) return STATUS_INVALID_PARAMETER_3;
    pthread_mutex_lock(&virtual_lock);
    status = free_locked(&start, &bytes, type);
    pthread_mutex_unlock(&virtual_lock);
    if (status) return status;
    *base = (void *)start;
    *size = bytes;
    return STATUS_SUCCESS;
}

/* ---- protect ---- */

/* May a view whose section allows `most` have pages of `protect`? */
static bool section_allows(uint32_t most, uint32_t protect)
{
    const uint32_t write = PAGE_READWRITE | PAGE_EXECUTE_READWRITE;
    const uint32_t execute = PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;

    if (protect & write && !(most & write)) return false;
    return !(protect & execute) || most & execute;
}

static NTSTATUS protect_locked(uintptr_t start, uintptr_t end, ULONG protect, ULONG *old)
{
    struct view *view = view_find(start);

    if (!view || view->end < end || view->flags & VIEW_PLACEHOLDER) return STATUS_CONFLICTING_ADDRESSES;
    if (view->flags & VIEW_SYSTEM) return STATUS_INVALID_PAGE_PROTECTION;
    if (view_committed(view, start, end) != (end - start) / PAGE_SIZE_) return STATUS_NOT_COMMITTED;
    if (view->type == MEM_PRIVATE) {
        if (is_writecopy(protect)) return STATUS_INVALID_PAGE_PROTECTION;
    } else if (view->flags & VIEW_COPY_ON_WRITE) {
        protect = protection_copy_on_write(protect);
    } else if (!section_allows(view->section_protect, protect)) {
        return STATUS_SECTION_PROTECTION;
    } else if (is_writecopy(protect)) {
        return section_make_private(view, start, end, protect, old);
    }
    *old = view_protect_now(view, start, NULL);
    if (!view_set_protect(view, start, end, protect)) return STATUS_NO_MEMORY;
    return view_apply(view, start, end);
}

NTSTATUS virtual_protect(void **base, size_t *size, ULONG protect, ULONG *old)
{
    uintptr_t start = (uintptr_t)*base, end;
    NTSTATUS status;

    if (!protection_valid(protect)) return STATUS_INVALID_PAGE_PROTECTION;
    if (start >= address_space.highest) return STATUS_INVALID_PARAMETER_2;
    if (!*size || *size > address_space.highest - start) return STATUS_INVALID_PARAMETER_3;
    end = page_up(start + *size);
    start = page_down(start);
    pthread_mutex_lock(&virtual_lock);
    status = protect_locked(start, end, protect, old);
    pthread_mutex_unlock(&virtual_lock);
    if (status) return status;
    *base = (void *)start;
    *size = end - start;
    return STATUS_SUCCESS;
}

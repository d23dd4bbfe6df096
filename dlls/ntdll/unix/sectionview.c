/* Views of sections. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "ferry/syscall_table.h"
#include "host.h"
#include "wow.h"
#include "memory.h"
#include "object.h"
#include "remote.h"
#include "section.h"

#define WRITES (PAGE_READWRITE | PAGE_EXECUTE_READWRITE)
#define WRITES_COPY (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY)
#define EXECUTES (PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY)

#ifndef MEM_DIFFERENT_IMAGE_BASE_OK
#define MEM_DIFFERENT_IMAGE_BASE_OK 0x800000
#endif

/* May a section made with `section` be mapped with `view`? */
static bool view_protection_allowed(uint32_t section, uint32_t view)
{
    if (view & WRITES && !(section & WRITES)) return false;
    if (view & EXECUTES && !(section & EXECUTES)) return false;
    if (section == PAGE_EXECUTE) return view & (PAGE_EXECUTE | PAGE_NOACCESS);
    return true;
}

static ACCESS_MASK access_needed(uint32_t protect)
{
    if (protect & EXECUTES) return SECTION_MAP_EXECUTE | (protect & WRITES ? SECTION_MAP_WRITE : 0);
    if (protect & WRITES) return SECTION_MAP_WRITE;
    return protect == PAGE_NOACCESS ? 0 : SECTION_MAP_READ;
}

/* ---- data ---- */

struct map_request {
    uintptr_t base;
    uint64_t offset, size, commit;
    ULONG type, protect;
    struct placement placement;
};

/* The view's pages as the section's commits have them. */
static bool copy_commits(struct view *view, const struct section *section, uint32_t protect)
{
    uintptr_t run_end, end = view->offset + (view->end - view->base);

    for (uintptr_t at = view->offset; at < end; at = run_end) {
        uint32_t committed = view_protect_at(section->pages, at, &run_end);
        if (run_end > end) run_end = end;
        if (!view_set_protect(view, view->base + (at - view->offset), view->base + (run_end - view->offset),
                              committed ? protect : 0))
            return false;
    }
    return true;
}

static NTSTATUS map_data(struct section *section, struct map_request *request)
{
    uint64_t size = section->size, bytes = request->size;
    bool copy = request->protect & WRITES_COPY, reserve = section->pages;
    int prot = reserve ? PROT_NONE : host_protection(request->protect);
    struct view *view;
    NTSTATUS status;

    if (request->offset >= size || bytes > size - request->offset) {
        /* the last page may be asked for whole */
        if (request->offset >= size || page_up(bytes) > page_up(size - request->offset)) return STATUS_INVALID_VIEW_SIZE;
    }
    if (!bytes) bytes = size - request->offset;
    if (bytes > address_space.highest) return STATUS_NO_MEMORY;
    bytes = page_up(bytes);
    if (request->base && (request->base >= address_space.highest || bytes > address_space.highest - request->base))
        return STATUS_INVALID_PARAMETER_3;
    view = view_new(0, bytes, MEM_MAPPED, request->protect);
    if (!view) return STATUS_NO_MEMORY;
    view->section = section;
    view->section_protect = request->protect & 0xff; /* VirtualProtect gives no more than that */
    view->offset = request->offset;
    view->flags = (copy ? VIEW_COPY_ON_WRITE : 0) | (reserve ? VIEW_RESERVE : 0) |
                  (request->type & MEM_REPLACE_PLACEHOLDER ? VIEW_FROM_PLACEHOLDER : 0);
    request->placement.base = request->base;
    request->placement.size = bytes;
    request->placement.top_down = request->type & MEM_TOP_DOWN;
    request->placement.replace = request->type & MEM_REPLACE_PLACEHOLDER;

    pthread_mutex_lock(&virtual_lock);
    status = place_mapping(&request->placement, prot, copy ? MAP_PRIVATE | MAP_NORESERVE : MAP_SHARED, section->object.fd,
                           request->offset, &view->base);
    if (!status) {
        view->end = view->base + bytes;
        view_insert(view);
        section_retain(section);
        if (reserve) {
            if (!copy_commits(view, section, request->protect)) status = STATUS_NO_MEMORY;
            if (!status && request->commit) {
                uint64_t commit = page_up(request->commit) < bytes ? page_up(request->commit) : bytes;
                status = section_commit(view, view->base, view->base + commit, request->protect);
            } else if (!status) {
                status = view_apply(view, view->base, view->end);
            }
        }
    }
    if (status) {
        if (view->end > bytes) section_release(view_destroy(view));
        else view_free(view);
    } else {
        request->base = view->base;
        request->size = bytes;
    }
    pthread_mutex_unlock(&virtual_lock);
    return status;
}

NTSTATUS section_commit(struct view *view, uintptr_t start, uintptr_t end, ULONG protect)
{
    struct section *section = view->section;
    uint64_t from = view->offset + (start - view->base), to = from + (end - start), pages;

    if (!view_protection_allowed(view->section_protect, protect & 0xff)) return STATUS_INVALID_PAGE_PROTECTION;
    pages = (to - from) / PAGE_SIZE_ - view_committed(section->pages, from, to);
    if (!commit_charge(pages)) return STATUS_COMMITMENT_LIMIT;
    section->charged += pages;
    if (section->shared) fallocate(section->object.fd, FALLOC_FL_KEEP_SIZE, (off_t)from, (off_t)(to - from));
    if (!view_set_protect(section->pages, from, to, 1) || !view_set_protect(view, start, end, protect))
        return STATUS_NO_MEMORY;
    for (struct view *other = view_first(); other; other = view_next(other)) {
        uintptr_t low, high, run_end;
        if (other == view || other->section != section) continue;
        low = from > other->offset ? other->base + (from - other->offset) : other->base;
        high = to > other->offset ? other->base + (to - other->offset) : other->base;
        if (high > other->end) high = other->end;
        for (uintptr_t at = low; at < high; at = run_end) {
            bool reserved = !view_protect_at(other, at, &run_end);
            if (run_end > high) run_end = high;
            if (!reserved) continue;
            if (!view_set_protect(other, at, run_end, other->allocation_protect)) return STATUS_NO_MEMORY;
            view_apply(other, at, run_end);
        }
    }
    return view_apply(view, start, end);
}

NTSTATUS section_fault(struct view *view, uintptr_t page)
{
    struct section *section = view->section;
    off_t offset = (off_t)(view->offset + (page - view->base));

    if (!section->shared || lseek(section->object.fd, offset, SEEK_DATA) != offset) return STATUS_ACCESS_VIOLATION;
    if (!view_set_protect(section->pages, (uintptr_t)offset, (uintptr_t)offset + PAGE_SIZE_, 1) ||
        !view_set_protect(view, page, page + PAGE_SIZE_, view->allocation_protect) ||
        view_apply(view, page, page + PAGE_SIZE_))
        return STATUS_ACCESS_VIOLATION;
    return STATUS_SUCCESS;
}

NTSTATUS section_make_private(struct view *view, uintptr_t start, uintptr_t end, ULONG protect, ULONG *old)
{
    *old = view_protect_at(view, start, NULL);
    if (mmap((void *)start, end - start, host_protection(protect), MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE,
             view->section->object.fd, (off_t)(view->offset + (start - view->base))) == MAP_FAILED)
        return status_from_errno(errno);
    return view_set_protect(view, start, end, protect) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* ---- images ---- */

static NTSTATUS map_image(struct section *section, struct map_request *request)
{
    uintptr_t base;
    NTSTATUS status;

    if (request->offset || request->type & MEM_REPLACE_PLACEHOLDER) return STATUS_INVALID_PARAMETER;
    section_retain(section);
    status = image_map(section->object.fd, section->image, request->base, section, NULL, &base);
    if (!NT_SUCCESS(status)) {
        section_release(section);
        return status;
    }
    request->base = base;
    request->size = section->image->pe.image_size;
    return status;
}

/* ---- the calls ---- */

static NTSTATUS map_view(HANDLE handle, HANDLE process, struct map_request *request)
{
    bool replace = request->type & MEM_REPLACE_PLACEHOLDER;
    uint64_t alignment = replace ? PAGE_SIZE_ : ALLOCATION_GRANULARITY;
    struct section *section;
    ACCESS_MASK access;
    NTSTATUS status;

    if (!protection_valid(request->protect) || request->protect & PAGE_GUARD) return STATUS_INVALID_PAGE_PROTECTION;
    if (request->base % alignment || request->offset % alignment) return STATUS_MAPPED_ALIGNMENT;
    if (replace && (!request->base || request->size % PAGE_SIZE_)) return STATUS_INVALID_PARAMETER;
    status = memory_own_process(process, PROCESS_VM_OPERATION);
    if (status) return status;
    status = handle_object(handle, OBJECT_SECTION, 0, (struct object **)&section, &access);
    if (status) return status;
    if (section->image) {
        if (!(access & (SECTION_MAP_READ | SECTION_MAP_EXECUTE))) status = STATUS_ACCESS_DENIED;
        else status = map_image(section, request);
    } else if (access_needed(request->protect & 0xff) & ~access) {
        status = STATUS_ACCESS_DENIED;
    } else if (!view_protection_allowed(section->protect, request->protect & 0xff)) {
        status = STATUS_SECTION_PROTECTION;
    } else {
        status = map_data(section, request);
    }
    section_release(section);
    return status;
}

/* Into another process: the section gets a handle there, which the agent closes once it is mapped. */
static NTSTATUS map_other(uint32_t process, HANDLE handle, struct map_request *request, ULONG_PTR zero_bits, ULONG inherit)
{
    HANDLE there;
    NTSTATUS status = handle_give(handle, OBJECT_SECTION, process, &there);

    if (status) return status;
    struct remote_call call = { .process = process,
                                .request.arguments = { (uintptr_t)there, request->base, zero_bits, request->commit,
                                                       request->offset, request->size, inherit, request->type,
                                                       request->protect } };
    status = remote_call(REMOTE_MAP, &call);
    if (!NT_SUCCESS(status)) return status;
    request->base = call.reply.results[0];
    request->size = call.reply.results[1];
    return status;
}

NTSTATUS sys_NtMapViewOfSection(HANDLE handle, HANDLE process, void **base, ULONG_PTR zero_bits, SIZE_T commit_size,
                                LARGE_INTEGER *offset, SIZE_T *size, ULONG inherit, ULONG type, ULONG protect)
{
    const ULONG known = MEM_RESERVE | MEM_TOP_DOWN | MEM_LARGE_PAGES | MEM_DIFFERENT_IMAGE_BASE_OK;
    struct map_request request = { .base = (uintptr_t)*base, .size = *size, .commit = commit_size, .type = type,
                                   .protect = protect };
    NTSTATUS status;

    if (offset) request.offset = (uint64_t)offset->QuadPart;
    if (offset && offset->QuadPart < 0) return STATUS_INVALID_VIEW_SIZE;
    if (inherit != 1 && inherit != 2) return STATUS_INVALID_PARAMETER_8; /* ViewShare, ViewUnmap */
    if (type & ~known) return STATUS_INVALID_PARAMETER_9;
    if (zero_bits) {
        status = zero_bits_limit(zero_bits, &request.placement.high);
        if (status) return STATUS_INVALID_PARAMETER_4;
        if (request.placement.high <= address_space.bottom) request.placement.low = ALLOCATION_GRANULARITY;
    }
    uint32_t other;
    status = memory_other_process(process, PROCESS_VM_OPERATION, &other);
    if (status) return status;
    if (other) status = map_other(other, handle, &request, zero_bits, inherit);
    else status = map_view(handle, process, &request);
    if (!NT_SUCCESS(status)) return status;
    *base = (void *)request.base;
    *size = request.size;
    return status;
}

NTSTATUS sys_NtMapViewOfSectionEx(HANDLE handle, HANDLE process, void **base, LARGE_INTEGER *offset, SIZE_T *size,
                                  ULONG type, ULONG protect, MEM_EXTENDED_PARAMETER *parameters, ULONG count)
{
    const ULONG known = MEM_RESERVE | MEM_TOP_DOWN | MEM_LARGE_PAGES | MEM_DIFFERENT_IMAGE_BASE_OK |
                        MEM_REPLACE_PLACEHOLDER;
    struct map_request request = { .base = (uintptr_t)*base, .size = *size, .type = type, .protect = protect };
    NTSTATUS status;

    if (offset) request.offset = (uint64_t)offset->QuadPart;
    if (offset && offset->QuadPart < 0) return STATUS_INVALID_VIEW_SIZE;
    if (type & ~known) return STATUS_INVALID_PARAMETER;
    status = memory_parameters(parameters, count, request.base, type & MEM_REPLACE_PLACEHOLDER, &request.placement);
    if (status) return status;
    uint32_t other;
    status = memory_other_process(process, PROCESS_VM_OPERATION, &other);
    if (status) return status;
    if (!other) status = map_view(handle, process, &request);
    else if (count || (type & MEM_REPLACE_PLACEHOLDER)) return STATUS_NOT_SUPPORTED;
    else status = map_other(other, handle, &request, 0, 2 /* ViewUnmap */);
    if (!NT_SUCCESS(status)) return status;
    *base = (void *)request.base;
    *size = request.size;
    return status;
}

NTSTATUS sys_NtUnmapViewOfSectionEx(HANDLE process, void *address, ULONG flags)
{
    struct section *section = NULL;
    struct view *view;
    uint32_t other;
    NTSTATUS status = memory_other_process(process, PROCESS_VM_OPERATION, &other);

    if (status) return status;
    if (other) {
        struct remote_call call = { .process = other, .request.arguments = { (uintptr_t)address, flags } };
        return remote_call(REMOTE_UNMAP, &call);
    }
    if (flags & ~(ULONG)(MEM_UNMAP_WITH_TRANSIENT_BOOST | MEM_PRESERVE_PLACEHOLDER)) return STATUS_INVALID_PARAMETER;
    pthread_mutex_lock(&virtual_lock);
    view = view_find((uintptr_t)address);
    if (!view || view->type == MEM_PRIVATE) {
        status = STATUS_NOT_MAPPED_VIEW;
    } else if (!(flags & MEM_PRESERVE_PLACEHOLDER)) {
        section = view_destroy(view);
    } else if (!(view->flags & VIEW_FROM_PLACEHOLDER)) {
        status = STATUS_CONFLICTING_ADDRESSES;
    } else {
        section = view->section;
        status = view_make_placeholder(view);
        if (status) section = NULL;
    }
    pthread_mutex_unlock(&virtual_lock);
    section_release(section);
    return status;
}

__attribute__((visibility("default"))) NTSTATUS sys_NtUnmapViewOfSection(HANDLE process, void *address)
{
    return sys_NtUnmapViewOfSectionEx(process, address, 0);
}

/* Device and inode of the file behind a view; false for private and paging file memory. */
static bool file_identity(uintptr_t address, uint64_t *device, uint64_t *inode, bool *is_image)
{
    struct view *view = view_find(address);

    if (!view || view->type == MEM_PRIVATE) return false;
    *is_image = view->type == MEM_IMAGE;
    if (view->type == MEM_IMAGE) {
        *device = view->device;
        *inode = view->inode;
        return true;
    }
    if (!section_is_file(view->section)) return false;
    *device = view->section->device;
    *inode = view->section->inode;
    return true;
}

NTSTATUS sys_NtAreMappedFilesTheSame(void *image_address, void *file_address)
{
    uint64_t devices[2], inodes[2];
    bool images[2] = { false, false };
    NTSTATUS status = STATUS_SUCCESS;

    pthread_mutex_lock(&virtual_lock);
    if (!view_find((uintptr_t)image_address) || !view_find((uintptr_t)file_address)) status = STATUS_INVALID_ADDRESS;
    else if (!file_identity((uintptr_t)image_address, &devices[0], &inodes[0], &images[0]) ||
             !file_identity((uintptr_t)file_address, &devices[1], &inodes[1], &images[1]))
        status = STATUS_CONFLICTING_ADDRESSES;
    else if (!images[0] || devices[0] != devices[1] || inodes[0] != inodes[1])
        status = STATUS_NOT_SAME_DEVICE;
    pthread_mutex_unlock(&virtual_lock);
    return status;
}

/* Writes dirty pages of a mapped file back; what the disk keeps is NtFlushBuffersFile's matter. */
NTSTATUS sys_NtFlushVirtualMemory(HANDLE process, void **base, SIZE_T *size, IO_STATUS_BLOCK *iosb)
{
    uintptr_t start = page_down((uintptr_t)*base), end;
    SIZE_T bytes = *size;
    struct view *view;
    uint32_t other;
    NTSTATUS status = memory_other_process(process, PROCESS_VM_OPERATION, &other);

    if (status) return status;
    if (other) {
        struct remote_call call = { 0 };
        status = memory_remote_range(other, REMOTE_FLUSH, &call, base, size);
        if (iosb) {
            iosb->Status = status;
            iosb->Information = 0;
        }
        return status;
    }
    if ((uintptr_t)*base >= address_space.highest || bytes > address_space.highest - (uintptr_t)*base)
        return STATUS_INVALID_PARAMETER;
    end = page_up((uintptr_t)*base + bytes);
    pthread_mutex_lock(&virtual_lock);
    view = view_find(start);
    if (!view || view->type == MEM_PRIVATE) status = STATUS_NOT_MAPPED_VIEW;
    else if (view->type == MEM_IMAGE) status = STATUS_NOT_MAPPED_DATA;
    else if (!bytes) end = view->end;
    else if (end > view->end) status = STATUS_NOT_MAPPED_VIEW;
    pthread_mutex_unlock(&virtual_lock);
    if (!status && msync((void *)start, end - start, MS_SYNC)) status = status_from_errno(errno);
    if (iosb) {
        iosb->Status = status;
        iosb_set_information(iosb, 0);
    }
    if (status) return status;
    *base = (void *)start;
    *size = end - start;
    return STATUS_SUCCESS;
}

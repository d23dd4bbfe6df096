/* NtQueryVirtualMemory. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "ferry/infos.h"
#include "ferry/syscall_table.h"
#include "host.h"
#include "remote.h"
#include "memory.h"
#include "section.h"
#include "view.h"

enum {
    BASIC_INFORMATION = 0,
    WORKING_SET_INFORMATION = 1,
    MAPPED_FILENAME_INFORMATION = 2,
    REGION_INFORMATION = 3,
    WORKING_SET_EX_INFORMATION = 4,
    SHARED_COMMIT_INFORMATION = 5,
    IMAGE_INFORMATION = 6,
    REGION_INFORMATION_EX = 7,
};

/* ---- /proc/self/pagemap: what the kernel knows of single pages ---- */

#define PAGEMAP_PRESENT ((uint64_t)1 << 63)
#define PAGEMAP_SWAPPED ((uint64_t)1 << 62)
#define PAGEMAP_SHARED ((uint64_t)1 << 61) /* of a file or shared memory, so not a private copy */

/* Entries of the pages from `address` on; those that cannot be read are 0. */
static void read_pagemap(uintptr_t address, uint64_t *entries, size_t count)
{
    static int pagemap = -2;
    ssize_t got = 0;

    if (pagemap == -2) pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (pagemap >= 0) got = pread(pagemap, entries, count * sizeof(*entries), (off_t)(address / PAGE_SIZE_ * 8));
    if (got < 0) got = 0;
    memset((char *)entries + got, 0, count * sizeof(*entries) - (size_t)got);
}

static bool is_private_copy(uint64_t entry)
{
    return entry & (PAGEMAP_PRESENT | PAGEMAP_SWAPPED) && !(entry & PAGEMAP_SHARED);
}

uint32_t view_protect_now(const struct view *view, uintptr_t address, uintptr_t *run_end)
{
    uint64_t entries[512];
    uintptr_t end, at = page_down(address);
    uint32_t protect = view_protect_at(view, address, &end);
    bool copied = false;

    if (protect & (PAGE_WRITECOPY | PAGE_EXECUTE_WRITECOPY)) {
        bool known = false, differs = false;
        while (at < end && !differs) {
            size_t count = (end - at) / PAGE_SIZE_;
            if (!run_end) count = 1;
            if (count > 512) count = 512;
            read_pagemap(at, entries, count);
            if (!known) copied = is_private_copy(entries[0]);
            known = true;
            for (size_t i = 0; i < count && !differs; i++) {
                if (is_private_copy(entries[i]) != copied) differs = true;
                else at += PAGE_SIZE_;
            }
            if (!run_end) break;
        }
        end = at;
        if (copied)
            protect = (protect & ~0xffu) |
                      ((protect & 0xff) == PAGE_WRITECOPY ? PAGE_READWRITE : PAGE_EXECUTE_READWRITE);
    }
    if (run_end) *run_end = end;
    return protect;
}

bool pages_keep(uintptr_t start, uintptr_t end)
{
    uint64_t entries[512];

    for (uintptr_t at = start; at < end;) {
        size_t count = (end - at) / PAGE_SIZE_;
        if (count > 512) count = 512;
        read_pagemap(at, entries, count);
        for (size_t i = 0; i < count; i++, at += PAGE_SIZE_) {
            if (!(entries[i] & (PAGEMAP_PRESENT | PAGEMAP_SWAPPED))) return false;
            /* a write takes the page back from MADV_FREE; the page must be writable to have been lost at all */
            if (!(host_protection(view_protect_at(view_find(at), at, NULL)) & 2)) continue;
            __atomic_fetch_or((char *)at, 0, __ATOMIC_RELAXED);
        }
    }
    return true;
}

/* ---- MemoryBasicInformation ---- */

static void describe_free(uintptr_t address, MEMORY_BASIC_INFORMATION *info)
{
    struct view *before = view_before(address), *after = view_at_or_after(address);
    uintptr_t start = before ? before->end : 0, end = after ? after->base : address_space.highest;
    bool host = false;

    /* Where Linux has mappings of its own nothing can be had: say "reserved". */
    for (size_t i = 0; i < sizeof(host_ranges) / sizeof(host_ranges[0]); i++) {
        const struct host_range *range = &host_ranges[i];
        if (address >= range->start && address < range->end) {
            host = true;
            if (start < range->start) start = range->start;
            if (end > range->end) end = range->end;
        } else if (address < range->start) {
            if (end > range->start) end = range->start;
        } else if (start < range->end) {
            start = range->end;
        }
    }
    info->RegionSize = end - page_down(address);
    info->BaseAddress = (void *)page_down(address);
    info->Protect = PAGE_NOACCESS;
    info->State = MEM_FREE;
    if (!host) return;
    info->AllocationBase = (void *)start;
    info->AllocationProtect = PAGE_NOACCESS;
    info->State = MEM_RESERVE;
    info->Protect = 0;
    info->Type = MEM_PRIVATE;
}

static NTSTATUS query_basic(uintptr_t address, MEMORY_BASIC_INFORMATION *out, SIZE_T length, SIZE_T *returned)
{
    MEMORY_BASIC_INFORMATION info = { 0 };
    uintptr_t run_end;
    struct view *view;

    if (length < sizeof(info)) return STATUS_INFO_LENGTH_MISMATCH;
    pthread_mutex_lock(&virtual_lock);
    view = view_find(address);
    if (!view) {
        describe_free(address, &info);
    } else {
        uint32_t protect = view_protect_now(view, address, &run_end);
        info.BaseAddress = (void *)page_down(address);
        info.AllocationBase = (void *)view->base;
        info.AllocationProtect = view->allocation_protect;
        info.RegionSize = run_end - page_down(address);
        info.State = protect ? MEM_COMMIT : MEM_RESERVE;
        info.Protect = protect;
        info.Type = view->type;
    }
    pthread_mutex_unlock(&virtual_lock);
    *out = info;
    if (returned) *returned = sizeof(info);
    return STATUS_SUCCESS;
}

/* ---- MemoryWorkingSetInformation, MemoryWorkingSetExInformation ---- */

/* The protection codes of working set entries (psapi.h reference, PSAPI_WORKING_SET_BLOCK). */
static ULONG_PTR working_set_protection(uint32_t protect)
{
    ULONG_PTR code = 0;

    switch (protect & 0xff) {
    case PAGE_READONLY: code = 1; break;
    case PAGE_EXECUTE: code = 2; break;
    case PAGE_EXECUTE_READ: code = 3; break;
    case PAGE_READWRITE: code = 4; break;
    case PAGE_WRITECOPY: code = 5; break;
    case PAGE_EXECUTE_READWRITE: code = 6; break;
    case PAGE_EXECUTE_WRITECOPY: code = 7; break;
    }
    if (protect & PAGE_NOCACHE) code |= 8;
    if (protect & PAGE_GUARD) code |= 16;
    return code;
}

/* A copy that grows, since Windows memory may not be written under the lock. */
struct entries {
    ULONG_PTR *list;
    size_t count, room;
    bool failed;
};

static void add_entry(struct entries *entries, ULONG_PTR entry)
{
    if (entries->count == entries->room) {
        size_t room = entries->room ? entries->room * 2 : 1024;
        ULONG_PTR *list = realloc(entries->list, room * sizeof(*list));
        if (!list) {
            entries->failed = true;
            return;
        }
        entries->list = list;
        entries->room = room;
    }
    entries->list[entries->count++] = entry;
}

static void collect_working_set(struct entries *entries)
{
    uint64_t map[512];

    for (struct view *view = view_first(); view; view = view_next(view)) {
        uintptr_t run_end;
        for (uintptr_t at = view->base; at < view->end; at = run_end) {
            uint32_t protect = view_protect_at(view, at, &run_end);
            if (!protect) continue;
            while (at < run_end) {
                size_t count = (run_end - at) / PAGE_SIZE_;
                if (count > 512) count = 512;
                read_pagemap(at, map, count);
                for (size_t i = 0; i < count; i++, at += PAGE_SIZE_) {
                    bool shared = map[i] & PAGEMAP_SHARED;
                    if (!(map[i] & PAGEMAP_PRESENT)) continue;
                    add_entry(entries, at | (ULONG_PTR)shared << 8 | (shared ? 1 << 5 : 0) |
                                           working_set_protection(protect));
                }
            }
        }
    }
}

static NTSTATUS query_working_set(ULONG_PTR *out, SIZE_T length, SIZE_T *returned)
{
    struct entries entries = { 0 };
    SIZE_T needed;
    NTSTATUS status = STATUS_SUCCESS;
    bool written;

    if (length < 2 * sizeof(*out)) return STATUS_INFO_LENGTH_MISMATCH;
    pthread_mutex_lock(&virtual_lock);
    collect_working_set(&entries);
    pthread_mutex_unlock(&virtual_lock);
    needed = (entries.count + 1) * sizeof(*out);
    ULONG_PTR count = entries.count;
    written = virtual_write(out, &count, sizeof(count));
    if (entries.failed) status = STATUS_NO_MEMORY;
    else if (length < needed) status = STATUS_INFO_LENGTH_MISMATCH;
    else written = written && virtual_write(out + 1, entries.list, entries.count * sizeof(*out));
    free(entries.list);
    if (!written) return STATUS_ACCESS_VIOLATION;
    if (returned) *returned = needed;
    return status;
}

static NTSTATUS query_working_set_ex(void *buffer, SIZE_T length, SIZE_T *returned)
{
    struct {
        ULONG_PTR address, flags;
    } entry, *list = buffer;

    if (length < sizeof(entry)) return STATUS_INFO_LENGTH_MISMATCH;
    for (SIZE_T i = 0; i < length / sizeof(entry); i++) {
        uint64_t map;
        struct view *view;

        entry = list[i];
        entry.flags = 0;
        pthread_mutex_lock(&virtual_lock);
        view = view_find(entry.address);
        if (view) {
            uint32_t protect = view_protect_now(view, entry.address, NULL);
            read_pagemap(page_down(entry.address), &map, 1);
            if (protect && map & PAGEMAP_PRESENT) {
                bool shared = map & PAGEMAP_SHARED;
                entry.flags = 1 | (shared ? 1u << 1 : 0) | (ULONG_PTR)(protect & 0x7ff) << 4 | (ULONG_PTR)shared << 15;
            } else {
                entry.flags = (ULONG_PTR)(view->type != MEM_PRIVATE) << 15;
            }
        }
        pthread_mutex_unlock(&virtual_lock);
        list[i].flags = entry.flags;
    }
    if (returned) *returned = length / sizeof(entry) * sizeof(entry);
    return STATUS_SUCCESS;
}

/* ---- MemoryMappedFilenameInformation ---- */

static NTSTATUS query_name(uintptr_t address, UNICODE_STRING *out, SIZE_T length, SIZE_T *returned)
{
    WCHAR *name = NULL;
    uint32_t units = 0;
    SIZE_T needed;
    NTSTATUS status = STATUS_SUCCESS;
    struct view *view;
    struct section *section = NULL;

    pthread_mutex_lock(&virtual_lock);
    view = view_find(address);
    if (!view || view->type == MEM_PRIVATE) {
        status = STATUS_INVALID_ADDRESS;
    } else if (view->name) {
        units = view->name_units;
        name = malloc(units * sizeof(WCHAR) + 2);
        if (name) memcpy(name, view->name, units * sizeof(WCHAR));
        else status = STATUS_NO_MEMORY;
    } else {
        section = view->section;
        if (section) section_retain(section);
        else status = STATUS_FILE_INVALID;
    }
    pthread_mutex_unlock(&virtual_lock);
    if (section) {
        status = section_file_name(section, &name, &units);
        section_release(section);
    }
    if (!status) status = device_name(&name, &units);
    if (status) goto out;
    needed = sizeof(UNICODE_STRING) + (units + 1) * sizeof(WCHAR);
    if (returned) *returned = needed;
    if (length < sizeof(UNICODE_STRING)) {
        status = STATUS_INFO_LENGTH_MISMATCH;
    } else if (length < needed) {
        status = STATUS_BUFFER_OVERFLOW;
    } else {
        UNICODE_STRING string = { .Length = (USHORT)(units * sizeof(WCHAR)),
                                  .MaximumLength = (USHORT)((units + 1) * sizeof(WCHAR)),
                                  .Buffer = (WCHAR *)(out + 1) };
        WCHAR zero = 0;
        if (!virtual_write(out, &string, sizeof(string)) ||
            !virtual_write(string.Buffer, name, units * sizeof(WCHAR)) ||
            !virtual_write(string.Buffer + units, &zero, sizeof(zero)))
            status = STATUS_ACCESS_VIOLATION;
    }
out:
    free(name);
    return status;
}

/* ---- MemoryRegionInformation, MemoryImageInformation ---- */

static NTSTATUS query_region(uintptr_t address, void *out, SIZE_T length, SIZE_T *returned)
{
    FERRY_MEMORY_REGION_INFORMATION info = { 0 };
    struct view *view;

    if (length < offsetof(FERRY_MEMORY_REGION_INFORMATION, CommitSize)) return STATUS_INFO_LENGTH_MISMATCH;
    pthread_mutex_lock(&virtual_lock);
    view = view_find(address);
    if (view) {
        info.AllocationBase = (void *)view->base;
        info.AllocationProtect = view->allocation_protect;
        info.RegionType = view->type == MEM_PRIVATE ? 1 : view->type == MEM_IMAGE ? 4 : section_is_file(view->section) ? 2 : 8;
        info.RegionSize = view->end - view->base;
        info.CommitSize = view_committed(view, view->base, view->end) * PAGE_SIZE_;
    }
    pthread_mutex_unlock(&virtual_lock);
    if (!view) return STATUS_INVALID_ADDRESS;
    if (length > sizeof(info)) length = sizeof(info);
    memcpy(out, &info, length);
    if (returned) *returned = length;
    return STATUS_SUCCESS;
}

static NTSTATUS query_image(uintptr_t address, FERRY_MEMORY_IMAGE_INFORMATION *out, SIZE_T length, SIZE_T *returned)
{
    FERRY_MEMORY_IMAGE_INFORMATION info = { 0 };
    struct view *view;

    if (length < sizeof(info)) return STATUS_INFO_LENGTH_MISMATCH;
    pthread_mutex_lock(&virtual_lock);
    view = view_find(address);
    if (view && view->type == MEM_IMAGE) {
        info.ImageBase = (void *)view->base;
        info.SizeOfImage = view->image_size;
    }
    pthread_mutex_unlock(&virtual_lock);
    if (!view) return STATUS_INVALID_ADDRESS;
    *out = info;
    if (returned) *returned = sizeof(info);
    return STATUS_SUCCESS;
}

/* Asked there. What it writes beyond REMOTE_DATA_MAX bytes is not needed by any class but the working set's. */
static NTSTATUS query_other(uint32_t process, void *address, ULONG class, void *buffer, SIZE_T length, SIZE_T *returned)
{
    if (class == WORKING_SET_INFORMATION && length > REMOTE_DATA_MAX) return STATUS_NOT_SUPPORTED;
    if (length > REMOTE_DATA_MAX) length = REMOTE_DATA_MAX;
    unsigned char *data = calloc(1, length ? length : 1);
    struct remote_call call = { .process = process, .request.arguments = { (uintptr_t)address, class, length }, .extra = data,
                                .extra_room = (uint32_t)length };
    NTSTATUS status = STATUS_NO_MEMORY;

    if (!data) return status;
    if (class == WORKING_SET_EX_INFORMATION) { /* names the pages in its buffer */
        call.data = data;
        call.data_size = (uint32_t)length;
        status = virtual_read(data, buffer, length) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
    } else {
        status = STATUS_SUCCESS;
    }
    if (!status) status = remote_call(REMOTE_QUERY, &call);
    if (!NT_ERROR(status) && class == MAPPED_FILENAME_INFORMATION && length >= sizeof(UNICODE_STRING))
        ((UNICODE_STRING *)data)->Buffer = (WCHAR *)((UNICODE_STRING *)buffer + 1);
    SIZE_T used = call.reply.results[0] < length ? (SIZE_T)call.reply.results[0] : length;
    if (!NT_ERROR(status) && !virtual_write(buffer, data, used)) status = STATUS_ACCESS_VIOLATION;
    free(data);
    if (returned && status != STATUS_ACCESS_VIOLATION) *returned = (SIZE_T)call.reply.results[0];
    return status;
}

NTSTATUS sys_NtQueryVirtualMemory(HANDLE process, void *address, ULONG class, void *buffer, SIZE_T length,
                                  SIZE_T *returned)
{
    uint32_t other;
    NTSTATUS status = memory_other_process(process, PROCESS_QUERY_INFORMATION, &other);

    if (status) return status;
    if (other) return query_other(other, address, class, buffer, length, returned);
    if (class != WORKING_SET_INFORMATION && class != WORKING_SET_EX_INFORMATION &&
        (uintptr_t)address >= address_space.highest)
        return STATUS_INVALID_PARAMETER;
    switch (class) {
    case BASIC_INFORMATION: return query_basic((uintptr_t)address, buffer, length, returned);
    case WORKING_SET_INFORMATION: return query_working_set(buffer, length, returned);
    case MAPPED_FILENAME_INFORMATION: return query_name((uintptr_t)address, buffer, length, returned);
    case REGION_INFORMATION:
    case REGION_INFORMATION_EX: return query_region((uintptr_t)address, buffer, length, returned);
    case WORKING_SET_EX_INFORMATION: return query_working_set_ex(buffer, length, returned);
    case IMAGE_INFORMATION: return query_image((uintptr_t)address, buffer, length, returned);
    default: return STATUS_INVALID_INFO_CLASS;
    }
}

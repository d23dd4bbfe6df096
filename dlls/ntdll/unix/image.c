/* Mapping PE images: straight from the page cache where the file's layout allows it, read into memory elsewhere. */
#include "image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host.h"
#include "wow.h"

#define MAX_HEADER_BYTES 0x1000000u

#define HUGE_IMAGE 0x400000u /* from here on, fewer and larger pages are worth asking for */

#define SECTION_EXECUTE 0x20000000u
#define SECTION_READ 0x40000000u
#define SECTION_WRITE 0x80000000u

/* Where images go that cannot have the base they want: clear of the bases of our own DLLs and of most others. */
#define RELOCATED_BOTTOM 0x200000000ul

static NTSTATUS status_from_pe(enum pe_error error)
{
    switch (error) {
    case PE_OK: return STATUS_SUCCESS;
    case PE_EMPTY: return STATUS_INVALID_FILE_FOR_SECTION;
    case PE_NOT_MZ:
    case PE_TRUNCATED_MZ: return STATUS_INVALID_IMAGE_NOT_MZ;
    case PE_DOS: return STATUS_INVALID_IMAGE_PROTECT;
    case PE_NE: return STATUS_INVALID_IMAGE_WIN_16;
    case PE_NE_OS2: return STATUS_INVALID_IMAGE_NE_FORMAT;
    case PE_LE: return STATUS_INVALID_IMAGE_LE_FORMAT;
    default: return STATUS_INVALID_IMAGE_FORMAT;
    }
}

static NTSTATUS read_all(int fd, void *to, size_t bytes, uint64_t offset, size_t *got)
{
    *got = 0;
    while (*got < bytes) {
        ssize_t part = pread(fd, (char *)to + *got, bytes - *got, (off_t)(offset + *got));
        if (part < 0 && errno == EINTR) continue;
        if (part < 0) return status_from_errno(errno);
        if (!part) break;
        *got += (size_t)part;
    }
    return STATUS_SUCCESS;
}

NTSTATUS image_read(int fd, struct image *image)
{
    unsigned char first[4096], *more = NULL;
    enum pe_error error;
    struct stat file;
    size_t got;
    NTSTATUS status;

    if (fstat(fd, &file)) return status_from_errno(errno);
    if (!S_ISREG(file.st_mode)) return STATUS_INVALID_FILE_FOR_SECTION;
    image->file_size = (uint64_t)file.st_size;
    image->device = file.st_dev;
    image->inode = file.st_ino;
    status = read_all(fd, first, sizeof(first), 0, &got);
    if (status) return status;
    error = pe_parse(first, got, image->file_size, &image->pe);
    while (error == PE_NEED_MORE && image->pe.needed <= MAX_HEADER_BYTES && !status) {
        size_t size = image->pe.needed;
        free(more);
        more = malloc(size);
        if (!more) return STATUS_NO_MEMORY;
        status = read_all(fd, more, size, 0, &got);
        if (got < size) image->file_size = got; /* it shrank meanwhile */
        error = pe_parse(more, got, image->file_size, &image->pe);
    }
    free(more);
    return status ? status : status_from_pe(error);
}

static uint32_t section_protection(uint32_t characteristics)
{
    bool write = characteristics & SECTION_WRITE, read = characteristics & SECTION_READ;

    if (characteristics & SECTION_EXECUTE)
        return write ? PAGE_EXECUTE_WRITECOPY : read ? PAGE_EXECUTE_READ : PAGE_EXECUTE;
    return write ? PAGE_WRITECOPY : read ? PAGE_READONLY : PAGE_NOACCESS;
}

/* Gives the view's pages the protections of headers and sections. */
static bool set_protections(struct view *view, const struct pe_info *pe)
{
    if (pe->low_alignment) return view_set_protect(view, view->base, view->end, PAGE_EXECUTE_WRITECOPY);
    if (!view_set_protect(view, view->base, view->base + page_up(pe->headers_size), PAGE_READONLY)) return false;
    for (uint32_t i = 0; i < pe->section_count; i++) {
        const struct pe_section *section = &pe->sections[i];
        uintptr_t start = view->base + section->rva;
        if (section->size &&
            !view_set_protect(view, start, start + page_up(section->size), section_protection(section->characteristics)))
            return false;
    }
    return true;
}

/* Every section's data start at a page of the file, so that all can be mapped. */
static bool is_page_aligned(const struct pe_info *pe)
{
    if (pe->low_alignment) return false;
    for (uint32_t i = 0; i < pe->section_count; i++)
        if (pe->sections[i].file_size && pe->sections[i].file_offset % PAGE_SIZE_) return false;
    return true;
}

static NTSTATUS map_over(uintptr_t start, size_t size, int prot, int flags, int fd, uint64_t offset)
{
    return mmap((void *)start, size, prot, MAP_PRIVATE | MAP_FIXED | flags, fd, (off_t)offset) == MAP_FAILED
               ? status_from_errno(errno)
               : STATUS_SUCCESS;
}

/* The rest of the page behind a section's data must read zero, not what the file has there. */
static NTSTATUS clear_tail(uintptr_t start, int prot)
{
    uintptr_t end = page_up(start);
    const char *at = (const char *)start;

    while (at < (const char *)end && !*at) at++;
    if (at == (const char *)end) return STATUS_SUCCESS; /* as linkers do it; the page stays shared */
    if (!(prot & PROT_WRITE) && mprotect((void *)page_down(start), PAGE_SIZE_, prot | PROT_WRITE))
        return status_from_errno(errno);
    memset((void *)start, 0, end - start);
    if (!(prot & PROT_WRITE)) mprotect((void *)page_down(start), PAGE_SIZE_, prot);
    return STATUS_SUCCESS;
}

/* Does section `next` follow `section` in the file as it does in memory, without a hole, so that one mapping does for both? */
static bool continues(const struct pe_section *section, const struct pe_section *next)
{
    return next->file_size && page_up(section->size) == page_up(section->file_size) &&
           next->rva == section->rva + page_up(section->size) &&
           next->file_offset - section->file_offset == next->rva - section->rva;
}

/* [base, base + image_size) is a mapping of the file from its start. Corrects what lies elsewhere in the file. */
static NTSTATUS map_sections(int fd, const struct pe_info *pe, uintptr_t base, int prot)
{
    NTSTATUS status = STATUS_SUCCESS;
    uintptr_t end = base + page_up(pe->headers_size), mapped = 0; /* up to there data are in place */

    for (uint32_t i = 0; i < pe->section_count && !status; i++) {
        const struct pe_section *section = &pe->sections[i];
        uintptr_t start = base + section->rva, data_end = start + page_up(section->file_size);

        if (!section->size) continue;
        if (start > end) status = map_over(end, start - end, PROT_NONE, MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        end = start + page_up(section->size);
        if (!status && section->file_size && section->file_offset != section->rva && start >= mapped) {
            uint32_t last = i;
            while (last + 1 < pe->section_count && continues(&pe->sections[last], &pe->sections[last + 1])) last++;
            mapped = base + pe->sections[last].rva + page_up(pe->sections[last].file_size);
            status = map_over(start, mapped - start, prot, 0, fd, section->file_offset);
        }
        if (!status && data_end < end)
            status = map_over(data_end, end - data_end, prot, MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (!status && section->file_size % PAGE_SIZE_ && section->file_size < section->size)
            status = clear_tail(start + section->file_size, prot);
    }
    if (!status && end < base + pe->image_size)
        status = map_over(end, base + pe->image_size - end, PROT_NONE, MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return status;
}

/* [base, base + image_size) is zeroed, writable memory. */
static NTSTATUS read_sections(int fd, const struct pe_info *pe, uint64_t file_size, uintptr_t base)
{
    size_t bytes = pe->low_alignment ? pe->image_size : pe->headers_size, got;
    NTSTATUS status;

    if (pe->image_size >= HUGE_IMAGE) madvise((void *)base, pe->image_size, MADV_HUGEPAGE);
    status = read_all(fd, (void *)base, bytes < file_size ? bytes : file_size, 0, &got);

    for (uint32_t i = 0; i < pe->section_count && !pe->low_alignment && !status; i++) {
        const struct pe_section *section = &pe->sections[i];
        size_t size = section->file_size;
        if (!section->size || !size) continue;
        status = read_all(fd, (void *)(base + section->rva), size, section->file_offset, &got);
        if (!status && got < size) status = STATUS_FILE_INVALID; /* it shrank meanwhile */
    }
    return status;
}

/* ---- relocation ---- */

struct relocator {
    const struct pe_info *pe;
    unsigned char *base;
    uint64_t delta;
    uint64_t start, end; /* of the headers or section last looked at: RVAs that are memory */
};

static bool is_memory(struct relocator *relocator, uint64_t rva, uint64_t bytes)
{
    const struct pe_info *pe = relocator->pe;

    if (rva >= relocator->start && rva + bytes <= relocator->end) return true;
    if (pe->low_alignment) return rva + bytes <= pe->image_size;
    for (uint32_t i = 0; i < pe->section_count; i++) {
        const struct pe_section *section = &pe->sections[i];
        if (!section->size || rva < section->rva || rva + bytes > section->rva + (uint64_t)page_up(section->size)) continue;
        relocator->start = section->rva;
        relocator->end = section->rva + (uint64_t)page_up(section->size);
        return true;
    }
    return rva + bytes <= page_up(pe->headers_size);
}

static NTSTATUS relocate_one(struct relocator *relocator, uint64_t rva, unsigned type, const unsigned char *next)
{
    static const unsigned char widths[16] = { [1] = 2, [2] = 2, [3] = 4, [4] = 2, [10] = 8 };
    unsigned char *at = relocator->base + rva;
    uint64_t delta = relocator->delta, value64;
    uint32_t value32;
    uint16_t value16, adjust;

    if (!widths[type] || !is_memory(relocator, rva, widths[type])) return STATUS_INVALID_IMAGE_FORMAT;
    switch (type) {
    case 1: /* HIGH */
        memcpy(&value16, at, 2);
        value16 = (uint16_t)((((uint64_t)value16 << 16) + delta) >> 16);
        memcpy(at, &value16, 2);
        break;
    case 2: /* LOW */
        memcpy(&value16, at, 2);
        value16 = (uint16_t)(value16 + delta);
        memcpy(at, &value16, 2);
        break;
    case 3: /* HIGHLOW */
        memcpy(&value32, at, 4);
        value32 += (uint32_t)delta;
        memcpy(at, &value32, 4);
        break;
    case 4: /* HIGHADJ: the low half is the next entry */
        memcpy(&value16, at, 2);
        memcpy(&adjust, next, 2);
        value32 = ((uint32_t)value16 << 16) + (uint32_t)(int16_t)adjust + (uint32_t)delta + 0x8000;
        value16 = (uint16_t)(value32 >> 16);
        memcpy(at, &value16, 2);
        break;
    case 10: /* DIR64 */
        memcpy(&value64, at, 8);
        value64 += delta;
        memcpy(at, &value64, 8);
        break;
    }
    return STATUS_SUCCESS;
}

/* Applies the base relocations; all of the image's memory is writable meanwhile. No lock is held: the pages may have
 * to be read from a file, which may fail. */
static NTSTATUS relocate(const struct pe_info *pe, uintptr_t base)
{
    struct relocator relocator = { .pe = pe, .base = (unsigned char *)base, .delta = base - pe->image_base };
    const struct pe_directory *directory = &pe->directories[5];
    const unsigned char *at, *end;
    NTSTATUS status;

    if (pe->directory_count <= 5 || !directory->rva || !directory->size) return STATUS_SUCCESS;
    if (!is_memory(&relocator, directory->rva, directory->size)) return STATUS_INVALID_IMAGE_FORMAT;
    at = relocator.base + directory->rva;
    end = at + directory->size;
    while (end - at >= 8) {
        uint32_t page, size;
        const unsigned char *entry, *block_end;

        memcpy(&page, at, 4);
        memcpy(&size, at + 4, 4);
        if (!size) break; /* padding that some linkers leave */
        if (size < 8 || size > (size_t)(end - at)) return STATUS_INVALID_IMAGE_FORMAT;
        block_end = at + (size & ~1u);
        for (entry = at + 8; entry < block_end; entry += 2) {
            unsigned type = entry[1] >> 4, offset = (entry[0] | entry[1] << 8) & 0xfff;
            if (!type) continue;
            if (type == 4 && entry + 4 > block_end) return STATUS_INVALID_IMAGE_FORMAT;
            status = relocate_one(&relocator, (uint64_t)page + offset, type, entry + 2);
            if (status) return status;
            if (type == 4) entry += 2;
        }
        at += size;
    }
    return STATUS_SUCCESS;
}

/* ---- mapping ---- */

/* Finds the place and maps the file's start (or plain memory) over all of it, in the table with its protections. */
static NTSTATUS place_image(int fd, const struct image *image, uintptr_t wanted, bool from_file, int *prot,
                            struct view *view, uintptr_t *base)
{
    const struct pe_info *pe = &image->pe;
    int flags = from_file ? MAP_PRIVATE : MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    struct placement placement = { .base = wanted ? wanted : pe->image_base, .size = pe->image_size };
    bool movable = !(pe->characteristics & 1); /* not IMAGE_FILE_RELOCS_STRIPPED */
    NTSTATUS status = STATUS_CONFLICTING_ADDRESSES;

    if (placement.base && placement.base + placement.size <= address_space.highest)
        status = place_mapping(&placement, *prot, flags, from_file ? fd : -1, 0, base);
    if (status == STATUS_CONFLICTING_ADDRESSES && !wanted && movable) {
        placement.base = 0;
        *prot = PROT_READ | PROT_WRITE;
        if (!pe->is_64) {
            placement.low = 0x10000000;
            placement.high = address_space.highest < 0x7fff0000 ? address_space.highest : 0x7fff0000;
            placement.top_down = true;
        } else if (address_space.top > RELOCATED_BOTTOM) {
            placement.low = RELOCATED_BOTTOM;
        }
        status = place_mapping(&placement, *prot, flags, from_file ? fd : -1, 0, base);
    } else if (!status && *base != pe->image_base) {
        if (movable) {
            if (!mprotect((void *)*base, placement.size, *prot = PROT_READ | PROT_WRITE)) return STATUS_SUCCESS;
            status = status_from_errno(errno);
        } else {
            status = STATUS_CONFLICTING_ADDRESSES;
        }
        munmap((void *)*base, placement.size);
    }
    return status;
}

static NTSTATUS map_from(int fd, const struct image *image, bool from_file, uintptr_t wanted, struct section *section,
                         const UNICODE_STRING *name, uintptr_t *base)
{
    const struct pe_info *pe = &image->pe;
    int prot = from_file ? PROT_READ : PROT_READ | PROT_WRITE;
    struct view *view = view_new(0, pe->image_size, MEM_IMAGE, PAGE_NOACCESS);
    NTSTATUS status;

    if (!view) return STATUS_NO_MEMORY;
    view->allocation_protect = PAGE_EXECUTE_WRITECOPY;
    view->section_protect = PAGE_EXECUTE_READWRITE;
    view->flags = VIEW_COPY_ON_WRITE;
    view->image_size = pe->image_size;
    view->device = image->device;
    view->inode = image->inode;
    if (name && name->Length) {
        view->name = malloc(name->Length);
        if (!view->name) goto no_memory;
        memcpy(view->name, name->Buffer, name->Length);
        view->name_units = name->Length / sizeof(WCHAR);
    }
    if (!set_protections(view, pe)) goto no_memory;

    pthread_mutex_lock(&virtual_lock);
    status = place_image(fd, image, wanted, from_file, &prot, view, base);
    if (!status) {
        view->base = *base;
        view->end = *base + pe->image_size;
        view->section = section;
        view_insert(view);
    }
    pthread_mutex_unlock(&virtual_lock);
    if (status) {
        view_free(view);
        return status;
    }

    status = from_file ? map_sections(fd, pe, *base, prot) : read_sections(fd, pe, image->file_size, *base);
    if (!status && *base != pe->image_base) status = relocate(pe, *base);
    pthread_mutex_lock(&virtual_lock);
    for (uintptr_t at = view->base, end; at < view->end && !status; at = end) {
        int wanted_prot = host_protection(view_protect_at(view, at, &end));
        if (wanted_prot != prot && mprotect((void *)at, end - at, wanted_prot)) status = status_from_errno(errno);
    }
    if (status) {
        view->section = NULL; /* stays the caller's */
        view_destroy(view);
    }
    pthread_mutex_unlock(&virtual_lock);
    if (status) return status;
    if (pe->is_64 == wow64) return STATUS_IMAGE_MACHINE_TYPE_MISMATCH;
    return *base == pe->image_base ? STATUS_SUCCESS : STATUS_IMAGE_NOT_AT_BASE;

no_memory:
    view_free(view);
    return STATUS_NO_MEMORY;
}

NTSTATUS image_map(int fd, const struct image *image, uintptr_t wanted, struct section *section,
                   const UNICODE_STRING *name, uintptr_t *base)
{
    bool from_file = is_page_aligned(&image->pe);
    NTSTATUS status = map_from(fd, image, from_file, wanted, section, name, base);

    /* A file system mounted noexec: its pages cannot be executed, copies of them can. */
    if (status == STATUS_ACCESS_DENIED && from_file) status = map_from(fd, image, false, wanted, section, name, base);
    return status;
}

void image_information(const struct image *image, uintptr_t base, FERRY_SECTION_IMAGE_INFORMATION *info)
{
    const struct pe_info *pe = &image->pe;

    memset(info, 0, sizeof(*info));
    info->TransferAddress = (void *)(base + pe->entry);
    info->MaximumStackSize = pe->stack_reserve;
    info->CommittedStackSize = pe->stack_commit;
    info->SubSystemType = pe->subsystem;
    info->SubSystemMinorVersion = pe->subsystem_minor;
    info->SubSystemMajorVersion = pe->subsystem_major;
    info->OperatingSystemMajorVersion = pe->os_major;
    info->OperatingSystemMinorVersion = pe->os_minor;
    info->ImageCharacteristics = pe->characteristics;
    info->DllCharacteristics = pe->dll_characteristics;
    info->Machine = pe->machine;
    info->ImageContainsCode = pe->code_size || pe->entry;
    info->ImageFlags = pe->low_alignment ? 8 : 0; /* ImageMappedFlat */
    if (base != pe->image_base) info->ImageFlags |= 4; /* ImageDynamicallyRelocated */
    if (!pe->is_64 || pe->image_base < 0x100000000u) info->ImageFlags |= 16; /* BaseBelow4gb */
    info->LoaderFlags = pe->loader_flags;
    info->ImageFileSize = image->file_size > UINT32_MAX ? UINT32_MAX : (ULONG)image->file_size;
    info->CheckSum = pe->checksum;
}

NTSTATUS virtual_map_image(int fd, const UNICODE_STRING *nt_name, void **base, size_t *size,
                           FERRY_SECTION_IMAGE_INFORMATION *info)
{
    struct image image;
    uintptr_t at;
    NTSTATUS status = image_read(fd, &image);

    if (status) return status;
    status = image_map(fd, &image, (uintptr_t)*base, NULL, nt_name, &at);
    if (!NT_SUCCESS(status)) return status;
    *base = (void *)at;
    *size = image.pe.image_size;
    if (info) image_information(&image, at, info);
    return status;
}

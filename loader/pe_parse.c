/* Reads and checks the headers of a PE image. */
#include "ferry/pe.h"

#include <string.h>

#define PAGE 4096u

/* Reads little-endian fields from what there is of the file; what is not there reads 0 and is remembered. */
struct reader {
    const unsigned char *bytes;
    size_t size;
    uint64_t needed;
};

static uint32_t get(struct reader *reader, uint64_t offset, unsigned bytes)
{
    uint32_t value = 0;

    if (offset > reader->size || reader->size - offset < bytes) {
        if (reader->needed < offset + bytes) reader->needed = offset + bytes;
        return 0;
    }
    for (unsigned i = 0; i < bytes; i++) value |= (uint32_t)reader->bytes[offset + i] << i * 8;
    return value;
}

static uint16_t get16(struct reader *reader, uint64_t offset)
{
    return (uint16_t)get(reader, offset, 2);
}

static uint32_t get32(struct reader *reader, uint64_t offset)
{
    return get(reader, offset, 4);
}

static uint64_t get64(struct reader *reader, uint64_t offset)
{
    uint64_t low = get32(reader, offset);
    return low | (uint64_t)get32(reader, offset + 4) << 32;
}

static bool power_of_two(uint32_t value)
{
    return value && !(value & (value - 1));
}

static uint64_t round_up(uint64_t value, uint64_t to)
{
    return (value + to - 1) & ~(to - 1);
}

static enum pe_error check_machine(uint16_t machine)
{
    switch (machine) {
    case PE_MACHINE_AMD64:
    case PE_MACHINE_I386: return PE_OK;
    case PE_MACHINE_ARM:
    case PE_MACHINE_ARMNT:
    case PE_MACHINE_ARM64:
    case PE_MACHINE_IA64: return PE_MACHINE;
    default: return PE_MACHINE_UNKNOWN;
    }
}

static enum pe_error read_sections(struct reader *reader, uint64_t table, uint64_t file_size, struct pe_info *info)
{
    uint64_t next = info->headers_size; /* lowest address the next section may have */

    for (uint32_t i = 0; i < info->section_count; i++) {
        struct pe_section *section = &info->sections[i];
        uint64_t at = table + i * 40ul, offset;
        uint32_t raw_size = get32(reader, at + 16), raw_offset = get32(reader, at + 20);

        for (unsigned j = 0; j < 8; j++) section->name[j] = (char)get(reader, at + j, 1);
        section->size = get32(reader, at + 8);
        section->rva = get32(reader, at + 12);
        section->characteristics = get32(reader, at + 36);
        if (reader->needed > reader->size) continue; /* only find out how much is needed */

        if (!section->size) section->size = raw_size;
        if (!section->size) continue;
        if (info->low_alignment) {
            /* The whole file is mapped as it is; a section table that says otherwise is refused. */
            if (raw_size && section->rva != raw_offset) return PE_SECTION_ORDER;
        } else if (section->rva & (info->section_alignment - 1)) {
            return PE_SECTION_ORDER;
        }
        if (section->rva < next) return PE_SECTION_ORDER;
        if (section->rva >= info->image_size || section->size > info->image_size - section->rva)
            return PE_SECTION_SIZE;
        next = round_up((uint64_t)section->rva + section->size, info->section_alignment);

        /* Data start at a multiple of 512, whatever the low bits say: Windows reads sectors. */
        offset = info->low_alignment ? raw_offset : raw_offset & ~511u;
        section->file_offset = (uint32_t)offset;
        section->file_size = raw_size;
        if (!raw_offset || !raw_size) {
            section->file_offset = section->file_size = 0;
            continue;
        }
        /* What lies behind the section in memory is not read; the last page's rest is. */
        if (section->file_size > round_up(section->size, PAGE)) section->file_size = (uint32_t)round_up(section->size, PAGE);
        if (offset > file_size || section->file_size > file_size - offset) return PE_SECTION_DATA;
    }
    return PE_OK;
}

static enum pe_error read_optional_header(struct reader *reader, uint64_t at, uint16_t size, struct pe_info *info)
{
    uint16_t magic = get16(reader, at);
    unsigned fixed;

    if (reader->needed > reader->size) return PE_OK;
    if (magic != (info->machine == PE_MACHINE_AMD64 ? 0x20b : 0x10b)) return PE_MAGIC;
    info->is_64 = magic == 0x20b;
    fixed = info->is_64 ? 112 : 96;
    if (size < fixed) return PE_OPTIONAL_SIZE;

    info->code_size = get32(reader, at + 4);
    info->entry = get32(reader, at + 16);
    info->image_base = info->is_64 ? get64(reader, at + 24) : get32(reader, at + 28);
    info->section_alignment = get32(reader, at + 32);
    info->file_alignment = get32(reader, at + 36);
    info->os_major = get16(reader, at + 40);
    info->os_minor = get16(reader, at + 42);
    info->image_major = get16(reader, at + 44);
    info->image_minor = get16(reader, at + 46);
    info->subsystem_major = get16(reader, at + 48);
    info->subsystem_minor = get16(reader, at + 50);
    info->image_size = get32(reader, at + 56);
    info->headers_size = get32(reader, at + 60);
    info->checksum = get32(reader, at + 64);
    info->subsystem = get16(reader, at + 68);
    info->dll_characteristics = get16(reader, at + 70);
    if (info->is_64) {
        info->stack_reserve = get64(reader, at + 72);
        info->stack_commit = get64(reader, at + 80);
        info->heap_reserve = get64(reader, at + 88);
        info->heap_commit = get64(reader, at + 96);
    } else {
        info->stack_reserve = get32(reader, at + 72);
        info->stack_commit = get32(reader, at + 76);
        info->heap_reserve = get32(reader, at + 80);
        info->heap_commit = get32(reader, at + 84);
    }
    info->loader_flags = get32(reader, at + fixed - 8);
    info->directory_count = get32(reader, at + fixed - 4);
    if (info->directory_count > PE_DIRECTORIES) info->directory_count = PE_DIRECTORIES;
    if (info->directory_count > (size - fixed) / 8u) info->directory_count = (size - fixed) / 8u;
    for (uint32_t i = 0; i < info->directory_count; i++) {
        info->directories[i].rva = get32(reader, at + fixed + i * 8);
        info->directories[i].size = get32(reader, at + fixed + i * 8 + 4);
    }
    return PE_OK;
}

static enum pe_error check_layout(uint64_t file_size, uint64_t headers_end, struct pe_info *info)
{
    uint32_t file_alignment = info->file_alignment, section_alignment = info->section_alignment;
    uint64_t limit = info->is_64 ? 0x7fffffff0000u : 0xffff0000u;

    if (!power_of_two(file_alignment) || !power_of_two(section_alignment)) return PE_ALIGNMENT;
    if (section_alignment < file_alignment) return PE_ALIGNMENT;
    if (file_alignment < 512 && file_alignment != section_alignment) return PE_ALIGNMENT;
    info->low_alignment = section_alignment < PAGE;
    if (info->low_alignment && file_alignment != section_alignment) return PE_ALIGNMENT;

    if (!info->image_size || info->image_size > 0x7fff0000) return PE_IMAGE_SIZE;
    info->image_size = (uint32_t)round_up(info->image_size, PAGE);
    if (info->image_base & 0xffff) return PE_BASE;
    if (info->image_base > limit || info->image_size > limit - info->image_base) return PE_BASE;

    if (!info->headers_size || info->headers_size > info->image_size) return PE_HEADERS_SIZE;
    if (info->headers_size < headers_end) return PE_HEADERS_SIZE;
    if (info->headers_size > file_size) {
        /* Small files may end before the last, rounded-up bytes of the headers. */
        if (headers_end > file_size || info->headers_size - file_size >= PAGE) return PE_HEADERS_SIZE;
        info->headers_size = (uint32_t)file_size;
    }
    if (info->entry >= info->image_size) return PE_ENTRY;
    return PE_OK;
}

static enum pe_error older_format(struct reader *reader, uint32_t offset, uint64_t file_size)
{
    uint16_t signature = get16(reader, offset);

    if ((uint64_t)offset + 64 > file_size) return PE_DOS;
    if (reader->needed > reader->size) return PE_NEED_MORE;
    if (signature == 0x454e) { /* NE */
        unsigned system = get(reader, offset + 54ul, 1);
        if (reader->needed > reader->size) return PE_NEED_MORE;
        return system == 1 ? PE_NE_OS2 : PE_NE;
    }
    return signature == 0x454c || signature == 0x584c ? PE_LE : PE_DOS; /* LE, LX */
}

enum pe_error pe_parse(const void *bytes, size_t size, uint64_t file_size, struct pe_info *info)
{
    struct reader reader = { .bytes = bytes, .size = size };
    uint64_t optional, table;
    uint16_t optional_size;
    uint32_t offset;
    enum pe_error error;

    memset(info, 0, sizeof(*info));
    if (size > file_size) reader.size = (size_t)file_size;
    if (!file_size) return PE_EMPTY;
    if (file_size < 2) return PE_NOT_MZ;
    info->needed = 64;
    if (reader.size < 64 && reader.size < file_size) return PE_NEED_MORE;
    if (get16(&reader, 0) != 0x5a4d) return PE_NOT_MZ;
    if (file_size < 64) return PE_TRUNCATED_MZ;

    offset = get32(&reader, 60);
    info->header_offset = offset;
    if ((uint64_t)offset + 4 > file_size) return PE_DOS;
    if (get32(&reader, offset) != 0x4550 && reader.needed <= reader.size) { /* "PE\0\0" */
        error = older_format(&reader, offset, file_size);
        info->needed = reader.needed;
        return error;
    }
    if (offset & 3) return PE_ALIGNMENT;
    if ((uint64_t)offset + 24 > file_size) return PE_TRUNCATED;
    info->machine = get16(&reader, offset + 4ul);
    info->section_count = get16(&reader, offset + 6ul);
    info->timestamp = get32(&reader, offset + 8ul);
    optional_size = get16(&reader, offset + 20ul);
    info->characteristics = get16(&reader, offset + 22ul);
    info->needed = reader.needed;
    if (reader.needed > reader.size) return PE_NEED_MORE;

    if ((error = check_machine(info->machine))) return error;
    if (!(info->characteristics & 2)) return PE_NOT_EXECUTABLE; /* IMAGE_FILE_EXECUTABLE_IMAGE */
    if (info->section_count > PE_MAX_SECTIONS) return PE_SECTION_COUNT;
    optional = offset + 24ul;
    table = optional + optional_size;
    if (table + info->section_count * 40ul > file_size) return PE_TRUNCATED;
    if (!optional_size) return PE_OPTIONAL_SIZE;

    error = read_optional_header(&reader, optional, optional_size, info);
    if (!error && reader.needed <= reader.size) error = check_layout(file_size, table + info->section_count * 40ul, info);
    if (!error) error = read_sections(&reader, table, file_size, info);
    info->needed = reader.needed;
    if (!error && reader.needed > file_size) return PE_TRUNCATED;
    if (!error && reader.needed > reader.size) return PE_NEED_MORE;
    return error;
}

const char *pe_error_text(enum pe_error error)
{
    static const char *const texts[PE_ERROR_COUNT] = {
        [PE_OK] = "no error",
        [PE_NEED_MORE] = "its headers lie too far from its start",
        [PE_EMPTY] = "not a Windows program (the file is empty)",
        [PE_NOT_MZ] = "not a Windows program (no MZ header)",
        [PE_TRUNCATED_MZ] = "not a valid program (the file ends inside its MZ header)",
        [PE_DOS] = "a DOS program",
        [PE_NE] = "a 16-bit Windows program",
        [PE_NE_OS2] = "a 16-bit OS/2 program",
        [PE_LE] = "a Windows 3 driver or an OS/2 program",
        [PE_TRUNCATED] = "not a valid Windows program (the file ends inside its headers)",
        [PE_MACHINE] = "made for another processor",
        [PE_MACHINE_UNKNOWN] = "made for an unknown processor",
        [PE_MAGIC] = "not a valid Windows program (its optional header is of the wrong kind)",
        [PE_OPTIONAL_SIZE] = "not a valid Windows program (its optional header is too small)",
        [PE_NOT_EXECUTABLE] = "not a finished program (its headers say that it cannot be run)",
        [PE_ALIGNMENT] = "not a valid Windows program (an alignment that is not allowed)",
        [PE_BASE] = "not a valid Windows program (its preferred address is not possible)",
        [PE_IMAGE_SIZE] = "not a valid Windows program (its size in memory is not possible)",
        [PE_HEADERS_SIZE] = "not a valid Windows program (the size of its headers is not possible)",
        [PE_SECTION_COUNT] = "not a valid Windows program (too many sections)",
        [PE_SECTION_ORDER] = "not a valid Windows program (its sections overlap or are out of order)",
        [PE_SECTION_SIZE] = "not a valid Windows program (a section lies outside the image)",
        [PE_SECTION_DATA] = "truncated (a section's data lie behind the end of the file)",
        [PE_ENTRY] = "not a valid Windows program (its entry point lies outside the image)",
    };
    return (unsigned)error < PE_ERROR_COUNT ? texts[error] : "not a valid Windows program";
}

/* The headers of a PE image, checked. Pure: no allocation, no I/O, no Windows types, so that the loader command, the
 * host and a fuzzer share it. The file may be hostile: every offset and size that pe_parse hands out lies inside the
 * file or inside the image, as the field's comment says.
 *
 * Source: "PE Format" (win32/debug/pe-format), and what Windows refuses to load.
 */
#ifndef FERRY_PE_H
#define FERRY_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PE_MAX_SECTIONS 96
#define PE_DIRECTORIES 16

#define PE_MACHINE_I386 0x014c
#define PE_MACHINE_AMD64 0x8664
#define PE_MACHINE_ARM 0x01c0
#define PE_MACHINE_ARMNT 0x01c4
#define PE_MACHINE_ARM64 0xaa64
#define PE_MACHINE_IA64 0x0200

enum pe_error {
    PE_OK = 0,
    PE_NEED_MORE,      /* the headers go on behind `size`: call again with info->needed bytes */
    PE_EMPTY,          /* no bytes */
    PE_NOT_MZ,         /* no MZ signature */
    PE_TRUNCATED_MZ,   /* ends inside the MZ header */
    PE_DOS,            /* an MZ program with no newer header */
    PE_NE,             /* 16-bit Windows */
    PE_NE_OS2,         /* 16-bit OS/2 */
    PE_LE,             /* LE or LX: Windows 3 driver, OS/2 */
    PE_TRUNCATED,      /* ends inside the PE headers or the section table */
    PE_MACHINE,        /* made for a processor that is not x86; info->machine is set */
    PE_MACHINE_UNKNOWN,
    PE_MAGIC,          /* optional header of the wrong kind for the machine */
    PE_OPTIONAL_SIZE,  /* optional header too small */
    PE_NOT_EXECUTABLE, /* the linker did not finish it, or it is an object file */
    PE_ALIGNMENT,      /* file or section alignment not allowed */
    PE_BASE,           /* preferred address not a multiple of 64 KiB, or beyond what fits */
    PE_IMAGE_SIZE,     /* SizeOfImage zero, or beyond what fits */
    PE_HEADERS_SIZE,   /* SizeOfHeaders zero, larger than the image or than the file */
    PE_SECTION_COUNT,  /* more than Windows takes */
    PE_SECTION_ORDER,  /* sections overlap or are not in order of address */
    PE_SECTION_SIZE,   /* a section reaches beyond the image */
    PE_SECTION_DATA,   /* a section's data reach beyond the end of the file */
    PE_ENTRY,          /* entry point outside the image */
    PE_ERROR_COUNT
};

struct pe_section {
    char name[9];
    uint32_t rva;         /* multiple of the section alignment */
    uint32_t size;        /* bytes in memory; 0: nothing of this section counts; rva + size ends inside the image */
    uint32_t file_offset; /* 0 if it has no data */
    uint32_t file_size;   /* bytes of data, at most `size` rounded up to pages; all inside the file */
    uint32_t characteristics;
};

struct pe_directory {
    uint32_t rva, size; /* as the file has them: not checked */
};

struct pe_info {
    uint64_t needed; /* with PE_NEED_MORE: bytes of the file that are needed */
    uint32_t header_offset; /* of "PE\0\0" in the file */
    uint16_t machine;
    bool is_64;             /* PE32+ */
    uint16_t characteristics, dll_characteristics, subsystem;
    uint16_t os_major, os_minor, image_major, image_minor, subsystem_major, subsystem_minor;
    uint32_t timestamp, checksum, loader_flags;
    uint64_t image_base;
    uint32_t image_size;    /* SizeOfImage rounded up to pages */
    uint32_t headers_size;  /* bytes at the image's start that come from the file's start */
    uint32_t entry;         /* RVA, 0 if none */
    uint32_t code_size;
    uint32_t section_alignment, file_alignment;
    bool low_alignment;     /* section alignment below a page: the file is the image, byte for byte */
    uint64_t stack_reserve, stack_commit, heap_reserve, heap_commit;
    uint32_t directory_count;
    struct pe_directory directories[PE_DIRECTORIES];
    uint32_t section_count;
    struct pe_section sections[PE_MAX_SECTIONS];
};

/* Parses the first `size` bytes of a file that has `file_size`. */
enum pe_error pe_parse(const void *bytes, size_t size, uint64_t file_size, struct pe_info *info);

/* One phrase that follows "FILE: ", without a full stop. */
const char *pe_error_text(enum pe_error error);

#endif

/* PE headers in memory: RtlImageNtHeader and its relatives. */
#include "ntdll.h"

#define RTL_IMAGE_NT_HEADER_EX_FLAG_NO_RANGE_CHECK 1

NTSTATUS NTAPI RtlImageNtHeaderEx(ULONG flags, void *base, ULONG64 size, IMAGE_NT_HEADERS **headers)
{
    const IMAGE_DOS_HEADER *dos = base;
    bool check = !(flags & RTL_IMAGE_NT_HEADER_EX_FLAG_NO_RANGE_CHECK);

    if (!headers) return STATUS_INVALID_PARAMETER;
    *headers = NULL;
    if (flags & ~1u || !base || base == (void *)-1) return STATUS_INVALID_PARAMETER;
    if (check && size < sizeof(*dos)) return STATUS_INVALID_IMAGE_FORMAT;
    if (dos->e_magic != IMAGE_DOS_SIGNATURE) return STATUS_INVALID_IMAGE_FORMAT;
    ULONG offset = dos->e_lfanew;
    if (offset >= 0x10000000) return STATUS_INVALID_IMAGE_FORMAT;
    if (check && (offset >= size || size - offset < offsetof(IMAGE_NT_HEADERS, OptionalHeader)))
        return STATUS_INVALID_IMAGE_FORMAT;
    IMAGE_NT_HEADERS *nt = (IMAGE_NT_HEADERS *)((char *)base + offset);
    if (nt->Signature != IMAGE_NT_SIGNATURE) return STATUS_INVALID_IMAGE_FORMAT;
    *headers = nt;
    return STATUS_SUCCESS;
}

IMAGE_NT_HEADERS *NTAPI RtlImageNtHeader(void *base)
{
    IMAGE_NT_HEADERS *nt;

    RtlImageNtHeaderEx(RTL_IMAGE_NT_HEADER_EX_FLAG_NO_RANGE_CHECK, base, 0, &nt);
    return nt;
}

IMAGE_SECTION_HEADER *NTAPI RtlImageRvaToSection(const IMAGE_NT_HEADERS *nt, void *base, ULONG rva)
{
    IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(nt);

    for (int i = 0; i < nt->FileHeader.NumberOfSections; i++, section++) {
        ULONG size = section->Misc.VirtualSize > section->SizeOfRawData ? section->Misc.VirtualSize : section->SizeOfRawData;
        if (rva >= section->VirtualAddress && rva - section->VirtualAddress < size) return section;
    }
    return NULL;
}

/* `base` is a file mapped as data. *hint keeps the section between calls, may be NULL. */
void *NTAPI RtlImageRvaToVa(const IMAGE_NT_HEADERS *nt, void *base, ULONG rva, IMAGE_SECTION_HEADER **hint)
{
    IMAGE_SECTION_HEADER *section = hint ? *hint : NULL;

    if (!section || rva < section->VirtualAddress || rva - section->VirtualAddress >= section->SizeOfRawData) {
        if (!(section = RtlImageRvaToSection(nt, base, rva))) return NULL;
        if (hint) *hint = section;
    }
    if (rva - section->VirtualAddress >= section->SizeOfRawData) return NULL;
    return (char *)base + section->PointerToRawData + (rva - section->VirtualAddress);
}

/* A base with bit 0 set is a file mapped as data (LOAD_LIBRARY_AS_DATAFILE), with bit 1 an image resource mapping. */
void *NTAPI RtlImageDirectoryEntryToData(void *base, BOOLEAN mapped_as_image, USHORT index, ULONG *size)
{
    IMAGE_NT_HEADERS *nt;
    IMAGE_DATA_DIRECTORY *directory;
    ULONG headers;

    *size = 0;
    if ((ULONG_PTR)base & 3) {
        if ((ULONG_PTR)base & 1) mapped_as_image = FALSE;
        base = (void *)((ULONG_PTR)base & ~(ULONG_PTR)3);
    }
    if (!(nt = RtlImageNtHeader(base))) return NULL;
    if (nt->OptionalHeader.Magic == IMAGE_NT_OPTIONAL_HDR64_MAGIC) {
        IMAGE_NT_HEADERS64 *nt64 = (IMAGE_NT_HEADERS64 *)nt;
        if (index >= nt64->OptionalHeader.NumberOfRvaAndSizes) return NULL;
        directory = &nt64->OptionalHeader.DataDirectory[index];
        headers = nt64->OptionalHeader.SizeOfHeaders;
    } else if (nt->OptionalHeader.Magic == IMAGE_NT_OPTIONAL_HDR32_MAGIC) {
        IMAGE_NT_HEADERS32 *nt32 = (IMAGE_NT_HEADERS32 *)nt;
        if (index >= nt32->OptionalHeader.NumberOfRvaAndSizes) return NULL;
        directory = &nt32->OptionalHeader.DataDirectory[index];
        headers = nt32->OptionalHeader.SizeOfHeaders;
    } else {
        return NULL;
    }
    if (!directory->VirtualAddress) return NULL;
    void *data = mapped_as_image || directory->VirtualAddress < headers
                     ? (char *)base + directory->VirtualAddress
                     : RtlImageRvaToVa(nt, base, directory->VirtualAddress, NULL);
    if (data) *size = directory->Size;
    return data;
}

void *NTAPI RtlPcToFileHeader(void *pc, void **base)
{
    FERRY_LDR_ENTRY *entry = ldr_entry_of(pc);

    return *base = entry ? entry->DllBase : NULL;
}

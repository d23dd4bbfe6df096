/* Mapping of PE images: layouts, protections, relocation, and files that are refused.
 *
 * Wine 8 differs from the reference in: VirtualQuery of pages that were not written yet (it says PAGE_READWRITE after
 * VirtualProtect), images without relocations that find their base taken, and most of the files that are refused. */
#include "tap.h"

#define CURRENT ((HANDLE)(LONG_PTR)-1)

NTSTATUS NTAPI NtCreateSection(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, LARGE_INTEGER *, ULONG, ULONG, HANDLE);
NTSTATUS NTAPI NtMapViewOfSection(HANDLE, HANDLE, PVOID *, ULONG_PTR, SIZE_T, LARGE_INTEGER *, SIZE_T *, ULONG, ULONG, ULONG);
NTSTATUS NTAPI NtUnmapViewOfSection(HANDLE, PVOID);
NTSTATUS NTAPI NtQuerySection(HANDLE, ULONG, PVOID, SIZE_T, SIZE_T *);

#define READ IMAGE_SCN_MEM_READ
#define WRITE IMAGE_SCN_MEM_WRITE
#define EXECUTE IMAGE_SCN_MEM_EXECUTE
#ifdef _WIN64
#define BASE 0x1234560000ull
#define MACHINE IMAGE_FILE_MACHINE_AMD64
#define RELOCATION IMAGE_REL_BASED_DIR64
#else
#define BASE 0x52340000ul
#define MACHINE IMAGE_FILE_MACHINE_I386
#define RELOCATION IMAGE_REL_BASED_HIGHLOW
#endif

/* A DLL for this processor, of headers and four sections, in a buffer to be damaged by the tests. */
static unsigned char file[0x8000];
static DWORD file_size;
static IMAGE_NT_HEADERS *headers;
static IMAGE_SECTION_HEADER *sections;
static char path[MAX_PATH];

static void put_section(int i, const char *name, DWORD rva, DWORD size, DWORD offset, DWORD raw, DWORD flags)
{
    for (int j = 0; name[j]; j++) sections[i].Name[j] = name[j];
    sections[i].VirtualAddress = rva;
    sections[i].Misc.VirtualSize = size;
    sections[i].PointerToRawData = offset;
    sections[i].SizeOfRawData = raw;
    sections[i].Characteristics = flags;
    for (DWORD j = 0; j < raw && offset; j++) file[offset + j] = (unsigned char)(i * 16 + 1);
}

/* `align` is the file's alignment; sections are at multiples of 4 KiB in memory. */
static void make_image(DWORD align)
{
    IMAGE_DOS_HEADER *dos = (IMAGE_DOS_HEADER *)file;
    DWORD at = align < 0x400 ? 0x400 : align, raw = align;

    for (DWORD i = 0; i < sizeof(file); i++) file[i] = 0;
    dos->e_magic = 0x5a4d;
    dos->e_lfanew = 0x80;
    headers = (IMAGE_NT_HEADERS *)(file + 0x80);
    headers->Signature = IMAGE_NT_SIGNATURE;
    headers->FileHeader.Machine = MACHINE;
    headers->FileHeader.NumberOfSections = 4;
    headers->FileHeader.SizeOfOptionalHeader = sizeof(IMAGE_OPTIONAL_HEADER);
    headers->FileHeader.Characteristics = IMAGE_FILE_EXECUTABLE_IMAGE | IMAGE_FILE_DLL | IMAGE_FILE_LARGE_ADDRESS_AWARE;
    headers->OptionalHeader.Magic = IMAGE_NT_OPTIONAL_HDR_MAGIC;
    headers->OptionalHeader.ImageBase = BASE;
    headers->OptionalHeader.SectionAlignment = 0x1000;
    headers->OptionalHeader.FileAlignment = align;
    headers->OptionalHeader.MajorSubsystemVersion = 6;
    headers->OptionalHeader.SizeOfImage = 0x7000;
    headers->OptionalHeader.SizeOfHeaders = at;
    headers->OptionalHeader.SizeOfCode = 0x1000;
    headers->OptionalHeader.AddressOfEntryPoint = 0x1000;
    headers->OptionalHeader.Subsystem = IMAGE_SUBSYSTEM_WINDOWS_CUI;
    headers->OptionalHeader.DllCharacteristics = IMAGE_DLLCHARACTERISTICS_NX_COMPAT;
    headers->OptionalHeader.SizeOfStackReserve = 0x123000;
    headers->OptionalHeader.SizeOfStackCommit = 0x2000;
    headers->OptionalHeader.NumberOfRvaAndSizes = 16;
    sections = IMAGE_FIRST_SECTION(headers);
    put_section(0, ".text", 0x1000, 0x100, at, raw, EXECUTE | READ);
    put_section(1, ".data", 0x2000, 0x1800, at + raw, raw, READ | WRITE);
    put_section(2, ".bss", 0x4000, 0x1100, 0, 0, READ | WRITE);
    put_section(3, ".reloc", 0x6000, 0x20, at + raw * 2, raw, READ);
    file_size = at + raw * 3;
    for (DWORD i = at + raw * 2; i < file_size; i++) file[i] = 0;

    /* one relocation: the pointer at .data + 8 */
    IMAGE_BASE_RELOCATION *block = (IMAGE_BASE_RELOCATION *)(file + at + raw * 2);
    headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_BASERELOC].VirtualAddress = 0x6000;
    headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_BASERELOC].Size = 12;
    block->VirtualAddress = 0x2000;
    block->SizeOfBlock = 12;
    ((WORD *)(block + 1))[0] = RELOCATION << 12 | 8;
    *(ULONG_PTR *)(file + at + raw + 8) = BASE + 0x1010;
}

static HANDLE write_file(void)
{
    HANDLE handle = CreateFileA(path, GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, 0,
                                NULL);
    DWORD done;

    ok(handle != INVALID_HANDLE_VALUE, "%s: %lu", path, GetLastError());
    WriteFile(handle, file, file_size, &done, NULL);
    return handle;
}

static NTSTATUS create(HANDLE *section)
{
    HANDLE handle = write_file();
    NTSTATUS status = NtCreateSection(section, SECTION_QUERY | SECTION_MAP_READ | SECTION_MAP_EXECUTE, NULL, NULL,
                                      PAGE_EXECUTE_READ, SEC_IMAGE, handle);

    CloseHandle(handle);
    return status;
}

static NTSTATUS map(HANDLE section, char **base)
{
    SIZE_T size = 0;

    *base = NULL;
    return NtMapViewOfSection(section, CURRENT, (void **)base, 0, 0, NULL, &size, 1, 0, PAGE_EXECUTE_READ);
}

static void check_region(char *base, DWORD rva, SIZE_T size, DWORD protect, int line)
{
    MEMORY_BASIC_INFORMATION info;

    VirtualQuery(base + rva, &info, sizeof(info));
    ok(info.AllocationBase == base && info.Type == MEM_IMAGE && info.State == MEM_COMMIT &&
           info.AllocationProtect == PAGE_EXECUTE_WRITECOPY,
       "line %d: %p %lx %lx %lx", line, info.AllocationBase, info.Type, info.State, info.AllocationProtect);
    ok(info.Protect == protect, "line %d: protection %lx", line, info.Protect);
    ok(info.RegionSize == size, "line %d: size %lx", line, (ULONG)info.RegionSize);
}
#define region(rva, size, protect) check_region(base, rva, size, protect, __LINE__)

static void test_layout(DWORD align)
{
    HANDLE section = NULL;
    char *base, *second;
    DWORD old;
    NTSTATUS status;

    make_image(align);
    status = create(&section);
    ok(!status, "%lx: create %lx", align, status);
    status = map(section, &base);
    ok(!status && base == (char *)BASE, "%lx: %lx %p", align, status, base);
    if (status) return;
    ok(base[0] == 'M' && base[0x1000] == 1 && base[0x2000] == 17, "%lx: contents", align);
    ok(base[0x2000 + align] == 0 || align == 0x1000, "%lx: rest of .data", align);
    ok(base[0x3000] == 0 && base[0x37ff] == 0 && base[0x4000] == 0 && base[0x50ff] == 0, "%lx: zeroes", align);
    ok(*(ULONG_PTR *)(base + 0x2008) == BASE + 0x1010, "%lx: pointer", align);
    region(0, 0x1000, PAGE_READONLY);
    region(0x1000, 0x1000, PAGE_EXECUTE_READ);
    region(0x6000, 0x1000, PAGE_READONLY);
    ok(VirtualProtect(base + 0x1000, 0x1000, PAGE_EXECUTE_READWRITE, &old) && old == PAGE_EXECUTE_READ, "protect");
    base[0x1000] = 99;

    status = map(section, &second);
    ok(status == STATUS_IMAGE_NOT_AT_BASE && second != base, "%lx: second %lx", align, status);
    ok(second[0x1000] == 1, "%lx: the other view's copy", align);
    NtUnmapViewOfSection(CURRENT, second);
    NtUnmapViewOfSection(CURRENT, base);
    CloseHandle(section);
}

static void test_write_copy(void)
{
    HANDLE section = NULL;
    MEMORY_BASIC_INFORMATION info;
    char *base;
    DWORD old = 0;

    make_image(0x1000);
    create(&section);
    if (map(section, &base)) return;
    /* not in Wine 8: untouched pages of writable sections are PAGE_WRITECOPY */
    VirtualQuery(base + 0x3000, &info, sizeof(info));
    ok(info.Protect == PAGE_WRITECOPY, "%lx", info.Protect);
    ok(VirtualProtect(base + 0x1000, 0x1000, PAGE_READWRITE, &old), "protect: %lu", GetLastError());
    VirtualQuery(base + 0x1000, &info, sizeof(info));
    ok(info.Protect == PAGE_WRITECOPY, "%lx", info.Protect);
    base[0x1000] = 3;
    VirtualQuery(base + 0x1000, &info, sizeof(info));
    ok(info.Protect == PAGE_READWRITE, "%lx", info.Protect);
    NtUnmapViewOfSection(CURRENT, base);
    CloseHandle(section);
}

static void test_information(void)
{
    struct {
        void *entry;
        ULONG zero_bits;
        SIZE_T maximum_stack, committed_stack;
        ULONG subsystem;
        USHORT minor, major;
        USHORT os_major, os_minor;
        USHORT characteristics, dll_characteristics, machine;
        UCHAR contains_code, flags;
        ULONG loader_flags, image_size, checksum;
    } info = { 0 };
    HANDLE section = NULL;
    NTSTATUS status;

    make_image(0x200);
    create(&section);
    status = NtQuerySection(section, 1, &info, sizeof(info), NULL);
    ok(!status, "%lx", status);
    ok(info.entry == (void *)(BASE + 0x1000), "entry %p", info.entry);
    ok(info.maximum_stack == 0x123000 && info.committed_stack == 0x2000, "stack %lx", (ULONG)info.maximum_stack);
    ok(info.subsystem == IMAGE_SUBSYSTEM_WINDOWS_CUI && info.major == 6, "%lu", info.subsystem);
    ok(info.machine == MACHINE && info.characteristics & IMAGE_FILE_DLL, "%x", info.machine);
    ok(info.contains_code && info.image_size == file_size, "%lx", info.image_size);
    CloseHandle(section);
}

static void test_low_alignment(void)
{
    HANDLE section = NULL;
    char *base;
    NTSTATUS status;

    make_image(0x200);
    headers->OptionalHeader.SectionAlignment = 0x200;
    for (int i = 0; i < 4; i++) {
        sections[i].VirtualAddress = sections[i].PointerToRawData;
        sections[i].Misc.VirtualSize = sections[i].SizeOfRawData;
    }
    headers->FileHeader.NumberOfSections = 2;
    headers->OptionalHeader.SizeOfImage = file_size;
    headers->OptionalHeader.AddressOfEntryPoint = 0x400;
    headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_BASERELOC].Size = 0;
    status = create(&section);
    ok(!status, "create %lx", status);
    status = map(section, &base);
    ok(NT_SUCCESS(status), "map %lx", status);
    if (NT_SUCCESS(status)) {
        ok(base[0x400] == 1 && base[0x600] == 17, "contents");
        NtUnmapViewOfSection(CURRENT, base);
    }
    CloseHandle(section);
}

static void test_stripped(void)
{
    void *taken = VirtualAlloc((void *)BASE, 0x10000, MEM_RESERVE, PAGE_NOACCESS);
    HANDLE section = NULL;
    char *base;
    NTSTATUS status;

    ok(taken == (void *)BASE, "%p", taken);
    make_image(0x1000);
    headers->FileHeader.Characteristics |= IMAGE_FILE_RELOCS_STRIPPED;
    create(&section);
    status = map(section, &base);
    ok(status < 0, "%lx %p", status, base); /* Wine 8 maps it elsewhere, unrelocated */
    if (status >= 0) NtUnmapViewOfSection(CURRENT, base);
    CloseHandle(section);
    VirtualFree(taken, 0, MEM_RELEASE);
}

static void expect_refused(const char *what, NTSTATUS expected)
{
    HANDLE section = NULL;
    NTSTATUS status = create(&section);

    if (expected) ok(status == expected, "%s: %lx, not %lx", what, status, expected);
    else ok(status < 0, "%s: %lx", what, status);
    if (status >= 0) CloseHandle(section);
}

static void test_refused(void)
{
    make_image(0x200);
    file_size = 0;
    expect_refused("empty", STATUS_INVALID_FILE_FOR_SECTION);
    make_image(0x200);
    file[0] = 'X';
    expect_refused("no MZ", STATUS_INVALID_IMAGE_NOT_MZ);
    make_image(0x200);
    headers->Signature = 0x1234;
    expect_refused("DOS program", STATUS_INVALID_IMAGE_PROTECT);
    make_image(0x200);
    headers->Signature = IMAGE_OS2_SIGNATURE;
    file[0x80 + 54] = 2;
    expect_refused("16-bit Windows", STATUS_INVALID_IMAGE_WIN_16);
    make_image(0x200);
    headers->FileHeader.Machine = 0x1111;
    expect_refused("machine", STATUS_INVALID_IMAGE_FORMAT);
    make_image(0x200);
    headers->OptionalHeader.Magic = 0x333;
    expect_refused("magic", STATUS_INVALID_IMAGE_FORMAT);
    make_image(0x200);
    headers->OptionalHeader.ImageBase = BASE + 0x1000;
    expect_refused("base", STATUS_INVALID_IMAGE_FORMAT);
    make_image(0x200);
    headers->OptionalHeader.SizeOfImage = 0;
    expect_refused("no size", STATUS_INVALID_IMAGE_FORMAT);
    make_image(0x200);
    headers->OptionalHeader.SizeOfImage = 0x3000;
    expect_refused("section outside the image", STATUS_INVALID_IMAGE_FORMAT);
    make_image(0x200);
    headers->OptionalHeader.FileAlignment = 0x300;
    expect_refused("alignment", STATUS_INVALID_IMAGE_FORMAT);
    make_image(0x200);
    sections[1].VirtualAddress = 0x1000;
    expect_refused("overlap", STATUS_INVALID_IMAGE_FORMAT);
    make_image(0x200);
    sections[1].PointerToRawData = 0xfffffe00;
    sections[1].SizeOfRawData = 0x400;
    expect_refused("offset overflow", STATUS_INVALID_IMAGE_FORMAT);
    make_image(0x200);
    file_size = 0x680;
    expect_refused("truncated data", STATUS_INVALID_IMAGE_FORMAT);
    make_image(0x200);
    file_size = 0x100;
    expect_refused("truncated headers", 0);
    make_image(0x200);
    headers->FileHeader.NumberOfSections = 0xffff;
    expect_refused("sections", 0);
    make_image(0x200);
    *(DWORD *)(file + 60) = 0xfffffff0;
    expect_refused("headers beyond the file", 0);
}

/* A relocation that points outside must not be carried out. */
static void test_bad_relocation(void)
{
    void *taken = VirtualAlloc((void *)BASE, 0x10000, MEM_RESERVE, PAGE_NOACCESS);
    HANDLE section = NULL;
    char *base;
    NTSTATUS status;

    make_image(0x1000);
    ((IMAGE_BASE_RELOCATION *)(file + 0x3000))->VirtualAddress = 0xfffff000;
    create(&section);
    status = map(section, &base);
    ok(status < 0 || status == STATUS_IMAGE_NOT_AT_BASE, "%lx", status);
    if (status >= 0) NtUnmapViewOfSection(CURRENT, base);
    CloseHandle(section);
    VirtualFree(taken, 0, MEM_RELEASE);
}

START_TESTS
{
    char folder[MAX_PATH];

    GetTempPathA(sizeof(folder), folder);
    GetTempFileNameA(folder, "img", 0, path);
    test_layout(0x1000);
    test_layout(0x200);
    test_write_copy();
    test_information();
    test_low_alignment();
    test_stripped();
    test_refused();
    test_bad_relocation();
    DeleteFileA(path);
}

/* Section objects and their views.
 *
 * Wine 8 differs from the reference in: some sizes of views, executable views of sections that are not, written pages of
 * copy-on-write views in VirtualQuery, the form of MemorySectionName. */
#include "tap.h"

#ifndef MEM_RESERVE_PLACEHOLDER
#define MEM_PRESERVE_PLACEHOLDER 0x00000002
#define MEM_REPLACE_PLACEHOLDER 0x00004000
#define MEM_RESERVE_PLACEHOLDER 0x00040000
#endif
#define CURRENT ((HANDLE)(LONG_PTR)-1)

static void check_status(NTSTATUS status, NTSTATUS expected, int line)
{
    /* which of the parameters is wrong is told by some versions only */
    if (status == STATUS_INVALID_PARAMETER && expected >= STATUS_INVALID_PARAMETER_1 && expected <= STATUS_INVALID_PARAMETER_9)
        return;
    ok(status == expected, "line %d: %lx, not %lx", line, status, expected);
}
#define expect(call, status) check_status(call, status, __LINE__)

NTSTATUS NTAPI NtCreateSection(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, LARGE_INTEGER *, ULONG, ULONG, HANDLE);
NTSTATUS NTAPI NtMapViewOfSection(HANDLE, HANDLE, PVOID *, ULONG_PTR, SIZE_T, LARGE_INTEGER *, SIZE_T *, ULONG, ULONG, ULONG);
NTSTATUS NTAPI NtUnmapViewOfSection(HANDLE, PVOID);
NTSTATUS NTAPI NtQuerySection(HANDLE, ULONG, PVOID, SIZE_T, SIZE_T *);
NTSTATUS NTAPI NtExtendSection(HANDLE, LARGE_INTEGER *);
NTSTATUS NTAPI NtAreMappedFilesTheSame(PVOID, PVOID);
NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE, PVOID, ULONG, PVOID, SIZE_T, SIZE_T *);

#define SECTION_WANTED (STANDARD_RIGHTS_REQUIRED | SECTION_QUERY | SECTION_MAP_WRITE | SECTION_MAP_READ | \
                        SECTION_MAP_EXECUTE | SECTION_EXTEND_SIZE)

static NTSTATUS create(LONGLONG bytes, ULONG protect, ULONG attributes, HANDLE file, HANDLE *section)
{
    LARGE_INTEGER size = { .QuadPart = bytes };
    return NtCreateSection(section, SECTION_WANTED, NULL, bytes ? &size : NULL, protect, attributes, file);
}

static NTSTATUS map(HANDLE section, void **base, LONGLONG at, SIZE_T *size, ULONG type, ULONG protect)
{
    LARGE_INTEGER offset = { .QuadPart = at };
    return NtMapViewOfSection(section, CURRENT, base, 0, 0, &offset, size, 1, type, protect);
}

static char path[MAX_PATH];

static HANDLE make_file(DWORD size)
{
    char folder[MAX_PATH];
    HANDLE file;

    GetTempPathA(sizeof(folder), folder);
    GetTempFileNameA(folder, "sec", 0, path);
    file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS, 0, NULL);
    for (DWORD i = 0; i < size; i += 4) {
        DWORD done;
        WriteFile(file, &i, 4, &done, NULL);
    }
    return file;
}

static void test_paging_file(void)
{
    struct {
        void *base;
        ULONG attributes;
        LARGE_INTEGER size;
    } info;
    MEMORY_BASIC_INFORMATION memory;
    void *at = NULL, *other = NULL, *low;
    SIZE_T size = 0, other_size = 0;
    HANDLE section = NULL;
    DWORD old;
    NTSTATUS status;

    expect(create(0, PAGE_READWRITE, SEC_COMMIT, NULL, &section), STATUS_INVALID_PARAMETER_4);
    expect(create(1, PAGE_READWRITE, 0, NULL, &section), STATUS_INVALID_PARAMETER_6);
    expect(create(1, PAGE_READWRITE, SEC_COMMIT | SEC_RESERVE, NULL, &section), STATUS_INVALID_PARAMETER_6);
    expect(create(1, 0, SEC_COMMIT, NULL, &section), STATUS_INVALID_PAGE_PROTECTION);

    status = create(0x12345, PAGE_READWRITE, SEC_COMMIT, NULL, &section);
    ok(!status, "create: %lx", status);
    status = NtQuerySection(section, 0, &info, sizeof(info), NULL);
    ok(!status && info.attributes == SEC_COMMIT && info.size.QuadPart == 0x13000, "%lx %lx %lx", status, info.attributes,
       (ULONG)info.size.QuadPart);
    expect(NtQuerySection(section, 1, &info, 200, NULL), STATUS_SECTION_NOT_IMAGE);

    status = map(section, &at, 0, &size, 0, PAGE_READWRITE);
    ok(!status && size == 0x13000 && !((ULONG_PTR)at & 0xffff), "%lx %lx", status, (ULONG)size);
    VirtualQuery(at, &memory, sizeof(memory));
    ok(memory.Type == MEM_MAPPED && memory.State == MEM_COMMIT && memory.Protect == PAGE_READWRITE &&
           memory.AllocationProtect == PAGE_READWRITE && memory.RegionSize == 0x13000,
       "%lx %lx %lx %lx", memory.Type, memory.State, memory.Protect, (ULONG)memory.RegionSize);
    status = map(section, &other, 0x10000, &other_size, 0, PAGE_READONLY);
    ok(!status && other_size == 0x3000, "%lx %lx", status, (ULONG)other_size);
    ((char *)at)[0x12fff] = 42;
    ok(((char *)other)[0x2fff] == 42, "not shared");
    ok(!VirtualProtect(other, 0x1000, PAGE_READWRITE, &old), "a view gets no more than it was mapped with");
    ok(VirtualProtect(at, 0x1000, PAGE_READONLY, &old) && old == PAGE_READWRITE, "protect: %lu", GetLastError());
    ok(VirtualProtect(at, 0x1000, PAGE_READWRITE, &old) && old == PAGE_READONLY, "protect: %lu", GetLastError());

    /* offsets, sizes, alignment */
    low = NULL, size = 0x10000;
    expect(map(section, &low, 0x1000, &size, 0, PAGE_READONLY), STATUS_MAPPED_ALIGNMENT);
    size = 0x10000;
    expect(map(section, &low, 0x10000, &size, 0, PAGE_READONLY), STATUS_INVALID_VIEW_SIZE);
    size = 0;
    expect(map(section, &low, 0x20000, &size, 0, PAGE_READONLY), STATUS_INVALID_VIEW_SIZE);
    low = (void *)0x30001000, size = 0;
    expect(map(section, &low, 0, &size, 0, PAGE_READONLY), STATUS_MAPPED_ALIGNMENT);
    low = (void *)0x30000000, size = 0;
    status = map(section, &low, 0, &size, 0, PAGE_READONLY);
    ok(!status && low == (void *)0x30000000, "%lx %p", status, low);
    ok(!NtUnmapViewOfSection(CURRENT, (char *)low + 0x1234), "unmap by an address inside");
    low = at, size = 0;
    expect(map(section, &low, 0, &size, 0, PAGE_READONLY), STATUS_CONFLICTING_ADDRESSES);
    low = NULL, size = 0;
    expect(map(section, &low, 0, &size, 0, PAGE_EXECUTE_READ), STATUS_SECTION_PROTECTION);
    low = NULL, size = 0;
    expect(NtMapViewOfSection(section, CURRENT, &low, 0, 0, NULL, &size, 0, 0, PAGE_READONLY), STATUS_INVALID_PARAMETER_8);

    /* a view outlives the handle */
    CloseHandle(section);
    ok(((char *)at)[0x12fff] == 42, "view gone");
    ok(!VirtualFree(at, 0, MEM_RELEASE), "VirtualFree of a view");
    ok(!NtUnmapViewOfSection(CURRENT, at), "unmap");
    expect(NtUnmapViewOfSection(CURRENT, at), STATUS_NOT_MAPPED_VIEW);
    ok(!NtUnmapViewOfSection(CURRENT, other), "unmap");
}

static void test_reserve(void)
{
    MEMORY_BASIC_INFORMATION memory;
    char *at = NULL, *other = NULL;
    SIZE_T size = 0;
    HANDLE section = NULL;
    NTSTATUS status = create(0x20000, PAGE_READWRITE, SEC_RESERVE, NULL, &section);

    ok(!status, "%lx", status);
    status = map(section, (void **)&at, 0, &size, 0, PAGE_READWRITE);
    ok(!status, "%lx", status);
    VirtualQuery(at, &memory, sizeof(memory));
    ok(memory.State == MEM_RESERVE && memory.RegionSize == 0x20000 && memory.Type == MEM_MAPPED, "%lx", memory.State);
    ok(VirtualAlloc(at + 0x1000, 0x2000, MEM_COMMIT, PAGE_READWRITE) == at + 0x1000, "commit: %lu", GetLastError());
    at[0x1000] = 1;
    VirtualQuery(at + 0x1000, &memory, sizeof(memory));
    ok(memory.State == MEM_COMMIT && memory.RegionSize == 0x2000 && memory.Protect == PAGE_READWRITE, "%lx %lx", memory.State,
       (ULONG)memory.RegionSize);
    size = 0;
    status = map(section, (void **)&other, 0, &size, 0, PAGE_READWRITE);
    VirtualQuery(other + 0x1000, &memory, sizeof(memory));
    ok(memory.State == MEM_COMMIT && memory.RegionSize == 0x2000, "seen by a new view: %lx", memory.State);
    ok(other[0x1000] == 1, "contents");
    VirtualAlloc(other + 0x10000, 0x1000, MEM_COMMIT, PAGE_READWRITE);
    VirtualQuery(at + 0x10000, &memory, sizeof(memory));
    ok(memory.State == MEM_COMMIT && memory.RegionSize == 0x1000, "seen by an older view: %lx", memory.State);
    ok(!VirtualFree(at + 0x1000, 0x1000, MEM_DECOMMIT), "decommit of a view");
    NtUnmapViewOfSection(CURRENT, at);
    NtUnmapViewOfSection(CURRENT, other);
    CloseHandle(section);
}

static void test_file(void)
{
    struct {
        void *base;
        ULONG attributes;
        LARGE_INTEGER size;
    } info;
    HANDLE file = make_file(0x3000), reader, section = NULL, empty;
    MEMORY_BASIC_INFORMATION memory;
    LARGE_INTEGER bytes;
    WCHAR name[600];
    DWORD value, done;
    ULONG *at = NULL, *copy = NULL;
    SIZE_T size = 0;
    NTSTATUS status;

    status = create(0, PAGE_READWRITE, SEC_COMMIT, file, &section);
    ok(!status, "%lx", status);
    status = NtQuerySection(section, 0, &info, sizeof(info), NULL);
    ok(!status && info.size.QuadPart == 0x3000 && info.attributes & 0x800000, "%lx %lx %lx", status, info.attributes,
       (ULONG)info.size.QuadPart);
    status = map(section, (void **)&at, 0, &size, 0, PAGE_READWRITE);
    ok(!status && size == 0x3000 && at[0x800] == 0x2000, "%lx", status);
    at[0x801] = 0x12345678;
    SetFilePointer(file, 0x2004, NULL, FILE_BEGIN);
    ok(ReadFile(file, &value, 4, &done, NULL) && value == 0x12345678, "coherent: %lx", value);
    ok(FlushViewOfFile(at, 0), "flush: %lu", GetLastError());

    /* private copies */
    size = 0;
    status = map(section, (void **)&copy, 0, &size, 0, PAGE_WRITECOPY);
    ok(!status, "%lx", status);
    VirtualQuery(copy, &memory, sizeof(memory));
    ok(memory.Protect == PAGE_WRITECOPY && memory.RegionSize == 0x3000, "%lx %lx", memory.Protect, (ULONG)memory.RegionSize);
    copy[0x400] = 7;
    ok(at[0x400] == 0x1000, "copy was shared");
    VirtualQuery(copy, &memory, sizeof(memory));
    ok(memory.Protect == PAGE_WRITECOPY && memory.RegionSize == 0x1000, "%lx %lx", memory.Protect, (ULONG)memory.RegionSize);
    VirtualQuery(copy + 0x400, &memory, sizeof(memory));
    ok(memory.Protect == PAGE_READWRITE && memory.RegionSize == 0x1000, "written page: %lx %lx", memory.Protect,
       (ULONG)memory.RegionSize);
    NtUnmapViewOfSection(CURRENT, copy);

    status = NtQueryVirtualMemory(CURRENT, at, 2, name, sizeof(name), &size);
    ok(!status, "name: %lx", status);
    if (!status) {
        UNICODE_STRING *string = (UNICODE_STRING *)name;
        ok(string->Buffer[0] == '\\' && string->Buffer[1] == 'D' && string->Length > 20, "%S", string->Buffer);
        ok(string->Buffer == (WCHAR *)(string + 1), "buffer %p", string->Buffer);
    }
    status = NtQueryVirtualMemory(CURRENT, at, 2, name, 20, &size);
    ok(status == STATUS_BUFFER_OVERFLOW || status == STATUS_INFO_LENGTH_MISMATCH, "short: %lx", status);
    status = NtQueryVirtualMemory(CURRENT, &size, 2, name, sizeof(name), &size);
    ok(status == STATUS_INVALID_ADDRESS, "stack: %lx", status);

    bytes.QuadPart = 0x5000;
    if (GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version")) {
        skip(1, "NtExtendSection is a stub in Wine 8");
    } else {
        status = NtExtendSection(section, &bytes);
        ok(!status && bytes.QuadPart == 0x5000 && GetFileSize(file, NULL) == 0x5000, "extend: %lx", status);
    }
    NtUnmapViewOfSection(CURRENT, at);
    CloseHandle(section);

    /* larger than the file: grows it, if writable */
    reader = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    expect(create(0x8000, PAGE_READONLY, SEC_COMMIT, reader, &section), STATUS_SECTION_TOO_BIG);
    expect(create(0, PAGE_READWRITE, SEC_COMMIT, reader, &section), STATUS_ACCESS_DENIED);
    expect(create(0, PAGE_WRITECOPY, SEC_COMMIT, reader, &section), STATUS_SUCCESS);
    at = NULL, size = 0;
    expect(map(section, (void **)&at, 0, &size, 0, PAGE_READWRITE), STATUS_SECTION_PROTECTION);
    CloseHandle(section);
    expect(create(0x8000, PAGE_READWRITE, SEC_COMMIT, file, &section), STATUS_SUCCESS);
    ok(GetFileSize(file, NULL) == 0x8000, "%lx", GetFileSize(file, NULL));
    CloseHandle(section);
    expect(create(0, PAGE_READONLY, SEC_IMAGE, reader, &section), STATUS_INVALID_IMAGE_NOT_MZ);
    CloseHandle(reader);
    CloseHandle(file);

    empty = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    expect(create(0, PAGE_READWRITE, SEC_COMMIT, empty, &section), STATUS_MAPPED_FILE_SIZE_ZERO);
    CloseHandle(empty);
    DeleteFileA(path);
}

static void test_win32(void)
{
    HANDLE file = make_file(0x10000), mapping, other;
    char *at, *second;

    mapping = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
    ok(mapping != NULL, "%lu", GetLastError());
    at = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
    ok(at && *(DWORD *)(at + 0xfff0) == 0xfff0, "%lu", GetLastError());
    ok(!MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0) && GetLastError() == ERROR_ACCESS_DENIED, "%lu", GetLastError());
    ok(!MapViewOfFile(mapping, FILE_MAP_READ, 0, 0x1000, 0) && GetLastError() == ERROR_MAPPED_ALIGNMENT, "%lu", GetLastError());
    ok(!MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0x20000) && GetLastError() == ERROR_ACCESS_DENIED, "%lu", GetLastError());
    ok(UnmapViewOfFile(at), "%lu", GetLastError());
    ok(!UnmapViewOfFile(at) && GetLastError() == ERROR_INVALID_ADDRESS, "%lu", GetLastError());
    CloseHandle(mapping);
    CloseHandle(file);
    DeleteFileA(path);

    mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x2000, "Local\\ferry-test-section");
    ok(mapping != NULL && GetLastError() == 0, "%lu", GetLastError());
    other = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x5000, "Local\\ferry-test-section");
    ok(other != NULL && GetLastError() == ERROR_ALREADY_EXISTS, "%lu", GetLastError());
    at = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    second = MapViewOfFile(other, FILE_MAP_WRITE, 0, 0, 0);
    ok(at && second && at != second, "%lu", GetLastError());
    if (at && second) {
        MEMORY_BASIC_INFORMATION memory;
        at[0x1fff] = 3;
        ok(second[0x1fff] == 3, "not shared");
        VirtualQuery(second, &memory, sizeof(memory));
        ok(memory.RegionSize == 0x2000, "size of the first: %lx", (ULONG)memory.RegionSize);
    }
    CloseHandle(other);
    other = OpenFileMappingA(FILE_MAP_READ, FALSE, "Local\\ferry-test-section");
    ok(other != NULL, "%lu", GetLastError());
    CloseHandle(other);
    UnmapViewOfFile(second);
    CloseHandle(mapping);
    UnmapViewOfFile(at);
    ok(!OpenFileMappingA(FILE_MAP_READ, FALSE, "Local\\ferry-test-section") && GetLastError() == ERROR_FILE_NOT_FOUND, "%lu",
       GetLastError());
}

static void test_same_file(void)
{
    HANDLE file, section = NULL;
    WCHAR name[MAX_PATH];
    void *at = NULL, *image = NULL;
    SIZE_T size = 0;
    NTSTATUS status;

    GetModuleFileNameW(NULL, name, MAX_PATH);
    file = CreateFileW(name, GENERIC_READ | GENERIC_EXECUTE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    status = create(0, PAGE_READONLY, SEC_COMMIT, file, &section);
    ok(!status, "%lx", status);
    status = map(section, &at, 0, &size, 0, PAGE_READONLY);
    ok(!status, "%lx", status);
    CloseHandle(section);
    expect(NtAreMappedFilesTheSame(GetModuleHandleA(NULL), at), STATUS_SUCCESS);
    expect(NtAreMappedFilesTheSame(GetModuleHandleA("ntdll.dll"), at), STATUS_NOT_SAME_DEVICE);

    status = create(0, PAGE_EXECUTE_READ, SEC_IMAGE, file, &section);
    ok(!status, "%lx", status);
    size = 0;
    status = map(section, &image, 0, &size, 0, PAGE_EXECUTE_READ);
    ok(status == STATUS_IMAGE_NOT_AT_BASE || status == STATUS_SUCCESS, "%lx", status);
    ok(image && *(WORD *)image == 0x5a4d, "no image");
    ok(!NtUnmapViewOfSection(CURRENT, image), "unmap");
    CloseHandle(section);
    CloseHandle(file);
    NtUnmapViewOfSection(CURRENT, at);
}

START_TESTS
{
    test_paging_file();
    test_reserve();
    test_file();
    test_win32();
    test_same_file();
}

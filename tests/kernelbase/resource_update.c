/* UpdateResource: what is written is found again, what was there stays, data after the sections is kept. */
#include "tap.h"

static WCHAR path[MAX_PATH];
static const char overlay[] = "data after the last section";

static void make_copy(void)
{
    WCHAR self[MAX_PATH], folder[MAX_PATH];
    HANDLE file;
    DWORD done;

    GetModuleFileNameW(NULL, self, MAX_PATH);
    GetTempPathW(MAX_PATH, folder);
    ok(GetTempFileNameW(folder, L"upd", 0, path), "GetTempFileName failed: %lu", GetLastError());
    ok(CopyFileW(self, path, FALSE), "CopyFile failed: %lu", GetLastError());
    file = CreateFileW(path, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "open failed: %lu", GetLastError());
    SetFilePointer(file, 0, NULL, FILE_END);
    ok(WriteFile(file, overlay, sizeof(overlay), &done, NULL), "write failed");
    CloseHandle(file);
}

static void check_overlay(void)
{
    char buffer[sizeof(overlay)];
    DWORD done = 0;
    HANDLE file = CreateFileW(path, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);

    SetFilePointer(file, -(LONG)sizeof(overlay), NULL, FILE_END);
    ReadFile(file, buffer, sizeof(buffer), &done, NULL);
    CloseHandle(file);
    ok(done == sizeof(overlay), "read %lu", done);
    int same = 1;
    for (unsigned i = 0; i < sizeof(overlay); i++) same &= buffer[i] == overlay[i];
    ok(same, "the overlay is lost");
}

static void check_resource(HMODULE module, LPCWSTR type, LPCWSTR name, WORD language, unsigned char byte, DWORD size)
{
    HRSRC resource = FindResourceExW(module, type, name, language);
    const unsigned char *data;

    ok(resource != NULL, "resource not found: %lu", GetLastError());
    if (!resource) return;
    ok(SizeofResource(module, resource) == size, "size %lu", SizeofResource(module, resource));
    data = LockResource(LoadResource(module, resource));
    ok(data != NULL, "LoadResource failed");
    if (data) ok(data[0] == byte && data[size - 1] == byte, "wrong data %02x", data[0]);
}

static BOOL CALLBACK count_names(HMODULE module, LPCWSTR type, LPWSTR name, LONG_PTR parameter)
{
    ++*(int *)parameter;
    return TRUE;
}

START_TESTS
{
    static unsigned char big[100000], small[10];
    HANDLE update;
    HMODULE module;
    int names = 0;

    for (unsigned i = 0; i < sizeof(big); i++) big[i] = 0x5a;
    for (unsigned i = 0; i < sizeof(small); i++) small[i] = 0xa5;
    make_copy();
    SetLastError(0xdeadbeef);
    ok(!BeginUpdateResourceW(L"c:\\does\\not\\exist.exe", FALSE), "opened a file that is not there");
    update = BeginUpdateResourceW(path, FALSE);
    ok(update != NULL, "BeginUpdateResource failed: %lu", GetLastError());
    ok(UpdateResourceW(update, (LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(7), 0x409, small, sizeof(small)), "UpdateResource");
    ok(UpdateResourceW(update, (LPCWSTR)RT_RCDATA, L"text", 0x409, small, sizeof(small)), "UpdateResource");
    ok(EndUpdateResourceW(update, FALSE), "EndUpdateResource failed: %lu", GetLastError());
    check_overlay();

    module = LoadLibraryExW(path, NULL, LOAD_LIBRARY_AS_DATAFILE);
    ok(module != NULL, "LoadLibraryEx failed: %lu", GetLastError());
    ok(((ULONG_PTR)module & 3) == 1, "handle %p", module);
    check_resource(module, (LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(7), 0x409, 0xa5, sizeof(small));
    check_resource(module, (LPCWSTR)RT_RCDATA, L"TEXT", 0x409, 0xa5, sizeof(small));
    check_resource(module, (LPCWSTR)RT_RCDATA, L"#7", 0x409, 0xa5, sizeof(small));
    FreeLibrary(module);

    /* It grows past the room it had. */
    update = BeginUpdateResourceW(path, FALSE);
    ok(UpdateResourceW(update, (LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(8), 0x407, big, sizeof(big)), "UpdateResource");
    ok(UpdateResourceW(update, (LPCWSTR)RT_RCDATA, L"text", 0x409, NULL, 0), "removal failed: %lu", GetLastError());
    ok(EndUpdateResourceW(update, FALSE), "EndUpdateResource failed: %lu", GetLastError());
    check_overlay();
    module = LoadLibraryExW(path, NULL, LOAD_LIBRARY_AS_IMAGE_RESOURCE | LOAD_LIBRARY_AS_DATAFILE);
    ok(module != NULL, "LoadLibraryEx failed: %lu", GetLastError());
    check_resource(module, (LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(7), 0x409, 0xa5, sizeof(small));
    check_resource(module, (LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(8), 0x407, 0x5a, sizeof(big));
    ok(!FindResourceExW(module, (LPCWSTR)RT_RCDATA, L"text", 0x409), "the removed resource is found");
    EnumResourceNamesW(module, (LPCWSTR)RT_RCDATA, count_names, (LONG_PTR)&names);
    ok(names == 2, "%d names", names);
    FreeLibrary(module);

    /* Discarded changes change nothing. */
    update = BeginUpdateResourceW(path, FALSE);
    UpdateResourceW(update, (LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(9), 0x407, small, sizeof(small));
    ok(EndUpdateResourceW(update, TRUE), "EndUpdateResource failed: %lu", GetLastError());
    module = LoadLibraryExW(path, NULL, LOAD_LIBRARY_AS_DATAFILE);
    ok(!FindResourceExW(module, (LPCWSTR)RT_RCDATA, MAKEINTRESOURCEW(9), 0x407), "the discarded resource is found");
    FreeLibrary(module);
    ok(DeleteFileW(path), "DeleteFile failed: %lu", GetLastError());
}

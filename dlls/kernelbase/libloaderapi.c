/* libloaderapi.h: modules. Resources are in resource.c. */
#include "kernelbase.h"

/* Windows lets a handle carry these bits: 1 a data file, 2 an image mapped as resource (LoadLibraryEx, remarks). */
#define IS_DATAFILE(module) ((ULONG_PTR)(module) & 3)

static HMODULE fail(NTSTATUS status)
{
    set_status(status);
    return NULL;
}

/* ---- modules that are loaded ---- */

BOOL WINAPI GetModuleHandleExW(DWORD flags, LPCWSTR name, HMODULE *module)
{
    void *base = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (!module) return set_error(ERROR_INVALID_PARAMETER);
    *module = NULL;
    if (flags & ~(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT |
                  GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) ||
        (flags & GET_MODULE_HANDLE_EX_FLAG_PIN && flags & GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT))
        return set_error(ERROR_INVALID_PARAMETER);
    if (flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS) {
        if (!RtlPcToFileHeader((void *)name, &base)) return set_error(ERROR_MOD_NOT_FOUND);
    } else if (!name) {
        base = ferry_peb()->ImageBaseAddress;
    } else {
        UNICODE_STRING text = unicode_string(name);
        status = LdrGetDllHandle(NULL, NULL, &text, &base);
        if (status < 0) return set_status(status);
    }
    if (!(flags & GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT)) {
        status = LdrAddRefDll(flags & GET_MODULE_HANDLE_EX_FLAG_PIN ? 1 : 0, base);
        if (status < 0) return set_status(status);
    }
    *module = base;
    return TRUE;
}

BOOL WINAPI GetModuleHandleExA(DWORD flags, LPCSTR name, HMODULE *module)
{
    WIDE(wide);

    if (flags & GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS || !name) return GetModuleHandleExW(flags, (LPCWSTR)name, module);
    if (!wide_from_file_name(&wide, name)) {
        if (module) *module = NULL;
        return FALSE;
    }
    return GetModuleHandleExW(flags, wide.text, module);
}

HMODULE WINAPI GetModuleHandleW(LPCWSTR name)
{
    HMODULE module;

    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, name, &module);
    return module;
}

HMODULE WINAPI GetModuleHandleA(LPCSTR name)
{
    HMODULE module;

    GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, name, &module);
    return module;
}

FARPROC WINAPI GetProcAddress(HMODULE module, LPCSTR name)
{
    void *address = NULL;
    NTSTATUS status;

    if (!module) module = ferry_peb()->ImageBaseAddress;
    if ((ULONG_PTR)name >> 16) {
        ANSI_STRING text;
        RtlInitAnsiString(&text, name);
        status = LdrGetProcedureAddress(module, &text, 0, &address);
    } else {
        status = LdrGetProcedureAddress(module, NULL, (ULONG)(ULONG_PTR)name, &address);
    }
    if (status >= 0) return (FARPROC)address;
    set_status(status);
    return NULL;
}

/* ---- loading ---- */

/* Maps the file without loading it as a module: bits in the handle say so. */
static HMODULE load_data_file(const WCHAR *name, DWORD flags)
{
    bool image = flags & LOAD_LIBRARY_AS_IMAGE_RESOURCE;
    WCHAR found[MAX_PATH * 2], *part;
    DWORD share = flags & LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE ? FILE_SHARE_READ : FILE_SHARE_READ | FILE_SHARE_DELETE;
    HANDLE file, section;
    void *base;
    HMODULE result = NULL;

    if (!SearchPathW(NULL, name, L".DLL", ARRAYSIZE(found), found, &part)) {
        set_error(ERROR_FILE_NOT_FOUND);
        return NULL;
    }
    file = CreateFileW(found, GENERIC_READ, share, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return NULL;
    section = CreateFileMappingW(file, NULL, PAGE_READONLY | (image ? SEC_IMAGE : 0), 0, 0, NULL);
    CloseHandle(file);
    if (!section) return NULL;
    base = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    CloseHandle(section);
    if (!base) return NULL;
    if (!RtlImageNtHeader(base)) {
        UnmapViewOfFile(base);
        set_error(ERROR_BAD_EXE_FORMAT);
    } else {
        result = (HMODULE)((ULONG_PTR)base | (image ? 2 : 1));
    }
    return result;
}

HMODULE WINAPI LoadLibraryExW(LPCWSTR name, HANDLE file, DWORD flags)
{
    static const DWORD searches = LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_APPLICATION_DIR |
                                  LOAD_LIBRARY_SEARCH_USER_DIRS | LOAD_LIBRARY_SEARCH_SYSTEM32 |
                                  LOAD_LIBRARY_SEARCH_DEFAULT_DIRS;
    static const DWORD known = searches | DONT_RESOLVE_DLL_REFERENCES | LOAD_LIBRARY_AS_DATAFILE |
                               LOAD_WITH_ALTERED_SEARCH_PATH | LOAD_IGNORE_CODE_AUTHZ_LEVEL |
                               LOAD_LIBRARY_AS_IMAGE_RESOURCE | LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE |
                               LOAD_LIBRARY_REQUIRE_SIGNED_TARGET | LOAD_LIBRARY_SAFE_CURRENT_DIRS;
    static const DWORD data = LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE |
                              LOAD_LIBRARY_AS_IMAGE_RESOURCE;
    UNICODE_STRING text;
    ULONG characteristics = flags & DONT_RESOLVE_DLL_REFERENCES ? IMAGE_FILE_EXECUTABLE_IMAGE : 0;
    WCHAR *copy = NULL;
    void *base = NULL;
    NTSTATUS status;

    if (!name || file || flags & ~known ||
        (flags & LOAD_LIBRARY_AS_DATAFILE && flags & LOAD_LIBRARY_AS_DATAFILE_EXCLUSIVE) ||
        (flags & LOAD_WITH_ALTERED_SEARCH_PATH && flags & searches)) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    text = unicode_string(name);
    /* Trailing blanks are not part of the name. */
    while (text.Length && text.Buffer[text.Length / sizeof(WCHAR) - 1] == ' ') text.Length -= sizeof(WCHAR);
    if (!text.Length) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (text.Buffer[text.Length / sizeof(WCHAR)]) {
        if (!(copy = wide_copy(name))) return fail(STATUS_NO_MEMORY);
        copy[text.Length / sizeof(WCHAR)] = 0;
        text = unicode_string(copy);
    }
    if (flags & data) {
        /* A module that is loaded already serves; its handle comes without a data bit. */
        status = LdrGetDllHandle(NULL, NULL, &text, &base);
        if (status >= 0) LdrAddRefDll(0, base);
        else base = load_data_file(text.Buffer, flags);
        mem_free(copy);
        return base;
    }
    /* ntdll takes search flags in place of a path, marked by the low bit. */
    status = LdrLoadDll((WCHAR *)(ULONG_PTR)((flags & (searches | LOAD_WITH_ALTERED_SEARCH_PATH)) | 1), &characteristics,
                        &text, &base);
    mem_free(copy);
    return status < 0 ? fail(status) : base;
}

HMODULE WINAPI LoadLibraryExA(LPCSTR name, HANDLE file, DWORD flags)
{
    WIDE(wide);
    return wide_from_file_name(&wide, name) ? LoadLibraryExW(wide.text, file, flags) : NULL;
}

HMODULE WINAPI LoadLibraryW(LPCWSTR name)
{
    return LoadLibraryExW(name, NULL, 0);
}

HMODULE WINAPI LoadLibraryA(LPCSTR name)
{
    return LoadLibraryExA(name, NULL, 0);
}

HMODULE WINAPI LoadPackagedLibrary(LPCWSTR name, DWORD reserved)
{
    set_error(APPMODEL_ERROR_NO_PACKAGE);
    return NULL;
}

BOOL WINAPI FreeLibrary(HMODULE module)
{
    if (!module) return set_error(ERROR_INVALID_HANDLE);
    if (IS_DATAFILE(module)) {
        void *base = (void *)((ULONG_PTR)module & ~(ULONG_PTR)3);
        if (!RtlImageNtHeader(base)) return set_error(ERROR_BAD_EXE_FORMAT);
        return status_to_bool(NtUnmapViewOfSection(NtCurrentProcess(), base));
    }
    return status_to_bool(LdrUnloadDll(module));
}

VOID WINAPI FreeLibraryAndExitThread(HMODULE module, DWORD code)
{
    FreeLibrary(module);
    RtlExitUserThread(code);
    __builtin_unreachable();
}

BOOL WINAPI DisableThreadLibraryCalls(HMODULE module)
{
    return status_to_bool(LdrDisableThreadCalloutsForDll(module));
}

/* ---- directories to search ---- */

BOOL WINAPI SetDefaultDllDirectories(DWORD flags)
{
    return status_to_bool(LdrSetDefaultDllDirectories(flags));
}

DLL_DIRECTORY_COOKIE WINAPI AddDllDirectory(PCWSTR directory)
{
    UNICODE_STRING path = unicode_string(directory);
    void *cookie = NULL;
    NTSTATUS status = LdrAddDllDirectory(&path, &cookie);

    return status < 0 ? (set_status(status), NULL) : cookie;
}

BOOL WINAPI RemoveDllDirectory(DLL_DIRECTORY_COOKIE cookie)
{
    return status_to_bool(LdrRemoveDllDirectory(cookie));
}

BOOL WINAPI SetDllDirectoryW(LPCWSTR directory)
{
    UNICODE_STRING path = unicode_string(directory);

    if (directory && wide_find(directory, ';')) return set_error(ERROR_INVALID_PARAMETER);
    return status_to_bool(LdrSetDllDirectory(&path));
}

BOOL WINAPI SetDllDirectoryA(LPCSTR directory)
{
    WIDE(wide);
    return wide_from_file_name(&wide, directory) && SetDllDirectoryW(wide.text);
}

DWORD WINAPI GetDllDirectoryW(DWORD size, LPWSTR buffer)
{
    UNICODE_STRING path = { .MaximumLength = size > 0x7fff ? 0xfffe : size * sizeof(WCHAR), .Buffer = buffer };
    NTSTATUS status = LdrGetDllDirectory(&path);

    if (status == STATUS_BUFFER_TOO_SMALL) return path.Length / sizeof(WCHAR) + 1;
    if (status < 0) return set_status(status);
    return path.Length / sizeof(WCHAR);
}

DWORD WINAPI GetDllDirectoryA(DWORD size, LPSTR buffer)
{
    WCHAR path[MAX_PATH];
    DWORD length = GetDllDirectoryW(ARRAYSIZE(path), path);

    if (length >= ARRAYSIZE(path)) return set_error(ERROR_FILENAME_EXCED_RANGE);
    return result_file_name(buffer, size, path, length);
}

/* ---- names ---- */

/* Length without terminator; a buffer that is too small is filled, terminated, and reported with `size` and
 * ERROR_INSUFFICIENT_BUFFER (libloaderapi.h reference: GetModuleFileNameW). */
DWORD WINAPI GetModuleFileNameW(HMODULE module, LPWSTR buffer, DWORD size)
{
    void *base = module ? (void *)module : ferry_peb()->ImageBaseAddress;
    FERRY_LDR_ENTRY *found = NULL;
    DWORD result = 0;

    if (IS_DATAFILE(module)) return set_error(ERROR_MOD_NOT_FOUND);
    RtlEnterCriticalSection(ferry_peb()->LoaderLock);
    LIST_ENTRY *head = &ferry_peb()->Ldr->InLoadOrderModuleList;
    for (LIST_ENTRY *at = head->Flink; at != head; at = at->Flink) {
        FERRY_LDR_ENTRY *entry = CONTAINING_RECORD(at, FERRY_LDR_ENTRY, InLoadOrderLinks);
        if (entry->DllBase == base) {
            found = entry;
            break;
        }
    }
    if (!found) {
        set_error(ERROR_MOD_NOT_FOUND);
    } else {
        DWORD length = found->FullDllName.Length / sizeof(WCHAR);
        bool fits = length < size;
        result = fits ? length : size;
        if (size) {
            DWORD copied = fits ? length : size - 1;
            memcpy(buffer, found->FullDllName.Buffer, copied * sizeof(WCHAR));
            buffer[copied] = 0;
        }
        set_error(fits ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER);
    }
    RtlLeaveCriticalSection(ferry_peb()->LoaderLock);
    return result;
}

DWORD WINAPI GetModuleFileNameA(HMODULE module, LPSTR buffer, DWORD size)
{
    WCHAR small[MAX_PATH], *path = small;
    DWORD room = MAX_PATH, length;

    while ((length = GetModuleFileNameW(module, path, room)) == room) {
        if (path != small) mem_free(path);
        room *= 4;
        if (!(path = mem_alloc(room * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    }
    if (length) {
        DWORD bytes = result_file_name(buffer, size, path, length);
        set_error(ERROR_SUCCESS);
        if (bytes >= size) {
            /* Too small: what fits, terminated. */
            char *whole = mem_alloc(bytes);
            if (whole) result_file_name(whole, bytes, path, length);
            if (whole && size) {
                memcpy(buffer, whole, size - 1);
                buffer[size - 1] = 0;
            }
            mem_free(whole);
            set_error(ERROR_INSUFFICIENT_BUFFER);
            bytes = size;
        }
        length = bytes;
    }
    if (path != small) mem_free(path);
    return length;
}

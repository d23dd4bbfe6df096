/* dbghelp.h: a session for each process that SymInitialize named, and symbols of addresses from export tables. The functions
 * are not safe from several threads at once, as the reference says. */
#define _IMAGEHLP_SOURCE_
#include "ferry/ntapi.h"
#include <stdbool.h>
#include <dbghelp.h>
#include <psapi.h>

void *__cdecl memcpy(void *to, const void *from, size_t size);
void *__cdecl memset(void *to, int value, size_t size);
size_t __cdecl wcslen(const WCHAR *text);

struct function_entry { /* RUNTIME_FUNCTION of an x86-64 module */
    DWORD begin, end, unwind;
};

struct session {
    struct session *next;
    HANDLE process;
    WCHAR *path;
    struct function_entry function; /* what SymFunctionTableAccess64 returned last */
};

static struct session *sessions;
static DWORD options_now = SYMOPT_UNDNAME;

DWORD WINAPI SymSetOptions(DWORD options)
{
    return options_now = options;
}

DWORD WINAPI SymGetOptions(void)
{
    return options_now;
}

static BOOL fail(DWORD error)
{
    SetLastError(error);
    return FALSE;
}

static struct session *find_session(HANDLE process)
{
    struct session *session = sessions;

    while (session && session->process != process) session = session->next;
    if (!session) SetLastError(ERROR_INVALID_HANDLE);
    return session;
}

static bool set_path(struct session *session, const WCHAR *path)
{
    SIZE_T size = (wcslen(path) + 1) * sizeof(WCHAR);
    WCHAR *copy = HeapAlloc(GetProcessHeap(), 0, size);

    if (!copy) return fail(ERROR_NOT_ENOUGH_MEMORY);
    memcpy(copy, path, size);
    if (session->path) HeapFree(GetProcessHeap(), 0, session->path);
    session->path = copy;
    return true;
}

/* The search path without one given: the current directory, _NT_SYMBOL_PATH, _NT_ALTERNATE_SYMBOL_PATH. */
static void default_path(WCHAR *to, DWORD room)
{
    static const WCHAR *const variables[] = {L"_NT_SYMBOL_PATH", L"_NT_ALTERNATE_SYMBOL_PATH"};
    DWORD at = 1;

    to[0] = '.';
    to[1] = 0;
    for (int i = 0; i < 2; i++) {
        DWORD length = GetEnvironmentVariableW(variables[i], to + at + 1, room - at - 1);
        if (!length || length >= room - at - 1) continue;
        to[at] = ';';
        at += 1 + length;
    }
    to[at] = 0;
}

/* `process` need not be a real handle unless `invade` is set. */
BOOL WINAPI SymInitializeW(HANDLE process, const WCHAR *path, BOOL invade)
{
    struct session *session = sessions;
    WCHAR standard[2048];

    while (session && session->process != process) session = session->next;
    if (session) return fail(ERROR_INVALID_PARAMETER); /* already there */
    session = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*session));
    if (!session) return fail(ERROR_NOT_ENOUGH_MEMORY);
    session->process = process;
    if (!path) default_path(standard, ARRAYSIZE(standard));
    if (!set_path(session, path ? path : standard)) {
        HeapFree(GetProcessHeap(), 0, session);
        return FALSE;
    }
    session->next = sessions;
    sessions = session;
    return TRUE;
}

BOOL WINAPI SymInitialize(HANDLE process, const CHAR *path, BOOL invade)
{
    WCHAR wide[2048];

    if (!path) return SymInitializeW(process, NULL, invade);
    if (!MultiByteToWideChar(CP_ACP, 0, path, -1, wide, ARRAYSIZE(wide))) return FALSE;
    return SymInitializeW(process, wide, invade);
}

BOOL WINAPI SymCleanup(HANDLE process)
{
    for (struct session **at = &sessions; *at; at = &(*at)->next) {
        struct session *session = *at;
        if (session->process != process) continue;
        *at = session->next;
        HeapFree(GetProcessHeap(), 0, session->path);
        return HeapFree(GetProcessHeap(), 0, session);
    }
    return fail(ERROR_INVALID_HANDLE);
}

BOOL WINAPI SymSetSearchPathW(HANDLE process, const WCHAR *path)
{
    struct session *session = find_session(process);
    WCHAR standard[2048];

    if (!session) return FALSE;
    if (!path) default_path(standard, ARRAYSIZE(standard));
    return set_path(session, path ? path : standard);
}

/* `length`: characters of `path`; what does not fit is cut off. */
BOOL WINAPI SymGetSearchPathW(HANDLE process, WCHAR *path, DWORD length)
{
    struct session *session = find_session(process);
    SIZE_T units;

    if (!session) return FALSE;
    if (!path || !length) return fail(ERROR_INVALID_PARAMETER);
    units = min(wcslen(session->path), length - 1);
    memcpy(path, session->path, units * sizeof(WCHAR));
    path[units] = 0;
    return TRUE;
}

static bool read(HANDLE process, DWORD64 address, void *to, SIZE_T size)
{
    return ReadProcessMemory(process, (void *)(ULONG_PTR)address, to, size, NULL);
}

/* 0, with ERROR_MOD_NOT_FOUND, where no module lies. */
DWORD64 WINAPI SymGetModuleBase64(HANDLE process, DWORD64 address)
{
    HMODULE modules[512];
    MODULEINFO info;
    DWORD bytes;

    if (!find_session(process)) return 0;
    if (K32EnumProcessModules(process, modules, sizeof(modules), &bytes))
        for (DWORD i = 0; i < min(bytes / sizeof(HMODULE), ARRAYSIZE(modules)); i++)
            if (K32GetModuleInformation(process, modules[i], &info, sizeof(info)) &&
                address - (ULONG_PTR)info.lpBaseOfDll < info.SizeOfImage)
                return (ULONG_PTR)info.lpBaseOfDll;
    SetLastError(ERROR_MOD_NOT_FOUND);
    return 0;
}

struct headers {
    DWORD64 base;
    DWORD size;
    IMAGE_DATA_DIRECTORY exports, functions;
};

static bool read_headers(HANDLE process, DWORD64 base, struct headers *out)
{
    IMAGE_DOS_HEADER dos;
    union {
        IMAGE_NT_HEADERS64 wide;
        IMAGE_NT_HEADERS32 narrow;
    } nt;

    if (!base || !read(process, base, &dos, sizeof(dos)) || dos.e_magic != IMAGE_DOS_SIGNATURE ||
        !read(process, base + dos.e_lfanew, &nt, sizeof(nt)) || nt.wide.Signature != IMAGE_NT_SIGNATURE)
        return false;
    bool wide = nt.wide.OptionalHeader.Magic == IMAGE_NT_OPTIONAL_HDR64_MAGIC;
    const IMAGE_DATA_DIRECTORY *directories =
        wide ? nt.wide.OptionalHeader.DataDirectory : nt.narrow.OptionalHeader.DataDirectory;
    out->base = base;
    out->size = nt.wide.OptionalHeader.SizeOfImage; /* at the same place in both */
    out->exports = directories[IMAGE_DIRECTORY_ENTRY_EXPORT];
    out->functions = directories[IMAGE_DIRECTORY_ENTRY_EXCEPTION];
    return true;
}

/* The RUNTIME_FUNCTION of an address of an x86-64 module; overwritten by the next call. NULL if there is none. */
void *WINAPI SymFunctionTableAccess64(HANDLE process, DWORD64 address)
{
    struct session *session = find_session(process);
    DWORD64 base = session ? SymGetModuleBase64(process, address) : 0;
    struct headers headers;
    DWORD low = 0, high;

    if (!base || !read_headers(process, base, &headers)) return NULL;
    for (high = headers.functions.Size / sizeof(struct function_entry); low < high;) {
        DWORD middle = low + (high - low) / 2;
        struct function_entry *entry = &session->function;
        if (!read(process, base + headers.functions.VirtualAddress + middle * sizeof(*entry), entry, sizeof(*entry))) break;
        if (address - base < entry->begin) high = middle;
        else if (address - base >= entry->end) low = middle + 1;
        else return entry;
    }
    SetLastError(ERROR_NOT_FOUND);
    return NULL;
}

/* The exported name at or before an address. symbol->MaxNameLen: characters of Name, with the terminator. */
BOOL WINAPI SymFromAddr(HANDLE process, DWORD64 address, DWORD64 *displacement, SYMBOL_INFO *symbol)
{
    DWORD64 base;
    struct headers headers;
    IMAGE_EXPORT_DIRECTORY exports;
    DWORD best = 0, best_name = 0, function, name;
    WORD ordinal;

    if (!symbol || symbol->SizeOfStruct != sizeof(*symbol)) return fail(ERROR_INVALID_PARAMETER);
    base = SymGetModuleBase64(process, address);
    if (!base) return FALSE;
    if (!read_headers(process, base, &headers) || !headers.exports.Size ||
        !read(process, base + headers.exports.VirtualAddress, &exports, sizeof(exports)))
        return fail(ERROR_INVALID_ADDRESS);
    for (DWORD i = 0; i < exports.NumberOfNames; i++) {
        if (!read(process, base + exports.AddressOfNameOrdinals + i * sizeof(ordinal), &ordinal, sizeof(ordinal)) ||
            !read(process, base + exports.AddressOfFunctions + ordinal * sizeof(function), &function, sizeof(function)))
            break;
        if (function - headers.exports.VirtualAddress < headers.exports.Size) continue; /* a forwarder */
        if (function > address - base || function < best || (best && function == best)) continue;
        if (!read(process, base + exports.AddressOfNames + i * sizeof(name), &name, sizeof(name))) break;
        best = function;
        best_name = name;
    }
    if (!best_name) return fail(ERROR_INVALID_ADDRESS);
    ULONG room = symbol->MaxNameLen, length = 0;
    while (room && length + 1 < room && read(process, base + best_name + length, &symbol->Name[length], 1) && symbol->Name[length])
        length++;
    if (room) symbol->Name[length] = 0;
    symbol->NameLen = length;
    symbol->TypeIndex = symbol->Size = symbol->Register = symbol->Scope = symbol->Tag = 0;
    symbol->Value = 0;
    symbol->ModBase = base;
    symbol->Flags = SYMFLAG_EXPORT;
    symbol->Address = base + best;
    if (displacement) *displacement = address - symbol->Address;
    return TRUE;
}

/* Lines stand in symbol files only: ERROR_INVALID_ADDRESS as for a module without one. */
BOOL WINAPI SymGetLineFromAddr64(HANDLE process, DWORD64 address, DWORD *displacement, IMAGEHLP_LINE64 *line)
{
    if (!SymGetModuleBase64(process, address)) return FALSE;
    return fail(ERROR_INVALID_ADDRESS);
}

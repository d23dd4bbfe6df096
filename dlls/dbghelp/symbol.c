/* Symbols: the names that a module exports. Reference: dbghelp.h: SymFromAddr, SymFromName, SymGetLineFromAddr64. */
#include "session.h"
#include "undname.h"

struct exports {
    DWORD64 base;
    IMAGE_EXPORT_DIRECTORY directory;
    DWORD begin, end; /* of the directory: addresses within are forwarders */
    DWORD *functions, *names;
    WORD *ordinals;
};

static void free_exports(struct exports *exports)
{
    HeapFree(GetProcessHeap(), 0, exports->functions);
}

/* ERROR_INVALID_ADDRESS when the module has none, or not in memory. */
static bool read_exports(HANDLE process, const struct module *module, struct exports *exports)
{
    IMAGE_DOS_HEADER dos;
    IMAGE_NT_HEADERS64 nt;
    IMAGE_DATA_DIRECTORY *place = &nt.OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT];
    DWORD functions, names;

    exports->base = module->base;
    if (!read_process(process, module->base, &dos, sizeof(dos)) || dos.e_magic != IMAGE_DOS_SIGNATURE ||
        !read_process(process, module->base + dos.e_lfanew, &nt, sizeof(nt)) || nt.Signature != IMAGE_NT_SIGNATURE)
        return fail_with(ERROR_INVALID_ADDRESS);
    if (nt.OptionalHeader.Magic == IMAGE_NT_OPTIONAL_HDR32_MAGIC)
        place = &((IMAGE_NT_HEADERS32 *)&nt)->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT];
    exports->begin = place->VirtualAddress;
    exports->end = place->VirtualAddress + place->Size;
    if (!place->Size || !read_process(process, module->base + exports->begin, &exports->directory, sizeof(exports->directory)))
        return fail_with(ERROR_INVALID_ADDRESS);
    functions = exports->directory.NumberOfFunctions;
    names = exports->directory.NumberOfNames;
    if (functions > module->size / 4 || names > module->size / 6) return fail_with(ERROR_INVALID_ADDRESS);
    exports->functions = HeapAlloc(GetProcessHeap(), 0, functions * 4 + names * 6 + 4);
    if (!exports->functions) return fail_with(ERROR_NOT_ENOUGH_MEMORY);
    exports->names = exports->functions + functions;
    exports->ordinals = (WORD *)(exports->names + names);
    if (read_process(process, module->base + exports->directory.AddressOfFunctions, exports->functions, functions * 4) &&
        (!names || (read_process(process, module->base + exports->directory.AddressOfNames, exports->names, names * 4) &&
                    read_process(process, module->base + exports->directory.AddressOfNameOrdinals, exports->ordinals, names * 2))))
        return true;
    free_exports(exports);
    return fail_with(ERROR_INVALID_ADDRESS);
}

/* A name of the module as text, cut to `size`. */
static void read_name(HANDLE process, const struct exports *exports, DWORD i, char *name, size_t size)
{
    size_t length = 0;

    while (length + 1 < size && read_process(process, exports->base + exports->names[i] + length, name + length, 1) &&
           name[length])
        length++;
    name[length] = 0;
}

/* The export at or below the address; names of equal addresses: the first. */
static bool nearest(const struct exports *exports, DWORD rva, DWORD *found)
{
    bool any = false;
    DWORD best = 0;

    for (DWORD i = 0; i < exports->directory.NumberOfNames; i++) {
        DWORD at;
        if (exports->ordinals[i] >= exports->directory.NumberOfFunctions) continue;
        at = exports->functions[exports->ordinals[i]];
        if (!at || at > rva || (at >= exports->begin && at < exports->end) || (any && at <= best)) continue;
        best = at;
        *found = i;
        any = true;
    }
    return any;
}

/* Fills all but the name. */
static void fill(SYMBOL_INFO *symbol, const struct module *module, DWORD64 address)
{
    symbol->TypeIndex = 0;
    symbol->Size = 0;
    symbol->ModBase = module->base;
    symbol->Flags = SYMFLAG_EXPORT;
    symbol->Value = 0;
    symbol->Address = address;
    symbol->Register = symbol->Scope = 0;
    symbol->Tag = 10; /* SymTagPublicSymbol */
}

static BOOL find_symbol(HANDLE process, DWORD64 address, DWORD64 *displacement, SYMBOL_INFO *symbol, char *name, size_t size)
{
    struct session *session;
    struct module *module;
    struct exports exports;
    BOOL result = FALSE;
    DWORD i;

    AcquireSRWLockShared(&sessions_lock);
    if ((session = session_of(process)) && (module = module_at(session, address)) &&
        read_exports(process, module, &exports)) {
        if (nearest(&exports, (DWORD)(address - module->base), &i)) {
            DWORD64 at = module->base + exports.functions[exports.ordinals[i]];
            fill(symbol, module, at);
            if (displacement) *displacement = address - at;
            read_name(process, &exports, i, name, size);
            if (SymGetOptions() & SYMOPT_UNDNAME && name[0] == '?') {
                char text[1024];
                size_t length = undecorate(name, UND_NAME_ONLY, text, sizeof(text));
                if (length && length < size) memcpy(name, text, length + 1);
            }
            result = TRUE;
        } else {
            SetLastError(ERROR_INVALID_ADDRESS);
        }
        free_exports(&exports);
    }
    ReleaseSRWLockShared(&sessions_lock);
    return result;
}

/* symbol->MaxNameLen: characters of the name's buffer; a longer name is cut, NameLen tells its whole length. */
BOOL WINAPI SymFromAddr(HANDLE process, DWORD64 address, PDWORD64 displacement, PSYMBOL_INFO symbol)
{
    char name[1024];
    size_t length, room;

    if (!symbol || symbol->SizeOfStruct != sizeof(*symbol)) return fail_with(ERROR_INVALID_PARAMETER);
    if (!find_symbol(process, address, displacement, symbol, name, sizeof(name))) return FALSE;
    length = strlen(name);
    symbol->NameLen = (ULONG)length;
    if (!symbol->MaxNameLen) return TRUE;
    room = min(length, (size_t)symbol->MaxNameLen - 1);
    memcpy(symbol->Name, name, room);
    symbol->Name[room] = 0;
    return TRUE;
}

BOOL WINAPI SymFromAddrW(HANDLE process, DWORD64 address, PDWORD64 displacement, PSYMBOL_INFOW symbol)
{
    char name[1024];
    size_t length, room;
    SYMBOL_INFO found;

    if (!symbol || symbol->SizeOfStruct != sizeof(*symbol)) return fail_with(ERROR_INVALID_PARAMETER);
    if (!find_symbol(process, address, displacement, &found, name, sizeof(name))) return FALSE;
    memcpy((char *)symbol + sizeof(DWORD), (char *)&found + sizeof(DWORD), FIELD_OFFSET(SYMBOL_INFO, NameLen) - sizeof(DWORD));
    length = strlen(name);
    symbol->NameLen = (ULONG)length;
    if (!symbol->MaxNameLen) return TRUE;
    room = min(length, (size_t)symbol->MaxNameLen - 1);
    for (size_t i = 0; i < room; i++) symbol->Name[i] = (unsigned char)name[i];
    symbol->Name[room] = 0;
    return TRUE;
}

static bool lookup(HANDLE process, const struct module *module, const char *name, SYMBOL_INFO *symbol)
{
    struct exports exports;
    bool result = false;

    if (!read_exports(process, module, &exports)) return false;
    for (DWORD i = 0; i < exports.directory.NumberOfNames && !result; i++) {
        char found[1024];
        if (exports.ordinals[i] >= exports.directory.NumberOfFunctions) continue;
        read_name(process, &exports, i, found, sizeof(found));
        if (strcmp(found, name)) continue;
        fill(symbol, module, module->base + exports.functions[exports.ordinals[i]]);
        result = true;
    }
    free_exports(&exports);
    return result;
}

/* Is `text`, up to `length`, the module's file name without its extension? */
static bool is_module(const struct module *module, const char *text, size_t length)
{
    const WCHAR *name = module->path, *p;

    for (p = module->path; *p; p++)
        if (*p == '\\' || *p == '/') name = p + 1;
    for (size_t i = 0; i < length; i++)
        if (!name[i] || (name[i] | 0x20) != (text[i] | 0x20)) return false;
    return !name[length] || name[length] == '.';
}

/* "name" in every module or "module!name". */
BOOL WINAPI SymFromName(HANDLE process, PCSTR name, PSYMBOL_INFO symbol)
{
    struct session *session;
    const char *mark;
    bool result = false;

    if (!symbol || symbol->SizeOfStruct != sizeof(*symbol) || !name || !*name) return fail_with(ERROR_INVALID_PARAMETER);
    mark = strchr(name, '!');
    AcquireSRWLockShared(&sessions_lock);
    if ((session = session_of(process))) {
        for (unsigned i = 0; i < session->count && !result; i++)
            if (!mark || is_module(&session->modules[i], name, mark - name))
                result = lookup(process, &session->modules[i], mark ? mark + 1 : name, symbol);
        if (!result) SetLastError(ERROR_MOD_NOT_FOUND);
    }
    ReleaseSRWLockShared(&sessions_lock);
    if (!result) return FALSE;
    name = mark ? mark + 1 : name;
    symbol->NameLen = (ULONG)strlen(name);
    if (symbol->MaxNameLen) {
        size_t room = min((size_t)symbol->NameLen, (size_t)symbol->MaxNameLen - 1);
        memcpy(symbol->Name, name, room);
        symbol->Name[room] = 0;
    }
    return TRUE;
}

/* Exports tell no lines. */
static BOOL no_line(HANDLE process, DWORD64 address)
{
    struct session *session;

    AcquireSRWLockShared(&sessions_lock);
    if ((session = session_of(process)) && module_at(session, address)) SetLastError(ERROR_INVALID_ADDRESS);
    ReleaseSRWLockShared(&sessions_lock);
    return FALSE;
}

BOOL WINAPI SymGetLineFromAddr64(HANDLE process, DWORD64 address, PDWORD displacement, PIMAGEHLP_LINE64 line)
{
    return no_line(process, address);
}

BOOL WINAPI SymGetLineFromAddrW64(HANDLE process, DWORD64 address, PDWORD displacement, PIMAGEHLP_LINEW64 line)
{
    return no_line(process, address);
}

/* ---- images in memory ---- */

PIMAGE_NT_HEADERS WINAPI ferry_image_nt_header(PVOID base)
{
    PIMAGE_NT_HEADERS nt = RtlImageNtHeader(base);

    if (!nt) SetLastError(ERROR_BAD_EXE_FORMAT);
    return nt;
}

PVOID WINAPI ferry_directory_entry(PVOID base, BOOLEAN mapped, USHORT directory, PULONG size)
{
    return RtlImageDirectoryEntryToData(base, mapped, directory, size);
}

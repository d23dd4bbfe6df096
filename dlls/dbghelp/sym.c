/* Sessions, modules and options. Reference: dbghelp.h: SymInitialize and what it names. */
#include "session.h"

SRWLOCK sessions_lock = SRWLOCK_INIT;
static struct session *sessions;
static DWORD options = SYMOPT_UNDNAME;

struct session *session_of(HANDLE process)
{
    struct session *session = sessions;

    while (session && session->process != process) session = session->next;
    if (!session) SetLastError(ERROR_INVALID_HANDLE);
    return session;
}

struct module *module_at(struct session *session, DWORD64 address)
{
    for (unsigned i = 0; i < session->count; i++) {
        struct module *module = &session->modules[i];
        if (address >= module->base && address - module->base < module->size) return module;
    }
    SetLastError(ERROR_MOD_NOT_FOUND);
    return NULL;
}

bool read_process(HANDLE process, DWORD64 address, void *buffer, SIZE_T size)
{
    SIZE_T done;

    return address == (ULONG_PTR)address && ReadProcessMemory(process, (void *)(ULONG_PTR)address, buffer, size, &done) &&
           done == size;
}

static void *allocate(SIZE_T size)
{
    return HeapAlloc(GetProcessHeap(), 0, size);
}

static void release(void *block)
{
    if (block) HeapFree(GetProcessHeap(), 0, block);
}

static size_t length_of(const WCHAR *text)
{
    const WCHAR *p = text;

    while (*p) p++;
    return p - text;
}

static WCHAR *copy_text(const WCHAR *text)
{
    size_t size = (length_of(text) + 1) * sizeof(WCHAR);
    WCHAR *copy = allocate(size);

    if (copy) memcpy(copy, text, size);
    return copy;
}

/* NULL stays NULL; `*failed`: no memory. */
static WCHAR *widen(const char *text, bool *failed)
{
    int count;
    WCHAR *wide;

    *failed = false;
    if (!text) return NULL;
    count = MultiByteToWideChar(CP_ACP, 0, text, -1, NULL, 0);
    wide = allocate(count * sizeof(WCHAR));
    if (wide) MultiByteToWideChar(CP_ACP, 0, text, -1, wide, count);
    else *failed = true;
    return wide;
}

/* The module at its base; one that is known stays as it is. */
static bool add_module(struct session *session, DWORD64 base, DWORD size, const WCHAR *path)
{
    struct module *module;
    size_t length = path ? length_of(path) : 0;

    for (unsigned i = 0; i < session->count; i++)
        if (session->modules[i].base == base) return true;
    if (session->count == session->room) {
        unsigned room = session->room ? session->room * 2 : 16;
        struct module *modules = allocate(room * sizeof(*modules));
        if (!modules) return false;
        if (session->count) memcpy(modules, session->modules, session->count * sizeof(*modules));
        release(session->modules);
        session->modules = modules;
        session->room = room;
    }
    module = &session->modules[session->count++];
    module->base = base;
    module->size = size;
    if (length >= MAX_PATH) length = MAX_PATH - 1;
    if (length) memcpy(module->path, path, length * sizeof(WCHAR));
    module->path[length] = 0;
    return true;
}

typedef BOOL(CALLBACK *module_callback)(const WCHAR *path, DWORD64 base, ULONG size, void *context);

static BOOL each_module(HANDLE process, module_callback callback, void *context)
{
    HMODULE *modules = NULL;
    DWORD size = 64 * sizeof(*modules), needed;

    for (;;) {
        if (!(modules = allocate(size))) return fail_with(ERROR_NOT_ENOUGH_MEMORY);
        if (!K32EnumProcessModules(process, modules, size, &needed)) {
            release(modules);
            return FALSE;
        }
        if (needed <= size) break;
        release(modules);
        size = needed;
    }
    for (DWORD i = 0; i < needed / sizeof(*modules); i++) {
        MODULEINFO info;
        WCHAR path[MAX_PATH];
        if (!K32GetModuleInformation(process, modules[i], &info, sizeof(info))) continue; /* gone meanwhile */
        if (!K32GetModuleFileNameExW(process, modules[i], path, MAX_PATH)) path[0] = 0;
        if (!callback(path, (ULONG_PTR)info.lpBaseOfDll, info.SizeOfImage, context)) break;
    }
    release(modules);
    return TRUE;
}

static BOOL CALLBACK add_to_session(const WCHAR *path, DWORD64 base, ULONG size, void *session)
{
    return add_module(session, base, size, path);
}

BOOL WINAPI SymInitializeW(HANDLE process, PCWSTR path, BOOL invade)
{
    struct session *session;
    WCHAR *copy;

    AcquireSRWLockExclusive(&sessions_lock);
    for (session = sessions; session; session = session->next) {
        if (session->process != process) continue;
        ReleaseSRWLockExclusive(&sessions_lock);
        return fail_with(ERROR_INVALID_PARAMETER); /* once for a process */
    }
    session = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(*session));
    copy = copy_text(path ? path : L".");
    if (!session || !copy) {
        release(session);
        release(copy);
        ReleaseSRWLockExclusive(&sessions_lock);
        return fail_with(ERROR_NOT_ENOUGH_MEMORY);
    }
    session->process = process;
    session->path = copy;
    if (invade && !each_module(process, add_to_session, session)) {
        release(session->modules);
        release(session->path);
        release(session);
        ReleaseSRWLockExclusive(&sessions_lock);
        return FALSE;
    }
    session->next = sessions;
    sessions = session;
    ReleaseSRWLockExclusive(&sessions_lock);
    return TRUE;
}

BOOL WINAPI SymInitialize(HANDLE process, PCSTR path, BOOL invade)
{
    bool failed;
    WCHAR *wide = widen(path, &failed);
    BOOL result = failed ? fail_with(ERROR_NOT_ENOUGH_MEMORY) : SymInitializeW(process, wide, invade);

    release(wide);
    return result;
}

BOOL WINAPI SymCleanup(HANDLE process)
{
    struct session *session;

    AcquireSRWLockExclusive(&sessions_lock);
    session = session_of(process);
    if (session) {
        struct session **link = &sessions;
        while (*link != session) link = &(*link)->next;
        *link = session->next;
        release(session->modules);
        release(session->path);
        release(session);
    }
    ReleaseSRWLockExclusive(&sessions_lock);
    return session != NULL;
}

/* Returns the options now in force. */
DWORD WINAPI SymSetOptions(DWORD value)
{
    return options = value;
}

DWORD WINAPI SymGetOptions(void)
{
    return options;
}

BOOL WINAPI SymRefreshModuleList(HANDLE process)
{
    struct session *session;
    BOOL result = FALSE;

    AcquireSRWLockExclusive(&sessions_lock);
    if ((session = session_of(process))) {
        session->count = 0;
        result = each_module(process, add_to_session, session);
    }
    ReleaseSRWLockExclusive(&sessions_lock);
    return result;
}

/* size in characters. */
BOOL WINAPI SymGetSearchPathW(HANDLE process, PWSTR path, DWORD size)
{
    struct session *session;
    BOOL result = FALSE;

    AcquireSRWLockShared(&sessions_lock);
    if ((session = session_of(process))) {
        size_t length = length_of(session->path);
        if (!path || length >= size) {
            SetLastError(path ? ERROR_INSUFFICIENT_BUFFER : ERROR_INVALID_PARAMETER);
        } else {
            memcpy(path, session->path, (length + 1) * sizeof(WCHAR));
            result = TRUE;
        }
    }
    ReleaseSRWLockShared(&sessions_lock);
    return result;
}

BOOL WINAPI SymGetSearchPath(HANDLE process, PSTR path, DWORD size)
{
    struct session *session;
    BOOL result = FALSE;

    AcquireSRWLockShared(&sessions_lock);
    if ((session = session_of(process))) {
        if (!path) SetLastError(ERROR_INVALID_PARAMETER);
        else result = WideCharToMultiByte(CP_ACP, 0, session->path, -1, path, size, NULL, NULL) != 0;
    }
    ReleaseSRWLockShared(&sessions_lock);
    return result;
}

BOOL WINAPI SymSetSearchPathW(HANDLE process, PCWSTR path)
{
    WCHAR *copy = copy_text(path ? path : L".");
    struct session *session;

    if (!copy) return fail_with(ERROR_NOT_ENOUGH_MEMORY);
    AcquireSRWLockExclusive(&sessions_lock);
    if ((session = session_of(process))) {
        WCHAR *old = session->path;
        session->path = copy;
        copy = old;
    }
    ReleaseSRWLockExclusive(&sessions_lock);
    release(copy);
    return session != NULL;
}

BOOL WINAPI SymSetSearchPath(HANDLE process, PCSTR path)
{
    bool failed;
    WCHAR *wide = widen(path, &failed);
    BOOL result = failed ? fail_with(ERROR_NOT_ENOUGH_MEMORY) : SymSetSearchPathW(process, wide);

    release(wide);
    return result;
}

/* 0: no module that the session knows. */
DWORD64 WINAPI SymGetModuleBase64(HANDLE process, DWORD64 address)
{
    struct session *session;
    struct module *module = NULL;
    DWORD64 base = 0;

    AcquireSRWLockShared(&sessions_lock);
    if ((session = session_of(process)) && (module = module_at(session, address))) base = module->base;
    ReleaseSRWLockShared(&sessions_lock);
    return base;
}

#ifndef _WIN64
DWORD WINAPI SymGetModuleBase(HANDLE process, DWORD address)
{
    return (DWORD)SymGetModuleBase64(process, address);
}
#endif

/* The base; 0 with ERROR_SUCCESS: the module was known. The base must be given: images are not read from files. */
DWORD64 WINAPI SymLoadModuleExW(HANDLE process, HANDLE file, PCWSTR image, PCWSTR name, DWORD64 base, DWORD size,
                                PMODLOAD_DATA data, DWORD flags)
{
    struct session *session;
    DWORD64 result = 0;
    IMAGE_DOS_HEADER dos;
    IMAGE_NT_HEADERS nt;

    if (!base) return fail_with(ERROR_INVALID_PARAMETER);
    if (!size && read_process(process, base, &dos, sizeof(dos)) && dos.e_magic == IMAGE_DOS_SIGNATURE &&
        read_process(process, base + dos.e_lfanew, &nt, sizeof(nt)) && nt.Signature == IMAGE_NT_SIGNATURE)
        size = nt.OptionalHeader.SizeOfImage;
    if (!size) return fail_with(ERROR_INVALID_PARAMETER);
    AcquireSRWLockExclusive(&sessions_lock);
    if ((session = session_of(process))) {
        unsigned before = session->count;
        if (!add_module(session, base, size, image ? image : name)) SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        else if (session->count == before) SetLastError(ERROR_SUCCESS);
        else result = base;
    }
    ReleaseSRWLockExclusive(&sessions_lock);
    return result;
}

DWORD64 WINAPI SymLoadModuleEx(HANDLE process, HANDLE file, PCSTR image, PCSTR name, DWORD64 base, DWORD size,
                               PMODLOAD_DATA data, DWORD flags)
{
    bool failed, failed_too;
    WCHAR *wide_image = widen(image, &failed), *wide_name = widen(name, &failed_too);
    DWORD64 result = 0;

    if (failed || failed_too) SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    else result = SymLoadModuleExW(process, file, wide_image, wide_name, base, size, data, flags);
    release(wide_image);
    release(wide_name);
    return result;
}

DWORD64 WINAPI SymLoadModule64(HANDLE process, HANDLE file, PCSTR image, PCSTR name, DWORD64 base, DWORD size)
{
    return SymLoadModuleEx(process, file, image, name, base, size, NULL, 0);
}

BOOL WINAPI SymUnloadModule64(HANDLE process, DWORD64 base)
{
    struct session *session;
    struct module *module = NULL;

    AcquireSRWLockExclusive(&sessions_lock);
    if ((session = session_of(process)) && (module = module_at(session, base)))
        *module = session->modules[--session->count];
    ReleaseSRWLockExclusive(&sessions_lock);
    return module != NULL;
}

BOOL WINAPI EnumerateLoadedModulesW64(HANDLE process, PENUMLOADED_MODULES_CALLBACKW64 callback, PVOID context)
{
    return callback ? each_module(process, (module_callback)callback, context) : fail_with(ERROR_INVALID_PARAMETER);
}

struct narrow_callback {
    PENUMLOADED_MODULES_CALLBACK64 callback;
    void *context;
};

static BOOL CALLBACK call_narrow(const WCHAR *path, DWORD64 base, ULONG size, void *context)
{
    struct narrow_callback *narrow = context;
    char text[MAX_PATH * 2];

    if (!WideCharToMultiByte(CP_ACP, 0, path, -1, text, sizeof(text), NULL, NULL)) text[0] = 0;
    return narrow->callback(text, base, size, narrow->context);
}

BOOL WINAPI EnumerateLoadedModules64(HANDLE process, PENUMLOADED_MODULES_CALLBACK64 callback, PVOID context)
{
    struct narrow_callback narrow = { callback, context };

    return callback ? each_module(process, call_narrow, &narrow) : fail_with(ERROR_INVALID_PARAMETER);
}

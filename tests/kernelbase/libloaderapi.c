/* Loading: the order of initialisation, failures, counts, thread-local data, flags, searches, notifications, delayed
 * imports. The libraries are in libs/, built beside the program.
 *
 * Wine 8 differs from the reference: it takes a reserved handle, keeps the imports of a library whose load with search
 * flags failed, and tells LdrRegisterDllNotification's callback nothing of libraries that are loaded natively. */
#include "tap.h"
#include "libs/order.h"

typedef int (*add_function)(int, int);
typedef int (*twice_function)(int);
typedef int *(*pointer_function)(void);
typedef LONG (*count_function)(DWORD);

typedef struct {
    ULONG Flags;
    const UNICODE_STRING *FullDllName, *BaseDllName;
    void *DllBase;
    ULONG SizeOfImage;
} NOTIFICATION;
typedef void(CALLBACK *NOTIFY)(ULONG, const NOTIFICATION *, void *);
typedef void *(WINAPI *failure_callback)(ULONG, void *);
static NTSTATUS(NTAPI *pLdrRegisterDllNotification)(ULONG, NOTIFY, void *, void **);
static NTSTATUS(NTAPI *pLdrUnregisterDllNotification)(void *);

static const char *order_text(void)
{
    struct order *order = order_map();

    order->text[order->count] = 0;
    return order->text;
}

static void order_reset(void)
{
    order_map()->count = 0;
}

static void *function(HMODULE module, const char *name)
{
    void *address = (void *)GetProcAddress(module, name);

    ok(address != NULL, "%s is missing: %lu", name, GetLastError());
    return address;
}

static void test_order(void)
{
    HMODULE outer, inner, again;

    order_reset();
    outer = LoadLibraryA("outer.dll");
    ok(outer != NULL, "outer.dll: %lu", GetLastError());
    if (!outer) return;
    ok(!lstrcmpA(order_text(), "IO"), "imports are initialised first: %s", order_text());
    inner = GetModuleHandleA("INNER");
    ok(inner != NULL, "inner.dll came along");
    ok(((twice_function)function(outer, "outer_twice"))(21) == 42, "a call through the import");
    ok(((pointer_function)function(outer, "outer_variable"))() == (int *)GetProcAddress(inner, "inner_value"),
       "an imported variable");
    ok(*(int *)function(inner, "inner_value") == 42, "its value");

    again = LoadLibraryW(L"OUTER.DLL");
    ok(again == outer, "loaded once");
    ok(!lstrcmpA(order_text(), "IO"), "and not initialised again: %s", order_text());
    ok(FreeLibrary(outer) && GetModuleHandleA("outer.dll") == outer, "one of two references goes");
    ok(FreeLibrary(outer), "the last one");
    ok(!lstrcmpA(order_text(), "IOoi"), "ended in the opposite order: %s", order_text());
    ok(!GetModuleHandleA("outer.dll") && !GetModuleHandleA("inner.dll"), "both are gone");
    ok(GetLastError() == ERROR_MOD_NOT_FOUND, "last error %lu", GetLastError());
    SetLastError(0xdead);
    ok(!FreeLibrary(outer) && GetLastError() == ERROR_MOD_NOT_FOUND, "freed once too often: %lu", GetLastError());

    /* a library that is in use otherwise stays */
    inner = LoadLibraryA("inner.dll");
    outer = LoadLibraryA("outer.dll");
    order_reset();
    FreeLibrary(outer);
    ok(!lstrcmpA(order_text(), "o") && GetModuleHandleA("inner") == inner, "inner.dll stays: %s", order_text());
    FreeLibrary(inner);
    ok(!lstrcmpA(order_text(), "oi"), "until its own reference goes: %s", order_text());
}

static void test_exports(void)
{
    HMODULE outer = LoadLibraryA("outer.dll");
    DWORD error;

    ok(((twice_function)function(outer, MAKEINTRESOURCEA(7)))(4) == 8, "by ordinal");
    ok(GetProcAddress(outer, MAKEINTRESOURCEA(30)) == GetProcAddress(outer, "outer_twice"), "an ordinal without a name");
    ok(!GetProcAddress(outer, "hidden") && GetLastError() == ERROR_PROC_NOT_FOUND, "NONAME: %lu", GetLastError());
    ok(!GetProcAddress(outer, MAKEINTRESOURCEA(8)), "a hole in the table");
    error = GetLastError(); /* Wine says ERROR_PROC_NOT_FOUND; STATUS_ORDINAL_NOT_FOUND is ERROR_INVALID_ORDINAL */
    ok(error == ERROR_INVALID_ORDINAL || error == ERROR_PROC_NOT_FOUND, "last error %lu", error);
    ok(!GetProcAddress(outer, MAKEINTRESOURCEA(6)), "below the base");
    ok(!GetProcAddress(outer, MAKEINTRESOURCEA(31)), "behind the end");
    ok(!GetProcAddress(outer, "OUTER_TWICE"), "names are case-sensitive");
    ok(((add_function)function(outer, "forwarded"))(2, 3) == 5, "a forwarder to a library beside it");
    ok(GetProcAddress(outer, "forwarded_by_name") == GetProcAddress(GetModuleHandleA("kernel32"), "GetCurrentProcessId"),
       "a forwarder to a system library");
    ok(!GetProcAddress(outer, "forwarded_nowhere"), "a forwarder to what is not there");
    FreeLibrary(outer);
}

static void test_refusal(void)
{
    HMODULE module;

    order_reset();
    SetLastError(0xdead);
    module = LoadLibraryA("refuses.dll");
    ok(!module && GetLastError() == ERROR_DLL_INIT_FAILED, "refuses.dll: %p, %lu", module, GetLastError());
    /* DllMain, remarks: after FALSE the entry point is called with DLL_PROCESS_DETACH */
    ok(!lstrcmpA(order_text(), "IRri"), "attached, refused, told, and its import ended: %s", order_text());
    ok(!GetModuleHandleA("refuses.dll") && !GetModuleHandleA("inner.dll"), "nothing stays");
    ok(!LoadLibraryA("refuses.dll"), "and again");

    SetLastError(0xdead);
    ok(!LoadLibraryA("not-there.dll") && GetLastError() == ERROR_MOD_NOT_FOUND, "no such file: %lu", GetLastError());
    ok(!LoadLibraryA(""), "an empty name");
}

static DWORD WINAPI local_thread(void *argument)
{
    int *mine = ((pointer_function)argument)();
    DWORD value = *mine;

    *mine = 99;
    return value;
}

static HANDLE go, looked;
static HMODULE local;
static int early_value;

/* Runs before the library is loaded, looks afterwards. */
static DWORD WINAPI early_thread(void *argument)
{
    SetEvent(looked);
    WaitForSingleObject(go, INFINITE);
    early_value = *((pointer_function)(void *)GetProcAddress(local, "local_pointer"))();
    return 0;
}

static void test_thread_local(void)
{
    HANDLE thread, early;
    DWORD code;
    count_function callbacks, threads;
    pointer_function pointer;
    LONG before;

    go = CreateEventA(NULL, TRUE, FALSE, NULL);
    looked = CreateEventA(NULL, FALSE, FALSE, NULL);
    early = CreateThread(NULL, 0, early_thread, NULL, 0, NULL);
    WaitForSingleObject(looked, INFINITE);
    order_reset();
    local = LoadLibraryA("local.dll");
    ok(local != NULL, "local.dll: %lu", GetLastError());
    ok(!lstrcmpA(order_text(), "ttL"), "callbacks run before DllMain: %s", order_text());
    pointer = (pointer_function)function(local, "local_pointer");
    callbacks = (count_function)function(local, "local_callbacks");
    threads = (count_function)function(local, "local_threads");
    ok(*pointer() == 1234, "the value this thread starts with: %d", *pointer());
    ok(((pointer_function)function(local, "local_zero_fill"))()[3] == 0, "zero fill behind it");
    *pointer() = 55;
    SetEvent(go);
    WaitForSingleObject(early, INFINITE);
    ok(early_value == 1234, "a thread that was there before has a copy of its own: %d", early_value);
    CloseHandle(early);

    before = threads(DLL_THREAD_ATTACH);
    thread = CreateThread(NULL, 0, local_thread, (void *)pointer, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CloseHandle(thread);
    ok(code == 1234 && *pointer() == 55, "a new thread starts afresh: %lu, %d", code, *pointer());
    ok(threads(DLL_THREAD_ATTACH) == before + 1, "DLL_THREAD_ATTACH: %ld", threads(DLL_THREAD_ATTACH));
    ok(callbacks(DLL_THREAD_ATTACH) >= 2, "callbacks are called for threads: %ld", callbacks(DLL_THREAD_ATTACH));
    ok(threads(DLL_THREAD_DETACH) >= 1, "DLL_THREAD_DETACH: %ld", threads(DLL_THREAD_DETACH));

    /* DisableThreadLibraryCalls, remarks: fails for a library with static TLS */
    SetLastError(0xdead);
    ok(!DisableThreadLibraryCalls(local) && GetLastError() == ERROR_MOD_NOT_FOUND,
       "DisableThreadLibraryCalls with static TLS: %lu", GetLastError());
    ok(DisableThreadLibraryCalls(LoadLibraryA("inner.dll")), "without: %lu", GetLastError());
    FreeLibrary(GetModuleHandleA("inner.dll"));
    FreeLibrary(local);
    ok(!GetModuleHandleA("local.dll"), "freed");
    CloseHandle(go);
    CloseHandle(looked);
}

static void test_handles(void)
{
    HMODULE inner = LoadLibraryA("inner.dll"), module = NULL;
    void *inside = (void *)GetProcAddress(inner, "inner_add");

    ok(GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, inside, &module) && module == inner, "from an address");
    FreeLibrary(inner);
    ok(GetModuleHandleA("inner.dll") == inner, "which took a reference");
    ok(GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, inside,
                          &module) && module == inner, "without a reference");
    FreeLibrary(inner);
    ok(!GetModuleHandleA("inner.dll"), "gone");
    module = (HMODULE)1;
    ok(!GetModuleHandleExA(0, "inner.dll", &module) && GetLastError() == ERROR_MOD_NOT_FOUND && !module,
       "not loaded: %lu, %p", GetLastError(), module);
    SetLastError(0xdead);
    ok(!GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (void *)8, &module) &&
           GetLastError() == ERROR_MOD_NOT_FOUND, "an address in no module: %lu", GetLastError());
    SetLastError(0xdead);
    ok(!GetModuleHandleExA(0, "kernel32", NULL) && GetLastError() == ERROR_INVALID_PARAMETER, "no place for it: %lu",
       GetLastError());
    SetLastError(0xdead);
    ok(!GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, "kernel32",
                           &module) && GetLastError() == ERROR_INVALID_PARAMETER, "pinned and unchanged: %lu",
       GetLastError());
    ok(GetModuleHandleExA(0, NULL, &module) && module == GetModuleHandleA(NULL), "the program itself");
}

static void test_pinned(void)
{
    HMODULE inner, module;

    inner = LoadLibraryA("inner.dll");
    ok(GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN, "inner.dll", &module), "pinned: %lu", GetLastError());
    for (int i = 0; i < 5; i++) FreeLibrary(inner);
    ok(GetModuleHandleA("inner.dll") == inner, "a pinned library stays");
}

static void test_flags(void)
{
    char path[MAX_PATH], folder[MAX_PATH], *slash;
    HMODULE data, image, module;
    HRSRC resource;

    GetModuleFileNameA(NULL, path, MAX_PATH);
    for (slash = path; *slash; slash++) {}
    while (*slash != '\\') slash--;
    slash[1] = 0;
    lstrcpyA(folder, path);
    lstrcatA(path, "outer.dll");

    order_reset();
    data = LoadLibraryExA(path, NULL, LOAD_LIBRARY_AS_DATAFILE);
    ok(data && ((ULONG_PTR)data & 3) == 1, "as a data file: %p, %lu", data, GetLastError());
    ok(!GetModuleHandleA("outer.dll"), "which is not in the list of modules");
    image = LoadLibraryExA(path, NULL, LOAD_LIBRARY_AS_IMAGE_RESOURCE);
    ok(image && ((ULONG_PTR)image & 3) == 2, "as an image resource: %p, %lu", image, GetLastError());
    ok(!order_map()->count, "neither initialises anything: %s", order_text());
    ok(!GetProcAddress(data, "outer_twice"), "a data file has no functions");
    ok(FreeLibrary(data) && FreeLibrary(image), "freed");
    data = LoadLibraryExA("kernel32.dll", NULL, LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_IMAGE_RESOURCE);
    resource = FindResourceA(data, MAKEINTRESOURCEA(1), MAKEINTRESOURCEA(16));
    ok(resource && SizeofResource(data, resource) > 0x40, "its version resource: %lu", GetLastError());
    FreeLibrary(data);

    order_reset();
    module = LoadLibraryExA(path, NULL, DONT_RESOLVE_DLL_REFERENCES);
    ok(module != NULL, "without references: %lu", GetLastError());
    ok(!order_map()->count && !lstrcmpA(order_text(), ""), "no DllMain: %s", order_text());
    ok(GetProcAddress(module, "outer_twice") != NULL, "but exports");
    FreeLibrary(module);

    SetLastError(0xdead);
    ok(!LoadLibraryExA("outer.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32) && GetLastError() == ERROR_MOD_NOT_FOUND,
       "only system32: %lu", GetLastError());
    module = LoadLibraryExA("outer.dll", NULL, LOAD_LIBRARY_SEARCH_APPLICATION_DIR);
    ok(module != NULL, "the program's folder: %lu", GetLastError());
    FreeLibrary(module);
    module = LoadLibraryExA("outer.dll", NULL, LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
    ok(module != NULL, "the default folders: %lu", GetLastError());
    FreeLibrary(module);
    SetLastError(0xdead);
    ok(!LoadLibraryExA("outer.dll", NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR) && GetLastError() == ERROR_INVALID_PARAMETER,
       "SEARCH_DLL_LOAD_DIR wants a full path: %lu", GetLastError());
    SetLastError(0xdead);
    ok(!LoadLibraryExA(path, NULL, LOAD_WITH_ALTERED_SEARCH_PATH | LOAD_LIBRARY_SEARCH_SYSTEM32) &&
           GetLastError() == ERROR_INVALID_PARAMETER, "two kinds of search: %lu", GetLastError());
    SetLastError(0xdead);
    ok(!LoadLibraryExA(path, (HANDLE)8, 0) && GetLastError() == ERROR_INVALID_PARAMETER, "the reserved handle: %lu",
       GetLastError());
    SetLastError(0xdead);
    ok(!LoadLibraryExA(NULL, NULL, 0), "no name");
}

/* Libraries in a folder that is on no path. */
static void test_search(void)
{
    char temp[MAX_PATH], folder[MAX_PATH], own[MAX_PATH], from[MAX_PATH], to[MAX_PATH], *slash;
    DLL_DIRECTORY_COOKIE cookie;
    WCHAR wide[MAX_PATH];
    HMODULE module;

    GetTempPathA(MAX_PATH, temp);
    tap_format(folder, sizeof(folder), "%sferry-load-%lu", temp, GetCurrentProcessId());
    CreateDirectoryA(folder, NULL);
    GetModuleFileNameA(NULL, own, MAX_PATH);
    for (slash = own; *slash; slash++) {}
    while (*slash != '\\') slash--;
    slash[1] = 0;
    tap_format(from, sizeof(from), "%souter.dll", own);
    tap_format(to, sizeof(to), "%s\\elsewhere.dll", folder);
    ok(CopyFileA(from, to, FALSE), "copy: %lu", GetLastError());

    ok(!LoadLibraryA("elsewhere.dll"), "not found");
    SetDllDirectoryA(folder);
    module = LoadLibraryA("elsewhere.dll");
    ok(module != NULL, "SetDllDirectory: %lu", GetLastError());
    ok(GetModuleFileNameA(module, from, MAX_PATH) && !lstrcmpiA(from, to), "from there: %s", from);
    FreeLibrary(module);
    SetDllDirectoryA(NULL);

    for (int i = 0; (wide[i] = (unsigned char)folder[i]); i++) {}
    cookie = AddDllDirectory(wide);
    ok(cookie != NULL, "AddDllDirectory: %lu", GetLastError());
    ok(!LoadLibraryA("elsewhere.dll"), "which the ordinary search leaves out");
    ok(!LoadLibraryExA("elsewhere.dll", NULL, LOAD_LIBRARY_SEARCH_USER_DIRS), "its import is looked for there too");
    module = LoadLibraryExA("elsewhere.dll", NULL, LOAD_LIBRARY_SEARCH_USER_DIRS | LOAD_LIBRARY_SEARCH_APPLICATION_DIR);
    ok(module != NULL, "SEARCH_USER_DIRS: %lu", GetLastError());
    FreeLibrary(module);
    ok(RemoveDllDirectory(cookie), "RemoveDllDirectory");
    ok(!LoadLibraryExA("elsewhere.dll", NULL, LOAD_LIBRARY_SEARCH_USER_DIRS | LOAD_LIBRARY_SEARCH_SYSTEM32), "gone again");
    ok(!AddDllDirectory(L"relative") && GetLastError() == ERROR_INVALID_PARAMETER, "a relative folder: %lu", GetLastError());

    module = LoadLibraryA(to);
    ok(module != NULL, "its imports are beside the program, not beside it: %lu", GetLastError());
    FreeLibrary(module);

    /* with LOAD_WITH_ALTERED_SEARCH_PATH the library's folder replaces the program's */
    tap_format(from, sizeof(from), "%sinner.dll", own);
    tap_format(to, sizeof(to), "%s\\inner2.dll", folder);
    CopyFileA(from, to, FALSE);
    ok(!LoadLibraryA("inner2.dll"), "not on the path");
    module = LoadLibraryExA(to, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    ok(module != NULL, "altered search: %lu", GetLastError());
    FreeLibrary(module);

    /* a name without an extension gets .dll, one that ends in a dot does not */
    tap_format(to, sizeof(to), "%s\\plain", folder);
    CopyFileA(from, to, FALSE);
    ok(!LoadLibraryA(to), "plain is looked for as plain.dll");
    lstrcatA(to, ".");
    module = LoadLibraryA(to);
    ok(module != NULL, "plain. is plain: %lu", GetLastError());
    FreeLibrary(module);

    tap_format(to, sizeof(to), "%s\\plain", folder), DeleteFileA(to);
    tap_format(to, sizeof(to), "%s\\inner2.dll", folder), DeleteFileA(to);
    tap_format(to, sizeof(to), "%s\\elsewhere.dll", folder), DeleteFileA(to);
    ok(RemoveDirectoryA(folder), "nothing holds the folder: %lu", GetLastError());
}

static int notified, bad_notification;
static char notes[64];

static void CALLBACK notify(ULONG reason, const NOTIFICATION *data, void *context)
{
    if (context != notes || !data->DllBase || !data->SizeOfImage || !data->FullDllName->Length) bad_notification++;
    if (data->BaseDllName->Length == 9 * sizeof(WCHAR) && data->BaseDllName->Buffer[0] == 'o' && notified < 60)
        notes[notified++] = reason == 1 ? 'O' : reason == 2 ? 'o' : '?';
}

static void test_notifications(void)
{
    void *cookie = NULL;
    HMODULE module;

    if (!pLdrRegisterDllNotification) {
        skip(3, "no LdrRegisterDllNotification");
        return;
    }
    ok(!pLdrRegisterDllNotification(0, notify, notes, &cookie) && cookie, "registered");
    module = LoadLibraryA("outer.dll");
    FreeLibrary(module);
    ok(!pLdrUnregisterDllNotification(cookie), "and no more");
    ok(!bad_notification && !lstrcmpA(notes, "Oo"), "told of outer.dll: %s", notes);
    FreeLibrary(LoadLibraryA("outer.dll"));
    ok(notified == 2, "nothing after that: %d", notified);
}

/* A delayed import as a linker lays it out, in the program's own image. */
static struct {
    IMAGE_DELAYLOAD_DESCRIPTOR descriptor;
    char dll[16];
    HMODULE module;
    IMAGE_THUNK_DATA addresses[4], names[4];
    struct {
        WORD hint;
        char name[16];
    } first, missing;
} delayed = { .dll = "outer.dll", .first = { 0, "outer_twice" }, .missing = { 0, "not_there" } };

static ULONG hook_reason;

static void *WINAPI failure_hook(ULONG reason, void *info)
{
    hook_reason = reason;
    return (void *)0x1234;
}

static void test_delayed(void)
{
    void *(WINAPI * resolve)(void *, const IMAGE_DELAYLOAD_DESCRIPTOR *, failure_callback, void *,
                             IMAGE_THUNK_DATA *, ULONG) =
        (void *)GetProcAddress(GetModuleHandleA("kernelbase"), "ResolveDelayLoadedAPI");
    char *base = (char *)GetModuleHandleA(NULL);
    void *address;

    if (!resolve) {
        ok(0, "no ResolveDelayLoadedAPI");
        return;
    }
#define RVA(x) ((DWORD)((char *)(x) - base))
    delayed.descriptor.Attributes.AllAttributes = 1;
    delayed.descriptor.DllNameRVA = RVA(delayed.dll);
    delayed.descriptor.ModuleHandleRVA = RVA(&delayed.module);
    delayed.descriptor.ImportAddressTableRVA = RVA(delayed.addresses);
    delayed.descriptor.ImportNameTableRVA = RVA(delayed.names);
    delayed.names[0].u1.AddressOfData = RVA(&delayed.first);
    delayed.names[1].u1.Ordinal = IMAGE_ORDINAL_FLAG | 9;
    delayed.names[2].u1.AddressOfData = RVA(&delayed.missing);
    order_reset();
    address = resolve(base, &delayed.descriptor, failure_hook, NULL, &delayed.addresses[0], 0);
    ok(address && ((twice_function)address)(8) == 16, "by name: %p", address);
    ok(delayed.addresses[0].u1.Function == (ULONG_PTR)address, "kept in the table");
    ok(delayed.module == GetModuleHandleA("outer.dll"), "with the module's handle");
    ok(!lstrcmpA(order_text(), "IO"), "loaded now: %s", order_text());
    address = resolve(base, &delayed.descriptor, failure_hook, NULL, &delayed.addresses[1], 0);
    ok(address == (void *)GetProcAddress(delayed.module, "outer_variable"), "by ordinal: %p", address);
    address = resolve(base, &delayed.descriptor, failure_hook, NULL, &delayed.addresses[2], 0);
    ok(address == (void *)0x1234 && hook_reason == 4, "what is missing is the hook's to decide: %p, %lu", address,
       hook_reason);
}

START_TESTS
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");

    pLdrRegisterDllNotification = (void *)GetProcAddress(ntdll, "LdrRegisterDllNotification");
    pLdrUnregisterDllNotification = (void *)GetProcAddress(ntdll, "LdrUnregisterDllNotification");
    test_order();
    test_exports();
    test_refusal();
    test_thread_local();
    test_flags();
    test_search();
    test_notifications();
    test_handles();
    test_delayed();
    test_pinned();
}

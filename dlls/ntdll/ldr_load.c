/* Loading and unloading. A module stays while a load count or a module that stays needs it; what is left over,
 * cycles included, is found by marking from those that have a count.
 */
#include "ferry/known_dlls.h"
#include "ldr.h"

#define SYSTEM_PREFIX L"C:\\windows\\system32\\"
#ifdef _WIN64
#define NATIVE_MACHINE IMAGE_FILE_MACHINE_AMD64
#else
#define NATIVE_MACHINE IMAGE_FILE_MACHINE_I386
#endif
#define LOAD_FLAG_MARK 1 /* DllPath holds flags, not a pointer (LdrLoadDll) */

bool process_starting;
static int loading;         /* depth of load_module: nothing is collected meanwhile */
static bool collect_later;

static const WCHAR *const known_dlls[] = {
#define WIDE_NAME(name) L##name,
    FERRY_KNOWN_DLLS(WIDE_NAME)
};

static bool is_known_dll(const UNICODE_STRING *name)
{
    int low = 0, high = ARRAY_SIZE(known_dlls);

    while (low < high) {
        int middle = (low + high) / 2;
        const WCHAR *known = known_dlls[middle];
        SIZE_T i, units = name->Length / sizeof(WCHAR);
        int order = 0;
        for (i = 0; i < units && !order; i++) order = (int)towlower(name->Buffer[i]) - known[i];
        if (!order && !known[i]) return true;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return false;
}

/* ---- mapping ---- */

/* `path` is a DOS path in a buffer that ends with a NUL. STATUS_DLL_NOT_FOUND when there is no such file. */
static NTSTATUS map_file(const UNICODE_STRING *path, void **base)
{
    WCHAR small[280];
    UNICODE_STRING nt_path;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    HANDLE file, section;
    NTSTATUS status;
    bool allocated = false;

    if (path->Length > 6 && path->Buffer[1] == ':' && path->Length < sizeof(small) - 10) {
        memcpy(small, L"\\??\\", 8);
        memcpy(small + 4, path->Buffer, path->Length);
        nt_path.Buffer = small;
        nt_path.Length = path->Length + 8;
        nt_path.MaximumLength = sizeof(small);
    } else {
        if ((status = RtlDosPathNameToNtPathName_U_WithStatus(path->Buffer, &nt_path, NULL, NULL)) < 0) return status;
        allocated = true;
    }
    InitializeObjectAttributes(&attributes, &nt_path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtOpenFile(&file, FILE_READ_DATA | FILE_EXECUTE | SYNCHRONIZE, &attributes, &io, FILE_SHARE_READ | FILE_SHARE_DELETE,
                        FILE_NON_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT);
    if (allocated) RtlFreeUnicodeString(&nt_path);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND ||
        status == STATUS_OBJECT_NAME_INVALID || status == STATUS_OBJECT_PATH_INVALID ||
        status == STATUS_OBJECT_PATH_SYNTAX_BAD || status == STATUS_FILE_IS_A_DIRECTORY ||
        status == STATUS_NO_SUCH_FILE || status == STATUS_NO_SUCH_DEVICE)
        return STATUS_DLL_NOT_FOUND;
    if (status < 0) return status;
    status = NtCreateSection(&section, SECTION_MAP_READ | SECTION_MAP_EXECUTE | SECTION_QUERY, NULL, NULL, PAGE_EXECUTE,
                             SEC_IMAGE, file);
    NtClose(file);
    if (status < 0) return status;
    SIZE_T size = 0;
    *base = NULL;
    status = NtMapViewOfSection(section, NtCurrentProcess(), base, 0, 0, NULL, &size, 1 /* ViewShare */, 0, PAGE_EXECUTE_READ);
    NtClose(section);
    if (status < 0) return status;
    /* The host has applied the relocations. */
    IMAGE_NT_HEADERS *nt = RtlImageNtHeader(*base);
    if (!nt || nt->FileHeader.Machine != NATIVE_MACHINE) {
        NtUnmapViewOfSection(NtCurrentProcess(), *base);
        return STATUS_INVALID_IMAGE_FORMAT;
    }
    return STATUS_SUCCESS;
}

static bool is_system_path(const UNICODE_STRING *path)
{
    const UNICODE_STRING prefix = { sizeof(SYSTEM_PREFIX) - sizeof(WCHAR), sizeof(SYSTEM_PREFIX), (WCHAR *)SYSTEM_PREFIX };

    return RtlPrefixUnicodeString(&prefix, path, TRUE);
}

static NTSTATUS load_file(const UNICODE_STRING *path, const WCHAR *search_path, ULONG flags, ULONG characteristics,
                          struct module **result)
{
    struct module *module;
    void *base;
    NTSTATUS status = map_file(path, &base);

    if (status < 0) return status;
    if ((status = module_create(base, path, &module)) < 0) {
        NtUnmapViewOfSection(NtCurrentProcess(), base);
        return status;
    }
    if (characteristics & IMAGE_FILE_EXECUTABLE_IMAGE || !(module->entry.Flags & LDRP_IMAGE_DLL)) {
        module->datafile_like = true;
        notify_dll(LDR_DLL_NOTIFICATION_REASON_LOADED, module);
        *result = module;
        return STATUS_SUCCESS;
    }
    if ((status = tls_add_module(module)) >= 0) {
        if (!is_system_path(path)) actctx_note_module(module);
        void *context = actctx_enter_module(module);
        status = bind_imports(module, search_path, flags);
        actctx_leave_module(context);
    }
    if (status < 0) {
        module->failed = true;
        collect_later = true;
        return status;
    }
    module->entry.Flags |= LDRP_ENTRY_PROCESSED;
    notify_dll(LDR_DLL_NOTIFICATION_REASON_LOADED, module);
    *result = module;
    return STATUS_SUCCESS;
}

/* ---- finding ---- */

/* The name as it is looked for: backslashes, ".dll" when the last part has no dot, a trailing dot taken off. */
static NTSTATUS clean_name(const UNICODE_STRING *name, WCHAR *buffer, SIZE_T room, UNICODE_STRING *clean, bool *has_path)
{
    SIZE_T units = name->Length / sizeof(WCHAR);
    bool dot = false;

    *has_path = false;
    if (!units) return STATUS_DLL_NOT_FOUND;
    if (units + 5 > room) return STATUS_NAME_TOO_LONG;
    for (SIZE_T i = 0; i < units; i++) {
        WCHAR c = name->Buffer[i];
        if (c == '/') c = '\\';
        if (c == '\\' || (c == ':' && i == 1)) *has_path = true, dot = false;
        else if (c == '.') dot = true;
        else if (!c) return STATUS_OBJECT_NAME_INVALID;
        buffer[i] = c;
    }
    if (!dot) {
        memcpy(buffer + units, L".dll", 8);
        units += 4;
    } else if (buffer[units - 1] == '.') {
        units--;
    }
    buffer[units] = 0;
    clean->Buffer = buffer;
    clean->Length = (USHORT)(units * sizeof(WCHAR));
    clean->MaximumLength = clean->Length + sizeof(WCHAR);
    return units ? STATUS_SUCCESS : STATUS_DLL_NOT_FOUND;
}

static NTSTATUS load_full_path(const UNICODE_STRING *path, const WCHAR *search_path, ULONG flags, ULONG characteristics,
                               struct module **module)
{
    if ((*module = module_by_full_name(path)) && !(*module)->failed) return STATUS_SUCCESS;
    return load_file(path, search_path, flags, characteristics, module);
}

static NTSTATUS load_system(const UNICODE_STRING *name, ULONG characteristics, struct module **module)
{
    WCHAR buffer[ARRAY_SIZE(SYSTEM_PREFIX) + 128];
    UNICODE_STRING path = { 0, sizeof(buffer), buffer };

    if (name->Length > 120 * sizeof(WCHAR)) return STATUS_DLL_NOT_FOUND;
    RtlAppendUnicodeToString(&path, SYSTEM_PREFIX);
    RtlAppendUnicodeStringToString(&path, name);
    return load_file(&path, NULL, 0, characteristics, module);
}

/* Tries each directory of `path`. A file that is there but no DLL ends the search, as on Windows. */
static NTSTATUS search(const WCHAR *path, ULONG flags, ULONG characteristics, const UNICODE_STRING *name,
                       struct module **module)
{
    SIZE_T longest = wcslen(path) + name->Length / sizeof(WCHAR) + 2;
    WCHAR *candidate = heap_allocate((longest + 520) * sizeof(WCHAR)), *full = candidate + longest;
    NTSTATUS status = STATUS_DLL_NOT_FOUND;

    if (!candidate) return STATUS_NO_MEMORY;
    for (const WCHAR *at = path; *at && status == STATUS_DLL_NOT_FOUND;) {
        SIZE_T units = 0;
        for (; *at && *at != ';'; at++)
            if (*at != '"') candidate[units++] = *at;
        if (*at) at++;
        if (!units) continue;
        if (candidate[units - 1] != '\\' && candidate[units - 1] != '/') candidate[units++] = '\\';
        memcpy(candidate + units, name->Buffer, name->Length);
        units += name->Length / sizeof(WCHAR);
        candidate[units] = 0;
        UNICODE_STRING file = { (USHORT)(units * sizeof(WCHAR)), (USHORT)((units + 1) * sizeof(WCHAR)), candidate };
        if (RtlDetermineDosPathNameType_U(candidate) != RtlPathTypeDriveAbsolute) {
            ULONG bytes = RtlGetFullPathName_U(candidate, 520 * sizeof(WCHAR), full, NULL);
            if (!bytes || bytes >= 520 * sizeof(WCHAR)) continue;
            file = (UNICODE_STRING){ (USHORT)bytes, (USHORT)bytes + sizeof(WCHAR), full };
        }
        status = load_full_path(&file, path, flags, characteristics, module);
    }
    heap_free(candidate);
    return status;
}

static NTSTATUS find_and_load(const WCHAR *path, ULONG flags, ULONG characteristics, const UNICODE_STRING *given,
                              struct module *importer, struct module **module)
{
    WCHAR small[264], *buffer = small, *full = NULL, *built = NULL;
    UNICODE_STRING name, host;
    bool has_path;
    SIZE_T room = ARRAY_SIZE(small);
    NTSTATUS status;

    if (given->Length / sizeof(WCHAR) + 5 > room) {
        room = given->Length / sizeof(WCHAR) + 6;
        if (!(buffer = heap_allocate(room * sizeof(WCHAR)))) return STATUS_NO_MEMORY;
    }
    if ((status = clean_name(given, buffer, room, &name, &has_path)) < 0) goto out;

    if (!has_path) {
        if (apiset_resolve(&name, importer ? &importer->entry.BaseDllName : NULL, &host)) {
            if (!host.Length) status = STATUS_DLL_NOT_FOUND;
            else if ((*module = module_by_base_name(&host)) && !(*module)->failed) status = STATUS_SUCCESS;
            else status = load_system(&host, characteristics, module);
            goto out;
        }
        UNICODE_STRING redirected;
        if (actctx_redirect_dll(&name, &redirected) >= 0) {
            status = load_full_path(&redirected, path, flags, characteristics, module);
            RtlFreeUnicodeString(&redirected);
            if (status != STATUS_DLL_NOT_FOUND) goto out;
        }
        if ((*module = module_by_base_name(&name)) && !(*module)->failed) {
            status = STATUS_SUCCESS;
            goto out;
        }
        if (is_known_dll(&name)) {
            status = load_system(&name, characteristics, module);
            if (status != STATUS_DLL_NOT_FOUND) goto out;
        }
        if (!path && !(path = built = search_path_build(flags, NULL))) status = STATUS_NO_MEMORY;
        else status = search(path, flags, characteristics, &name, module);
        goto out;
    }

    ULONG bytes = RtlGetFullPathName_U(name.Buffer, 0, NULL, NULL);
    if (!bytes || bytes > 0xfffc || !(full = heap_allocate(bytes + sizeof(WCHAR)))) {
        status = bytes ? STATUS_NO_MEMORY : STATUS_OBJECT_NAME_INVALID;
        goto out;
    }
    bytes = RtlGetFullPathName_U(name.Buffer, bytes, full, NULL);
    UNICODE_STRING file = { (USHORT)bytes, (USHORT)bytes + sizeof(WCHAR), full };
    if (!wcsncmp(full, L"\\\\?\\", 4) && full[4] && full[5] == ':') {
        file.Buffer += 4;
        file.Length -= 8;
    }
    if (!path) path = built = search_path_build(flags, &file);
    status = path ? load_full_path(&file, path, flags, characteristics, module) : STATUS_NO_MEMORY;
    /* "dir\name.dll" that is not in the current directory may lie below a directory of the search path. */
    if (status == STATUS_DLL_NOT_FOUND && RtlDetermineDosPathNameType_U(name.Buffer) == RtlPathTypeRelative)
        status = search(path, flags, characteristics, &name, module);
out:
    heap_free(built);
    heap_free(full);
    if (buffer != small) heap_free(buffer);
    return status;
}

NTSTATUS load_module(const WCHAR *path, ULONG flags, ULONG characteristics, const UNICODE_STRING *name,
                     struct module *importer, struct module **module)
{
    loading++;
    NTSTATUS status = find_and_load(path, flags, characteristics, name, importer, module);
    loading--;
    return status;
}

NTSTATUS load_module_ansi(const char *name, ULONG length, const WCHAR *path, ULONG flags, struct module *importer,
                          struct module **module)
{
    WCHAR small[128];
    UNICODE_STRING wide = { 0, 0, small };
    ANSI_STRING ansi = { (USHORT)length, (USHORT)length, (char *)name };
    ULONG i = 0;

    if (length < ARRAY_SIZE(small) - 1)
        for (; i < length && !(name[i] & 0x80); i++) small[i] = (UCHAR)name[i];
    wide.Length = (USHORT)(length * sizeof(WCHAR));
    if (i == length && length) return load_module(path, flags, 0, &wide, importer, module);
    if (length > 0x7ffe) return STATUS_NAME_TOO_LONG;
    NTSTATUS status = RtlAnsiStringToUnicodeString(&wide, &ansi, TRUE);
    if (status < 0) return status;
    status = load_module(path, flags, 0, &wide, importer, module);
    RtlFreeUnicodeString(&wide);
    return status;
}

/* ---- collecting ---- */

static void mark(struct module *module)
{
    if (module->marked) return;
    module->marked = true;
    for (ULONG i = 0; i < module->needs.count; i++) mark(module->needs.list[i]);
}

/* Detaches and unmaps what nothing needs, last initialised first. */
void collect_unneeded(void)
{
    FERRY_PEB_LDR_DATA *ldr = ferry_peb()->Ldr;
    static bool busy;
    LIST_ENTRY *at, *previous;

    if (busy || loading || ldr->ShutdownInProgress) {
        collect_later = true;
        return;
    }
    busy = true;
    do {
        collect_later = false;
        for (at = ldr->InLoadOrderModuleList.Flink; at != &ldr->InLoadOrderModuleList; at = at->Flink)
            ((struct module *)at)->marked = false;
        for (at = ldr->InLoadOrderModuleList.Flink; at != &ldr->InLoadOrderModuleList; at = at->Flink)
            if (((struct module *)at)->load_count > 0) mark((struct module *)at);

        /* DllMain of these may load and free; what it asks for is done in the next round. */
        LIST_ENTRY *head = &ldr->InInitializationOrderModuleList;
        for (at = head->Blink; at != head; at = previous) {
            struct module *module = CONTAINING_RECORD(at, struct module, entry.InInitializationOrderLinks);
            previous = at->Blink;
            if (!module->marked && module->attached) detach_module(module, NULL);
        }
        for (at = ldr->InLoadOrderModuleList.Blink; at != &ldr->InLoadOrderModuleList; at = previous) {
            struct module *module = (struct module *)at;
            previous = at->Blink;
            if (module->marked || module->load_count > 0 || module->attached) continue;
            if (module->entry.Flags & LDRP_ENTRY_PROCESSED || module->datafile_like)
                notify_dll(LDR_DLL_NOTIFICATION_REASON_UNLOADED, module);
            tls_remove_module(module);
            actctx_forget_module(module);
            module_destroy(module);
        }
    } while (collect_later);
    busy = false;
}

/* ---- the public side ---- */

static void count_up(struct module *module)
{
    if (module->load_count != PINNED) module->load_count++;
    module->entry.ObsoleteLoadCount = module->load_count > 0xfffe ? 0xffff : (USHORT)module->load_count;
}

/* `path`: directories to search joined by ';', or NULL, or LoadLibraryEx flags with bit 0 set
 * (LOAD_LIBRARY_SEARCH_*, LOAD_WITH_ALTERED_SEARCH_PATH). *characteristics: IMAGE_FILE_EXECUTABLE_IMAGE stands for
 * DONT_RESOLVE_DLL_REFERENCES. STATUS_DLL_NOT_FOUND, STATUS_DLL_INIT_FAILED, STATUS_INVALID_IMAGE_*. */
NTSTATUS NTAPI LdrLoadDll(WCHAR *path, ULONG *characteristics, UNICODE_STRING *name, void **handle)
{
    ULONG flags = 0;
    struct module *module;

    if (!name || !name->Buffer || !name->Length) return STATUS_INVALID_PARAMETER;
    if ((ULONG_PTR)path & LOAD_FLAG_MARK) {
        flags = (ULONG)(ULONG_PTR)path & ~LOAD_FLAG_MARK;
        path = NULL;
    }
    /* LoadLibraryExW, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR: "lpFileName must specify a fully qualified path" */
    if (flags & LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR && !is_absolute_dll_path(name->Buffer)) return STATUS_INVALID_PARAMETER;
    RtlEnterCriticalSection(&loader_lock);
    NTSTATUS status = load_module(path, flags, characteristics ? *characteristics : 0, name, NULL, &module);
    if (status >= 0) {
        count_up(module);
        if (!module->attached && !module->datafile_like && (status = initialize_graph(module, NULL)) < 0) {
            if (module->load_count != PINNED) module->load_count--;
            collect_later = true;
        }
    }
    if (status >= 0) *handle = module->entry.DllBase;
    if (collect_later) collect_unneeded();
    RtlLeaveCriticalSection(&loader_lock);
    return status;
}

NTSTATUS NTAPI LdrUnloadDll(void *handle)
{
    NTSTATUS status = STATUS_SUCCESS;

    RtlEnterCriticalSection(&loader_lock);
    struct module *module = module_by_handle(handle);
    if (!module) {
        status = STATUS_DLL_NOT_FOUND;
    } else if (module->load_count != PINNED && module->load_count > 0) {
        module->entry.ObsoleteLoadCount = (USHORT)--module->load_count;
        if (!module->load_count) collect_unneeded();
    }
    RtlLeaveCriticalSection(&loader_lock);
    return status;
}

#define LDR_GET_DLL_HANDLE_EX_UNCHANGED_REFCOUNT 1
#define LDR_GET_DLL_HANDLE_EX_PIN 2

NTSTATUS NTAPI LdrGetDllHandleEx(ULONG flags, WCHAR *path, ULONG *characteristics, const UNICODE_STRING *given, void **handle)
{
    WCHAR buffer[512], full[520];
    UNICODE_STRING name, host;
    bool has_path;
    struct module *module = NULL;

    if (flags & ~3u || flags == 3) return STATUS_INVALID_PARAMETER;
    if (handle) *handle = NULL;
    NTSTATUS status = clean_name(given, buffer, ARRAY_SIZE(buffer), &name, &has_path);
    if (status < 0) return status;
    RtlEnterCriticalSection(&loader_lock);
    if (!has_path) {
        if (apiset_resolve(&name, NULL, &host)) name = host;
        module = module_by_base_name(&name);
    } else {
        ULONG bytes = RtlGetFullPathName_U(name.Buffer, sizeof(full), full, NULL);
        if (bytes && bytes < sizeof(full)) {
            UNICODE_STRING file = { (USHORT)bytes, (USHORT)bytes + sizeof(WCHAR), full };
            module = module_by_full_name(&file);
        }
    }
    if (module && !module->failed) {
        if (flags & LDR_GET_DLL_HANDLE_EX_PIN) module->load_count = PINNED;
        else if (!(flags & LDR_GET_DLL_HANDLE_EX_UNCHANGED_REFCOUNT)) count_up(module);
        if (handle) *handle = module->entry.DllBase;
    } else {
        status = STATUS_DLL_NOT_FOUND;
    }
    RtlLeaveCriticalSection(&loader_lock);
    return status;
}

NTSTATUS NTAPI LdrGetDllHandle(WCHAR *path, ULONG *characteristics, const UNICODE_STRING *name, void **handle)
{
    return LdrGetDllHandleEx(LDR_GET_DLL_HANDLE_EX_UNCHANGED_REFCOUNT, path, characteristics, name, handle);
}

NTSTATUS NTAPI LdrGetDllHandleByMapping(void *base, void **handle)
{
    RtlEnterCriticalSection(&loader_lock);
    struct module *module = module_by_handle(base);
    if (module) *handle = base;
    RtlLeaveCriticalSection(&loader_lock);
    return module ? STATUS_SUCCESS : STATUS_DLL_NOT_FOUND;
}

NTSTATUS NTAPI LdrGetDllHandleByName(const UNICODE_STRING *base_name, const UNICODE_STRING *full_name, void **handle)
{
    if (!base_name && !full_name) return STATUS_INVALID_PARAMETER;
    RtlEnterCriticalSection(&loader_lock);
    struct module *module = full_name ? module_by_full_name(full_name) : module_by_base_name(base_name);
    if (module) *handle = module->entry.DllBase;
    RtlLeaveCriticalSection(&loader_lock);
    return module ? STATUS_SUCCESS : STATUS_DLL_NOT_FOUND;
}

#define LDR_ADDREF_DLL_PIN 1

NTSTATUS NTAPI LdrAddRefDll(ULONG flags, void *handle)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (flags & ~LDR_ADDREF_DLL_PIN) return STATUS_INVALID_PARAMETER;
    RtlEnterCriticalSection(&loader_lock);
    struct module *module = module_by_handle(handle);
    if (!module) status = STATUS_INVALID_PARAMETER;
    else if (flags & LDR_ADDREF_DLL_PIN) module->load_count = PINNED, module->entry.ObsoleteLoadCount = 0xffff;
    else count_up(module);
    RtlLeaveCriticalSection(&loader_lock);
    return status;
}

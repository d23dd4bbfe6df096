/* Where DLLs are looked for: "Dynamic-link library search order" of Microsoft's reference, with safe search mode. */
#include "ldr.h"

#define SYSTEM_DIRECTORY L"C:\\windows\\system32"
#define WINDOWS_DIRECTORY L"C:\\windows"

#define VALID_SEARCH_FLAGS                                                                                         \
    (LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_APPLICATION_DIR | LOAD_LIBRARY_SEARCH_USER_DIRS |      \
     LOAD_LIBRARY_SEARCH_SYSTEM32 | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS)

ULONG default_search_flags;

struct added_directory {
    LIST_ENTRY link;
    UNICODE_STRING path;
};
static LIST_ENTRY added_directories = { &added_directories, &added_directories };

/* SetDllDirectory: `set` with an empty string takes the current directory out of the search. */
static UNICODE_STRING dll_directory;
static bool dll_directory_set;

struct text {
    WCHAR *buffer; /* NULL while measuring */
    SIZE_T length;
};

static void append(struct text *text, const WCHAR *from, SIZE_T units)
{
    if (!units) return;
    if (text->length) {
        if (text->buffer) text->buffer[text->length] = ';';
        text->length++;
    }
    if (text->buffer) memcpy(text->buffer + text->length, from, units * sizeof(WCHAR));
    text->length += units;
}

static void append_string(struct text *text, const UNICODE_STRING *string)
{
    append(text, string->Buffer, string->Length / sizeof(WCHAR));
}

static void append_directory_of(struct text *text, const UNICODE_STRING *file)
{
    SIZE_T units = file->Length / sizeof(WCHAR);

    while (units && file->Buffer[units - 1] != '\\' && file->Buffer[units - 1] != '/') units--;
    if (units > 3) units--; /* "C:\" keeps its backslash */
    append(text, file->Buffer, units);
}

static void append_environment_path(struct text *text)
{
    UNICODE_STRING name = { 8, 10, (WCHAR *)L"PATH" }, value = { 0, 0, NULL };

    if (RtlQueryEnvironmentVariable_U(NULL, &name, &value) != STATUS_BUFFER_TOO_SMALL) return;
    if (value.Length > 0xfff0 || !(value.Buffer = heap_allocate(value.Length + sizeof(WCHAR)))) return;
    value.MaximumLength = value.Length + sizeof(WCHAR);
    if (RtlQueryEnvironmentVariable_U(NULL, &name, &value) >= 0) append_string(text, &value);
    heap_free(value.Buffer);
}

static void build(struct text *text, ULONG flags, const UNICODE_STRING *dll)
{
    FERRY_PROCESS_PARAMETERS *parameters = ferry_peb()->ProcessParameters;

    if (flags & VALID_SEARCH_FLAGS) {
        if (flags & LOAD_LIBRARY_SEARCH_DEFAULT_DIRS)
            flags |= LOAD_LIBRARY_SEARCH_APPLICATION_DIR | LOAD_LIBRARY_SEARCH_USER_DIRS | LOAD_LIBRARY_SEARCH_SYSTEM32;
        if (flags & LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR && dll) append_directory_of(text, dll);
        if (flags & LOAD_LIBRARY_SEARCH_APPLICATION_DIR) append_directory_of(text, &parameters->ImagePathName);
        if (flags & LOAD_LIBRARY_SEARCH_USER_DIRS) {
            for (LIST_ENTRY *at = added_directories.Flink; at != &added_directories; at = at->Flink)
                append_string(text, &((struct added_directory *)at)->path);
            append_string(text, &dll_directory);
        }
        if (flags & LOAD_LIBRARY_SEARCH_SYSTEM32) append(text, SYSTEM_DIRECTORY, ARRAY_SIZE(SYSTEM_DIRECTORY) - 1);
        return;
    }
    if (flags & LOAD_WITH_ALTERED_SEARCH_PATH && dll) append_directory_of(text, dll);
    else append_directory_of(text, &parameters->ImagePathName);
    append_string(text, &dll_directory);
    append(text, SYSTEM_DIRECTORY, ARRAY_SIZE(SYSTEM_DIRECTORY) - 1);
    append(text, L"C:\\windows\\system", 17);
    append(text, WINDOWS_DIRECTORY, ARRAY_SIZE(WINDOWS_DIRECTORY) - 1);
    if (!dll_directory_set) append(text, L".", 1);
    append_environment_path(text);
}

WCHAR *search_path_build(ULONG flags, const UNICODE_STRING *dll)
{
    struct text text = { 0 };

    if (!(flags & VALID_SEARCH_FLAGS) && !(flags & LOAD_WITH_ALTERED_SEARCH_PATH)) flags |= default_search_flags;
    RtlEnterCriticalSection(&loader_lock);
    build(&text, flags, dll);
    if ((text.buffer = heap_allocate((text.length + 1) * sizeof(WCHAR)))) {
        text.length = 0;
        build(&text, flags, dll);
        text.buffer[text.length] = 0;
    }
    RtlLeaveCriticalSection(&loader_lock);
    return text.buffer;
}

bool is_absolute_dll_path(const WCHAR *path)
{
    RTL_PATH_TYPE type = path ? RtlDetermineDosPathNameType_U(path) : RtlPathTypeUnknown;

    return type == RtlPathTypeUncAbsolute || type == RtlPathTypeDriveAbsolute || type == RtlPathTypeLocalDevice;
}

/* The search path for LoadLibraryEx of `name` with `flags`; free with RtlReleasePath. *unused becomes NULL. */
NTSTATUS NTAPI LdrGetDllPath(const WCHAR *name, ULONG flags, WCHAR **path, WCHAR **unused)
{
    UNICODE_STRING dll;

    if (flags & ~(VALID_SEARCH_FLAGS | LOAD_WITH_ALTERED_SEARCH_PATH | LOAD_LIBRARY_SAFE_CURRENT_DIRS) ||
        (flags & LOAD_WITH_ALTERED_SEARCH_PATH && flags & VALID_SEARCH_FLAGS))
        return STATUS_INVALID_PARAMETER;
    RtlInitUnicodeString(&dll, name);
    if (flags & LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR && !is_absolute_dll_path(name)) return STATUS_INVALID_PARAMETER;
    *path = search_path_build(flags, name ? &dll : NULL);
    if (unused) *unused = NULL;
    return *path ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

void NTAPI RtlReleasePath(WCHAR *path)
{
    heap_free(path);
}

/* The standard search path, and the one for programs (CreateProcess); free with RtlReleasePath. */
NTSTATUS NTAPI RtlGetSearchPath(WCHAR **path)
{
    *path = search_path_build(0, NULL);
    return *path ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

NTSTATUS NTAPI RtlGetExePath(const WCHAR *name, WCHAR **path)
{
    *path = search_path_build(0, NULL);
    return *path ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

NTSTATUS NTAPI LdrSetDllDirectory(const UNICODE_STRING *directory)
{
    UNICODE_STRING copy = { 0 };

    if (directory->Buffer) {
        NTSTATUS status = RtlDuplicateUnicodeString(1, directory, &copy);
        if (status < 0) return status;
    }
    RtlEnterCriticalSection(&loader_lock);
    UNICODE_STRING old = dll_directory;
    dll_directory = copy;
    dll_directory_set = directory->Buffer != NULL;
    RtlLeaveCriticalSection(&loader_lock);
    heap_free(old.Buffer);
    return STATUS_SUCCESS;
}

/* STATUS_BUFFER_TOO_SMALL with Length set to the bytes needed, terminator included. */
NTSTATUS NTAPI LdrGetDllDirectory(UNICODE_STRING *directory)
{
    NTSTATUS status = STATUS_SUCCESS;

    RtlEnterCriticalSection(&loader_lock);
    ULONG needed = dll_directory.Length + sizeof(WCHAR);
    if (directory->MaximumLength < needed) {
        status = STATUS_BUFFER_TOO_SMALL;
        directory->Length = (USHORT)needed;
    } else {
        memcpy(directory->Buffer, dll_directory.Buffer, dll_directory.Length);
        directory->Buffer[dll_directory.Length / sizeof(WCHAR)] = 0;
        directory->Length = dll_directory.Length;
    }
    RtlLeaveCriticalSection(&loader_lock);
    return status;
}

NTSTATUS NTAPI LdrSetDefaultDllDirectories(ULONG flags)
{
    if (!flags || flags & ~(VALID_SEARCH_FLAGS & ~LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR)) return STATUS_INVALID_PARAMETER;
    default_search_flags = flags;
    return STATUS_SUCCESS;
}

/* The path must be absolute and an existing directory. */
NTSTATUS NTAPI LdrAddDllDirectory(const UNICODE_STRING *directory, void **cookie)
{
    UNICODE_STRING path, nt_path;
    OBJECT_ATTRIBUTES attributes;
    FILE_BASIC_INFORMATION information;
    NTSTATUS status = RtlDuplicateUnicodeString(1, directory, &path);

    if (status < 0) return status;
    if (!is_absolute_dll_path(path.Buffer)) {
        RtlFreeUnicodeString(&path);
        return STATUS_INVALID_PARAMETER;
    }
    status = RtlDosPathNameToNtPathName_U_WithStatus(path.Buffer, &nt_path, NULL, NULL);
    if (status >= 0) {
        InitializeObjectAttributes(&attributes, &nt_path, OBJ_CASE_INSENSITIVE, NULL, NULL);
        status = NtQueryAttributesFile(&attributes, &information);
        RtlFreeUnicodeString(&nt_path);
    }
    struct added_directory *added = status >= 0 ? heap_allocate(sizeof(*added)) : NULL;
    if (!added) {
        RtlFreeUnicodeString(&path);
        return status < 0 ? status : STATUS_NO_MEMORY;
    }
    added->path = path;
    RtlEnterCriticalSection(&loader_lock);
    InsertTailList(&added_directories, &added->link);
    RtlLeaveCriticalSection(&loader_lock);
    *cookie = added;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI LdrRemoveDllDirectory(void *cookie)
{
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    RtlEnterCriticalSection(&loader_lock);
    for (LIST_ENTRY *at = added_directories.Flink; at != &added_directories; at = at->Flink) {
        struct added_directory *added = (struct added_directory *)at;
        if (added != cookie) continue;
        RemoveEntryList(&added->link);
        RtlFreeUnicodeString(&added->path);
        heap_free(added);
        status = STATUS_SUCCESS;
        break;
    }
    RtlLeaveCriticalSection(&loader_lock);
    return status;
}

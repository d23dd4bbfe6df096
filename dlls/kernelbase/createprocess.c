/* processthreadsapi.h: CreateProcess. The new process is made by NtCreateUserProcess; here are the rules of names,
 * command lines and start-up information.
 */
#include "kernelbase.h"
#include "attributelist.h"

#define PROCESS_CREATE_FLAGS_BREAKAWAY 0x00000001

static const DWORD known_flags =
    DEBUG_PROCESS | DEBUG_ONLY_THIS_PROCESS | CREATE_SUSPENDED | DETACHED_PROCESS | CREATE_NEW_CONSOLE |
    NORMAL_PRIORITY_CLASS | IDLE_PRIORITY_CLASS | HIGH_PRIORITY_CLASS | REALTIME_PRIORITY_CLASS |
    CREATE_NEW_PROCESS_GROUP | CREATE_UNICODE_ENVIRONMENT | CREATE_SEPARATE_WOW_VDM | CREATE_SHARED_WOW_VDM |
    CREATE_FORCEDOS | BELOW_NORMAL_PRIORITY_CLASS | ABOVE_NORMAL_PRIORITY_CLASS | INHERIT_PARENT_AFFINITY |
    CREATE_PROTECTED_PROCESS | EXTENDED_STARTUPINFO_PRESENT | PROCESS_MODE_BACKGROUND_BEGIN |
    PROCESS_MODE_BACKGROUND_END | CREATE_SECURE_PROCESS | CREATE_BREAKAWAY_FROM_JOB |
    CREATE_PRESERVE_CODE_AUTHZ_LEVEL | CREATE_DEFAULT_ERROR_MODE | CREATE_NO_WINDOW | PROFILE_USER | PROFILE_KERNEL |
    PROFILE_SERVER | CREATE_IGNORE_SYSTEM_DEFAULT;

/* ---- which file ---- */

static bool is_file(const WCHAR *path)
{
    DWORD attributes = GetFileAttributesW(path);

    return attributes != INVALID_FILE_ATTRIBUTES && !(attributes & FILE_ATTRIBUTE_DIRECTORY);
}

/* Finds `name` as CreateProcess looks for programs: ".exe" is added to a name without extension. Full path in
 * `found`, which has room for `room` units. */
static bool search_program(const WCHAR *name, WCHAR *found, DWORD room)
{
    DWORD length = SearchPathW(NULL, name, L".exe", room, found, NULL);

    if (length && length < room && is_file(found)) return true;
    /* The name as it is: with an extension, or a file without one. */
    length = GetFullPathNameW(name, room, found, NULL);
    return length && length < room && is_file(found);
}

/* The program named by a command line alone. An unquoted name with blanks is tried at every blank, so that
 * `C:\Program Files\x y` may name `C:\Program`, `C:\Program Files\x` or the whole (CreateProcessW, lpApplicationName). */
static bool program_of_command_line(const WCHAR *line, WCHAR *found, DWORD room, bool *quoted_split)
{
    WCHAR *name = wide_copy(line), *end;
    bool result = false;

    *quoted_split = false;
    if (!name) return false;
    if (*line == '"') {
        WCHAR *start = name + 1;
        end = wide_find(start, '"');
        if (end) *end = 0;
        result = *start && search_program(start, found, room);
    } else {
        for (end = name;; end++) {
            while (*end && *end != ' ' && *end != '\t') end++;
            WCHAR kept = *end;
            *end = 0;
            result = *name && search_program(name, found, room);
            *end = kept;
            if (result || !kept) break;
            *quoted_split = true;
        }
    }
    mem_free(name);
    return result;
}

/* ---- parameters of the new process ---- */

/* A block of "A=b" strings from the ANSI form, on the process heap. */
static WCHAR *wide_environment(const char *block)
{
    const char *at = block;
    ULONG written = 0;

    while (*at) at += str_length(at) + 1;
    ULONG size = (ULONG)(at - block) + 1;
    WCHAR *wide = mem_alloc_zeroed((size + 1) * sizeof(WCHAR));
    if (wide) RtlMultiByteToUnicodeN(wide, size * sizeof(WCHAR), &written, block, size);
    return wide;
}

static NTSTATUS make_parameters(const WCHAR *program, const WCHAR *line, const WCHAR *directory, void *environment,
                                const STARTUPINFOW *startup, DWORD flags, FERRY_PROCESS_PARAMETERS **made)
{
    FERRY_PROCESS_PARAMETERS *own = ferry_peb()->ProcessParameters, *parameters;
    UNICODE_STRING image = unicode_string(program), command = unicode_string(line);
    UNICODE_STRING current, title, desktop = { 0 }, shell = { 0 }, runtime = { 0 };
    WCHAR *full = NULL;
    NTSTATUS status;

    if (directory) {
        DWORD length = GetFullPathNameW(directory, 0, NULL, NULL);
        if (!length) return STATUS_OBJECT_NAME_INVALID;
        if (!(full = mem_alloc((length + 1) * sizeof(WCHAR)))) return STATUS_NO_MEMORY;
        length = GetFullPathNameW(directory, length, full, NULL);
        if (full[length - 1] != '\\') {
            full[length] = '\\';
            full[length + 1] = 0;
        }
        current = unicode_string(full);
    }
    title = startup->lpTitle ? unicode_string(startup->lpTitle) : image;
    desktop = startup->lpDesktop ? unicode_string(startup->lpDesktop) : own->DesktopInfo;
    if (startup->lpReserved) shell = unicode_string(startup->lpReserved);
    if (startup->lpReserved2 && startup->cbReserved2) {
        runtime.Buffer = (WCHAR *)startup->lpReserved2;
        runtime.Length = runtime.MaximumLength = startup->cbReserved2;
    }
    status = RtlCreateProcessParametersEx(&parameters, &image, NULL, directory ? &current : NULL, &command,
                                          environment, &title, &desktop, &shell, &runtime,
                                          FERRY_PARAMETERS_NORMALIZED);
    mem_free(full);
    if (status < 0) return status;
    parameters->StartingX = startup->dwX;
    parameters->StartingY = startup->dwY;
    parameters->CountX = startup->dwXSize;
    parameters->CountY = startup->dwYSize;
    parameters->CountCharsX = startup->dwXCountChars;
    parameters->CountCharsY = startup->dwYCountChars;
    parameters->FillAttribute = startup->dwFillAttribute;
    parameters->WindowFlags = startup->dwFlags;
    parameters->ShowWindowFlags = startup->wShowWindow;
    parameters->ConsoleFlags = flags & CREATE_NEW_PROCESS_GROUP ? 1 : 0; /* Ctrl-C is disabled in a new group */
    if (flags & DETACHED_PROCESS) parameters->ConsoleHandle = (HANDLE)(LONG_PTR)-1;
    else if (flags & CREATE_NEW_CONSOLE) parameters->ConsoleHandle = (HANDLE)(LONG_PTR)-2;
    else if (flags & CREATE_NO_WINDOW) parameters->ConsoleHandle = (HANDLE)(LONG_PTR)-3;
    else parameters->ConsoleHandle = own->ConsoleHandle;
    if (startup->dwFlags & STARTF_USESTDHANDLES) {
        parameters->StandardInput = startup->hStdInput;
        parameters->StandardOutput = startup->hStdOutput;
        parameters->StandardError = startup->hStdError;
    } else if (!(flags & (DETACHED_PROCESS | CREATE_NEW_CONSOLE))) {
        parameters->StandardInput = own->StandardInput;
        parameters->StandardOutput = own->StandardOutput;
        parameters->StandardError = own->StandardError;
    }
    if (flags & CREATE_NEW_PROCESS_GROUP) parameters->ProcessGroupId = 0;
    else parameters->ProcessGroupId = own->ProcessGroupId;
    *made = parameters;
    return STATUS_SUCCESS;
}

static UCHAR priority_class(DWORD flags)
{
    if (flags & IDLE_PRIORITY_CLASS) return 1;
    if (flags & BELOW_NORMAL_PRIORITY_CLASS) return 5;
    if (flags & NORMAL_PRIORITY_CLASS) return 2;
    if (flags & ABOVE_NORMAL_PRIORITY_CLASS) return 6;
    if (flags & HIGH_PRIORITY_CLASS) return 3;
    if (flags & REALTIME_PRIORITY_CLASS) return 3; /* without the privilege: high */
    return 0;
}

/* ---- the call to the kernel ---- */

static NTSTATUS start(const WCHAR *program, FERRY_PROCESS_PARAMETERS *parameters,
                      const SECURITY_ATTRIBUTES *process_security, const SECURITY_ATTRIBUTES *thread_security,
                      BOOL inherit, DWORD flags, const struct attribute_list *list, PROCESS_INFORMATION *information)
{
    struct object_name process_object, thread_object;
    UNICODE_STRING path;
    struct {
        SIZE_T length;
        PS_ATTRIBUTE attributes[6];
    } attributes;
    PS_CREATE_INFO create = { .Size = sizeof(create) };
    CLIENT_ID client;
    ULONG count = 0;
    NTSTATUS status = RtlDosPathNameToNtPathName_U_WithStatus(program, &path, NULL, NULL);

    if (status < 0) return status;
    attributes.attributes[count++] = (PS_ATTRIBUTE){ .Attribute = PS_ATTRIBUTE_IMAGE_NAME, .Size = path.Length,
                                                     .ValuePtr = path.Buffer };
    attributes.attributes[count++] = (PS_ATTRIBUTE){ .Attribute = PS_ATTRIBUTE_CLIENT_ID, .Size = sizeof(client),
                                                     .ValuePtr = &client };
    const struct attribute *parent = attribute_find(list, PROC_THREAD_ATTRIBUTE_PARENT_PROCESS);
    const struct attribute *handles = attribute_find(list, PROC_THREAD_ATTRIBUTE_HANDLE_LIST);
    const struct attribute *jobs = attribute_find(list, ATTRIBUTE_JOB_LIST);
    if (parent) attributes.attributes[count++] = (PS_ATTRIBUTE){ .Attribute = PS_ATTRIBUTE_PARENT_PROCESS,
        .Size = sizeof(HANDLE), .ValuePtr = *(HANDLE *)parent->value };
    if (handles) attributes.attributes[count++] = (PS_ATTRIBUTE){ .Attribute = PS_ATTRIBUTE_HANDLE_LIST,
        .Size = handles->size, .ValuePtr = handles->value };
    if (jobs) attributes.attributes[count++] = (PS_ATTRIBUTE){ .Attribute = PS_ATTRIBUTE_JOB_LIST,
        .Size = jobs->size, .ValuePtr = jobs->value };
    attributes.length = offsetof(PS_ATTRIBUTE_LIST, Attributes) + count * sizeof(PS_ATTRIBUTE);
    status = NtCreateUserProcess(&information->hProcess, &information->hThread, PROCESS_ALL_ACCESS, THREAD_ALL_ACCESS,
                                 object_name(&process_object, process_security, NULL),
                                 object_name(&thread_object, thread_security, NULL),
                                 (inherit ? PROCESS_CREATE_FLAGS_INHERIT_HANDLES : 0) |
                                     (flags & CREATE_BREAKAWAY_FROM_JOB ? PROCESS_CREATE_FLAGS_BREAKAWAY : 0),
                                 flags & CREATE_SUSPENDED ? THREAD_CREATE_FLAGS_CREATE_SUSPENDED : 0, parameters, &create,
                                 (PS_ATTRIBUTE_LIST *)&attributes);
    RtlFreeUnicodeString(&path);
    if (status < 0) return status;
    information->dwProcessId = (DWORD)(ULONG_PTR)client.UniqueProcess;
    information->dwThreadId = (DWORD)(ULONG_PTR)client.UniqueThread;
    struct {
        BOOLEAN foreground;
        UCHAR class;
    } priority = { FALSE, priority_class(flags) };
    if (priority.class) NtSetInformationProcess(information->hProcess, 18 /* ProcessPriorityClass */, &priority,
                                                sizeof(priority));
    return STATUS_SUCCESS;
}

/* The command line that runs a batch file: cmd /c "file arguments". */
static WCHAR *batch_command(const WCHAR *line)
{
    static const WCHAR head[] = L"C:\\windows\\system32\\cmd.exe /c \"";
    size_t length = wide_length(line);
    WCHAR *made = mem_alloc(sizeof(head) + (length + 2) * sizeof(WCHAR));

    if (!made) return NULL;
    memcpy(made, head, sizeof(head));
    memcpy(made + ARRAYSIZE(head) - 1, line, length * sizeof(WCHAR));
    made[ARRAYSIZE(head) - 1 + length] = '"';
    made[ARRAYSIZE(head) + length] = 0;
    return made;
}

static bool is_batch(const WCHAR *path)
{
    size_t length = wide_length(path);

    return length > 4 && (!wide_compare_nocase(path + length - 4, L".bat") ||
                          !wide_compare_nocase(path + length - 4, L".cmd"));
}

static BOOL set_start_error(NTSTATUS status)
{
    switch ((ULONG)status) {
    case STATUS_INVALID_IMAGE_NOT_MZ:
    case STATUS_INVALID_IMAGE_FORMAT:
    case STATUS_INVALID_IMAGE_PROTECT:
    case STATUS_INVALID_IMAGE_NE_FORMAT:
    case STATUS_INVALID_IMAGE_LE_FORMAT: return set_error(ERROR_BAD_EXE_FORMAT);
    case STATUS_IMAGE_MACHINE_TYPE_MISMATCH: return set_error(ERROR_EXE_MACHINE_TYPE_MISMATCH);
    case STATUS_NOT_A_DIRECTORY: return set_error(ERROR_DIRECTORY);
    default: return set_status(status);
    }
}

BOOL WINAPI CreateProcessW(LPCWSTR application, LPWSTR line, LPSECURITY_ATTRIBUTES process_security,
                           LPSECURITY_ATTRIBUTES thread_security, BOOL inherit, DWORD flags, LPVOID environment,
                           LPCWSTR directory, LPSTARTUPINFOW startup, LPPROCESS_INFORMATION information)
{
    const DWORD room = 2048;
    const struct attribute_list *list = NULL;
    FERRY_PROCESS_PARAMETERS *parameters = NULL;
    WCHAR *program, *made_line = NULL, *wide_block = NULL, *batch = NULL;
    bool split;
    BOOL result = FALSE;
    NTSTATUS status;

    if (!startup || !information) return set_error(ERROR_INVALID_PARAMETER);
    if (!application && !line) return set_error(ERROR_INVALID_PARAMETER);
    if (flags & ~known_flags || (flags & DETACHED_PROCESS && flags & CREATE_NEW_CONSOLE))
        return set_error(ERROR_INVALID_PARAMETER);
    if (flags & (DEBUG_PROCESS | DEBUG_ONLY_THIS_PROCESS)) return set_error(ERROR_NOT_SUPPORTED);
    if (flags & EXTENDED_STARTUPINFO_PRESENT) {
        if (startup->cb != sizeof(STARTUPINFOEXW)) return set_error(ERROR_INVALID_PARAMETER);
        list = (struct attribute_list *)((STARTUPINFOEXW *)startup)->lpAttributeList;
    }
    memset(information, 0, sizeof(*information));
    if (!(program = mem_alloc(room * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    if (application) {
        /* A name with or without path, never searched for, no extension added. */
        DWORD length = GetFullPathNameW(application, room, program, NULL);
        if (!length || length >= room) {
            if (length) set_error(ERROR_FILENAME_EXCED_RANGE);
            goto out;
        }
        if (GetFileAttributesW(program) == INVALID_FILE_ATTRIBUTES) goto out;
        if (!is_file(program)) {
            set_error(ERROR_ACCESS_DENIED);
            goto out;
        }
    } else if (!program_of_command_line(line, program, room, &split)) {
        DWORD error = ferry_teb()->LastErrorValue;
        if (error != ERROR_PATH_NOT_FOUND && error != ERROR_INVALID_NAME) set_error(ERROR_FILE_NOT_FOUND);
        goto out;
    } else if (split) {
        /* A name with blanks is quoted for the new process, which splits its command line by the same rules. */
        size_t name = 0, length = wide_length(line);
        const WCHAR *rest = line;
        for (;; rest++) {
            while (*rest && *rest != ' ' && *rest != '\t') rest++;
            WCHAR *candidate = mem_alloc((rest - line + 1) * sizeof(WCHAR));
            WCHAR *found = mem_alloc(room * sizeof(WCHAR));
            bool here = false;
            if (candidate && found) {
                memcpy(candidate, line, (rest - line) * sizeof(WCHAR));
                candidate[rest - line] = 0;
                here = search_program(candidate, found, room);
            }
            mem_free(candidate);
            mem_free(found);
            if (here || !*rest) break;
        }
        name = rest - line;
        if ((made_line = mem_alloc((length + 3) * sizeof(WCHAR)))) {
            made_line[0] = '"';
            memcpy(made_line + 1, line, name * sizeof(WCHAR));
            made_line[name + 1] = '"';
            memcpy(made_line + name + 2, rest, (length - name + 1) * sizeof(WCHAR));
        }
    }
    if (!line) {
        size_t length = wide_length(application);
        if ((made_line = mem_alloc((length + 3) * sizeof(WCHAR)))) {
            made_line[0] = '"';
            memcpy(made_line + 1, application, length * sizeof(WCHAR));
            made_line[length + 1] = '"';
            made_line[length + 2] = 0;
        }
    }
    if (directory) {
        DWORD attributes = GetFileAttributesW(directory);
        if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_DIRECTORY)) {
            set_error(ERROR_DIRECTORY);
            goto out;
        }
    }
    if (environment && !(flags & CREATE_UNICODE_ENVIRONMENT)) {
        if (!(environment = wide_block = wide_environment(environment))) {
            set_error(ERROR_NOT_ENOUGH_MEMORY);
            goto out;
        }
    }
    const WCHAR *command = made_line ? made_line : line;
    if (is_batch(program)) {
        if (!(batch = batch_command(command))) {
            set_error(ERROR_NOT_ENOUGH_MEMORY);
            goto out;
        }
        command = batch;
        memcpy(program, L"C:\\windows\\system32\\cmd.exe", 28 * sizeof(WCHAR));
    }
    if (!environment) environment = ferry_peb()->ProcessParameters->Environment;
    status = make_parameters(program, command, directory, environment, startup, flags, &parameters);
    if (status >= 0)
        status = start(program, parameters, process_security, thread_security, inherit, flags, list, information);
    result = status < 0 ? set_start_error(status) : TRUE;
out:
    if (parameters) RtlDestroyProcessParameters(parameters);
    mem_free(batch);
    mem_free(wide_block);
    mem_free(made_line);
    mem_free(program);
    return result;
}

BOOL WINAPI CreateProcessA(LPCSTR application, LPSTR line, LPSECURITY_ATTRIBUTES process_security,
                           LPSECURITY_ATTRIBUTES thread_security, BOOL inherit, DWORD flags, LPVOID environment,
                           LPCSTR directory, LPSTARTUPINFOA startup, LPPROCESS_INFORMATION information)
{
    WIDE(wide_application);
    WIDE(wide_line);
    WIDE(wide_directory);
    WIDE(wide_reserved);
    WIDE(wide_desktop);
    WIDE(wide_title);
    STARTUPINFOEXW wide;

    if (!startup) return set_error(ERROR_INVALID_PARAMETER);
    if (!wide_from_file_name(&wide_application, application) || !wide_from_ansi(&wide_line, line) ||
        !wide_from_file_name(&wide_directory, directory) || !wide_from_ansi(&wide_reserved, startup->lpReserved) ||
        !wide_from_ansi(&wide_desktop, startup->lpDesktop) || !wide_from_ansi(&wide_title, startup->lpTitle))
        return FALSE;
    memcpy(&wide, startup, sizeof(STARTUPINFOA));
    wide.lpAttributeList = NULL;
    if (flags & EXTENDED_STARTUPINFO_PRESENT && startup->cb == sizeof(STARTUPINFOEXA))
        wide.lpAttributeList = ((STARTUPINFOEXA *)startup)->lpAttributeList;
    wide.StartupInfo.lpReserved = wide_reserved.text;
    wide.StartupInfo.lpDesktop = wide_desktop.text;
    wide.StartupInfo.lpTitle = wide_title.text;
    return CreateProcessW(wide_application.text, wide_line.text, process_security, thread_security, inherit, flags,
                          environment, wide_directory.text, &wide.StartupInfo, information);
}

/* The legacy call: 32 and more means success (winbase.h reference: WinExec). */
UINT WINAPI WinExec(LPCSTR line, UINT show)
{
    STARTUPINFOA startup = { .cb = sizeof(startup), .dwFlags = STARTF_USESHOWWINDOW, .wShowWindow = (WORD)show };
    PROCESS_INFORMATION information;
    char *copy;
    DWORD error;

    if (!line) return ERROR_INVALID_PARAMETER;
    if (!(copy = mem_alloc(str_length(line) + 1))) return 0;
    memcpy(copy, line, str_length(line) + 1);
    BOOL result = CreateProcessA(NULL, copy, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &information);
    mem_free(copy);
    if (result) {
        NtClose(information.hThread);
        NtClose(information.hProcess);
        return 33;
    }
    error = ferry_teb()->LastErrorValue;
    return error < 32 ? error : 0;
}

/* Process parameters: one block with the strings behind the structure. Normalised: pointers; else offsets. */
#include "ntdll.h"

#define NORMALIZED FERRY_PARAMETERS_NORMALIZED

static SIZE_T align8(SIZE_T size)
{
    return (size + 7) & ~(SIZE_T)7;
}

static SIZE_T environment_bytes(const WCHAR *environment)
{
    const WCHAR *at = environment;

    if (!at) return 0;
    while (*at) at += wcslen(at) + 1;
    return (at - environment + (at == environment ? 2 : 1)) * sizeof(WCHAR);
}

static void put(UNICODE_STRING *to, const UNICODE_STRING *from, char **at, SIZE_T room)
{
    to->Length = 0;
    to->MaximumLength = 0;
    to->Buffer = NULL;
    if (!from || (!from->Buffer && !room)) return;
    to->Buffer = (WCHAR *)*at;
    to->Length = from->Length;
    to->MaximumLength = room ? (USHORT)room : from->Length + sizeof(WCHAR);
    if (from->Length) memcpy(*at, from->Buffer, from->Length);
    to->Buffer[from->Length / sizeof(WCHAR)] = 0;
    *at += align8(to->MaximumLength);
}

static SIZE_T size_of(const UNICODE_STRING *string)
{
    return string && string->Buffer ? align8(string->Length + sizeof(WCHAR)) : 0;
}

#define RTL_USER_PROC_PARAMS_NORMALIZED 1
#define CURRENT_DIRECTORY_ROOM (MAX_PATH * 2 + 4)

/* What is NULL is taken from the running process (directory, DLL path, environment) or left empty. The block comes
 * from the process heap and is freed by RtlDestroyProcessParameters. */
NTSTATUS NTAPI RtlCreateProcessParametersEx(FERRY_PROCESS_PARAMETERS **result, const UNICODE_STRING *image,
                                            const UNICODE_STRING *dll_path, const UNICODE_STRING *directory,
                                            const UNICODE_STRING *command_line, WCHAR *environment,
                                            const UNICODE_STRING *title, const UNICODE_STRING *desktop,
                                            const UNICODE_STRING *shell, const UNICODE_STRING *runtime, ULONG flags)
{
    static const UNICODE_STRING empty = { 0, sizeof(WCHAR), (WCHAR *)L"" };
    FERRY_PROCESS_PARAMETERS *own = ferry_peb()->ProcessParameters;

    if (!image) return STATUS_INVALID_PARAMETER;
    RtlAcquirePebLock();
    if (!command_line) command_line = image;
    if (!environment) environment = own->Environment;
    if (!dll_path) dll_path = &own->DllPath;
    if (!directory) directory = &own->CurrentDirectory.DosPath;
    if (!title) title = &empty;
    if (!desktop) desktop = &empty;
    if (!shell) shell = &empty;
    SIZE_T environment_size = environment_bytes(environment);
    SIZE_T room = directory->Length + 2 * sizeof(WCHAR) > CURRENT_DIRECTORY_ROOM ? directory->Length + 2 * sizeof(WCHAR)
                                                                                  : CURRENT_DIRECTORY_ROOM;
    SIZE_T size = align8(sizeof(FERRY_PROCESS_PARAMETERS)) + align8(room) + size_of(dll_path) + size_of(image) +
                  size_of(command_line) + size_of(title) + size_of(desktop) + size_of(shell) + size_of(runtime);
    FERRY_PROCESS_PARAMETERS *made = heap_allocate_zeroed(size + environment_size);
    if (made) {
        char *at = (char *)made + align8(sizeof(*made));
        made->MaximumLength = made->Length = (ULONG)size;
        made->Flags = NORMALIZED;
        put(&made->CurrentDirectory.DosPath, directory, &at, room);
        /* A directory's path ends with a backslash here. */
        UNICODE_STRING *current = &made->CurrentDirectory.DosPath;
        if (current->Length && current->Buffer[current->Length / sizeof(WCHAR) - 1] != '\\') {
            current->Buffer[current->Length / sizeof(WCHAR)] = '\\';
            current->Length += sizeof(WCHAR);
            current->Buffer[current->Length / sizeof(WCHAR)] = 0;
        }
        put(&made->DllPath, dll_path, &at, 0);
        put(&made->ImagePathName, image, &at, 0);
        put(&made->CommandLine, command_line, &at, 0);
        put(&made->WindowTitle, title, &at, 0);
        put(&made->DesktopInfo, desktop, &at, 0);
        put(&made->ShellInfo, shell, &at, 0);
        put(&made->RuntimeData, runtime, &at, 0);
        if (environment_size) {
            made->Environment = (WCHAR *)((char *)made + size);
            memcpy(made->Environment, environment, environment_size);
            made->EnvironmentSize = environment_size;
        }
        made->ConsoleFlags = own->ConsoleFlags;
        made->ProcessGroupId = own->ProcessGroupId;
    }
    RtlReleasePebLock();
    if (!made) return STATUS_NO_MEMORY;
    *result = flags & RTL_USER_PROC_PARAMS_NORMALIZED ? made : RtlDeNormalizeProcessParams(made);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlCreateProcessParameters(FERRY_PROCESS_PARAMETERS **result, const UNICODE_STRING *image,
                                          const UNICODE_STRING *dll_path, const UNICODE_STRING *directory,
                                          const UNICODE_STRING *command_line, WCHAR *environment,
                                          const UNICODE_STRING *title, const UNICODE_STRING *desktop,
                                          const UNICODE_STRING *shell, const UNICODE_STRING *runtime)
{
    return RtlCreateProcessParametersEx(result, image, dll_path, directory, command_line, environment, title, desktop,
                                        shell, runtime, 0);
}

void NTAPI RtlDestroyProcessParameters(FERRY_PROCESS_PARAMETERS *parameters)
{
    heap_free(parameters);
}

static UNICODE_STRING *const *strings_of(FERRY_PROCESS_PARAMETERS *p, UNICODE_STRING *list[8])
{
    list[0] = &p->CurrentDirectory.DosPath;
    list[1] = &p->DllPath;
    list[2] = &p->ImagePathName;
    list[3] = &p->CommandLine;
    list[4] = &p->WindowTitle;
    list[5] = &p->DesktopInfo;
    list[6] = &p->ShellInfo;
    list[7] = &p->RuntimeData;
    return list;
}

FERRY_PROCESS_PARAMETERS *NTAPI RtlNormalizeProcessParams(FERRY_PROCESS_PARAMETERS *parameters)
{
    UNICODE_STRING *list[8];

    if (parameters && !(parameters->Flags & NORMALIZED)) {
        strings_of(parameters, list);
        for (int i = 0; i < 8; i++)
            if (list[i]->Buffer) list[i]->Buffer = (WCHAR *)((char *)parameters + (ULONG_PTR)list[i]->Buffer);
        parameters->Flags |= NORMALIZED;
    }
    return parameters;
}

FERRY_PROCESS_PARAMETERS *NTAPI RtlDeNormalizeProcessParams(FERRY_PROCESS_PARAMETERS *parameters)
{
    UNICODE_STRING *list[8];

    if (parameters && parameters->Flags & NORMALIZED) {
        strings_of(parameters, list);
        for (int i = 0; i < 8; i++)
            if (list[i]->Buffer) list[i]->Buffer = (WCHAR *)((char *)list[i]->Buffer - (char *)parameters);
        parameters->Flags &= ~NORMALIZED;
    }
    return parameters;
}

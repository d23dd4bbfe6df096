/* DOS paths: their kinds, full paths, NT paths. Sizes are bytes unless said otherwise.
 *
 * The rules are those of "Naming Files, Paths, and Namespaces" and of the path normalisation that .NET documents.
 */
#include "ntdll.h"

#define IS_SEPARATOR(c) ((c) == '\\' || (c) == '/')

static inline bool is_letter(WCHAR c)
{
    return (c | 32) - 'a' < 26u;
}

static RTL_PATH_TYPE path_type(const WCHAR *path, SIZE_T units)
{
#define AT(i) ((i) < units ? path[i] : 0)
    if (IS_SEPARATOR(AT(0))) {
        if (!IS_SEPARATOR(AT(1))) return RtlPathTypeRooted;
        if (AT(2) != '.' && AT(2) != '?') return RtlPathTypeUncAbsolute;
        if (IS_SEPARATOR(AT(3))) return RtlPathTypeLocalDevice;
        return units > 3 && path[3] ? RtlPathTypeUncAbsolute : RtlPathTypeRootLocalDevice;
    }
    if (!AT(0) || AT(1) != ':') return RtlPathTypeRelative;
    return IS_SEPARATOR(AT(2)) ? RtlPathTypeDriveAbsolute : RtlPathTypeDriveRelative;
#undef AT
}

RTL_PATH_TYPE NTAPI RtlDetermineDosPathNameType_U(const WCHAR *path)
{
    return path_type(path, wcslen(path));
}

RTL_PATH_TYPE NTAPI RtlDetermineDosPathNameType_Ustr(const UNICODE_STRING *path)
{
    return path_type(path->Buffer, path->Length / sizeof(WCHAR));
}

/* ---- device names ---- */

/* NUL, CON, … as the whole of `name` up to a dot, colon or blanks: their place and length, packed as Windows does:
 * high word the offset, low word the length, both bytes. 0 if it is none. */
static ULONG device_name(const WCHAR *path, SIZE_T units)
{
    RTL_PATH_TYPE type = path_type(path, units);
    SIZE_T start = 0, end;

    if (type == RtlPathTypeUnknown || type == RtlPathTypeUncAbsolute) return 0;
    if (type == RtlPathTypeLocalDevice || type == RtlPathTypeRootLocalDevice) {
        /* \\.\CON alone is the console. */
        if (units == 7 && path[2] == '.' && !_wcsnicmp(path + 4, L"CON", 3)) return 8 << 16 | 6;
        return 0;
    }
    end = units;
    if (end && path[end - 1] == ':') end--;
    while (end && (path[end - 1] == '.' || path[end - 1] == ' ')) end--;
    for (SIZE_T i = end; i; i--)
        if (IS_SEPARATOR(path[i - 1]) || (path[i - 1] == ':' && i == 2)) {
            start = i;
            break;
        }
    /* "nul.txt", "nul :x" too: a device up to the first dot or colon. */
    SIZE_T stop = start;
    while (stop < end && path[stop] != '.' && path[stop] != ':') stop++;
    while (stop > start && path[stop - 1] == ' ') stop--;
    SIZE_T length = stop - start;
    const WCHAR *name = path + start;
    if (length == 3) {
        if (_wcsnicmp(name, L"NUL", 3) && _wcsnicmp(name, L"CON", 3) && _wcsnicmp(name, L"AUX", 3) && _wcsnicmp(name, L"PRN", 3))
            return 0;
    } else if (length == 4) {
        if ((_wcsnicmp(name, L"COM", 3) && _wcsnicmp(name, L"LPT", 3)) ||
            !((name[3] >= '1' && name[3] <= '9') || name[3] == 0xb9 || name[3] == 0xb2 || name[3] == 0xb3))
            return 0;
    } else if (!(length == 6 && !_wcsnicmp(name, L"CONIN$", 6)) && !(length == 7 && !_wcsnicmp(name, L"CONOUT$", 7))) {
        return 0;
    }
    return (ULONG)(start * sizeof(WCHAR)) << 16 | (ULONG)(length * sizeof(WCHAR));
}

ULONG NTAPI RtlIsDosDeviceName_U(const WCHAR *path)
{
    return path ? device_name(path, wcslen(path)) : 0;
}

ULONG NTAPI RtlIsDosDeviceName_Ustr(const UNICODE_STRING *path)
{
    return device_name(path->Buffer, path->Length / sizeof(WCHAR));
}

/* ---- full paths ---- */

struct builder {
    WCHAR *buffer;
    SIZE_T room, length; /* units; nothing is written beyond room */
};

static void add(struct builder *out, const WCHAR *from, SIZE_T units)
{
    for (SIZE_T i = 0; i < units; i++) {
        if (out->length < out->room) out->buffer[out->length] = from[i] == '/' ? '\\' : from[i];
        out->length++;
    }
}

/* "\\server\share" of a normalised path: units that ".." may not remove. */
static SIZE_T root_length(const WCHAR *path, SIZE_T units)
{
    SIZE_T i;

    if (units >= 2 && path[0] == '\\' && path[1] == '\\') {
        if (units >= 4 && (path[2] == '.' || path[2] == '?') && path[3] == '\\') {
            /* \\?\C:\ and \\.\pipe\: the device's name stays. */
            for (i = 4; i < units && path[i] != '\\'; i++) {}
            return i < units ? i + 1 : i;
        }
        int parts = 0;
        for (i = 2; i < units; i++)
            if (path[i] == '\\' && ++parts == 2) break;
        return i < units ? i + 1 : i;
    }
    if (units >= 3 && path[1] == ':' && path[2] == '\\') return 3;
    if (units >= 2 && path[1] == ':') return 2;
    return units && path[0] == '\\' ? 1 : 0;
}

/* Takes out ".", "..", doubled separators, and trailing dots and blanks of components, in place. */
static SIZE_T collapse(WCHAR *path, SIZE_T units)
{
    SIZE_T root = root_length(path, units), out = root, i = root;

    while (i < units) {
        while (i < units && path[i] == '\\') i++;
        SIZE_T start = i;
        while (i < units && path[i] != '\\') i++;
        SIZE_T length = i - start;
        bool last = i >= units;
        if (!length) break;
        if (length == 1 && path[start] == '.') {
            if (last && out > root && path[out - 1] == '\\') out--; /* "C:\a\." is "C:\a" */
            continue;
        }
        if (length == 2 && path[start] == '.' && path[start + 1] == '.') {
            if (out > root && path[out - 1] == '\\') out--;
            while (out > root && path[out - 1] != '\\') out--;
            if (last && out > root) out--;
            continue;
        }
        memmove(path + out, path + start, length * sizeof(WCHAR));
        out += length;
        if (!last) {
            /* One trailing dot goes from an inner component. */
            if (path[out - 1] == '.' && length > 1 && path[out - 2] != '.') out--;
            path[out++] = '\\';
        } else {
            while (out > root && (path[out - 1] == '.' || path[out - 1] == ' ')) out--;
        }
    }
    return out;
}

/* The current directory of a drive: the environment's "=C:", else the root. */
static void add_drive_directory(struct builder *out, WCHAR drive)
{
    UNICODE_STRING current = ferry_peb()->ProcessParameters->CurrentDirectory.DosPath;
    WCHAR upper = RtlUpcaseUnicodeChar(drive), value[MAX_PATH], name_text[4] = { '=', upper, ':', 0 };

    if (current.Length >= 4 && current.Buffer[1] == ':' && RtlUpcaseUnicodeChar(current.Buffer[0]) == upper) {
        add(out, current.Buffer, current.Length / sizeof(WCHAR));
        return;
    }
    UNICODE_STRING name = { 6, 8, name_text }, text = { 0, sizeof(value), value };
    if (RtlQueryEnvironmentVariable_U(NULL, &name, &text) >= 0 && text.Length) {
        add(out, text.Buffer, text.Length / sizeof(WCHAR));
        if (text.Buffer[text.Length / sizeof(WCHAR) - 1] != '\\') add(out, L"\\", 1);
        return;
    }
    WCHAR root[3] = { drive, ':', '\\' };
    add(out, root, 3);
}

/* Writes the full path of `name` (units long) into `buffer` (room units); the length in units without terminator,
 * whether it fits or not. */
static SIZE_T full_path(const WCHAR *name, SIZE_T units, WCHAR *buffer, SIZE_T room, RTL_PATH_TYPE *kind)
{
    struct builder out = { buffer, room, 0 };
    const UNICODE_STRING *current = &ferry_peb()->ProcessParameters->CurrentDirectory.DosPath;
    SIZE_T current_units = current->Length / sizeof(WCHAR);
    RTL_PATH_TYPE type = path_type(name, units);
    ULONG device = device_name(name, units);

    *kind = type;
    if (device) {
        *kind = RtlPathTypeLocalDevice;
        add(&out, L"\\\\.\\", 4);
        add(&out, name + (device >> 16) / sizeof(WCHAR), (device & 0xffff) / sizeof(WCHAR));
        return out.length;
    }
    switch (type) {
    case RtlPathTypeRootLocalDevice:
        add(&out, L"\\\\", 2);
        add(&out, name + 2, 1);
        add(&out, L"\\", 1);
        return out.length;
    case RtlPathTypeUncAbsolute:
    case RtlPathTypeLocalDevice:
    case RtlPathTypeDriveAbsolute: add(&out, name, units); break;
    case RtlPathTypeDriveRelative:
        add_drive_directory(&out, name[0]);
        add(&out, name + 2, units - 2);
        break;
    case RtlPathTypeRooted:
        if (current_units >= 2 && current->Buffer[0] == '\\') add(&out, current->Buffer, root_length(current->Buffer, current_units) - 1);
        else add(&out, current->Buffer, 2);
        add(&out, name, units);
        break;
    default:
        add(&out, current->Buffer, current_units);
        add(&out, name, units);
    }
    if (out.length > room) return out.length;
    SIZE_T length = collapse(buffer, out.length);
    if (length && RtlPathTypeDriveAbsolute == path_type(buffer, length) && length == 2) buffer[length++] = '\\';
    return length;
}

/* Allocates. NULL: no memory or an empty name (*status tells). */
static WCHAR *full_path_allocated(const WCHAR *name, SIZE_T units, SIZE_T *length, RTL_PATH_TYPE *type, NTSTATUS *status)
{
    SIZE_T trimmed = units;

    *status = STATUS_OBJECT_NAME_INVALID;
    while (trimmed && name[trimmed - 1] == ' ') trimmed--;
    if (!trimmed) return NULL;
    SIZE_T room = units + ferry_peb()->ProcessParameters->CurrentDirectory.DosPath.Length / sizeof(WCHAR) + MAX_PATH + 8;
    WCHAR *buffer = heap_allocate((room + 1) * sizeof(WCHAR));
    *status = STATUS_NO_MEMORY;
    if (!buffer) return NULL;
    RtlAcquirePebLock();
    *length = full_path(name, units, buffer, room, type);
    RtlReleasePebLock();
    buffer[*length] = 0;
    *status = STATUS_SUCCESS;
    return buffer;
}

static SIZE_T file_part_of(const WCHAR *path, SIZE_T units)
{
    SIZE_T at = units;

    while (at && path[at - 1] != '\\') at--;
    return at;
}

static NTSTATUS full_path_name(const WCHAR *name, SIZE_T units, ULONG size, WCHAR *buffer, WCHAR **file_part,
                               RTL_PATH_TYPE *type, ULONG *bytes)
{
    RTL_PATH_TYPE kind;
    SIZE_T length;
    NTSTATUS status;

    *bytes = 0;
    if (file_part) *file_part = NULL;
    WCHAR *full = full_path_allocated(name, units, &length, &kind, &status);
    if (type) *type = full ? path_type(name, units) : RtlPathTypeUnknown;
    if (!full) return status;
    if ((length + 1) * sizeof(WCHAR) <= size) {
        memcpy(buffer, full, (length + 1) * sizeof(WCHAR));
        *bytes = (ULONG)(length * sizeof(WCHAR));
        SIZE_T part = file_part_of(full, length);
        /* A share's root and a device have no file part. */
        if (file_part && part < length && part >= root_length(full, length) && kind != RtlPathTypeLocalDevice) *file_part = buffer + part;
        else if (file_part && part < length && kind == RtlPathTypeLocalDevice && part > 4) *file_part = buffer + part;
    } else {
        *bytes = (ULONG)((length + 1) * sizeof(WCHAR));
    }
    heap_free(full);
    return STATUS_SUCCESS;
}

/* Returns bytes without terminator, or the size needed with it when `size` is too small, or 0. */
ULONG NTAPI RtlGetFullPathName_U(const WCHAR *name, ULONG size, WCHAR *buffer, WCHAR **file_part)
{
    ULONG bytes;

    if (!name) return 0;
    full_path_name(name, wcslen(name), size, buffer, file_part, NULL, &bytes);
    return bytes;
}

NTSTATUS NTAPI RtlGetFullPathName_UEx(const WCHAR *name, ULONG size, WCHAR *buffer, WCHAR **file_part, ULONG *bytes)
{
    ULONG written;

    if (bytes) *bytes = 0;
    if (!name) return STATUS_OBJECT_NAME_INVALID;
    NTSTATUS status = full_path_name(name, wcslen(name), size, buffer, file_part, NULL, &written);
    if (status < 0) return status;
    if (bytes) *bytes = written;
    return written >= size ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
}

/* *type tells the kind of the name given. Uses `fixed` if it is large enough, else allocates into `dynamic`. */
NTSTATUS NTAPI RtlGetFullPathName_UstrEx(const UNICODE_STRING *name, UNICODE_STRING *fixed, UNICODE_STRING *dynamic,
                                         UNICODE_STRING **which, SIZE_T *file_part_units, BOOLEAN *invalid,
                                         RTL_PATH_TYPE *type, SIZE_T *bytes_required)
{
    RTL_PATH_TYPE kind;
    SIZE_T length;
    NTSTATUS status;

    if (invalid) *invalid = FALSE;
    if (which) *which = NULL;
    if (file_part_units) *file_part_units = 0;
    WCHAR *full = full_path_allocated(name->Buffer, name->Length / sizeof(WCHAR), &length, &kind, &status);
    if (!full) {
        if (invalid && status == STATUS_OBJECT_NAME_INVALID) *invalid = TRUE;
        return status;
    }
    SIZE_T bytes = (length + 1) * sizeof(WCHAR);
    if (type) *type = path_type(name->Buffer, name->Length / sizeof(WCHAR));
    if (bytes_required) *bytes_required = bytes;
    if (file_part_units) *file_part_units = file_part_of(full, length);
    if (fixed && fixed->MaximumLength >= bytes) {
        memcpy(fixed->Buffer, full, bytes);
        fixed->Length = (USHORT)(bytes - sizeof(WCHAR));
        if (which) *which = fixed;
        heap_free(full);
        return STATUS_SUCCESS;
    }
    if (!dynamic || bytes > 0xfffe) {
        heap_free(full);
        return dynamic ? STATUS_NAME_TOO_LONG : STATUS_BUFFER_TOO_SMALL;
    }
    *dynamic = (UNICODE_STRING){ (USHORT)(bytes - sizeof(WCHAR)), (USHORT)bytes, full };
    if (which) *which = dynamic;
    return STATUS_SUCCESS;
}

/* ---- NT paths ---- */

static NTSTATUS to_nt_path(const WCHAR *name, SIZE_T units, UNICODE_STRING *nt_path, const WCHAR **file_part)
{
    RTL_PATH_TYPE type;
    SIZE_T length, skip = 0;
    NTSTATUS status = STATUS_SUCCESS;
    WCHAR *full = NULL;
    const WCHAR *prefix = L"\\??\\", *rest = name;

    /* \\?\ is taken as it is; \??\ too. */
    bool verbatim = units > 4 && name[0] == '\\' && (name[1] == '\\' || name[1] == '?') && name[2] == '?' && name[3] == '\\';
    if (verbatim) {
        rest = name + 4;
        length = units - 4;
    } else {
        if (!(full = full_path_allocated(name, units, &length, &type, &status))) return status;
        rest = full;
        if (full[0] == '\\' && full[1] == '\\') {
            if ((full[2] == '.' || full[2] == '?') && full[3] == '\\') skip = 4;
            else if ((full[2] == '.' || full[2] == '?') && !full[3]) skip = 3;
            else skip = 2, prefix = L"\\??\\UNC\\";
        }
        rest += skip;
        length -= skip;
    }
    SIZE_T prefix_units = wcslen(prefix), bytes = (prefix_units + length + 1) * sizeof(WCHAR);
    if (bytes > 0xfffe) {
        heap_free(full);
        return STATUS_NAME_TOO_LONG;
    }
    WCHAR *buffer = heap_allocate(bytes);
    if (buffer) {
        memcpy(buffer, prefix, prefix_units * sizeof(WCHAR));
        memcpy(buffer + prefix_units, rest, length * sizeof(WCHAR));
        buffer[prefix_units + length] = 0;
        *nt_path = (UNICODE_STRING){ (USHORT)(bytes - sizeof(WCHAR)), (USHORT)bytes, buffer };
        if (file_part) {
            SIZE_T part = file_part_of(buffer, prefix_units + length);
            *file_part = part > prefix_units || (part == prefix_units && skip == 4) ? buffer + part : NULL;
            if (*file_part && !**file_part) *file_part = NULL;
        }
    } else {
        status = STATUS_NO_MEMORY;
    }
    heap_free(full);
    return status;
}

static NTSTATUS dos_to_nt(const WCHAR *name, UNICODE_STRING *nt_path, const WCHAR **file_part, RTL_RELATIVE_NAME_U *relative)
{
    if (relative) memset(relative, 0, sizeof(*relative));
    if (!name || !*name) return STATUS_OBJECT_NAME_INVALID;
    return to_nt_path(name, wcslen(name), nt_path, file_part);
}

/* The NT path in heap memory (RtlFreeUnicodeString). `relative` is always left empty: names are given in full, so
 * that nothing depends on the directory's handle. */
NTSTATUS NTAPI RtlDosPathNameToNtPathName_U_WithStatus(const WCHAR *name, UNICODE_STRING *nt_path, const WCHAR **file_part,
                                                       void *relative)
{
    if (relative) memset(relative, 0, sizeof(FERRY_CURDIR));
    return dos_to_nt(name, nt_path, file_part, NULL);
}

BOOL NTAPI RtlDosPathNameToNtPathName_U(PCWSTR name, PUNICODE_STRING nt_path, PCWSTR *file_part, void *relative)
{
    return RtlDosPathNameToNtPathName_U_WithStatus(name, nt_path, file_part, relative) >= 0;
}

NTSTATUS NTAPI RtlDosPathNameToRelativeNtPathName_U_WithStatus(const WCHAR *name, UNICODE_STRING *nt_path,
                                                               const WCHAR **file_part, RTL_RELATIVE_NAME_U *relative)
{
    return dos_to_nt(name, nt_path, file_part, relative);
}

BOOLEAN NTAPI RtlDosPathNameToRelativeNtPathName_U(const WCHAR *name, UNICODE_STRING *nt_path, const WCHAR **file_part,
                                                   RTL_RELATIVE_NAME_U *relative)
{
    return dos_to_nt(name, nt_path, file_part, relative) >= 0;
}

void NTAPI RtlReleaseRelativeName(RTL_RELATIVE_NAME_U *relative)
{
}

BOOLEAN NTAPI RtlDoesFileExists_U(const WCHAR *name)
{
    UNICODE_STRING nt_path;
    OBJECT_ATTRIBUTES attributes;
    FILE_BASIC_INFORMATION information;

    if (dos_to_nt(name, &nt_path, NULL, NULL) < 0) return FALSE;
    InitializeObjectAttributes(&attributes, &nt_path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    NTSTATUS status = NtQueryAttributesFile(&attributes, &information);
    RtlFreeUnicodeString(&nt_path);
    return status >= 0 || status == STATUS_SHARING_VIOLATION || status == STATUS_ACCESS_DENIED;
}

/* ---- searching ---- */

/* `path`: directories joined by ';'. Bytes without terminator, or the size needed, or 0 when nothing was found. */
ULONG NTAPI RtlDosSearchPath_U(const WCHAR *path, const WCHAR *name, const WCHAR *extension, ULONG size, WCHAR *buffer,
                               WCHAR **file_part)
{
    if (RtlDetermineDosPathNameType_U(name) != RtlPathTypeRelative) {
        return RtlDoesFileExists_U(name) ? RtlGetFullPathName_U(name, size, buffer, file_part) : 0;
    }
    SIZE_T name_units = wcslen(name), extension_units = 0;
    bool dot = false;
    for (SIZE_T i = name_units; i && !IS_SEPARATOR(name[i - 1]); i--) dot |= name[i - 1] == '.';
    if (extension && !dot) extension_units = wcslen(extension);
    WCHAR *candidate = heap_allocate((wcslen(path) + name_units + extension_units + 2) * sizeof(WCHAR));
    ULONG result = 0;
    if (!candidate) return 0;
    while (*path && !result) {
        SIZE_T units = 0;
        while (*path && *path != ';') candidate[units++] = *path++;
        if (*path) path++;
        if (units && !IS_SEPARATOR(candidate[units - 1])) candidate[units++] = '\\';
        memcpy(candidate + units, name, name_units * sizeof(WCHAR));
        memcpy(candidate + units + name_units, extension, extension_units * sizeof(WCHAR));
        candidate[units + name_units + extension_units] = 0;
        if (RtlDoesFileExists_U(candidate)) result = RtlGetFullPathName_U(candidate, size, buffer, file_part);
    }
    heap_free(candidate);
    return result;
}

/* ---- the current directory ---- */

/* Bytes without terminator, or the size needed with it. The root keeps its backslash, other directories lose it. */
ULONG NTAPI RtlGetCurrentDirectory_U(ULONG size, WCHAR *buffer)
{
    RtlAcquirePebLock();
    const UNICODE_STRING *current = &ferry_peb()->ProcessParameters->CurrentDirectory.DosPath;
    ULONG bytes = current->Length;
    if (bytes > 6 && current->Buffer[bytes / sizeof(WCHAR) - 1] == '\\') bytes -= sizeof(WCHAR);
    if (bytes + sizeof(WCHAR) <= size) {
        memcpy(buffer, current->Buffer, bytes);
        buffer[bytes / sizeof(WCHAR)] = 0;
    } else {
        bytes += sizeof(WCHAR);
    }
    RtlReleasePebLock();
    return bytes;
}

/* The directory must exist; it stays open, so that it cannot be removed. */
NTSTATUS NTAPI RtlSetCurrentDirectory_U(const UNICODE_STRING *directory)
{
    FERRY_CURDIR *current = &ferry_peb()->ProcessParameters->CurrentDirectory;
    UNICODE_STRING nt_path;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    HANDLE handle;
    RTL_PATH_TYPE type;
    SIZE_T length;
    NTSTATUS status;

    WCHAR *full = full_path_allocated(directory->Buffer, directory->Length / sizeof(WCHAR), &length, &type, &status);
    if (!full) return status;
    if (type == RtlPathTypeLocalDevice && !(length > 6 && full[2] == '?')) {
        heap_free(full);
        return STATUS_NOT_A_DIRECTORY;
    }
    if ((status = to_nt_path(full, length, &nt_path, NULL)) < 0) {
        heap_free(full);
        return status;
    }
    InitializeObjectAttributes(&attributes, &nt_path, OBJ_CASE_INSENSITIVE | OBJ_INHERIT, NULL, NULL);
    status = NtOpenFile(&handle, FILE_TRAVERSE | SYNCHRONIZE, &attributes, &io, FILE_SHARE_READ | FILE_SHARE_WRITE,
                        FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT);
    RtlFreeUnicodeString(&nt_path);
    if (status < 0) {
        heap_free(full);
        return status;
    }
    const WCHAR *text = full;
    if (length > 6 && !wcsncmp(full, L"\\\\?\\", 4) && full[5] == ':') text += 4, length -= 4;

    RtlAcquirePebLock();
    HANDLE old = current->Handle;
    SIZE_T room = current->DosPath.MaximumLength / sizeof(WCHAR);
    if (length + 2 > room) {
        /* Paths beyond MAX_PATH get a buffer of their own; the one in the parameters block is left. */
        WCHAR *buffer = length + 2 < 0x7ff0 ? heap_allocate((length + 2) * sizeof(WCHAR)) : NULL;
        if (!buffer) {
            RtlReleasePebLock();
            NtClose(handle);
            heap_free(full);
            return length + 2 < 0x7ff0 ? STATUS_NO_MEMORY : STATUS_NAME_TOO_LONG;
        }
        current->DosPath.Buffer = buffer;
        current->DosPath.MaximumLength = (USHORT)((length + 2) * sizeof(WCHAR));
    }
    memcpy(current->DosPath.Buffer, text, length * sizeof(WCHAR));
    if (current->DosPath.Buffer[length - 1] != '\\') current->DosPath.Buffer[length++] = '\\';
    current->DosPath.Buffer[length] = 0;
    current->DosPath.Length = (USHORT)(length * sizeof(WCHAR));
    current->Handle = handle;
    RtlReleasePebLock();
    if (old) NtClose(old);
    heap_free(full);
    return STATUS_SUCCESS;
}

ULONG NTAPI RtlGetLongestNtPathLength(void)
{
    return 269;
}

/* NTFS names that a DOS program can use: 8.3 in the OEM code page. */
BOOLEAN NTAPI RtlIsNameLegalDOS8Dot3(UNICODE_STRING *name, OEM_STRING *oem, BOOLEAN *has_spaces)
{
    static const char illegal[] = "*?<>|\"+=,;[]:/\\";
    OEM_STRING text;
    char buffer[12];
    int dot = -1;
    BOOLEAN spaces = FALSE;

    if (name->Length > 12 * sizeof(WCHAR)) return FALSE;
    if (!oem) {
        text.Length = text.MaximumLength = sizeof(buffer);
        text.Buffer = buffer;
        oem = &text;
    }
    if (RtlUpcaseUnicodeStringToCountedOemString(oem, name, FALSE) < 0) return FALSE;
    if ((oem->Length == 1 && oem->Buffer[0] == '.') || (oem->Length == 2 && oem->Buffer[0] == '.' && oem->Buffer[1] == '.')) {
        if (has_spaces) *has_spaces = FALSE;
        return TRUE;
    }
    for (int i = 0; i < oem->Length; i++) {
        char c = oem->Buffer[i];
        if (c == ' ') {
            /* Neither at the start nor right before the dot. */
            if (!i || i == oem->Length - 1 || oem->Buffer[i + 1] == '.') return FALSE;
            spaces = TRUE;
        } else if (c == '.') {
            if (dot >= 0 || !i || i == oem->Length - 1) return FALSE;
            dot = i;
        } else if ((UCHAR)c < ' ' || strchr(illegal, c)) {
            return FALSE;
        }
    }
    if (dot < 0 ? oem->Length > 8 : dot > 8 || oem->Length - dot - 1 > 3) return FALSE;
    if (has_spaces) *has_spaces = spaces;
    return TRUE;
}

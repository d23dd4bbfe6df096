/* fileapi.h: creating, opening, deleting; attributes and times. */
#include "kernelbase.h"

static HANDLE invalid(DWORD error)
{
    set_error(error);
    return INVALID_HANDLE_VALUE;
}

/* The options of NtCreateFile that CreateFile's flags stand for. */
static ULONG create_options(DWORD flags, ACCESS_MASK access)
{
    ULONG options = 0;

    if (flags & FILE_FLAG_BACKUP_SEMANTICS) {
        if (access & GENERIC_ALL) options |= FILE_OPEN_FOR_BACKUP_INTENT | FILE_OPEN_REMOTE_INSTANCE;
        else options |= FILE_OPEN_FOR_BACKUP_INTENT;
    } else {
        options |= FILE_NON_DIRECTORY_FILE;
    }
    if (flags & FILE_FLAG_WRITE_THROUGH) options |= FILE_WRITE_THROUGH;
    if (!(flags & FILE_FLAG_OVERLAPPED)) options |= FILE_SYNCHRONOUS_IO_NONALERT;
    if (flags & FILE_FLAG_NO_BUFFERING) options |= FILE_NO_INTERMEDIATE_BUFFERING;
    if (flags & FILE_FLAG_RANDOM_ACCESS) options |= FILE_RANDOM_ACCESS;
    if (flags & FILE_FLAG_SEQUENTIAL_SCAN) options |= FILE_SEQUENTIAL_ONLY;
    if (flags & FILE_FLAG_DELETE_ON_CLOSE) options |= FILE_DELETE_ON_CLOSE;
    if (flags & FILE_FLAG_OPEN_REPARSE_POINT) options |= FILE_OPEN_REPARSE_POINT;
    if (flags & FILE_FLAG_OPEN_NO_RECALL) options |= FILE_OPEN_NO_RECALL;
    return options;
}

HANDLE WINAPI CreateFileW(LPCWSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD disposition,
                          DWORD flags, HANDLE template)
{
    static const UCHAR dispositions[] = { 0, FILE_CREATE, FILE_OVERWRITE_IF, FILE_OPEN, FILE_OPEN_IF, FILE_OVERWRITE };
    OBJECT_ATTRIBUTES attributes;
    SECURITY_QUALITY_OF_SERVICE quality;
    UNICODE_STRING path;
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status;

    if (!name || !*name) return invalid(ERROR_PATH_NOT_FOUND);
    if (disposition < CREATE_NEW || disposition > TRUNCATE_EXISTING) return invalid(ERROR_INVALID_PARAMETER);
    if (disposition == TRUNCATE_EXISTING && !(access & (GENERIC_WRITE | FILE_WRITE_DATA | GENERIC_ALL)))
        return invalid(ERROR_INVALID_PARAMETER);
    /* The console's names are the console's whatever directory they are asked in (fileapi.h reference, consoles). */
    status = RtlDosPathNameToNtPathName_U_WithStatus(name, &path, NULL, NULL);
    if (status < 0) {
        set_status(status);
        return INVALID_HANDLE_VALUE;
    }
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (flags & FILE_FLAG_POSIX_SEMANTICS) attributes.Attributes = 0;
    if (security) {
        attributes.SecurityDescriptor = security->lpSecurityDescriptor;
        if (security->bInheritHandle) attributes.Attributes |= OBJ_INHERIT;
    }
    if (flags & SECURITY_SQOS_PRESENT) {
        quality.Length = sizeof(quality);
        quality.ImpersonationLevel = (flags >> 16) & 3;
        quality.ContextTrackingMode = flags & SECURITY_CONTEXT_TRACKING ? SECURITY_DYNAMIC_TRACKING
                                                                        : SECURITY_STATIC_TRACKING;
        quality.EffectiveOnly = !!(flags & SECURITY_EFFECTIVE_ONLY);
        attributes.SecurityQualityOfService = &quality;
        flags &= ~0x1f0000u; /* these bits are the quality of service, not file flags */
    }
    if (flags & FILE_FLAG_DELETE_ON_CLOSE) access |= DELETE;
    status = NtCreateFile(&file, access | SYNCHRONIZE | FILE_READ_ATTRIBUTES, &attributes, &io, NULL,
                          flags & 0xffff & ~FILE_ATTRIBUTE_DIRECTORY, share, dispositions[disposition],
                          create_options(flags, access), NULL, 0);
    /* A trailing backslash, or a folder opened without backup semantics. */
    if (status < 0) {
        bool directory_name = path.Length >= 2 && path.Buffer[path.Length / sizeof(WCHAR) - 1] == '\\';
        RtlFreeUnicodeString(&path);
        if (status == STATUS_OBJECT_NAME_COLLISION) return invalid(ERROR_FILE_EXISTS);
        if (status == STATUS_FILE_IS_A_DIRECTORY)
            return invalid(directory_name ? ERROR_PATH_NOT_FOUND : ERROR_ACCESS_DENIED);
        if (status == STATUS_OBJECT_NAME_INVALID && directory_name) return invalid(ERROR_INVALID_NAME);
        set_status(status);
        return INVALID_HANDLE_VALUE;
    }
    RtlFreeUnicodeString(&path);
    bool existed = (disposition == CREATE_ALWAYS && io.Information == FILE_OVERWRITTEN) ||
                   (disposition == OPEN_ALWAYS && io.Information == FILE_OPENED);
    set_error(existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    return file;
}

HANDLE WINAPI CreateFileA(LPCSTR name, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD disposition,
                          DWORD flags, HANDLE template)
{
    WIDE(wide);
    if (!wide_from_file_name(&wide, name)) return INVALID_HANDLE_VALUE;
    return CreateFileW(wide.text, access, share, security, disposition, flags, template);
}

HANDLE WINAPI CreateFile2(LPCWSTR name, DWORD access, DWORD share, DWORD disposition,
                          LPCREATEFILE2_EXTENDED_PARAMETERS parameters)
{
    DWORD flags = 0;

    if (parameters)
        flags = parameters->dwFileFlags | parameters->dwFileAttributes |
                (parameters->dwSecurityQosFlags ? parameters->dwSecurityQosFlags | SECURITY_SQOS_PRESENT : 0);
    return CreateFileW(name, access, share, parameters ? parameters->lpSecurityAttributes : NULL, disposition, flags,
                       parameters ? parameters->hTemplateFile : NULL);
}

/* Opens what a handle stands for once more: an empty name below it. */
HANDLE WINAPI ReOpenFile(HANDLE original, DWORD access, DWORD share, DWORD flags)
{
    UNICODE_STRING empty = { 0 };
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status;

    if (flags & 0x7fff) return invalid(ERROR_INVALID_PARAMETER);
    InitializeObjectAttributes(&attributes, &empty, 0, original, NULL);
    status = NtCreateFile(&file, access | SYNCHRONIZE | FILE_READ_ATTRIBUTES, &attributes, &io, NULL, 0, share, FILE_OPEN,
                          create_options(flags, access), NULL, 0);
    if (status >= 0) return file;
    set_status(status);
    return INVALID_HANDLE_VALUE;
}

/* ---- opening for one purpose ---- */

/* Opens a DOS path; the handle is the caller's. Sets the last error. */
BOOL open_path(const WCHAR *name, ACCESS_MASK access, ULONG share, ULONG options, HANDLE *file)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING path;
    IO_STATUS_BLOCK io;
    NTSTATUS status;

    if (!name) return set_error(ERROR_INVALID_PARAMETER);
    if (!nt_path(name, &path)) return FALSE;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtOpenFile(file, access, &attributes, &io, share, options);
    RtlFreeUnicodeString(&path);
    return status_to_bool(status);
}

BOOL WINAPI DeleteFileW(LPCWSTR name)
{
    FILE_DISPOSITION_INFORMATION info = { TRUE };
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status;

    if (!open_path(name, DELETE | SYNCHRONIZE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                   FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE | FILE_OPEN_REPARSE_POINT, &file)) {
        if (ferry_teb()->LastStatusValue == STATUS_FILE_IS_A_DIRECTORY) set_error(ERROR_ACCESS_DENIED);
        return FALSE;
    }
    status = NtSetInformationFile(file, &io, &info, sizeof(info), FileDispositionInformation);
    NtClose(file);
    return status_to_bool(status);
}

BOOL WINAPI DeleteFileA(LPCSTR name)
{
    WIDE(wide);
    return wide_from_file_name(&wide, name) && DeleteFileW(wide.text);
}

BOOL WINAPI CreateDirectoryW(LPCWSTR name, LPSECURITY_ATTRIBUTES security)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING path;
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status;

    if (!name || !*name) return set_error(ERROR_PATH_NOT_FOUND);
    if (!nt_path(name, &path)) {
        if (ferry_teb()->LastErrorValue == ERROR_INVALID_NAME) set_error(ERROR_PATH_NOT_FOUND);
        return FALSE;
    }
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL,
                               security ? security->lpSecurityDescriptor : NULL);
    status = NtCreateFile(&file, FILE_LIST_DIRECTORY | SYNCHRONIZE, &attributes, &io, NULL, FILE_ATTRIBUTE_NORMAL,
                          FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_CREATE,
                          FILE_DIRECTORY_FILE | FILE_OPEN_FOR_BACKUP_INTENT | FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
    RtlFreeUnicodeString(&path);
    if (status < 0) return status == STATUS_NOT_A_DIRECTORY ? set_error(ERROR_ALREADY_EXISTS) : set_status(status);
    NtClose(file);
    return TRUE;
}

BOOL WINAPI CreateDirectoryA(LPCSTR name, LPSECURITY_ATTRIBUTES security)
{
    WIDE(wide);
    return wide_from_file_name(&wide, name) && CreateDirectoryW(wide.text, security);
}

/* A folder with the attributes of another one (winbase.h reference: CreateDirectoryEx). */
BOOL WINAPI CreateDirectoryExW(LPCWSTR template, LPCWSTR name, LPSECURITY_ATTRIBUTES security)
{
    DWORD attributes = GetFileAttributesW(template);

    if (attributes == INVALID_FILE_ATTRIBUTES) return FALSE;
    if (!(attributes & FILE_ATTRIBUTE_DIRECTORY)) return set_error(ERROR_DIRECTORY);
    if (!CreateDirectoryW(name, security)) return FALSE;
    attributes &= FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_ARCHIVE;
    if (attributes) SetFileAttributesW(name, attributes);
    return TRUE;
}

BOOL WINAPI CreateDirectoryExA(LPCSTR template, LPCSTR name, LPSECURITY_ATTRIBUTES security)
{
    WIDE(wide_template);
    WIDE(wide);
    return wide_from_file_name(&wide_template, template) && wide_from_file_name(&wide, name) &&
           CreateDirectoryExW(wide_template.text, wide.text, security);
}

BOOL WINAPI RemoveDirectoryW(LPCWSTR name)
{
    FILE_DISPOSITION_INFORMATION info = { TRUE };
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status;

    if (!open_path(name, DELETE | SYNCHRONIZE | FILE_READ_ATTRIBUTES,
                   FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                   FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_REPARSE_POINT |
                   FILE_OPEN_FOR_BACKUP_INTENT, &file)) {
        if (ferry_teb()->LastStatusValue == STATUS_NOT_A_DIRECTORY) set_error(ERROR_DIRECTORY);
        return FALSE;
    }
    status = NtSetInformationFile(file, &io, &info, sizeof(info), FileDispositionInformation);
    NtClose(file);
    return status_to_bool(status);
}

BOOL WINAPI RemoveDirectoryA(LPCSTR name)
{
    WIDE(wide);
    return wide_from_file_name(&wide, name) && RemoveDirectoryW(wide.text);
}

/* ---- attributes and times ---- */

DWORD WINAPI GetFileAttributesW(LPCWSTR name)
{
    FILE_BASIC_INFORMATION info;
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING path;
    NTSTATUS status;

    if (!name || !*name) {
        set_error(ERROR_PATH_NOT_FOUND);
        return INVALID_FILE_ATTRIBUTES;
    }
    if (!nt_path(name, &path)) return INVALID_FILE_ATTRIBUTES;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtQueryAttributesFile(&attributes, &info);
    RtlFreeUnicodeString(&path);
    if (status >= 0) return info.FileAttributes;
    /* NUL, CON and their like are files of a kind without attributes. */
    if (RtlIsDosDeviceName_U(name)) return FILE_ATTRIBUTE_ARCHIVE;
    set_status(status);
    return INVALID_FILE_ATTRIBUTES;
}

DWORD WINAPI GetFileAttributesA(LPCSTR name)
{
    WIDE(wide);
    return wide_from_file_name(&wide, name) ? GetFileAttributesW(wide.text) : INVALID_FILE_ATTRIBUTES;
}

BOOL WINAPI GetFileAttributesExW(LPCWSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID information)
{
    WIN32_FILE_ATTRIBUTE_DATA *data = information;
    FILE_NETWORK_OPEN_INFORMATION info;
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING path;
    NTSTATUS status;

    if (level != GetFileExInfoStandard) return set_error(ERROR_INVALID_PARAMETER);
    if (!name || !*name) return set_error(ERROR_PATH_NOT_FOUND);
    if (!nt_path(name, &path)) return FALSE;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtQueryFullAttributesFile(&attributes, &info);
    RtlFreeUnicodeString(&path);
    if (status < 0) return set_status(status);
    data->dwFileAttributes = info.FileAttributes;
    memcpy(&data->ftCreationTime, &info.CreationTime, sizeof(FILETIME));
    memcpy(&data->ftLastAccessTime, &info.LastAccessTime, sizeof(FILETIME));
    memcpy(&data->ftLastWriteTime, &info.LastWriteTime, sizeof(FILETIME));
    data->nFileSizeHigh = info.EndOfFile.HighPart;
    data->nFileSizeLow = info.EndOfFile.LowPart;
    return TRUE;
}

BOOL WINAPI GetFileAttributesExA(LPCSTR name, GET_FILEEX_INFO_LEVELS level, LPVOID information)
{
    WIDE(wide);
    return wide_from_file_name(&wide, name) && GetFileAttributesExW(wide.text, level, information);
}

BOOL WINAPI SetFileAttributesW(LPCWSTR name, DWORD attributes)
{
    FILE_BASIC_INFORMATION info = { .FileAttributes = attributes | FILE_ATTRIBUTE_NORMAL };
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status;

    if (!open_path(name, FILE_WRITE_ATTRIBUTES | SYNCHRONIZE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                   FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_REPARSE_POINT | FILE_OPEN_FOR_BACKUP_INTENT, &file))
        return FALSE;
    status = NtSetInformationFile(file, &io, &info, sizeof(info), FileBasicInformation);
    NtClose(file);
    return status_to_bool(status);
}

BOOL WINAPI SetFileAttributesA(LPCSTR name, DWORD attributes)
{
    WIDE(wide);
    return wide_from_file_name(&wide, name) && SetFileAttributesW(wide.text, attributes);
}

BOOL WINAPI GetFileTime(HANDLE file, LPFILETIME creation, LPFILETIME access, LPFILETIME write)
{
    FILE_BASIC_INFORMATION info;
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtQueryInformationFile(file, &io, &info, sizeof(info), FileBasicInformation);

    if (status < 0) return set_status(status);
    if (creation) memcpy(creation, &info.CreationTime, sizeof(FILETIME));
    if (access) memcpy(access, &info.LastAccessTime, sizeof(FILETIME));
    if (write) memcpy(write, &info.LastWriteTime, sizeof(FILETIME));
    return TRUE;
}

/* NULL and zero leave a time as it is; all ones stop the system from changing it through this handle. */
BOOL WINAPI SetFileTime(HANDLE file, const FILETIME *creation, const FILETIME *access, const FILETIME *write)
{
    FILE_BASIC_INFORMATION info = { .FileAttributes = 0 };
    IO_STATUS_BLOCK io;

    if (creation) memcpy(&info.CreationTime, creation, sizeof(FILETIME));
    if (access) memcpy(&info.LastAccessTime, access, sizeof(FILETIME));
    if (write) memcpy(&info.LastWriteTime, write, sizeof(FILETIME));
    return status_to_bool(NtSetInformationFile(file, &io, &info, sizeof(info), FileBasicInformation));
}

DWORD WINAPI GetFileType(HANDLE file)
{
    FILE_FS_DEVICE_INFORMATION info;
    IO_STATUS_BLOCK io;
    NTSTATUS status;

    file = handle_of(file);
    status = NtQueryVolumeInformationFile(file, &io, &info, sizeof(info), 4 /* FileFsDeviceInformation */);
    if (status < 0) {
        set_status(status);
        return FILE_TYPE_UNKNOWN;
    }
    set_error(ERROR_SUCCESS);
    switch (info.DeviceType) {
    case 0x00: /* FILE_DEVICE_UNKNOWN and the character devices */
    case 0x0a: /* controller */
    case 0x0b: /* keyboard… */
    case 0x15: /* null */
    case 0x16: /* parallel port */
    case 0x1b: /* serial port */
    case 0x1c: /* screen */
    case 0x1d: /* sound */
    case 0x50: /* console */
        return FILE_TYPE_CHAR;
    case 0x11: /* named pipe */
    case 0x0c: /* mailslot */
        return FILE_TYPE_PIPE;
    default: return FILE_TYPE_DISK;
    }
}

/* ---- information by handle ---- */

BOOL WINAPI GetFileInformationByHandle(HANDLE file, LPBY_HANDLE_FILE_INFORMATION information)
{
    struct {
        FILE_ALL_INFORMATION all;
        WCHAR name[MAX_PATH * 4];
    } info;
    struct {
        FILE_FS_VOLUME_INFORMATION volume;
        WCHAR label[64];
    } fs;
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtQueryInformationFile(file, &io, &info, sizeof(info), FileAllInformation);

    if (status < 0 && status != STATUS_BUFFER_OVERFLOW) return set_status(status);
    fs.volume.VolumeSerialNumber = 0;
    NtQueryVolumeInformationFile(file, &io, &fs, sizeof(fs), FileFsVolumeInformation);
    information->dwFileAttributes = info.all.BasicInformation.FileAttributes;
    memcpy(&information->ftCreationTime, &info.all.BasicInformation.CreationTime, sizeof(FILETIME));
    memcpy(&information->ftLastAccessTime, &info.all.BasicInformation.LastAccessTime, sizeof(FILETIME));
    memcpy(&information->ftLastWriteTime, &info.all.BasicInformation.LastWriteTime, sizeof(FILETIME));
    information->dwVolumeSerialNumber = fs.volume.VolumeSerialNumber;
    information->nFileSizeHigh = info.all.StandardInformation.EndOfFile.HighPart;
    information->nFileSizeLow = info.all.StandardInformation.EndOfFile.LowPart;
    information->nNumberOfLinks = info.all.StandardInformation.NumberOfLinks;
    LARGE_INTEGER index;
    memcpy(&index, &info.all.InternalInformation, sizeof(index));
    information->nFileIndexHigh = index.HighPart;
    information->nFileIndexLow = index.LowPart;
    return TRUE;
}

#define NOT_A_CLASS 0

/* Information classes of the kernel by FILE_INFO_BY_HANDLE_CLASS, for reading. */
BOOL WINAPI GetFileInformationByHandleEx(HANDLE file, FILE_INFO_BY_HANDLE_CLASS class, LPVOID buffer, DWORD size)
{
    static const UCHAR queries[] = {
        [FileBasicInfo] = FileBasicInformation,
        [FileStandardInfo] = FileStandardInformation,
        [FileNameInfo] = FileNameInformation,
        [FileStreamInfo] = FileStreamInformation,
        [FileCompressionInfo] = 28,
        [FileAttributeTagInfo] = FileAttributeTagInformation,
        [FileRemoteProtocolInfo] = 55,
        [FileStorageInfo] = NOT_A_CLASS,
        [FileAlignmentInfo] = FileAlignmentInformation,
        [FileIdInfo] = 59,
    };
    IO_STATUS_BLOCK io;
    ULONG directory_class = 0;
    BOOLEAN restart = FALSE;

    switch ((int)class) {
    case FileIdBothDirectoryRestartInfo: restart = TRUE; __attribute__((fallthrough));
    case FileIdBothDirectoryInfo: directory_class = 37; break;
    case FileFullDirectoryRestartInfo: restart = TRUE; __attribute__((fallthrough));
    case FileFullDirectoryInfo: directory_class = 2; break;
    case FileIdExtdDirectoryRestartInfo: restart = TRUE; __attribute__((fallthrough));
    case FileIdExtdDirectoryInfo: directory_class = 60; break;
    default:
        if ((unsigned)class >= ARRAYSIZE(queries) || queries[class] == NOT_A_CLASS)
            return set_error(ERROR_INVALID_PARAMETER);
        return status_to_bool(NtQueryInformationFile(file, &io, buffer, size, queries[class]));
    }
    return status_to_bool(NtQueryDirectoryFile(file, NULL, NULL, NULL, &io, buffer, size, directory_class, FALSE, NULL,
                                               restart));
}

BOOL WINAPI SetFileInformationByHandle(HANDLE file, FILE_INFO_BY_HANDLE_CLASS class, LPVOID buffer, DWORD size)
{
    IO_STATUS_BLOCK io;
    ULONG nt_class;

    switch ((int)class) {
    case FileBasicInfo: nt_class = FileBasicInformation; break;
    case FileRenameInfo: nt_class = FileRenameInformation; break;
    case FileDispositionInfo: nt_class = FileDispositionInformation; break;
    case FileAllocationInfo: nt_class = FileAllocationInformation; break;
    case FileEndOfFileInfo: nt_class = FileEndOfFileInformation; break;
    case FileIoPriorityHintInfo: nt_class = 43; break;
    case 21 /* FileDispositionInfoEx */: nt_class = 64; break;
    case 22 /* FileRenameInfoEx */: nt_class = 65; break;
    case 23 /* FileCaseSensitiveInfo */: nt_class = 71; break;
    default: return set_error(ERROR_INVALID_PARAMETER);
    }
    if (nt_class == FileRenameInformation || nt_class == 65) {
        /* The name is a DOS path here and an NT path below, unless a root directory is given. */
        FILE_RENAME_INFO *given = buffer;
        UNICODE_STRING path;
        if (size < sizeof(*given) || size - offsetof(FILE_RENAME_INFO, FileName) < given->FileNameLength)
            return set_error(ERROR_BAD_LENGTH);
        if (!given->RootDirectory) {
            WCHAR *name = mem_alloc(given->FileNameLength + sizeof(WCHAR));
            if (!name) return set_error(ERROR_NOT_ENOUGH_MEMORY);
            memcpy(name, given->FileName, given->FileNameLength);
            name[given->FileNameLength / sizeof(WCHAR)] = 0;
            bool good = nt_path(name, &path);
            mem_free(name);
            if (!good) return FALSE;
            DWORD bytes = sizeof(*given) + path.Length;
            FILE_RENAME_INFO *made = mem_alloc_zeroed(bytes);
            NTSTATUS status = STATUS_NO_MEMORY;
            if (made) {
                memcpy(made, given, offsetof(FILE_RENAME_INFO, FileName));
                made->FileNameLength = path.Length;
                memcpy(made->FileName, path.Buffer, path.Length);
                status = NtSetInformationFile(file, &io, made, bytes, nt_class);
            }
            mem_free(made);
            RtlFreeUnicodeString(&path);
            return status_to_bool(status);
        }
    }
    return status_to_bool(NtSetInformationFile(file, &io, buffer, size, nt_class));
}

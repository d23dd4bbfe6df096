/* winbase.h: copying, moving, replacing and linking files. */
#include "kernelbase.h"

#define COPY_BUFFER 0x40000
#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static BOOL copied(LPPROGRESS_ROUTINE progress, LPVOID context, LARGE_INTEGER size, LARGE_INTEGER done, DWORD reason,
                   HANDLE source, HANDLE target, bool *quiet)
{
    if (!progress || *quiet) return TRUE;
    switch (progress(size, done, size, done, 1, reason, source, target, context)) {
    case PROGRESS_CONTINUE: return TRUE;
    case PROGRESS_QUIET: *quiet = true; return TRUE;
    case PROGRESS_STOP:
    case PROGRESS_CANCEL:
    default: return set_error(ERROR_REQUEST_ABORTED);
    }
}

/* Attributes and the time of the last write go with the copy; it is deleted again when the copy fails or is cancelled
 * (winbase.h reference: CopyFileEx). */
BOOL WINAPI CopyFileExW(LPCWSTR from, LPCWSTR to, LPPROGRESS_ROUTINE progress, LPVOID context, LPBOOL cancel,
                        DWORD flags)
{
    static const DWORD known = COPY_FILE_FAIL_IF_EXISTS | COPY_FILE_RESTARTABLE | COPY_FILE_OPEN_SOURCE_FOR_WRITE |
                               COPY_FILE_ALLOW_DECRYPTED_DESTINATION | COPY_FILE_COPY_SYMLINK | COPY_FILE_NO_BUFFERING;
    HANDLE source, target;
    BY_HANDLE_FILE_INFORMATION source_info, target_info;
    FILE_BASIC_INFORMATION basic = { 0 };
    LARGE_INTEGER size, done = { .QuadPart = 0 };
    IO_STATUS_BLOCK io;
    BOOL result = FALSE;
    bool quiet = false;
    UCHAR *buffer;

    if (!from || !to || flags & ~known) return set_error(ERROR_INVALID_PARAMETER);
    source = CreateFileW(from, GENERIC_READ | (flags & COPY_FILE_OPEN_SOURCE_FOR_WRITE ? GENERIC_WRITE : 0),
                         SHARE_ALL, NULL, OPEN_EXISTING, flags & COPY_FILE_COPY_SYMLINK ? FILE_FLAG_OPEN_REPARSE_POINT : 0,
                         NULL);
    if (source == INVALID_HANDLE_VALUE) return FALSE;
    if (!GetFileInformationByHandle(source, &source_info)) {
        NtClose(source);
        return FALSE;
    }
    if (!(flags & COPY_FILE_FAIL_IF_EXISTS)) {
        /* A copy onto itself would empty the file. */
        target = CreateFileW(to, FILE_READ_ATTRIBUTES, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
        if (target != INVALID_HANDLE_VALUE) {
            bool same = GetFileInformationByHandle(target, &target_info) &&
                        source_info.nFileIndexHigh == target_info.nFileIndexHigh &&
                        source_info.nFileIndexLow == target_info.nFileIndexLow &&
                        source_info.dwVolumeSerialNumber == target_info.dwVolumeSerialNumber;
            NtClose(target);
            if (same) {
                NtClose(source);
                return set_error(ERROR_SHARING_VIOLATION);
            }
        }
    }
    target = CreateFileW(to, GENERIC_WRITE | GENERIC_READ | DELETE, FILE_SHARE_READ, NULL,
                         flags & COPY_FILE_FAIL_IF_EXISTS ? CREATE_NEW : CREATE_ALWAYS, source_info.dwFileAttributes &
                         ~(FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_REPARSE_POINT), NULL);
    if (target == INVALID_HANDLE_VALUE) {
        NtClose(source);
        return FALSE;
    }
    size.LowPart = source_info.nFileSizeLow;
    size.HighPart = source_info.nFileSizeHigh;
    if (!(buffer = mem_alloc(COPY_BUFFER))) {
        set_error(ERROR_NOT_ENOUGH_MEMORY);
        goto out;
    }
    if (!copied(progress, context, size, done, CALLBACK_STREAM_SWITCH, source, target, &quiet)) goto out;
    for (;;) {
        DWORD count, written;
        if (cancel && *(volatile BOOL *)cancel) {
            set_error(ERROR_REQUEST_ABORTED);
            goto out;
        }
        if (!ReadFile(source, buffer, COPY_BUFFER, &count, NULL)) goto out;
        if (!count) break;
        if (!WriteFile(target, buffer, count, &written, NULL)) goto out;
        if (written != count) {
            set_error(ERROR_DISK_FULL);
            goto out;
        }
        done.QuadPart += count;
        if (!copied(progress, context, size, done, CALLBACK_CHUNK_FINISHED, source, target, &quiet)) goto out;
    }
    memcpy(&basic.LastWriteTime, &source_info.ftLastWriteTime, sizeof(FILETIME));
    basic.FileAttributes = source_info.dwFileAttributes & ~FILE_ATTRIBUTE_REPARSE_POINT;
    NtSetInformationFile(target, &io, &basic, sizeof(basic), FileBasicInformation);
    result = TRUE;
out:
    if (!result) {
        FILE_DISPOSITION_INFORMATION remove = { TRUE };
        DWORD error = ferry_teb()->LastErrorValue;
        NtSetInformationFile(target, &io, &remove, sizeof(remove), FileDispositionInformation);
        set_error(error);
    }
    mem_free(buffer);
    NtClose(target);
    NtClose(source);
    return result;
}

BOOL WINAPI CopyFileExA(LPCSTR from, LPCSTR to, LPPROGRESS_ROUTINE progress, LPVOID context, LPBOOL cancel, DWORD flags)
{
    WIDE(wide_from);
    WIDE(wide_to);
    return wide_from_file_name(&wide_from, from) && wide_from_file_name(&wide_to, to) &&
           CopyFileExW(wide_from.text, wide_to.text, progress, context, cancel, flags);
}

BOOL WINAPI CopyFileW(LPCWSTR from, LPCWSTR to, BOOL fail_if_exists)
{
    return CopyFileExW(from, to, NULL, NULL, NULL, fail_if_exists ? COPY_FILE_FAIL_IF_EXISTS : 0);
}

BOOL WINAPI CopyFileA(LPCSTR from, LPCSTR to, BOOL fail_if_exists)
{
    return CopyFileExA(from, to, NULL, NULL, NULL, fail_if_exists ? COPY_FILE_FAIL_IF_EXISTS : 0);
}

/* ---- moving ---- */

/* Renames within the volume, or gives the file another link (FileLinkInformation). */
static NTSTATUS rename_or_link(HANDLE file, const WCHAR *to, bool replace, FILE_INFORMATION_CLASS class)
{
    FILE_RENAME_INFORMATION *info;
    IO_STATUS_BLOCK io;
    UNICODE_STRING path;
    NTSTATUS status = RtlDosPathNameToNtPathName_U_WithStatus(to, &path, NULL, NULL);

    if (status < 0) return status;
    ULONG size = sizeof(*info) + path.Length;
    if (!(info = mem_alloc_zeroed(size))) {
        RtlFreeUnicodeString(&path);
        return STATUS_NO_MEMORY;
    }
    /* FILE_LINK_INFORMATION has the same layout. */
    *(BOOLEAN *)info = replace;
    info->RootDirectory = NULL;
    info->FileNameLength = path.Length;
    memcpy(info->FileName, path.Buffer, path.Length);
    status = NtSetInformationFile(file, &io, info, size, class);
    mem_free(info);
    RtlFreeUnicodeString(&path);
    return status;
}

/* Operations for the next start of the machine: REG_MULTI_SZ pairs in the Session Manager's key. */
static BOOL delay_until_reboot(const WCHAR *from, const WCHAR *to, bool replace)
{
    static WCHAR key_name[] = L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Session Manager";
    static WCHAR value_name[] = L"PendingFileRenameOperations";
    UNICODE_STRING key_path = unicode_string(key_name), value = unicode_string(value_name);
    UNICODE_STRING source, target = { 0 };
    OBJECT_ATTRIBUTES attributes;
    struct {
        ULONG title, type, size;
        UCHAR data[1];
    } *info = NULL;
    HANDLE key;
    ULONG old = 0, needed = 0;
    NTSTATUS status;

    if (!nt_path(from, &source)) return FALSE;
    if (to && !nt_path(to, &target)) {
        RtlFreeUnicodeString(&source);
        return FALSE;
    }
    InitializeObjectAttributes(&attributes, &key_path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtCreateKey(&key, KEY_QUERY_VALUE | KEY_SET_VALUE, &attributes, 0, NULL, 0, NULL);
    if (status >= 0) {
        NtQueryValueKey(key, &value, 2 /* KeyValuePartialInformation */, NULL, 0, &needed);
        ULONG room = needed + source.Length + target.Length + 64;
        if (!(info = mem_alloc_zeroed(room))) {
            status = STATUS_NO_MEMORY;
        } else {
            if (needed && NtQueryValueKey(key, &value, 2, info, room, &needed) >= 0) old = info->size;
            WCHAR *start = (WCHAR *)info->data, *at = (WCHAR *)(info->data + old);
            if (old >= 2 * sizeof(WCHAR)) at--; /* over the last terminator */
            memcpy(at, source.Buffer, source.Length);
            at += source.Length / sizeof(WCHAR) + 1;
            if (to) {
                if (replace) *at++ = '!';
                memcpy(at, target.Buffer, target.Length);
                at += target.Length / sizeof(WCHAR);
            }
            at[0] = at[1] = 0;
            status = NtSetValueKey(key, &value, 0, REG_MULTI_SZ, start, (ULONG)((UCHAR *)(at + 2) - (UCHAR *)start));
            mem_free(info);
        }
        NtClose(key);
    }
    RtlFreeUnicodeString(&source);
    if (to) RtlFreeUnicodeString(&target);
    return status_to_bool(status);
}

BOOL WINAPI MoveFileWithProgressW(LPCWSTR from, LPCWSTR to, LPPROGRESS_ROUTINE progress, LPVOID context, DWORD flags)
{
    HANDLE file;
    NTSTATUS status;

    if (!from || flags & MOVEFILE_CREATE_HARDLINK) return set_error(from ? ERROR_INVALID_PARAMETER : ERROR_PATH_NOT_FOUND);
    if (flags & MOVEFILE_DELAY_UNTIL_REBOOT) {
        if (flags & MOVEFILE_COPY_ALLOWED) return set_error(ERROR_INVALID_PARAMETER);
        return delay_until_reboot(from, to, flags & MOVEFILE_REPLACE_EXISTING);
    }
    if (!to) return set_error(ERROR_INVALID_PARAMETER);
    if (!open_path(from, DELETE | SYNCHRONIZE | FILE_READ_ATTRIBUTES, SHARE_ALL,
                   FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_REPARSE_POINT | FILE_OPEN_FOR_BACKUP_INTENT, &file))
        return FALSE;
    status = rename_or_link(file, to, flags & MOVEFILE_REPLACE_EXISTING, FileRenameInformation);
    NtClose(file);
    if (status != STATUS_NOT_SAME_DEVICE || !(flags & MOVEFILE_COPY_ALLOWED)) {
        if (status == STATUS_OBJECT_NAME_COLLISION) return set_error(ERROR_ALREADY_EXISTS);
        return status_to_bool(status);
    }
    /* Another volume: copy, then delete. Only files (winbase.h reference: MoveFileEx). */
    DWORD attributes = GetFileAttributesW(from);
    if (attributes & FILE_ATTRIBUTE_DIRECTORY) return set_error(ERROR_ACCESS_DENIED);
    if (!CopyFileExW(from, to, progress, context, NULL,
                     flags & MOVEFILE_REPLACE_EXISTING ? 0 : COPY_FILE_FAIL_IF_EXISTS)) return FALSE;
    DeleteFileW(from);
    return TRUE;
}

BOOL WINAPI MoveFileExW(LPCWSTR from, LPCWSTR to, DWORD flags)
{
    return MoveFileWithProgressW(from, to, NULL, NULL, flags);
}

BOOL WINAPI MoveFileW(LPCWSTR from, LPCWSTR to)
{
    return MoveFileWithProgressW(from, to, NULL, NULL, MOVEFILE_COPY_ALLOWED);
}

BOOL WINAPI MoveFileWithProgressA(LPCSTR from, LPCSTR to, LPPROGRESS_ROUTINE progress, LPVOID context, DWORD flags)
{
    WIDE(wide_from);
    WIDE(wide_to);
    return wide_from_file_name(&wide_from, from) && wide_from_file_name(&wide_to, to) &&
           MoveFileWithProgressW(wide_from.text, wide_to.text, progress, context, flags);
}

BOOL WINAPI MoveFileExA(LPCSTR from, LPCSTR to, DWORD flags)
{
    return MoveFileWithProgressA(from, to, NULL, NULL, flags);
}

BOOL WINAPI MoveFileA(LPCSTR from, LPCSTR to)
{
    return MoveFileWithProgressA(from, to, NULL, NULL, MOVEFILE_COPY_ALLOWED);
}

/* The replaced file keeps its name, attributes and creation time; `backup` gets the old contents. */
BOOL WINAPI ReplaceFileW(LPCWSTR replaced, LPCWSTR replacement, LPCWSTR backup, DWORD flags, LPVOID exclude,
                         LPVOID reserved)
{
    HANDLE old, new;
    FILE_BASIC_INFORMATION basic = { 0 }, kept = { 0 };
    IO_STATUS_BLOCK io;
    NTSTATUS status;

    if (!replaced || !replacement || exclude || reserved) return set_error(ERROR_INVALID_PARAMETER);
    if (!open_path(replaced, DELETE | SYNCHRONIZE | FILE_READ_ATTRIBUTES | FILE_READ_DATA, SHARE_ALL,
                   FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, &old)) return FALSE;
    if (!open_path(replacement, DELETE | SYNCHRONIZE | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES, SHARE_ALL,
                   FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, &new)) {
        NtClose(old);
        return FALSE;
    }
    status = NtQueryInformationFile(old, &io, &basic, sizeof(basic), FileBasicInformation);
    if (status >= 0 && basic.FileAttributes & FILE_ATTRIBUTE_READONLY) status = STATUS_ACCESS_DENIED;
    if (status < 0) {
        set_status(status);
    } else if (backup && (status = rename_or_link(old, backup, true, FileRenameInformation)) < 0) {
        set_error(ERROR_UNABLE_TO_REMOVE_REPLACED);
    } else if ((status = rename_or_link(new, replaced, true, FileRenameInformation)) < 0) {
        /* The backup goes back to its name. */
        if (!backup) set_error(ERROR_UNABLE_TO_REMOVE_REPLACED);
        else if (rename_or_link(old, replaced, false, FileRenameInformation) < 0) set_error(ERROR_UNABLE_TO_MOVE_REPLACEMENT_2);
        else set_error(ERROR_UNABLE_TO_MOVE_REPLACEMENT);
    } else {
        kept.CreationTime = basic.CreationTime;
        kept.FileAttributes = basic.FileAttributes;
        NtSetInformationFile(new, &io, &kept, sizeof(kept), FileBasicInformation);
    }
    NtClose(new);
    NtClose(old);
    return status >= 0;
}

BOOL WINAPI ReplaceFileA(LPCSTR replaced, LPCSTR replacement, LPCSTR backup, DWORD flags, LPVOID exclude,
                         LPVOID reserved)
{
    WIDE(wide_replaced);
    WIDE(wide_replacement);
    WIDE(wide_backup);
    return wide_from_file_name(&wide_replaced, replaced) && wide_from_file_name(&wide_replacement, replacement) &&
           wide_from_file_name(&wide_backup, backup) &&
           ReplaceFileW(wide_replaced.text, wide_replacement.text, wide_backup.text, flags, exclude, reserved);
}

/* ---- links ---- */

BOOL WINAPI CreateHardLinkW(LPCWSTR name, LPCWSTR existing, LPSECURITY_ATTRIBUTES security)
{
    HANDLE file;
    NTSTATUS status;

    if (!name || !existing) return set_error(ERROR_PATH_NOT_FOUND);
    if (!open_path(existing, SYNCHRONIZE | FILE_WRITE_ATTRIBUTES, SHARE_ALL,
                   FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_REPARSE_POINT | FILE_NON_DIRECTORY_FILE, &file)) return FALSE;
    status = rename_or_link(file, name, false, FileLinkInformation);
    NtClose(file);
    if (status == STATUS_OBJECT_NAME_COLLISION) return set_error(ERROR_ALREADY_EXISTS);
    return status_to_bool(status);
}

BOOL WINAPI CreateHardLinkA(LPCSTR name, LPCSTR existing, LPSECURITY_ATTRIBUTES security)
{
    WIDE(wide);
    WIDE(wide_existing);
    return wide_from_file_name(&wide, name) && wide_from_file_name(&wide_existing, existing) &&
           CreateHardLinkW(wide.text, wide_existing.text, security);
}

/* REPARSE_DATA_BUFFER of a symbolic link: target as NT path, and as it is shown. */
struct link_data {
    ULONG tag;
    USHORT length, reserved;
    USHORT substitute_offset, substitute_length, print_offset, print_length;
    ULONG flags; /* 1: relative */
    WCHAR path[1];
};

BOOLEAN WINAPI CreateSymbolicLinkW(LPCWSTR name, LPCWSTR target, DWORD flags)
{
    struct link_data *data;
    UNICODE_STRING substitute, print;
    FILE_DISPOSITION_INFORMATION remove = { TRUE };
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING path;
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status;
    bool directory = flags & SYMBOLIC_LINK_FLAG_DIRECTORY, relative;

    if (!name || !target || !*name || !*target || flags & ~3u) return (BOOLEAN)set_error(ERROR_INVALID_PARAMETER);
    ULONG type = RtlDetermineDosPathNameType_U(target);
    relative = type == RtlPathTypeRelative || type == RtlPathTypeRooted;
    print = unicode_string(target);
    if (relative) substitute = print;
    else if (!nt_path(target, &substitute)) return FALSE;
    ULONG size = sizeof(*data) + substitute.Length + print.Length;
    if (!nt_path(name, &path)) {
        if (!relative) RtlFreeUnicodeString(&substitute);
        return FALSE;
    }
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtCreateFile(&file, FILE_WRITE_ATTRIBUTES | DELETE | SYNCHRONIZE, &attributes, &io, NULL,
                          FILE_ATTRIBUTE_NORMAL, SHARE_ALL, FILE_CREATE, FILE_SYNCHRONOUS_IO_NONALERT |
                          FILE_OPEN_REPARSE_POINT | (directory ? FILE_DIRECTORY_FILE : FILE_NON_DIRECTORY_FILE), NULL, 0);
    RtlFreeUnicodeString(&path);
    if (status >= 0) {
        if (!(data = mem_alloc_zeroed(size))) {
            status = STATUS_NO_MEMORY;
        } else {
            data->tag = IO_REPARSE_TAG_SYMLINK;
            data->print_length = print.Length;
            data->substitute_offset = print.Length;
            data->substitute_length = substitute.Length;
            data->flags = relative;
            memcpy(data->path, print.Buffer, print.Length);
            memcpy((UCHAR *)data->path + print.Length, substitute.Buffer, substitute.Length);
            data->length = 12 + print.Length + substitute.Length;
            status = NtFsControlFile(file, NULL, NULL, NULL, &io, 0x900a4 /* FSCTL_SET_REPARSE_POINT */, data,
                                     data->length + 8, NULL, 0);
            mem_free(data);
        }
        if (status < 0) NtSetInformationFile(file, &io, &remove, sizeof(remove), FileDispositionInformation);
        NtClose(file);
    }
    if (!relative) RtlFreeUnicodeString(&substitute);
    if (status == STATUS_OBJECT_NAME_COLLISION) return (BOOLEAN)set_error(ERROR_ALREADY_EXISTS);
    return (BOOLEAN)status_to_bool(status);
}

BOOLEAN WINAPI CreateSymbolicLinkA(LPCSTR name, LPCSTR target, DWORD flags)
{
    WIDE(wide);
    WIDE(wide_target);
    return wide_from_file_name(&wide, name) && wide_from_file_name(&wide_target, target) &&
           CreateSymbolicLinkW(wide.text, wide_target.text, flags);
}

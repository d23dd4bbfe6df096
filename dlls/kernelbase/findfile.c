/* fileapi.h: FindFirstFile and its relatives, change notification. */
#include "kernelbase.h"

#define FIND_TAG 0x444e4946   /* "FIND" */
#define STREAM_TAG 0x4d525453 /* "STRM" */

/* What a find handle points to. */
struct find {
    ULONG tag;
    bool basic;      /* FindExInfoBasic: no short names */
    bool no_more;
    HANDLE directory;
    SRWLOCK lock;
    ULONG size;      /* of data, bytes */
    ULONG position;  /* of the next entry in data, or == filled */
    ULONG filled;
    union {
        LARGE_INTEGER align;
        UCHAR data[1];
    };
};

#define NORMAL_BUFFER 4096
#define LARGE_BUFFER 65536

/* Fills the buffer; the first call brings the pattern. */
static NTSTATUS fill(struct find *find, UNICODE_STRING *pattern)
{
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtQueryDirectoryFile(find->directory, NULL, NULL, NULL, &io, find->data, find->size,
                                           find->basic ? 2 /* FileFullDirectory */ : 3 /* FileBothDirectory */, FALSE,
                                           pattern, pattern != NULL);

    find->position = 0;
    find->filled = status < 0 ? 0 : (ULONG)io.Information;
    if (status == STATUS_BUFFER_OVERFLOW) status = STATUS_SUCCESS;
    if (!find->filled && status >= 0) status = STATUS_NO_MORE_FILES;
    return status;
}

static void copy_entry(struct find *find, WIN32_FIND_DATAW *data)
{
    const FILE_FULL_DIR_INFORMATION *entry = (FILE_FULL_DIR_INFORMATION *)(find->data + find->position);
    const WCHAR *name = entry->FileName;
    DWORD length = entry->FileNameLength / sizeof(WCHAR);

    data->dwFileAttributes = entry->FileAttributes;
    memcpy(&data->ftCreationTime, &entry->CreationTime, sizeof(FILETIME));
    memcpy(&data->ftLastAccessTime, &entry->LastAccessTime, sizeof(FILETIME));
    memcpy(&data->ftLastWriteTime, &entry->LastWriteTime, sizeof(FILETIME));
    data->nFileSizeHigh = entry->EndOfFile.HighPart;
    data->nFileSizeLow = entry->EndOfFile.LowPart;
    /* For a reparse point the size of extended attributes is its tag (minwinbase.h reference: WIN32_FIND_DATA). */
    data->dwReserved0 = entry->FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT ? entry->EaSize : 0;
    data->dwReserved1 = 0;
    data->cAlternateFileName[0] = 0;
    if (!find->basic) {
        const FILE_BOTH_DIR_INFORMATION *both = (const FILE_BOTH_DIR_INFORMATION *)entry;
        name = both->FileName;
        DWORD count = (UCHAR)both->ShortNameLength / sizeof(WCHAR);
        if (count > 13) count = 13;
        memcpy(data->cAlternateFileName, both->ShortName, count * sizeof(WCHAR));
        data->cAlternateFileName[count] = 0;
    }
    if (length > MAX_PATH - 1) length = MAX_PATH - 1;
    memcpy(data->cFileName, name, length * sizeof(WCHAR));
    data->cFileName[length] = 0;
    find->position = entry->NextEntryOffset ? find->position + entry->NextEntryOffset : find->filled;
}

static HANDLE invalid(DWORD error)
{
    set_error(error);
    return INVALID_HANDLE_VALUE;
}

HANDLE WINAPI FindFirstFileExW(LPCWSTR name, FINDEX_INFO_LEVELS level, LPVOID data, FINDEX_SEARCH_OPS search,
                               LPVOID filter, DWORD flags)
{
    static WCHAR all[] = L"*";
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING path, directory, pattern;
    IO_STATUS_BLOCK io;
    struct find *find;
    ULONG size = flags & FIND_FIRST_EX_LARGE_FETCH ? LARGE_BUFFER : NORMAL_BUFFER;
    NTSTATUS status;
    HANDLE handle;

    if (!data || filter || level >= FindExInfoMaxInfoLevel ||
        flags & ~(FIND_FIRST_EX_CASE_SENSITIVE | FIND_FIRST_EX_LARGE_FETCH | 4 /* ON_DISK_ENTRIES_ONLY */))
        return invalid(ERROR_INVALID_PARAMETER);
    if (search == FindExSearchLimitToDevices) return invalid(ERROR_NOT_SUPPORTED);
    if (search >= FindExSearchMaxSearchOp) return invalid(ERROR_INVALID_PARAMETER);
    if (!name || !*name) return invalid(ERROR_PATH_NOT_FOUND);
    if (!nt_path(name, &path)) return INVALID_HANDLE_VALUE;
    /* The last component is the pattern. A path that ends in a backslash names no file to look for. */
    ULONG length = path.Length / sizeof(WCHAR), split = length;
    while (split && path.Buffer[split - 1] != '\\') split--;
    directory = (UNICODE_STRING){ split * sizeof(WCHAR), split * sizeof(WCHAR), path.Buffer };
    pattern = (UNICODE_STRING){ (length - split) * sizeof(WCHAR), (length - split) * sizeof(WCHAR), path.Buffer + split };
    if (!pattern.Length) {
        RtlFreeUnicodeString(&path);
        return invalid(ERROR_FILE_NOT_FOUND);
    }
    /* Full names lose trailing dots and a "*." pattern its meaning: names without extension. */
    size_t given = wide_length(name);
    bool star_dot = given >= 2 && name[given - 1] == '.' && name[given - 2] == '*';
    if (pattern.Length == 6 && pattern.Buffer[0] == '*' && pattern.Buffer[1] == '.' && pattern.Buffer[2] == '*')
        pattern = unicode_string(all);
    InitializeObjectAttributes(&attributes, &directory, flags & FIND_FIRST_EX_CASE_SENSITIVE ? 0 : OBJ_CASE_INSENSITIVE,
                               NULL, NULL);
    status = NtOpenFile(&handle, FILE_LIST_DIRECTORY | SYNCHRONIZE, &attributes, &io,
                        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                        FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_FOR_BACKUP_INTENT);
    if (status < 0) {
        RtlFreeUnicodeString(&path);
        if (status == STATUS_NOT_A_DIRECTORY) return invalid(ERROR_DIRECTORY);
        if (status == STATUS_OBJECT_NAME_NOT_FOUND) return invalid(ERROR_PATH_NOT_FOUND);
        set_status(status);
        return INVALID_HANDLE_VALUE;
    }
    if (!(find = mem_alloc(offsetof(struct find, data) + size))) {
        NtClose(handle);
        RtlFreeUnicodeString(&path);
        return invalid(ERROR_NOT_ENOUGH_MEMORY);
    }
    *find = (struct find){ .tag = FIND_TAG, .basic = level == FindExInfoBasic, .directory = handle, .size = size };
    /* What DOS wildcards turn into below: '?' matches also nothing before a dot, '.' before a '*' is optional. */
    WCHAR translated[MAX_PATH];
    ULONG count = pattern.Length / sizeof(WCHAR);
    if (count + 1 < ARRAYSIZE(translated)) {
        for (ULONG i = 0; i < count; i++) {
            WCHAR c = pattern.Buffer[i];
            WCHAR next = i + 1 < count ? pattern.Buffer[i + 1] : 0;
            if (c == '?') c = '>';
            else if (c == '.' && (next == '*' || next == '?')) c = '"';
            else if (c == '*' && next == '.' && i + 2 < count) c = '<';
            translated[i] = c;
        }
        if (star_dot && translated[count - 1] == '*') translated[count - 1] = '<';
        pattern.Buffer = translated;
    }
    status = fill(find, &pattern);
    RtlFreeUnicodeString(&path);
    if (status < 0) {
        NtClose(find->directory);
        mem_free(find);
        if (status == STATUS_NO_SUCH_FILE || status == STATUS_NO_MORE_FILES) return invalid(ERROR_FILE_NOT_FOUND);
        set_status(status);
        return INVALID_HANDLE_VALUE;
    }
    copy_entry(find, data);
    return (HANDLE)find;
}

static struct find *find_of(HANDLE handle)
{
    struct find *find = (struct find *)handle;

    if (!handle || handle == INVALID_HANDLE_VALUE || ((ULONG_PTR)handle & 3) || (ULONG_PTR)handle < 0x10000 ||
        find->tag != FIND_TAG) {
        set_error(ERROR_INVALID_HANDLE);
        return NULL;
    }
    return find;
}

BOOL WINAPI FindNextFileW(HANDLE handle, LPWIN32_FIND_DATAW data)
{
    struct find *find = find_of(handle);
    NTSTATUS status = STATUS_SUCCESS;

    if (!find) return FALSE;
    RtlAcquireSRWLockExclusive((void *)&find->lock);
    if (find->position >= find->filled) status = find->no_more ? STATUS_NO_MORE_FILES : fill(find, NULL);
    if (status >= 0) copy_entry(find, data);
    else find->no_more = true;
    RtlReleaseSRWLockExclusive((void *)&find->lock);
    return status_to_bool(status);
}

BOOL WINAPI FindClose(HANDLE handle)
{
    struct find *find;

    if ((ULONG_PTR)handle >= 0x10000 && !((ULONG_PTR)handle & 3) && *(ULONG *)handle == STREAM_TAG) {
        *(ULONG *)handle = 0;
        mem_free(handle);
        return TRUE;
    }
    if (!(find = find_of(handle))) return FALSE;
    find->tag = 0;
    NtClose(find->directory);
    mem_free(find);
    return TRUE;
}

HANDLE WINAPI FindFirstFileW(LPCWSTR name, LPWIN32_FIND_DATAW data)
{
    return FindFirstFileExW(name, FindExInfoStandard, data, FindExSearchNameMatch, NULL, 0);
}

static void find_data_to_ansi(const WIN32_FIND_DATAW *wide, WIN32_FIND_DATAA *data)
{
    memcpy(data, wide, offsetof(WIN32_FIND_DATAW, cFileName));
    if (result_file_name(data->cFileName, sizeof(data->cFileName), wide->cFileName, wide_length(wide->cFileName)) >=
        sizeof(data->cFileName))
        data->cFileName[0] = 0;
    result_file_name(data->cAlternateFileName, sizeof(data->cAlternateFileName), wide->cAlternateFileName,
                     wide_length(wide->cAlternateFileName));
}

HANDLE WINAPI FindFirstFileExA(LPCSTR name, FINDEX_INFO_LEVELS level, LPVOID data, FINDEX_SEARCH_OPS search,
                               LPVOID filter, DWORD flags)
{
    WIDE(wide);
    WIN32_FIND_DATAW found;
    HANDLE handle;

    if (!wide_from_file_name(&wide, name)) return INVALID_HANDLE_VALUE;
    handle = FindFirstFileExW(wide.text, level, data ? &found : NULL, search, filter, flags);
    if (handle != INVALID_HANDLE_VALUE) find_data_to_ansi(&found, data);
    return handle;
}

HANDLE WINAPI FindFirstFileA(LPCSTR name, LPWIN32_FIND_DATAA data)
{
    return FindFirstFileExA(name, FindExInfoStandard, data, FindExSearchNameMatch, NULL, 0);
}

BOOL WINAPI FindNextFileA(HANDLE handle, LPWIN32_FIND_DATAA data)
{
    WIN32_FIND_DATAW found;

    if (!FindNextFileW(handle, &found)) return FALSE;
    find_data_to_ansi(&found, data);
    return TRUE;
}

/* ---- streams of a file ---- */

struct stream_find {
    ULONG tag;
    ULONG position;
    ULONG filled;
    union {
        LARGE_INTEGER align;
        UCHAR data[1];
    };
};
static bool next_stream(struct stream_find *find, WIN32_FIND_STREAM_DATA *data)
{
    if (find->position >= find->filled) return false;
    const FILE_STREAM_INFORMATION *entry = (FILE_STREAM_INFORMATION *)(find->data + find->position);
    DWORD length = entry->StreamNameLength / sizeof(WCHAR);
    if (length > ARRAYSIZE(data->cStreamName) - 1) length = ARRAYSIZE(data->cStreamName) - 1;
    data->StreamSize = entry->StreamSize;
    memcpy(data->cStreamName, entry->StreamName, length * sizeof(WCHAR));
    data->cStreamName[length] = 0;
    find->position = entry->NextEntryOffset ? find->position + entry->NextEntryOffset : find->filled;
    return true;
}

HANDLE WINAPI FindFirstStreamW(LPCWSTR name, STREAM_INFO_LEVELS level, LPVOID data, DWORD flags)
{
    const ULONG size = 8192;
    struct stream_find *find;
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status;

    if (level != FindStreamInfoStandard || flags || !data) return invalid(ERROR_INVALID_PARAMETER);
    if (!open_path(name, FILE_READ_ATTRIBUTES | SYNCHRONIZE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                   FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_FOR_BACKUP_INTENT, &file))
        return INVALID_HANDLE_VALUE;
    if (!(find = mem_alloc(offsetof(struct stream_find, data) + size))) {
        NtClose(file);
        return invalid(ERROR_NOT_ENOUGH_MEMORY);
    }
    find->tag = STREAM_TAG;
    find->position = 0;
    status = NtQueryInformationFile(file, &io, find->data, size, FileStreamInformation);
    find->filled = status < 0 ? 0 : (ULONG)io.Information;
    NtClose(file);
    if (status >= 0 && next_stream(find, data)) return (HANDLE)find;
    mem_free(find);
    if (status >= 0) return invalid(ERROR_HANDLE_EOF);
    set_status(status);
    return INVALID_HANDLE_VALUE;
}

BOOL WINAPI FindNextStreamW(HANDLE handle, LPVOID data)
{
    struct stream_find *find = (struct stream_find *)handle;

    if (!handle || handle == INVALID_HANDLE_VALUE || find->tag != STREAM_TAG) return set_error(ERROR_INVALID_HANDLE);
    return next_stream(find, data) ? TRUE : set_error(ERROR_HANDLE_EOF);
}

/* ---- change notification ---- */

/* The handle is the open folder itself: a directory file is signalled when its request completes. */
static UCHAR change_buffer[16];
static IO_STATUS_BLOCK change_io;

HANDLE WINAPI FindFirstChangeNotificationW(LPCWSTR name, BOOL tree, DWORD filter)
{
    HANDLE directory;
    NTSTATUS status;

    if (!open_path(name, FILE_LIST_DIRECTORY | SYNCHRONIZE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                   FILE_DIRECTORY_FILE | FILE_OPEN_FOR_BACKUP_INTENT, &directory))
        return INVALID_HANDLE_VALUE;
    /* A reader only of the fact: no buffer, and the status goes where nobody looks. The subtree flag is kept by the
     * open folder, for FindNextChangeNotification. */
    status = NtNotifyChangeDirectoryFile(directory, NULL, NULL, NULL, &change_io, change_buffer, 0, filter, !!tree);
    if (status < 0) {
        NtClose(directory);
        set_status(status);
        return INVALID_HANDLE_VALUE;
    }
    return directory;
}

HANDLE WINAPI FindFirstChangeNotificationA(LPCSTR name, BOOL tree, DWORD filter)
{
    WIDE(wide);
    if (!wide_from_file_name(&wide, name)) return INVALID_HANDLE_VALUE;
    return FindFirstChangeNotificationW(wide.text, tree, filter);
}

/* Filter and subtree of the first request stay in force, whatever is passed here. */
BOOL WINAPI FindNextChangeNotification(HANDLE handle)
{
    NTSTATUS status = NtNotifyChangeDirectoryFile(handle, NULL, NULL, NULL, &change_io, change_buffer, 0,
                                                  FILE_NOTIFY_CHANGE_SIZE, TRUE);

    return status_to_bool(status);
}

BOOL WINAPI FindCloseChangeNotification(HANDLE handle)
{
    return status_to_bool(NtClose(handle));
}

BOOL WINAPI ReadDirectoryChangesW(HANDLE directory, LPVOID buffer, DWORD size, BOOL tree, DWORD filter, LPDWORD returned,
                                  LPOVERLAPPED overlapped, LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    IO_STATUS_BLOCK io = { 0 };
    NTSTATUS status;

    if (!overlapped) {
        status = NtNotifyChangeDirectoryFile(directory, NULL, NULL, NULL, &io, buffer, size, filter, !!tree);
        if (status == STATUS_PENDING) {
            NtWaitForSingleObject(directory, FALSE, NULL);
            status = io.Status;
        }
        if (returned) *returned = status < 0 ? 0 : (DWORD)io.Information;
        return status_to_bool(status);
    }
    overlapped->Internal = STATUS_PENDING;
    if (routine)
        status = NtNotifyChangeDirectoryFile(directory, NULL, (void *)overlapped_apc, (void *)routine,
                                             (IO_STATUS_BLOCK *)overlapped, buffer, size, filter, !!tree);
    else
        status = NtNotifyChangeDirectoryFile(directory, overlapped->hEvent, NULL,
                                             (ULONG_PTR)overlapped->hEvent & 1 ? NULL : overlapped,
                                             (IO_STATUS_BLOCK *)overlapped, buffer, size, filter, !!tree);
    return NT_ERROR(status) ? set_status(status) : TRUE;
}

/* fileapi.h: drives, volumes, DOS device names. */
#include "kernelbase.h"

/* Opens the root of a drive or share, "X:\" or NULL for the current one. */
static BOOL open_root(const WCHAR *root, HANDLE *handle)
{
    WCHAR current[MAX_PATH];

    if (!root) {
        WCHAR directory[MAX_PATH];
        DWORD length = GetCurrentDirectoryW(ARRAYSIZE(directory), directory);
        if (!length || length >= ARRAYSIZE(directory)) return set_error(ERROR_INVALID_NAME);
        if (!GetVolumePathNameW(directory, current, ARRAYSIZE(current))) return FALSE;
        root = current;
    }
    return open_path(root, FILE_READ_ATTRIBUTES | SYNCHRONIZE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                     FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT | FILE_OPEN_FOR_BACKUP_INTENT, handle);
}

/* NtQueryVolumeInformationFile on the volume of `root`; the reference wants a trailing backslash. */
static BOOL query_root(const WCHAR *root, ULONG class, void *info, ULONG size)
{
    IO_STATUS_BLOCK io;
    HANDLE handle;
    NTSTATUS status;

    if (!open_root(root, &handle)) return FALSE;
    status = NtQueryVolumeInformationFile(handle, &io, info, size, class);
    NtClose(handle);
    if (status == STATUS_BUFFER_OVERFLOW) status = STATUS_SUCCESS;
    return status_to_bool(status);
}

DWORD WINAPI GetLogicalDrives(void)
{
    struct {
        ULONG map;
        UCHAR types[32];
    } devices;
    NTSTATUS status = NtQueryInformationProcess(NtCurrentProcess(), 23 /* ProcessDeviceMap */, &devices, sizeof(devices),
                                                NULL);

    if (status >= 0) return devices.map;
    return set_status(status);
}

DWORD WINAPI GetLogicalDriveStringsW(DWORD size, LPWSTR buffer)
{
    DWORD drives = GetLogicalDrives(), count = __builtin_popcount(drives);

    if (size < count * 4 + 1 || !buffer) return count * 4 + 1;
    for (int i = 0; i < 26; i++) {
        if (!(drives >> i & 1)) continue;
        *buffer++ = 'A' + i;
        *buffer++ = ':';
        *buffer++ = '\\';
        *buffer++ = 0;
    }
    *buffer = 0;
    return count * 4;
}

DWORD WINAPI GetLogicalDriveStringsA(DWORD size, LPSTR buffer)
{
    WCHAR wide[26 * 4 + 1];
    DWORD length = GetLogicalDriveStringsW(ARRAYSIZE(wide), wide);

    if (size < length + 1 || !buffer) return length + 1;
    for (DWORD i = 0; i <= length; i++) buffer[i] = (char)wide[i];
    return length;
}

UINT WINAPI GetDriveTypeW(LPCWSTR root)
{
    FILE_FS_DEVICE_INFORMATION info;
    WCHAR own[4];

    /* A missing backslash after the colon is added; anything else must be a root. */
    if (root && root[0] && root[1] == ':' && !root[2]) {
        own[0] = root[0];
        own[1] = ':';
        own[2] = '\\';
        own[3] = 0;
        root = own;
    }
    if (!query_root(root, 4, &info, sizeof(info))) return DRIVE_NO_ROOT_DIR;
    if (info.Characteristics & 0x10 /* FILE_REMOTE_DEVICE */) return DRIVE_REMOTE;
    switch (info.DeviceType) {
    case 0x02: /* CD-ROM */
    case 0x03: return DRIVE_CDROM;
    case 0x24: return DRIVE_RAMDISK;
    case 0x14: return DRIVE_REMOTE;
    case 0x07:
    case 0x08: return info.Characteristics & 1 /* FILE_REMOVABLE_MEDIA */ ? DRIVE_REMOVABLE : DRIVE_FIXED;
    default: return DRIVE_UNKNOWN;
    }
}

UINT WINAPI GetDriveTypeA(LPCSTR root)
{
    WIDE(wide);
    return wide_from_file_name(&wide, root) ? GetDriveTypeW(wide.text) : DRIVE_NO_ROOT_DIR;
}

BOOL WINAPI GetDiskFreeSpaceW(LPCWSTR root, LPDWORD sectors, LPDWORD bytes, LPDWORD free, LPDWORD total)
{
    FILE_FS_SIZE_INFORMATION info;

    if (!query_root(root, 3 /* FileFsSizeInformation */, &info, sizeof(info))) return FALSE;
    if (sectors) *sectors = info.SectorsPerAllocationUnit;
    if (bytes) *bytes = info.BytesPerSector;
    if (free) *free = info.AvailableAllocationUnits.HighPart ? ~0u : info.AvailableAllocationUnits.LowPart;
    if (total) *total = info.TotalAllocationUnits.HighPart ? ~0u : info.TotalAllocationUnits.LowPart;
    return TRUE;
}

BOOL WINAPI GetDiskFreeSpaceA(LPCSTR root, LPDWORD sectors, LPDWORD bytes, LPDWORD free, LPDWORD total)
{
    WIDE(wide);
    return wide_from_file_name(&wide, root) && GetDiskFreeSpaceW(wide.text, sectors, bytes, free, total);
}

/* Any folder will do, not only a root. */
BOOL WINAPI GetDiskFreeSpaceExW(LPCWSTR directory, PULARGE_INTEGER available, PULARGE_INTEGER total,
                                PULARGE_INTEGER free)
{
    FILE_FS_FULL_SIZE_INFORMATION info;
    ULONGLONG unit;

    if (!query_root(directory, 7 /* FileFsFullSizeInformation */, &info, sizeof(info))) return FALSE;
    unit = (ULONGLONG)info.SectorsPerAllocationUnit * info.BytesPerSector;
    if (available) available->QuadPart = info.CallerAvailableAllocationUnits.QuadPart * unit;
    if (total) total->QuadPart = info.TotalAllocationUnits.QuadPart * unit;
    if (free) free->QuadPart = info.ActualAvailableAllocationUnits.QuadPart * unit;
    return TRUE;
}

BOOL WINAPI GetDiskFreeSpaceExA(LPCSTR directory, PULARGE_INTEGER available, PULARGE_INTEGER total, PULARGE_INTEGER free)
{
    WIDE(wide);
    return wide_from_file_name(&wide, directory) && GetDiskFreeSpaceExW(wide.text, available, total, free);
}

static BOOL volume_information(HANDLE volume, WCHAR *label, DWORD label_size, DWORD *serial, DWORD *component,
                               DWORD *flags, WCHAR *system, DWORD system_size)
{
    struct {
        FILE_FS_VOLUME_INFORMATION info;
        WCHAR text[MAX_PATH];
    } fs;
    struct {
        FILE_FS_ATTRIBUTE_INFORMATION info;
        WCHAR text[MAX_PATH];
    } attributes;
    IO_STATUS_BLOCK io;
    NTSTATUS status;

    if (label || serial) {
        status = NtQueryVolumeInformationFile(volume, &io, &fs, sizeof(fs), FileFsVolumeInformation);
        if (status < 0) return set_status(status);
        DWORD length = fs.info.VolumeLabelLength / sizeof(WCHAR);
        if (label && length >= label_size) return set_error(ERROR_BAD_LENGTH);
        if (label) {
            memcpy(label, fs.info.VolumeLabel, length * sizeof(WCHAR));
            label[length] = 0;
        }
        if (serial) *serial = fs.info.VolumeSerialNumber;
    }
    if (component || flags || system) {
        status = NtQueryVolumeInformationFile(volume, &io, &attributes, sizeof(attributes), 5);
        if (status < 0) return set_status(status);
        DWORD length = attributes.info.FileSystemNameLength / sizeof(WCHAR);
        if (system && length >= system_size) return set_error(ERROR_BAD_LENGTH);
        if (system) {
            memcpy(system, attributes.info.FileSystemName, length * sizeof(WCHAR));
            system[length] = 0;
        }
        if (component) *component = attributes.info.MaximumComponentNameLength;
        if (flags) *flags = attributes.info.FileSystemAttributes;
    }
    return TRUE;
}

BOOL WINAPI GetVolumeInformationByHandleW(HANDLE file, LPWSTR label, DWORD label_size, LPDWORD serial,
                                          LPDWORD component, LPDWORD flags, LPWSTR system, DWORD system_size)
{
    return volume_information(file, label, label_size, serial, component, flags, system, system_size);
}

BOOL WINAPI GetVolumeInformationW(LPCWSTR root, LPWSTR label, DWORD label_size, LPDWORD serial, LPDWORD component,
                                  LPDWORD flags, LPWSTR system, DWORD system_size)
{
    HANDLE handle;
    BOOL result;

    /* Not a root: the reference wants a trailing backslash. */
    if (root) {
        size_t length = wide_length(root);
        if (!length || (root[length - 1] != '\\' && root[length - 1] != '/')) return set_error(ERROR_INVALID_NAME);
    }
    if (!open_root(root, &handle)) return FALSE;
    result = volume_information(handle, label, label_size, serial, component, flags, system, system_size);
    NtClose(handle);
    return result;
}

BOOL WINAPI GetVolumeInformationA(LPCSTR root, LPSTR label, DWORD label_size, LPDWORD serial, LPDWORD component,
                                  LPDWORD flags, LPSTR system, DWORD system_size)
{
    WIDE(wide);
    WCHAR wide_label[MAX_PATH], wide_system[MAX_PATH];

    if (!wide_from_file_name(&wide, root)) return FALSE;
    if (!GetVolumeInformationW(wide.text, wide_label, MAX_PATH, serial, component, flags, wide_system, MAX_PATH))
        return FALSE;
    if (label && result_file_name(label, label_size, wide_label, wide_length(wide_label)) >= label_size)
        return set_error(ERROR_BAD_LENGTH);
    if (system && result_file_name(system, system_size, wide_system, wide_length(wide_system)) >= system_size)
        return set_error(ERROR_BAD_LENGTH);
    return TRUE;
}

BOOL WINAPI SetVolumeLabelW(LPCWSTR root, LPCWSTR label)
{
    struct {
        ULONG bytes;
        WCHAR text[34];
    } info = { 0 };
    IO_STATUS_BLOCK io;
    HANDLE handle;
    NTSTATUS status;
    size_t length = label ? wide_length(label) : 0;

    if (length > 32) return set_error(ERROR_INVALID_PARAMETER);
    if (!open_root(root, &handle)) return FALSE;
    info.bytes = (ULONG)length * sizeof(WCHAR);
    memcpy(info.text, label, info.bytes);
    status = NtSetVolumeInformationFile(handle, &io, &info, sizeof(ULONG) + info.bytes, 2 /* FileFsLabelInformation */);
    NtClose(handle);
    return status_to_bool(status);
}

BOOL WINAPI SetVolumeLabelA(LPCSTR root, LPCSTR label)
{
    WIDE(wide_root);
    WIDE(wide);
    return wide_from_file_name(&wide_root, root) && wide_from_file_name(&wide, label) &&
           SetVolumeLabelW(wide_root.text, wide.text);
}

/* The root of the volume that holds a path: drives are the only mount points. */
BOOL WINAPI GetVolumePathNameW(LPCWSTR name, LPWSTR buffer, DWORD size)
{
    WCHAR *full;
    DWORD length, root = 0;
    BOOL result = FALSE;

    if (!name || !*name || !buffer || !size) return set_error(ERROR_INVALID_PARAMETER);
    if (!(length = GetFullPathNameW(name, 0, NULL, NULL))) return FALSE;
    if (!(full = mem_alloc(length * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    length = GetFullPathNameW(name, length, full, NULL);
    WCHAR *at = full;
    if (at[0] == '\\' && at[1] == '\\' && (at[2] == '?' || at[2] == '.') && at[3] == '\\') at += 4;
    if (at[0] && at[1] == ':') {
        root = (DWORD)(at - full) + 2;
    } else if (at == full && at[0] == '\\' && at[1] == '\\') {
        int parts = 2;
        for (at += 2; *at; at++)
            if (*at == '\\' && !--parts) break;
        root = (DWORD)(at - full);
    } else if (at != full) {
        while (*at && *at != '\\') at++;
        root = (DWORD)(at - full);
    }
    if (!root) set_error(ERROR_INVALID_NAME);
    else if (root + 2 > size) set_error(ERROR_FILENAME_EXCED_RANGE);
    else {
        memcpy(buffer, full, root * sizeof(WCHAR));
        buffer[root] = '\\';
        buffer[root + 1] = 0;
        result = TRUE;
    }
    mem_free(full);
    return result;
}

BOOL WINAPI GetVolumePathNameA(LPCSTR name, LPSTR buffer, DWORD size)
{
    WIDE(wide);
    WCHAR root[MAX_PATH];

    if (!buffer || !size) return set_error(ERROR_INVALID_PARAMETER);
    if (!wide_from_file_name(&wide, name) || !GetVolumePathNameW(wide.text, root, ARRAYSIZE(root))) return FALSE;
    if (result_file_name(buffer, size, root, wide_length(root)) >= size) return set_error(ERROR_FILENAME_EXCED_RANGE);
    return TRUE;
}

/* ---- volume GUIDs: made from the drive letter and the volume's serial number, so they are stable ---- */

static WCHAR *hex(WCHAR *at, ULONG value, int digits)
{
    while (digits--) *at++ = L"0123456789abcdef"[value >> (digits * 4) & 15];
    return at;
}

#define VOLUME_NAME_LENGTH 49 /* \\?\Volume{, 36 digits and dashes, }\ */

static BOOL volume_name(WCHAR drive, WCHAR *buffer)
{
    WCHAR root[] = { drive, ':', '\\', 0 }, *at = buffer;
    DWORD serial = 0;

    if (!GetVolumeInformationW(root, NULL, 0, &serial, NULL, NULL, NULL, 0)) return FALSE;
    memcpy(at, L"\\\\?\\Volume{", 11 * sizeof(WCHAR));
    at = hex(at + 11, serial, 8);
    memcpy(at, L"-0000-0000-0000-", 16 * sizeof(WCHAR));
    at = hex(at + 16, 0, 4);
    at = hex(at, 0x100 * (drive | 0x20), 8);
    memcpy(at, L"}\\", 3 * sizeof(WCHAR));
    return TRUE;
}

BOOL WINAPI GetVolumeNameForVolumeMountPointW(LPCWSTR point, LPWSTR buffer, DWORD size)
{
    WCHAR name[VOLUME_NAME_LENGTH + 1], root[MAX_PATH];

    if (!point || !*point) return set_error(ERROR_INVALID_NAME);
    if (point[wide_length(point) - 1] != '\\') return set_error(ERROR_INVALID_NAME);
    if (!GetVolumePathNameW(point, root, ARRAYSIZE(root))) return FALSE;
    if (root[1] != ':' || wide_length(point) > 3) return set_error(ERROR_NOT_A_REPARSE_POINT);
    if (!volume_name(root[0] & ~0x20, name)) return FALSE;
    if (size <= VOLUME_NAME_LENGTH) return set_error(ERROR_FILENAME_EXCED_RANGE);
    memcpy(buffer, name, sizeof(name));
    return TRUE;
}

BOOL WINAPI GetVolumeNameForVolumeMountPointA(LPCSTR point, LPSTR buffer, DWORD size)
{
    WIDE(wide);
    WCHAR name[VOLUME_NAME_LENGTH + 1];

    if (!wide_from_file_name(&wide, point)) return FALSE;
    if (!GetVolumeNameForVolumeMountPointW(wide.text, name, ARRAYSIZE(name))) return FALSE;
    if (size <= VOLUME_NAME_LENGTH) return set_error(ERROR_FILENAME_EXCED_RANGE);
    result_ansi(buffer, size, name, VOLUME_NAME_LENGTH);
    return TRUE;
}

BOOL WINAPI GetVolumePathNamesForVolumeNameW(LPCWSTR name, LPWCH buffer, DWORD size, PDWORD needed)
{
    WCHAR volume[VOLUME_NAME_LENGTH + 1];
    DWORD drives = GetLogicalDrives();

    if (!name || wide_length(name) != VOLUME_NAME_LENGTH) return set_error(ERROR_INVALID_NAME);
    for (int i = 0; i < 26; i++) {
        if (!(drives >> i & 1) || !volume_name('A' + i, volume) || wide_compare_nocase(volume, name)) continue;
        if (needed) *needed = 5;
        if (size < 5) return set_error(ERROR_MORE_DATA);
        memcpy(buffer, (WCHAR[]){ 'A' + i, ':', '\\', 0, 0 }, 5 * sizeof(WCHAR));
        return TRUE;
    }
    return set_error(ERROR_FILE_NOT_FOUND);
}

struct volume_find {
    DWORD drives; /* still to come */
};

BOOL WINAPI FindNextVolumeW(HANDLE handle, LPWSTR buffer, DWORD size)
{
    struct volume_find *find = (struct volume_find *)handle;

    if (!handle || handle == INVALID_HANDLE_VALUE) return set_error(ERROR_INVALID_HANDLE);
    if (size <= VOLUME_NAME_LENGTH) return set_error(ERROR_FILENAME_EXCED_RANGE);
    while (find->drives) {
        int drive = __builtin_ctz(find->drives);
        find->drives &= find->drives - 1;
        if (volume_name('A' + drive, buffer)) return TRUE;
    }
    return set_error(ERROR_NO_MORE_FILES);
}

HANDLE WINAPI FindFirstVolumeW(LPWSTR buffer, DWORD size)
{
    struct volume_find *find = mem_alloc(sizeof(*find));

    if (!find) {
        set_error(ERROR_NOT_ENOUGH_MEMORY);
        return INVALID_HANDLE_VALUE;
    }
    find->drives = GetLogicalDrives();
    if (FindNextVolumeW(find, buffer, size)) return find;
    mem_free(find);
    return INVALID_HANDLE_VALUE;
}

BOOL WINAPI FindVolumeClose(HANDLE handle)
{
    if (!handle || handle == INVALID_HANDLE_VALUE) return set_error(ERROR_INVALID_HANDLE);
    mem_free(handle);
    return TRUE;
}

/* ---- DOS device names: symbolic links below \?? ---- */

static NTSTATUS open_link(const WCHAR *device, HANDLE *link)
{
    WCHAR path[MAX_PATH + 8];
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    size_t length = wide_length(device);

    if (length > MAX_PATH) return STATUS_OBJECT_NAME_INVALID;
    memcpy(path, L"\\??\\", 4 * sizeof(WCHAR));
    memcpy(path + 4, device, (length + 1) * sizeof(WCHAR));
    name = unicode_string(path);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return NtOpenSymbolicLinkObject(link, 1 /* SYMBOLIC_LINK_QUERY */, &attributes);
}

DWORD WINAPI QueryDosDeviceW(LPCWSTR device, LPWSTR buffer, DWORD size)
{
    UNICODE_STRING target = { 0 };
    HANDLE handle;
    NTSTATUS status;

    if (device) {
        status = open_link(device, &handle);
        if (status < 0) return set_status(status);
        target.Buffer = buffer;
        target.MaximumLength = size > 0x7fff ? 0xfffe : size * sizeof(WCHAR);
        status = NtQuerySymbolicLinkObject(handle, &target, NULL);
        NtClose(handle);
        if (status < 0) return status == STATUS_BUFFER_TOO_SMALL ? set_error(ERROR_INSUFFICIENT_BUFFER)
                                                                 : set_status(status);
        DWORD length = target.Length / sizeof(WCHAR);
        if (length + 2 > size) return set_error(ERROR_INSUFFICIENT_BUFFER);
        buffer[length] = buffer[length + 1] = 0;
        return length + 2;
    }
    /* Every name, each terminated, and an empty one at the end. */
    static WCHAR directory_name[] = L"\\??";
    UNICODE_STRING name = unicode_string(directory_name);
    OBJECT_ATTRIBUTES attributes;
    struct {
        UNICODE_STRING name, type;
        WCHAR text[MAX_PATH * 2];
    } entry;
    ULONG context = 0;
    DWORD used = 0;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtOpenDirectoryObject(&handle, 1 /* DIRECTORY_QUERY */, &attributes);
    if (status < 0) return set_status(status);
    while (NtQueryDirectoryObject(handle, &entry, sizeof(entry), TRUE, !context, &context, NULL) == STATUS_SUCCESS) {
        DWORD length = entry.name.Length / sizeof(WCHAR);
        if (used + length + 2 > size) {
            NtClose(handle);
            return set_error(ERROR_INSUFFICIENT_BUFFER);
        }
        memcpy(buffer + used, entry.name.Buffer, length * sizeof(WCHAR));
        buffer[used + length] = 0;
        used += length + 1;
    }
    NtClose(handle);
    if (used >= size) return set_error(ERROR_INSUFFICIENT_BUFFER);
    buffer[used++] = 0;
    return used;
}

DWORD WINAPI QueryDosDeviceA(LPCSTR device, LPSTR buffer, DWORD size)
{
    WIDE(wide);
    DWORD length, bytes;
    WCHAR *text;

    if (!wide_from_file_name(&wide, device)) return 0;
    if (!(text = mem_alloc((SIZE_T)size * sizeof(WCHAR)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    if ((length = QueryDosDeviceW(wide.text, text, size))) {
        bytes = ansi_size(text, length);
        length = bytes <= size ? ansi_from_wide(buffer, size, text, length) : set_error(ERROR_INSUFFICIENT_BUFFER);
    }
    mem_free(text);
    return length;
}

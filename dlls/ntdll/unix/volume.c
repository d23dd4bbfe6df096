/* Volumes: opening a drive itself, and NtQueryVolumeInformationFile. Classes: MS-FSCC 2.5. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "device.h"
#include "ferry/syscall_table.h"
#include "fileinfo.h"
#include "host.h"
#include "path.h"

uint32_t volume_serial(uint64_t device)
{
    uint64_t hash = (device + 0x46455252) * 0x9e3779b97f4a7c15ull;
    return (hash >> 32) | 1;
}

NTSTATUS volume_open(const struct file_create *create, struct path *path, struct file **file)
{
    struct stat st;
    int fd;

    if (create->options & FILE_DIRECTORY_FILE)
        return STATUS_INVALID_PARAMETER;
    if (create->disposition != FILE_OPEN && create->disposition != FILE_OPEN_IF)
        return STATUS_ACCESS_DENIED;
    if (create->access & (FILE_READ_DATA | FILE_WRITE_DATA | FILE_APPEND_DATA))
        return STATUS_ACCESS_DENIED; /* raw access is an administrator's */
    fd = open(path->unix_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? STATUS_OBJECT_NAME_NOT_FOUND : status_from_errno(errno);
    if (fstat(fd, &st) || !(*file = file_new(FILE_KIND_VOLUME, &volume_ops, fd))) {
        close(fd);
        return STATUS_NO_MEMORY;
    }
    (*file)->mode = st.st_mode;
    (*file)->device = st.st_dev;
    (*file)->inode = st.st_ino;
    (*file)->unix_path = strdup(path->unix_path);
    return STATUS_SUCCESS;
}

static const char *root_of(const struct file *file, char root[PATH_MAX])
{
    const char *rest;
    char letter = file->unix_path ? path_drive_of(file->unix_path, &rest) : 'C';

    return path_drive_root(letter, root) && *root ? root : "/";
}

/* The drive's label: the text of a file ".label" in its root, as FileFsLabelInformation keeps it. */
static int label_read(const struct file *file, WCHAR label[32])
{
    char root[PATH_MAX], name[PATH_MAX + 16], text[128];
    ssize_t got = -1;
    int fd, units;

    snprintf(name, sizeof(name), "%s/.label", root_of(file, root));
    fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0) {
        got = read(fd, text, sizeof(text));
        close(fd);
    }
    while (got > 0 && (text[got - 1] == '\n' || text[got - 1] == '\r'))
        got--;
    units = got > 0 ? utf16_from_utf8(label, 32, text, got) : 0;
    return units < 0 ? 0 : units;
}

static ULONG device_type(const struct file *file)
{
    return file->kind == FILE_KIND_STREAM && S_ISCHR(file->mode) ? FILE_DEVICE_SERIAL_PORT : file->ops->device_type;
}

static NTSTATUS put_volume(const struct file *file, void *buffer, ULONG length, ULONG_PTR *used)
{
    FILE_FS_VOLUME_INFORMATION *info = buffer;
    char root[PATH_MAX];
    struct statx stx;
    WCHAR label[32];
    ULONG room = length - offsetof(FILE_FS_VOLUME_INFORMATION, VolumeLabel);
    ULONG bytes = label_read(file, label) * sizeof(WCHAR);

    memset(&stx, 0, sizeof(stx));
    statx(AT_FDCWD, root_of(file, root), 0, STATX_BTIME, &stx);
    info->VolumeCreationTime.QuadPart =
        stx.stx_mask & STATX_BTIME ? time_from_timespec(stx.stx_btime.tv_sec, stx.stx_btime.tv_nsec) : 0;
    info->VolumeSerialNumber = volume_serial(file->device);
    info->VolumeLabelLength = bytes;
    info->SupportsObjects = FALSE;
    memcpy(info->VolumeLabel, label, bytes < room ? bytes : room);
    *used = offsetof(FILE_FS_VOLUME_INFORMATION, VolumeLabel) + (bytes < room ? bytes : room);
    return bytes > room ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static NTSTATUS put_attributes(void *buffer, ULONG length, ULONG_PTR *used)
{
    static const WCHAR name[] = L"NTFS"; /* what programs check for before they use links and large files */
    FILE_FS_ATTRIBUTE_INFORMATION *info = buffer;
    ULONG room = length - offsetof(FILE_FS_ATTRIBUTE_INFORMATION, FileSystemName);

    info->FileSystemAttributes = FILE_CASE_PRESERVED_NAMES | FILE_UNICODE_ON_DISK | FILE_SUPPORTS_HARD_LINKS |
                                 FILE_SUPPORTS_REPARSE_POINTS | FILE_SUPPORTS_SPARSE_FILES | FILE_PERSISTENT_ACLS |
                                 0x00000400 /* FILE_SUPPORTS_POSIX_UNLINK_RENAME */;
    info->MaximumComponentNameLength = 255;
    info->FileSystemNameLength = 8;
    memcpy(info->FileSystemName, name, room < 8 ? room : 8);
    *used = offsetof(FILE_FS_ATTRIBUTE_INFORMATION, FileSystemName) + (room < 8 ? room : 8);
    return room < 8 ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static ULONG minimum_length(ULONG class)
{
    switch (class) {
    case FileFsVolumeInformation: return sizeof(FILE_FS_VOLUME_INFORMATION);
    case FileFsSizeInformation: return sizeof(FILE_FS_SIZE_INFORMATION);
    case FileFsDeviceInformation: return sizeof(FILE_FS_DEVICE_INFORMATION);
    case FileFsAttributeInformation: return sizeof(FILE_FS_ATTRIBUTE_INFORMATION);
    case FileFsFullSizeInformation: return sizeof(FILE_FS_FULL_SIZE_INFORMATION);
    case FileFsObjectIdInformation: return sizeof(FILE_FS_OBJECTID_INFORMATION);
    case FileFsSectorSizeInformation_: return sizeof(FERRY_FILE_FS_SECTOR_SIZE_INFORMATION);
    default: return 0;
    }
}

static NTSTATUS query(const struct file *file, ULONG class, void *buffer, ULONG length, ULONG_PTR *used)
{
    struct statvfs vfs;

    *used = minimum_length(class);
    if (class == FileFsDeviceInformation) {
        FILE_FS_DEVICE_INFORMATION *info = buffer;
        info->DeviceType = device_type(file);
        info->Characteristics = info->DeviceType == FILE_DEVICE_DISK ? 0x20 /* FILE_DEVICE_IS_MOUNTED */ : 0;
        return STATUS_SUCCESS;
    }
    if (file->ops->device_type != FILE_DEVICE_DISK)
        return STATUS_INVALID_DEVICE_REQUEST;
    switch (class) {
    case FileFsVolumeInformation:
        return put_volume(file, buffer, length, used);
    case FileFsAttributeInformation:
        return put_attributes(buffer, length, used);
    case FileFsObjectIdInformation:
        return STATUS_OBJECT_NAME_NOT_FOUND;
    case FileFsSectorSizeInformation_: {
        FERRY_FILE_FS_SECTOR_SIZE_INFORMATION *info = buffer;
        *info = (FERRY_FILE_FS_SECTOR_SIZE_INFORMATION){
            .LogicalBytesPerSector = 512, .PhysicalBytesPerSectorForAtomicity = 4096,
            .PhysicalBytesPerSectorForPerformance = 4096,
            .FileSystemEffectivePhysicalBytesPerSectorForAtomicity = 4096,
            .Flags = 3, /* aligned device, partition aligned on device */
        };
        return STATUS_SUCCESS;
    }
    }
    if (fstatvfs(file->object.fd, &vfs))
        return status_from_errno(errno);
    if (class == FileFsSizeInformation) {
        FILE_FS_SIZE_INFORMATION *info = buffer;
        info->BytesPerSector = 512;
        info->SectorsPerAllocationUnit = vfs.f_frsize >= 512 ? vfs.f_frsize / 512 : 1;
        info->TotalAllocationUnits.QuadPart = vfs.f_blocks;
        info->AvailableAllocationUnits.QuadPart = vfs.f_bavail;
    } else {
        FILE_FS_FULL_SIZE_INFORMATION *info = buffer;
        info->BytesPerSector = 512;
        info->SectorsPerAllocationUnit = vfs.f_frsize >= 512 ? vfs.f_frsize / 512 : 1;
        info->TotalAllocationUnits.QuadPart = vfs.f_blocks;
        info->CallerAvailableAllocationUnits.QuadPart = vfs.f_bavail;
        info->ActualAvailableAllocationUnits.QuadPart = vfs.f_bfree;
    }
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtQueryVolumeInformationFile(HANDLE handle, IO_STATUS_BLOCK *iosb, void *buffer, ULONG length,
                                          ULONG class)
{
    ULONG needed = minimum_length(class);
    ULONG_PTR used = 0;
    struct file *file;
    NTSTATUS status;

    if (!needed)
        return STATUS_INVALID_INFO_CLASS;
    if (length < needed)
        return STATUS_INFO_LENGTH_MISMATCH;
    probe_write(iosb, iosb_size());
    probe_write(buffer, length);
    status = file_from_handle(handle, 0, &file, NULL);
    if (status)
        return status;
    status = query(file, class, buffer, length, &used);
    file_release(file);
    if (!NT_ERROR(status)) {
        iosb->Status = status;
        iosb_set_information(iosb, used);
    }
    return status;
}

/* A label is kept as text in the drive's root, so that it is there for every program that reads the drive. */
NTSTATUS sys_NtSetVolumeInformationFile(HANDLE handle, IO_STATUS_BLOCK *iosb, void *buffer, ULONG length,
                                        ULONG class)
{
    const FILE_FS_LABEL_INFORMATION *info = buffer;
    char root[PATH_MAX], name[PATH_MAX + 16], text[128];
    WCHAR label[32];
    ULONG bytes;
    struct file *file;
    int fd, count;
    NTSTATUS status;

    if (class != FileFsLabelInformation)
        return STATUS_INVALID_INFO_CLASS;
    if (length < sizeof(*info))
        return STATUS_INFO_LENGTH_MISMATCH;
    bytes = info->VolumeLabelLength;
    if (bytes > sizeof(label) || bytes > length - offsetof(FILE_FS_LABEL_INFORMATION, VolumeLabel))
        return STATUS_INVALID_VOLUME_LABEL;
    memcpy(label, info->VolumeLabel, bytes);
    probe_write(iosb, iosb_size());
    status = file_from_handle(handle, 0, &file, NULL);
    if (status)
        return status;
    if (file->ops->device_type != FILE_DEVICE_DISK) {
        status = STATUS_INVALID_DEVICE_REQUEST;
    } else {
        snprintf(name, sizeof(name), "%s/.label", root_of(file, root));
        count = utf8_from_utf16(text, sizeof(text), label, bytes / sizeof(WCHAR));
        if (!bytes) {
            if (unlink(name) && errno != ENOENT)
                status = status_from_errno(errno);
        } else {
            fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
            if (fd < 0 || write(fd, text, count) != count)
                status = status_from_errno(errno);
            if (fd >= 0)
                close(fd);
        }
    }
    file_release(file);
    if (!status) {
        iosb->Status = status;
        iosb_set_information(iosb, 0);
    }
    return status;
}

/* NtSetInformationFile, but for names (rename.c). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "attributes.h"
#include "disk.h"
#include "ferry/syscall_table.h"
#include "fileinfo.h"
#include "host.h"
#include "path.h"
#include "request.h"
#include "share.h"
#include "wait.h"

static bool is_disk(const struct file *file)
{
    return file->kind == FILE_KIND_DISK || file->kind == FILE_KIND_DIRECTORY;
}

/* 0 and -1, -2 (stop and resume automatic updates of this handle, which Linux cannot) leave a time alone. */
static struct timespec time_or_omit(LONGLONG time)
{
    if (time <= 0)
        return (struct timespec){.tv_nsec = UTIME_OMIT};
    return time_to_timespec(time);
}

static NTSTATUS set_basic(struct file *file, const FILE_BASIC_INFORMATION *info)
{
    struct timespec times[2];
    int error;

    if (info->CreationTime.QuadPart < -2 || info->LastAccessTime.QuadPart < -2 ||
        info->LastWriteTime.QuadPart < -2 || info->ChangeTime.QuadPart < -2)
        return STATUS_INVALID_PARAMETER;
    if (!is_disk(file))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (info->FileAttributes) {
        if (file->kind == FILE_KIND_DIRECTORY ? info->FileAttributes & FILE_ATTRIBUTE_TEMPORARY
                                              : info->FileAttributes & FILE_ATTRIBUTE_DIRECTORY &&
                                                    !S_ISLNK(file->mode))
            return STATUS_INVALID_PARAMETER;
        if (!S_ISLNK(file->mode)) {
            error = attributes_set(file->object.fd, file->mode, info->FileAttributes);
            if (error == EOPNOTSUPP || (error == EPERM && S_ISDIR(file->mode)))
                error = 0; /* a file system without room for them: read only was set, the rest is lost, as on FAT */
            if (error)
                return status_from_errno(error);
        }
    }
    if (info->CreationTime.QuadPart > 0 && !S_ISLNK(file->mode)) {
        error = creation_time_set(file->object.fd, info->CreationTime.QuadPart);
        if (error && error != EOPNOTSUPP)
            return status_from_errno(error);
    }
    times[0] = time_or_omit(info->LastAccessTime.QuadPart);
    times[1] = time_or_omit(info->LastWriteTime.QuadPart);
    if (times[0].tv_nsec == UTIME_OMIT && times[1].tv_nsec == UTIME_OMIT)
        return STATUS_SUCCESS;
    if (S_ISLNK(file->mode)) {
        if (utimensat(AT_FDCWD, file->unix_path, times, AT_SYMLINK_NOFOLLOW))
            return status_from_errno(errno);
        return STATUS_SUCCESS;
    }
    if (futimens(file->object.fd, times)) {
        char link[32];
        if (errno != EBADF)
            return status_from_errno(errno);
        snprintf(link, sizeof(link), "/proc/self/fd/%d", file->object.fd);
        if (utimensat(AT_FDCWD, link, times, 0))
            return status_from_errno(errno);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS set_position(struct file *file, const FILE_POSITION_INFORMATION *info)
{
    if (info->CurrentByteOffset.QuadPart < 0)
        return STATUS_INVALID_PARAMETER;
    if (file->kind == FILE_KIND_DISK && file_is_synchronous(file) &&
        lseek(file->object.fd, info->CurrentByteOffset.QuadPart, SEEK_SET) < 0)
        return status_from_errno(errno);
    return STATUS_SUCCESS;
}

static NTSTATUS set_end_of_file(struct file *file, LONGLONG size)
{
    if (size < 0)
        return STATUS_INVALID_PARAMETER;
    if (file->kind != FILE_KIND_DISK)
        return file->kind == FILE_KIND_DIRECTORY ? STATUS_INVALID_PARAMETER : STATUS_INVALID_DEVICE_REQUEST;
    if (ftruncate(file->object.fd, size))
        return errno == EFBIG || errno == EINVAL ? STATUS_INVALID_PARAMETER : status_from_errno(errno);
    return STATUS_SUCCESS;
}

static NTSTATUS set_allocation(struct file *file, LONGLONG size)
{
    struct stat st;

    if (size < 0 || file->kind == FILE_KIND_DIRECTORY)
        return STATUS_INVALID_PARAMETER;
    if (file->kind != FILE_KIND_DISK)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (fstat(file->object.fd, &st))
        return status_from_errno(errno);
    if (size < st.st_size)
        return ftruncate(file->object.fd, size) ? status_from_errno(errno) : STATUS_SUCCESS;
    if (size > st.st_blocks * 512ll && fallocate(file->object.fd, FALLOC_FL_KEEP_SIZE, 0, size) &&
        errno != EOPNOTSUPP)
        return status_from_errno(errno);
    return STATUS_SUCCESS;
}

static NTSTATUS set_disposition(struct file *file, ULONG flags)
{
    bool delete_it = flags & FERRY_DISPOSITION_DELETE;
    NTSTATUS status;

    if (flags & ~0x1fu)
        return STATUS_INVALID_PARAMETER;
    if (!is_disk(file))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (flags & FERRY_DISPOSITION_ON_CLOSE) {
        if (!(file->options & FILE_DELETE_ON_CLOSE))
            return STATUS_NOT_SUPPORTED;
        file->delete_on_close = delete_it;
        return STATUS_SUCCESS;
    }
    if (!delete_it) {
        if (file->share)
            share_set_delete(file->share, false);
        return STATUS_SUCCESS;
    }
    if (!file->share || file->lower)
        return STATUS_CANNOT_DELETE;
    status = disk_check_delete(file, flags & FERRY_DISPOSITION_IGNORE_READONLY);
    if (status)
        return status;
    file->posix_delete = flags & FERRY_DISPOSITION_POSIX_SEMANTICS;
    share_set_delete(file->share, true);
    file_mark_delete(file);
    return STATUS_SUCCESS;
}

static NTSTATUS set_completion(struct file *file, HANDLE handle, void *key)
{
    struct object *port, *none = NULL;
    NTSTATUS status;

    if (file_is_synchronous(file))
        return STATUS_INVALID_PARAMETER;
    status = handle_object(handle, OBJECT_IO_COMPLETION, IO_COMPLETION_MODIFY_STATE, &port, NULL);
    if (status)
        return status;
    file->port_key = key;
    if (!__atomic_compare_exchange_n(&file->port, &none, port, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {
        object_release(port);
        return STATUS_INVALID_PARAMETER; /* a file has one port for its life */
    }
    return STATUS_SUCCESS;
}

static NTSTATUS set(struct file *file, ULONG class, const void *buffer, ULONG length)
{
    union {
        FILE_BASIC_INFORMATION basic;
        FILE_POSITION_INFORMATION position;
        FERRY_FILE_COMPLETION_INFORMATION completion;
        LARGE_INTEGER large;
        ULONG number;
        BOOLEAN flag;
    } in;

    memcpy(&in, buffer, length < sizeof(in) ? length : sizeof(in));
    switch (class) {
    case FileBasicInformation:
        return set_basic(file, &in.basic);
    case FilePositionInformation:
        return set_position(file, &in.position);
    case FileEndOfFileInformation:
        return set_end_of_file(file, in.large.QuadPart);
    case FileAllocationInformation:
        return set_allocation(file, in.large.QuadPart);
    case FileDispositionInformation:
        return set_disposition(file, in.flag ? FERRY_DISPOSITION_DELETE : 0);
    case FileDispositionInformationEx_:
        return set_disposition(file, in.number);
    case FileRenameInformation:
        return disk_rename(file, buffer, length, in.flag ? FERRY_RENAME_REPLACE_IF_EXISTS : 0, false);
    case FileRenameInformationEx_:
        return disk_rename(file, buffer, length, in.number, false);
    case FileLinkInformation:
        return disk_rename(file, buffer, length, in.flag ? FERRY_RENAME_REPLACE_IF_EXISTS : 0, true);
    case FileLinkInformationEx_:
        return disk_rename(file, buffer, length, in.number, true);
    case FileModeInformation: {
        const ULONG known = FILE_WRITE_THROUGH | FILE_SEQUENTIAL_ONLY | FILE_SYNCHRONOUS_IO_ALERT |
                            FILE_SYNCHRONOUS_IO_NONALERT;
        const ULONG synchronous = FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT;
        if ((in.number & ~known) || (in.number & synchronous) == synchronous ||
            !(in.number & synchronous) != !file_is_synchronous(file))
            return STATUS_INVALID_PARAMETER;
        file->options = (file->options & ~known) | in.number;
        return STATUS_SUCCESS;
    }
    case FileCompletionInformation:
        return set_completion(file, in.completion.Port, in.completion.Key);
    case FileIoCompletionNotificationInformation_:
        if (in.number & ~7u)
            return STATUS_INVALID_PARAMETER;
        file->notification |= in.number;
        return STATUS_SUCCESS;
    case FileIoPriorityHintInformation_:
        return in.number > 2 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS; /* a hint, and Linux takes none per file */
    case FileValidDataLengthInformation:
        return STATUS_PRIVILEGE_NOT_HELD;
    case FileCaseSensitiveInformation_:
        return STATUS_NOT_SUPPORTED;
    default:
        return STATUS_INVALID_INFO_CLASS;
    }
}

static ULONG minimum_length(ULONG class)
{
    switch (class) {
    case FileBasicInformation: return sizeof(FILE_BASIC_INFORMATION);
    case FilePositionInformation:
    case FileEndOfFileInformation:
    case FileAllocationInformation:
    case FileValidDataLengthInformation: return sizeof(LARGE_INTEGER);
    case FileDispositionInformation: return sizeof(BOOLEAN);
    case FileRenameInformation:
    case FileRenameInformationEx_:
    case FileLinkInformation:
    case FileLinkInformationEx_: return sizeof(FERRY_FILE_RENAME_INFORMATION);
    case FileCompletionInformation: return sizeof(FERRY_FILE_COMPLETION_INFORMATION);
    case FilePipeInformation: return sizeof(FERRY_FILE_PIPE_INFORMATION);
    case FileMailslotSetInformation: return sizeof(FILE_MAILSLOT_SET_INFORMATION);
    case FileDispositionInformationEx_:
    case FileModeInformation:
    case FileIoCompletionNotificationInformation_:
    case FileIoPriorityHintInformation_:
    case FileCaseSensitiveInformation_: return sizeof(ULONG);
    default: return 0;
    }
}

static ACCESS_MASK needed_access(ULONG class)
{
    switch (class) {
    case FileBasicInformation:
    case FilePipeInformation: return FILE_WRITE_ATTRIBUTES;
    case FileEndOfFileInformation:
    case FileAllocationInformation:
    case FileValidDataLengthInformation: return FILE_WRITE_DATA;
    case FileDispositionInformation:
    case FileDispositionInformationEx_:
    case FileRenameInformation:
    case FileRenameInformationEx_: return DELETE;
    default: return 0;
    }
}

NTSTATUS sys_NtSetInformationFile(HANDLE handle, IO_STATUS_BLOCK *iosb, void *buffer, ULONG length, ULONG class)
{
    ULONG needed = minimum_length(class);
    struct file *file;
    NTSTATUS status;

    if (!needed)
        return class == 0 || class > FileStorageReserveIdInformation_ ? STATUS_INVALID_INFO_CLASS
                                                                      : STATUS_NOT_IMPLEMENTED;
    if (length < needed)
        return STATUS_INFO_LENGTH_MISMATCH;
    probe_write(iosb, iosb_size());
    (void)*((volatile const char *)buffer + length - 1);
    status = file_from_handle(handle, needed_access(class), &file, NULL);
    if (status)
        return status;
    status = file->ops->set ? file->ops->set(file, class, buffer, length) : STATUS_INVALID_INFO_CLASS;
    if (status == STATUS_INVALID_INFO_CLASS)
        status = set(file, class, buffer, length);
    file_release(file);
    if (!NT_ERROR(status)) {
        iosb->Status = status;
        iosb_set_information(iosb, 0);
    }
    return status;
}

/* NtFsControlFile for files on disk: reparse points, sparse files. Structures: MS-FSCC 2.1.2 and 2.3.
 *
 * A symbolic link or junction is a Linux symbolic link, so that Linux programs follow it too.
 */
#include "fsctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "attributes.h"
#include "host.h"
#include "path.h"
#include "request.h"
#include "share.h"

bool link_is_junction(const char *text, int length)
{
    return length > 1 && text[0] == '/' && text[length - 1] == '/';
}

/* ---- reparse points ---- */

static NTSTATUS get_reparse_point(struct file *file, struct request *request)
{
    char text[PATH_MAX];
    UNICODE_STRING name = {0};
    WCHAR *units, *memory = NULL;
    FERRY_REPARSE_DATA_BUFFER *out = request->buffer;
    bool absolute, junction;
    ULONG head, bytes, print, total;
    ssize_t length;
    NTSTATUS status;

    if (!S_ISLNK(file->mode))
        return STATUS_NOT_A_REPARSE_POINT;
    length = readlinkat(file->object.fd, "", text, sizeof(text) - 1);
    if (length < 0)
        return status_from_errno(errno);
    text[length] = 0;
    absolute = text[0] == '/';
    junction = link_is_junction(text, length);
    if (junction)
        text[length - 1] = 0;
    if (absolute) {
        status = path_from_unix(text, &name);
        if (status)
            return status;
        memory = name.Buffer;
    } else {
        int count;
        memory = malloc((length + 1) * sizeof(WCHAR));
        if (!memory)
            return STATUS_NO_MEMORY;
        count = path_name_from_unix(memory, length, text, length);
        name.Buffer = memory;
        name.Length = count * sizeof(WCHAR);
    }
    head = junction ? offsetof(FERRY_REPARSE_DATA_BUFFER, MountPoint.PathBuffer)
                    : offsetof(FERRY_REPARSE_DATA_BUFFER, SymbolicLink.PathBuffer);
    bytes = name.Length;
    print = absolute ? bytes - 8 : bytes; /* without \??\ */
    total = head + bytes + print + (junction ? 2 * sizeof(WCHAR) : 0);
    if (total > request->length) {
        free(memory);
        return request->length < 8 ? STATUS_BUFFER_TOO_SMALL : STATUS_BUFFER_OVERFLOW;
    }
    memset(out, 0, total);
    out->ReparseTag = junction ? REPARSE_TAG_MOUNT_POINT : REPARSE_TAG_SYMLINK;
    out->ReparseDataLength = total - 8;
    units = junction ? out->MountPoint.PathBuffer : out->SymbolicLink.PathBuffer;
    out->SymbolicLink.SubstituteNameLength = bytes;
    out->SymbolicLink.PrintNameOffset = bytes + (junction ? sizeof(WCHAR) : 0);
    out->SymbolicLink.PrintNameLength = print;
    if (!junction)
        out->SymbolicLink.Flags = absolute ? 0 : 1;
    memcpy(units, name.Buffer, bytes);
    memcpy((char *)units + out->SymbolicLink.PrintNameOffset, (char *)name.Buffer + (bytes - print), print);
    free(memory);
    request->information = total;
    return STATUS_SUCCESS;
}

/* Text of the Linux link for the target a reparse point names. */
static NTSTATUS link_text(const FERRY_REPARSE_DATA_BUFFER *data, ULONG length, char text[PATH_MAX])
{
    bool junction = data->ReparseTag == REPARSE_TAG_MOUNT_POINT;
    ULONG head = junction ? offsetof(FERRY_REPARSE_DATA_BUFFER, MountPoint.PathBuffer)
                          : offsetof(FERRY_REPARSE_DATA_BUFFER, SymbolicLink.PathBuffer);
    UNICODE_STRING name;
    int count;

    if (length < head || data->SymbolicLink.SubstituteNameOffset + data->SymbolicLink.SubstituteNameLength >
                             length - head)
        return STATUS_IO_REPARSE_DATA_INVALID;
    name.Buffer = (WCHAR *)((char *)data + head + data->SymbolicLink.SubstituteNameOffset);
    name.Length = name.MaximumLength = data->SymbolicLink.SubstituteNameLength;
    if (!junction && (data->SymbolicLink.Flags & 1)) {
        /* relative: may hold .. and any spelling */
        int i, used = 0;
        for (i = 0; i < name.Length / 2; i++) {
            int got;
            if (name.Buffer[i] == '\\') {
                got = 1;
                if (used < PATH_MAX - 1)
                    text[used] = '/';
            } else {
                int end = i + 1;
                if (name.Buffer[i] >= 0xd800 && name.Buffer[i] < 0xdc00 && end < name.Length / 2)
                    end++;
                got = utf8_from_utf16(text + used, PATH_MAX - 1 - used, name.Buffer + i, end - i);
                i = end - 1;
            }
            if (got < 0 || used + got >= PATH_MAX - 1)
                return STATUS_NAME_TOO_LONG;
            used += got;
        }
        text[used] = 0;
        return used ? STATUS_SUCCESS : STATUS_IO_REPARSE_DATA_INVALID;
    } else {
        OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .ObjectName = &name,
                                        .Attributes = OBJ_CASE_INSENSITIVE};
        struct path path;
        NTSTATUS status = path_parse(&attributes, &path);
        if (status)
            return STATUS_IO_REPARSE_DATA_INVALID;
        if (path.kind != PATH_UNIX) {
            path_release(&path);
            return STATUS_IO_REPARSE_DATA_INVALID;
        }
        path_resolve(&path); /* the target need not exist */
        count = snprintf(text, PATH_MAX, "%s%s", path.unix_path, junction && path.length > 1 ? "/" : "");
        return count < PATH_MAX ? STATUS_SUCCESS : STATUS_NAME_TOO_LONG;
    }
}

/* The handle goes on with what now has the name. */
static NTSTATUS reopen(struct file *file, int fd)
{
    struct share *share = NULL;
    struct stat st;

    if (fd < 0 || fstat(fd, &st) || dup3(fd, file->object.fd, O_CLOEXEC) < 0) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return status_from_errno(error);
    }
    close(fd);
    file->mode = st.st_mode;
    file->device = st.st_dev;
    file->inode = st.st_ino;
    if (file->share) {
        share = share_duplicate(st.st_dev, st.st_ino, file->access, file->sharing);
        share_close(file->share);
        file->share = share;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS set_reparse_point(struct file *file, struct request *request)
{
    const FERRY_REPARSE_DATA_BUFFER *data = request->input;
    char text[PATH_MAX];
    struct stat st;
    NTSTATUS status;

    if (request->input_length < 8 || data->ReparseDataLength + 8u != request->input_length)
        return STATUS_IO_REPARSE_DATA_INVALID;
    if (data->ReparseTag != REPARSE_TAG_SYMLINK && data->ReparseTag != REPARSE_TAG_MOUNT_POINT)
        return STATUS_NOT_SUPPORTED; /* tags of others have no place on Linux */
    if (S_ISLNK(file->mode) || file->lower || !file->unix_path)
        return STATUS_ACCESS_DENIED;
    status = link_text(data, request->input_length, text);
    if (status)
        return status;
    if (fstat(file->object.fd, &st))
        return status_from_errno(errno);
    if (S_ISDIR(st.st_mode)) {
        if (rmdir(file->unix_path))
            return errno == ENOTEMPTY ? STATUS_DIRECTORY_NOT_EMPTY : status_from_errno(errno);
    } else {
        if (data->ReparseTag == REPARSE_TAG_MOUNT_POINT)
            return STATUS_NOT_A_DIRECTORY;
        if (st.st_size)
            return STATUS_IO_REPARSE_DATA_INVALID; /* the link could not keep the data */
        if (unlink(file->unix_path))
            return status_from_errno(errno);
    }
    if (symlink(text, file->unix_path)) {
        int error = errno;
        if (S_ISDIR(st.st_mode))
            mkdir(file->unix_path, st.st_mode & 07777);
        return status_from_errno(error);
    }
    return reopen(file, open(file->unix_path, O_PATH | O_NOFOLLOW | O_CLOEXEC));
}

/* The node stays, as an empty file or directory. */
static NTSTATUS delete_reparse_point(struct file *file, struct request *request)
{
    const FERRY_REPARSE_DATA_BUFFER *data = request->input;
    struct file_facts facts;
    char text[PATH_MAX];
    ssize_t length;
    bool directory;
    int fd;

    if (request->input_length < 8)
        return STATUS_IO_REPARSE_DATA_INVALID;
    if (!S_ISLNK(file->mode))
        return STATUS_NOT_A_REPARSE_POINT;
    length = readlinkat(file->object.fd, "", text, sizeof(text) - 1);
    if (length < 0)
        return status_from_errno(errno);
    if (data->ReparseTag != (link_is_junction(text, length) ? REPARSE_TAG_MOUNT_POINT : REPARSE_TAG_SYMLINK))
        return STATUS_IO_REPARSE_TAG_MISMATCH;
    directory = link_is_junction(text, length) ||
                (!facts_by_fd(file->object.fd, &facts) && (facts.attributes & FILE_ATTRIBUTE_DIRECTORY));
    if (unlink(file->unix_path))
        return status_from_errno(errno);
    if (directory) {
        if (mkdir(file->unix_path, 0777))
            return status_from_errno(errno);
        fd = open(file->unix_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    } else {
        fd = open(file->unix_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    return reopen(file, fd);
}

/* ---- sparse files ---- */

static NTSTATUS set_sparse(struct file *file, struct request *request)
{
    struct file_facts facts;
    bool sparse = !request->input_length || *(const BOOLEAN *)request->input;
    int error;

    if (!S_ISREG(file->mode))
        return STATUS_INVALID_PARAMETER;
    error = facts_by_fd(file->object.fd, &facts);
    if (!error)
        error = attributes_set(file->object.fd, file->mode,
                               sparse ? facts.attributes | FILE_ATTRIBUTE_SPARSE_FILE
                                      : facts.attributes & ~FILE_ATTRIBUTE_SPARSE_FILE);
    return error && error != EOPNOTSUPP ? status_from_errno(error) : STATUS_SUCCESS;
}

static NTSTATUS set_zero_data(struct file *file, struct request *request)
{
    const FILE_ZERO_DATA_INFORMATION *info = request->input;
    LONGLONG from, end;
    struct stat st;

    if (request->input_length < sizeof(*info))
        return STATUS_INVALID_PARAMETER;
    from = info->FileOffset.QuadPart;
    end = info->BeyondFinalZero.QuadPart;
    if (from < 0 || end < from)
        return STATUS_INVALID_PARAMETER;
    if (fstat(file->object.fd, &st))
        return status_from_errno(errno);
    if (end > st.st_size)
        end = st.st_size;
    if (end <= from)
        return STATUS_SUCCESS;
    if (!fallocate(file->object.fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from, end - from))
        return STATUS_SUCCESS;
    if (errno != EOPNOTSUPP)
        return status_from_errno(errno);
    while (from < end) {
        static const char zeros[4096];
        size_t bytes = end - from < sizeof(zeros) ? end - from : sizeof(zeros);
        ssize_t put = pwrite(file->object.fd, zeros, bytes, from);
        if (put < 0)
            return status_from_errno(errno);
        from += put;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS query_allocated_ranges(struct file *file, struct request *request)
{
    const FILE_ALLOCATED_RANGE_BUFFER *query = request->input;
    FILE_ALLOCATED_RANGE_BUFFER *out = request->buffer;
    off_t old, at, end;
    int fd = file->object.fd;
    ULONG count = 0;
    NTSTATUS status = STATUS_SUCCESS;

    if (request->input_length < sizeof(*query) || query->FileOffset.QuadPart < 0 || query->Length.QuadPart < 0)
        return STATUS_INVALID_PARAMETER;
    at = query->FileOffset.QuadPart;
    end = at + query->Length.QuadPart;
    old = lseek(fd, 0, SEEK_CUR);
    while (at < end) {
        off_t from = lseek(fd, at, SEEK_DATA), to;
        if (from < 0 || from >= end)
            break;
        to = lseek(fd, from, SEEK_HOLE);
        if (to < 0)
            break;
        if (to > end)
            to = end;
        if ((count + 1) * sizeof(*out) > request->length) {
            status = count ? STATUS_BUFFER_OVERFLOW : STATUS_BUFFER_TOO_SMALL;
            break;
        }
        out[count].FileOffset.QuadPart = from;
        out[count].Length.QuadPart = to - from;
        count++;
        at = to;
    }
    lseek(fd, old, SEEK_SET);
    request->information = count * sizeof(*out);
    return status;
}

NTSTATUS disk_fsctl(struct file *file, struct request *request)
{
    switch (request->code) {
    case FSCTL_GET_REPARSE_POINT: return get_reparse_point(file, request);
    case FSCTL_SET_REPARSE_POINT: return set_reparse_point(file, request);
    case FSCTL_DELETE_REPARSE_POINT: return delete_reparse_point(file, request);
    case FSCTL_SET_SPARSE: return set_sparse(file, request);
    case FSCTL_SET_ZERO_DATA: return set_zero_data(file, request);
    case FSCTL_QUERY_ALLOCATED_RANGES: return query_allocated_ranges(file, request);
    case FSCTL_IS_VOLUME_MOUNTED: return STATUS_SUCCESS;
    case FSCTL_GET_COMPRESSION: {
        USHORT format = COMPRESSION_FORMAT_NONE;
        if (request->length < sizeof(format))
            return STATUS_INVALID_PARAMETER;
        memcpy(request->buffer, &format, sizeof(format));
        request->information = sizeof(format);
        return STATUS_SUCCESS;
    }
    case FSCTL_SET_COMPRESSION:
        if (request->input_length < sizeof(USHORT))
            return STATUS_INVALID_PARAMETER;
        return *(const USHORT *)request->input == COMPRESSION_FORMAT_NONE ? STATUS_SUCCESS
                                                                          : STATUS_INVALID_DEVICE_REQUEST;
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

/* ---- volumes ---- */

#define IOCTL_MOUNTDEV_QUERY_DEVICE_NAME_ 0x004d0008

static char letter_of(const struct file *file)
{
    const char *rest;
    return file->unix_path ? path_drive_of(file->unix_path, &rest) : 'C';
}

NTSTATUS volume_ioctl(struct file *file, struct request *request)
{
    struct statvfs vfs;

    switch (request->code) {
    case IOCTL_MOUNTDEV_QUERY_DEVICE_NAME_: {
        char text[64];
        struct {
            USHORT length;
            WCHAR name[64];
        } out;
        int i, units = snprintf(text, sizeof(text), "\\Device\\HarddiskVolume%d", letter_of(file) - 'A' + 1);
        ULONG bytes = sizeof(USHORT) + units * sizeof(WCHAR);
        out.length = units * sizeof(WCHAR);
        for (i = 0; i < units; i++)
            out.name[i] = text[i];
        if (request->length < sizeof(USHORT))
            return STATUS_INVALID_PARAMETER;
        request->information = bytes < request->length ? bytes : sizeof(USHORT);
        memcpy(request->buffer, &out, request->information);
        return bytes > request->length ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
    }
    case IOCTL_STORAGE_GET_DEVICE_NUMBER: {
        STORAGE_DEVICE_NUMBER *out = request->buffer;
        if (request->length < sizeof(*out))
            return STATUS_BUFFER_TOO_SMALL;
        out->DeviceType = FILE_DEVICE_DISK;
        out->DeviceNumber = 0;
        out->PartitionNumber = letter_of(file) - 'A' + 1;
        request->information = sizeof(*out);
        return STATUS_SUCCESS;
    }
    case IOCTL_DISK_GET_LENGTH_INFO: {
        GET_LENGTH_INFORMATION *out = request->buffer;
        if (request->length < sizeof(*out))
            return STATUS_BUFFER_TOO_SMALL;
        if (fstatvfs(file->object.fd, &vfs))
            return status_from_errno(errno);
        out->Length.QuadPart = (LONGLONG)vfs.f_blocks * vfs.f_frsize;
        request->information = sizeof(*out);
        return STATUS_SUCCESS;
    }
    case IOCTL_DISK_GET_DRIVE_GEOMETRY: {
        DISK_GEOMETRY *out = request->buffer;
        if (request->length < sizeof(*out))
            return STATUS_BUFFER_TOO_SMALL;
        if (fstatvfs(file->object.fd, &vfs))
            return status_from_errno(errno);
        out->BytesPerSector = 512;
        out->SectorsPerTrack = 63;
        out->TracksPerCylinder = 255;
        out->Cylinders.QuadPart = (LONGLONG)vfs.f_blocks * vfs.f_frsize / (512 * 63 * 255);
        out->MediaType = FixedMedia;
        request->information = sizeof(*out);
        return STATUS_SUCCESS;
    }
    case IOCTL_STORAGE_CHECK_VERIFY:
    case IOCTL_DISK_CHECK_VERIFY:
    case IOCTL_DISK_IS_WRITABLE:
        if (fstatvfs(file->object.fd, &vfs))
            return status_from_errno(errno);
        return request->code == IOCTL_DISK_IS_WRITABLE && (vfs.f_flag & ST_RDONLY) ? STATUS_MEDIA_WRITE_PROTECTED
                                                                                   : STATUS_SUCCESS;
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

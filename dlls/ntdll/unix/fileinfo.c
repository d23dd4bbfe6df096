/* NtQueryInformationFile and the queries by name. Classes and lengths: MS-FSCC 2.4. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "attributes.h"
#include "ferry/syscall_table.h"
#include "fileinfo.h"
#include "host.h"
#include "path.h"
#include "request.h"
#include "share.h"

void basic_from_facts(const struct file_facts *facts, FILE_BASIC_INFORMATION *info)
{
    info->CreationTime.QuadPart = facts->creation;
    info->LastAccessTime.QuadPart = facts->access;
    info->LastWriteTime.QuadPart = facts->write;
    info->ChangeTime.QuadPart = facts->change;
    info->FileAttributes = facts->attributes;
}

static void network_from_facts(const struct file_facts *facts, FILE_NETWORK_OPEN_INFORMATION *info)
{
    info->CreationTime.QuadPart = facts->creation;
    info->LastAccessTime.QuadPart = facts->access;
    info->LastWriteTime.QuadPart = facts->write;
    info->ChangeTime.QuadPart = facts->change;
    info->AllocationSize.QuadPart = facts->allocation;
    info->EndOfFile.QuadPart = facts->size;
    info->FileAttributes = facts->attributes;
}

static NTSTATUS facts_by_name(const OBJECT_ATTRIBUTES *attributes, struct file_facts *facts)
{
    struct path path;
    NTSTATUS status = path_parse(attributes, &path);
    int error;

    if (status)
        return status;
    if (path.kind == PATH_NULL || path.kind == PATH_CONSOLE) {
        path_release(&path);
        memset(facts, 0, sizeof(*facts));
        facts->attributes = FILE_ATTRIBUTE_ARCHIVE;
        return STATUS_SUCCESS;
    }
    if (path.kind != PATH_UNIX) {
        bool pipe = path.kind == PATH_PIPE && path.name_units > 1;
        path_release(&path);
        return pipe ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_INVALID_PARAMETER;
    }
    error = facts_by_path(AT_FDCWD, path.unix_path, true, facts);
    if (error == ENOENT || error == ENOTDIR) {
        status = path_find(&path);
        if (status)
            return status;
        error = facts_by_path(AT_FDCWD, path.unix_path, true, facts);
    }
    if (error)
        return error == ENAMETOOLONG ? STATUS_OBJECT_NAME_INVALID : status_from_errno(error);
    if (path.trailing_slash && !(facts->attributes & FILE_ATTRIBUTE_DIRECTORY))
        return STATUS_OBJECT_NAME_INVALID;
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtQueryAttributesFile(OBJECT_ATTRIBUTES *attributes, FILE_BASIC_INFORMATION *info)
{
    struct file_facts facts;
    NTSTATUS status = facts_by_name(attributes, &facts);

    if (!status)
        basic_from_facts(&facts, info);
    return status;
}

NTSTATUS sys_NtQueryFullAttributesFile(OBJECT_ATTRIBUTES *attributes, FILE_NETWORK_OPEN_INFORMATION *info)
{
    struct file_facts facts;
    NTSTATUS status = facts_by_name(attributes, &facts);

    if (!status)
        network_from_facts(&facts, info);
    return status;
}

/* ---- by handle ---- */

static NTSTATUS facts_of(const struct file *file, struct file_facts *facts)
{
    int error;

    memset(facts, 0, sizeof(*facts));
    facts->attributes = FILE_ATTRIBUTE_NORMAL;
    facts->links = 1;
    if (file->object.fd < 0 || (file->kind != FILE_KIND_DISK && file->kind != FILE_KIND_DIRECTORY))
        return STATUS_SUCCESS;
    error = facts_by_fd(file->object.fd, facts);
    return error ? status_from_errno(error) : STATUS_SUCCESS;
}

static void standard_from_facts(const struct file *file, const struct file_facts *facts,
                                FILE_STANDARD_INFORMATION *info)
{
    info->AllocationSize.QuadPart = facts->allocation;
    info->EndOfFile.QuadPart = facts->size;
    info->DeletePending = file->share && share_delete_pending(file->share);
    info->NumberOfLinks = facts->links - (info->DeletePending && facts->links);
    info->Directory = !!(facts->attributes & FILE_ATTRIBUTE_DIRECTORY);
}

static ULONG mode_of(const struct file *file)
{
    return file->options & (FILE_WRITE_THROUGH | FILE_SEQUENTIAL_ONLY | FILE_NO_INTERMEDIATE_BUFFERING |
                            FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT | FILE_DELETE_ON_CLOSE);
}

static LONGLONG position_of(const struct file *file)
{
    off_t at;
    if (file->kind != FILE_KIND_DISK || !file_is_synchronous(file))
        return 0;
    at = lseek(file->object.fd, 0, SEEK_CUR);
    return at < 0 ? 0 : at;
}

NTSTATUS file_nt_name(const struct file *file, bool with_drive, UNICODE_STRING *name, WCHAR **memory)
{
    NTSTATUS status;
    int skip = with_drive ? 0 : 6; /* \??\C: */

    if (!file->unix_path)
        return STATUS_INVALID_INFO_CLASS;
    status = path_from_unix(file->unix_path, name);
    if (status)
        return status;
    *memory = name->Buffer;
    name->Buffer += skip;
    name->Length -= skip * sizeof(WCHAR);
    return STATUS_SUCCESS;
}

/* FILE_NAME_INFORMATION with as much of the name as fits in `room` bytes. */
static NTSTATUS put_name(const struct file *file, FILE_NAME_INFORMATION *info, ULONG room, ULONG_PTR *used)
{
    UNICODE_STRING name;
    WCHAR *memory;
    ULONG copied;
    NTSTATUS status = file_nt_name(file, false, &name, &memory);

    if (status)
        return status;
    copied = room - offsetof(FILE_NAME_INFORMATION, FileName);
    status = copied < name.Length ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
    if (copied > name.Length)
        copied = name.Length;
    info->FileNameLength = name.Length;
    memcpy(info->FileName, name.Buffer, copied);
    *used = offsetof(FILE_NAME_INFORMATION, FileName) + copied;
    free(memory);
    return status;
}

static NTSTATUS put_streams(const struct file_facts *facts, FILE_STREAM_INFORMATION *info, ULONG length,
                            ULONG_PTR *used)
{
    static const WCHAR data[] = L"::$DATA";

    if (facts->attributes & FILE_ATTRIBUTE_DIRECTORY)
        return STATUS_SUCCESS; /* a directory has no unnamed stream */
    if (length < offsetof(FILE_STREAM_INFORMATION, StreamName) + 14)
        return STATUS_BUFFER_OVERFLOW;
    info->NextEntryOffset = 0;
    info->StreamNameLength = 14;
    info->StreamSize.QuadPart = facts->size;
    info->StreamAllocationSize.QuadPart = facts->allocation;
    memcpy(info->StreamName, data, 14);
    *used = offsetof(FILE_STREAM_INFORMATION, StreamName) + 14;
    return STATUS_SUCCESS;
}

/* The one link the file was opened by: others cannot be found on Linux without reading the whole file system. */
static NTSTATUS put_links(const struct file *file, FERRY_FILE_LINKS_INFORMATION *info, ULONG length,
                          ULONG_PTR *used)
{
    const char *slash = file->unix_path ? strrchr(file->unix_path, '/') : NULL;
    WCHAR name[NAME_MAX + 1];
    char parent[PATH_MAX];
    struct stat st;
    int units;
    ULONG needed;

    if (!slash)
        return STATUS_INVALID_PARAMETER;
    units = path_name_from_unix(name, NAME_MAX, slash + 1, strlen(slash + 1));
    if (units < 0)
        return STATUS_INVALID_PARAMETER;
    needed = offsetof(FERRY_FILE_LINKS_INFORMATION, Entry.FileName) + units * sizeof(WCHAR);
    info->BytesNeeded = needed;
    info->EntriesReturned = 0;
    *used = offsetof(FERRY_FILE_LINKS_INFORMATION, Entry);
    if (length < needed)
        return STATUS_BUFFER_OVERFLOW;
    memcpy(parent, file->unix_path, slash - file->unix_path);
    parent[slash - file->unix_path] = 0;
    info->EntriesReturned = 1;
    info->Entry.NextEntryOffset = 0;
    info->Entry.ParentFileId = !stat(*parent ? parent : "/", &st) ? st.st_ino : 0;
    info->Entry.FileNameLength = units;
    memcpy(info->Entry.FileName, name, units * sizeof(WCHAR));
    *used = needed;
    return STATUS_SUCCESS;
}

static ULONG minimum_length(ULONG class)
{
    switch (class) {
    case FileBasicInformation: return sizeof(FILE_BASIC_INFORMATION);
    case FileStandardInformation: return sizeof(FILE_STANDARD_INFORMATION);
    case FileInternalInformation: return sizeof(FILE_INTERNAL_INFORMATION);
    case FileEaInformation: return sizeof(FILE_EA_INFORMATION);
    case FileAccessInformation: return sizeof(FILE_ACCESS_INFORMATION);
    case FileNameInformation:
    case FileNormalizedNameInformation:
    case FileAlternateNameInformation: return sizeof(FILE_NAME_INFORMATION);
    case FilePositionInformation: return sizeof(FILE_POSITION_INFORMATION);
    case FileModeInformation: return sizeof(FILE_MODE_INFORMATION);
    case FileAlignmentInformation: return sizeof(FILE_ALIGNMENT_INFORMATION);
    case FileAllInformation: return sizeof(FILE_ALL_INFORMATION);
    case FileStreamInformation: return sizeof(FILE_STREAM_INFORMATION);
    case FileCompressionInformation: return sizeof(FERRY_FILE_COMPRESSION_INFORMATION);
    case FileNetworkOpenInformation: return sizeof(FILE_NETWORK_OPEN_INFORMATION);
    case FileAttributeTagInformation: return sizeof(FILE_ATTRIBUTE_TAG_INFORMATION);
    case FileHardLinkInformation: return offsetof(FERRY_FILE_LINKS_INFORMATION, Entry);
    case FileStandardLinkInformation: return sizeof(FERRY_FILE_STANDARD_LINK_INFORMATION);
    case FileIdInformation_: return sizeof(FERRY_FILE_ID_INFORMATION);
    case FileIoCompletionNotificationInformation_: return sizeof(ULONG);
    case FileIoPriorityHintInformation_: return sizeof(ULONG);
    case FileIsRemoteDeviceInformation_: return sizeof(BOOLEAN);
    case FileStatInformation_: return sizeof(FERRY_FILE_STAT_INFORMATION);
    case FileCaseSensitiveInformation_: return sizeof(FERRY_FILE_CASE_SENSITIVE_INFORMATION);
    case FilePipeInformation: return sizeof(FERRY_FILE_PIPE_INFORMATION);
    case FilePipeLocalInformation: return sizeof(FILE_PIPE_LOCAL_INFORMATION);
    case FileMailslotQueryInformation: return sizeof(FILE_MAILSLOT_QUERY_INFORMATION);
    default: return 0;
    }
}

static NTSTATUS query(struct file *file, ACCESS_MASK granted, ULONG class, void *buffer, ULONG length,
                      ULONG_PTR *used)
{
    struct file_facts facts;
    union {
        FILE_BASIC_INFORMATION basic;
        FILE_STANDARD_INFORMATION standard;
        FILE_INTERNAL_INFORMATION internal;
        FILE_NETWORK_OPEN_INFORMATION network;
        FILE_ATTRIBUTE_TAG_INFORMATION tag;
        FERRY_FILE_ID_INFORMATION id;
        FERRY_FILE_STANDARD_LINK_INFORMATION link;
        FERRY_FILE_STAT_INFORMATION stat;
        FERRY_FILE_COMPRESSION_INFORMATION compression;
        ULONG number;
        LARGE_INTEGER large;
        BOOLEAN flag;
    } out;
    ULONG size = minimum_length(class);
    NTSTATUS status;
    bool by_facts = file->kind == FILE_KIND_DISK || file->kind == FILE_KIND_DIRECTORY;

    memset(&out, 0, sizeof(out));
    *used = size;
    switch (class) {
    case FileAccessInformation:
        out.number = granted;
        break;
    case FileModeInformation:
        out.number = mode_of(file);
        break;
    case FileAlignmentInformation:
    case FileEaInformation:
        break;
    case FilePositionInformation:
        out.large.QuadPart = position_of(file);
        break;
    case FileIoCompletionNotificationInformation_:
        out.number = file->notification;
        break;
    case FileIoPriorityHintInformation_:
        out.number = 2; /* IoPriorityNormal */
        break;
    case FileIsRemoteDeviceInformation_:
        break;
    case FileNameInformation:
    case FileNormalizedNameInformation:
        return put_name(file, buffer, length, used);
    case FileCaseSensitiveInformation_:
        if (file->kind != FILE_KIND_DIRECTORY)
            return STATUS_INVALID_PARAMETER;
        break;
    case FileAlternateNameInformation:
        return by_facts ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_INVALID_PARAMETER;
    case FileHardLinkInformation:
        return put_links(file, buffer, length, used);
    default:
        if (file->kind == FILE_KIND_CONSOLE || file->kind == FILE_KIND_NULL || file->kind == FILE_KIND_VOLUME)
            return STATUS_INVALID_DEVICE_REQUEST;
        status = facts_of(file, &facts);
        if (status)
            return status;
        switch (class) {
        case FileBasicInformation:
            basic_from_facts(&facts, &out.basic);
            break;
        case FileStandardInformation:
            standard_from_facts(file, &facts, &out.standard);
            break;
        case FileInternalInformation:
            out.internal.IndexNumber.QuadPart = facts.inode;
            break;
        case FileNetworkOpenInformation:
            network_from_facts(&facts, &out.network);
            break;
        case FileAttributeTagInformation:
            out.tag.FileAttributes = facts.attributes;
            out.tag.ReparseTag = facts.reparse_tag;
            break;
        case FileIdInformation_:
            out.id.VolumeSerialNumber = volume_serial(facts.device);
            memcpy(out.id.FileId, &facts.inode, sizeof(facts.inode));
            break;
        case FileStandardLinkInformation:
            out.link.DeletePending = file->share && share_delete_pending(file->share);
            out.link.TotalNumberOfLinks = facts.links;
            out.link.NumberOfAccessibleLinks = facts.links - (out.link.DeletePending && facts.links);
            out.link.Directory = !!(facts.attributes & FILE_ATTRIBUTE_DIRECTORY);
            break;
        case FileCompressionInformation:
            out.compression.CompressedFileSize.QuadPart = facts.allocation;
            break;
        case FileStatInformation_:
            out.stat.FileId.QuadPart = facts.inode;
            out.stat.CreationTime.QuadPart = facts.creation;
            out.stat.LastAccessTime.QuadPart = facts.access;
            out.stat.LastWriteTime.QuadPart = facts.write;
            out.stat.ChangeTime.QuadPart = facts.change;
            out.stat.AllocationSize.QuadPart = facts.allocation;
            out.stat.EndOfFile.QuadPart = facts.size;
            out.stat.FileAttributes = facts.attributes;
            out.stat.ReparseTag = facts.reparse_tag;
            out.stat.NumberOfLinks = facts.links;
            out.stat.EffectiveAccess = granted;
            break;
        case FileStreamInformation:
            *used = 0;
            return put_streams(&facts, buffer, length, used);
        case FileAllInformation: {
            FILE_ALL_INFORMATION *all = buffer;
            ULONG_PTR name_used = 0;
            basic_from_facts(&facts, &all->BasicInformation);
            standard_from_facts(file, &facts, &all->StandardInformation);
            all->InternalInformation.IndexNumber.QuadPart = facts.inode;
            all->EaInformation.EaSize = 0;
            all->AccessInformation.AccessFlags = granted;
            all->PositionInformation.CurrentByteOffset.QuadPart = position_of(file);
            all->ModeInformation.Mode = mode_of(file);
            all->AlignmentInformation.AlignmentRequirement = 0;
            status = put_name(file, &all->NameInformation, length - offsetof(FILE_ALL_INFORMATION, NameInformation),
                              &name_used);
            *used = offsetof(FILE_ALL_INFORMATION, NameInformation) + name_used;
            return status;
        }
        default:
            return STATUS_INVALID_INFO_CLASS;
        }
    }
    memcpy(buffer, &out, size);
    return STATUS_SUCCESS;
}

/* What the handle must allow. Names, sizes and modes may be asked of any handle. */
static ACCESS_MASK needed_access(ULONG class)
{
    switch (class) {
    case FileBasicInformation:
    case FileAllInformation:
    case FileNetworkOpenInformation:
    case FileAttributeTagInformation:
    case FileStatInformation_:
    case FilePipeInformation:
    case FilePipeLocalInformation:
        return FILE_READ_ATTRIBUTES;
    case FilePositionInformation:
        return 0;
    default:
        return 0;
    }
}

NTSTATUS sys_NtQueryInformationFile(HANDLE handle, IO_STATUS_BLOCK *iosb, void *buffer, ULONG length, ULONG class)
{
    ULONG needed = minimum_length(class);
    ACCESS_MASK granted;
    struct file *file;
    ULONG_PTR used = 0;
    NTSTATUS status;

    if (!needed)
        return class == 0 || class > FileStorageReserveIdInformation_ ? STATUS_INVALID_INFO_CLASS
                                                                      : STATUS_NOT_IMPLEMENTED;
    if (length < needed)
        return STATUS_INFO_LENGTH_MISMATCH;
    probe_write(iosb, iosb_size());
    probe_write(buffer, length);
    status = file_from_handle(handle, needed_access(class), &file, &granted);
    if (status)
        return status;
    status = file->ops->query ? file->ops->query(file, class, buffer, length, &used) : STATUS_INVALID_INFO_CLASS;
    if (status == STATUS_INVALID_INFO_CLASS)
        status = query(file, granted, class, buffer, length, &used);
    file_release(file);
    if (!NT_ERROR(status)) {
        iosb->Status = status;
        iosb_set_information(iosb, used);
    }
    return status;
}

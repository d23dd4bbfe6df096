/* Extended attributes of Windows, kept as Linux ones: "user.ferry.ea.NAME". Rules: MS-FSCC 2.4.15, MS-FSA 2.1.5.10. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include "ea.h"
#include "ferry/syscall_table.h"
#include "host.h"

static const char prefix[] = "user.ferry.ea.";
#define PREFIX (sizeof(prefix) - 1)
#define NAME_ROOM (PREFIX + 256)

/* The Linux name; names of extended attributes are kept in upper case. False: not a valid name. */
static bool linux_name(char to[NAME_ROOM], const char *name, unsigned length)
{
    unsigned i;

    if (!length || length > 254)
        return false;
    memcpy(to, prefix, PREFIX);
    for (i = 0; i < length; i++) {
        unsigned char c = name[i];
        if (c < 0x20 || strchr("\\/:*?\"<>|,+=[];", c))
            return false;
        to[PREFIX + i] = c >= 'a' && c <= 'z' ? c - 32 : c;
    }
    to[PREFIX + length] = 0;
    return true;
}

NTSTATUS ea_set(int fd, const void *list, ULONG length)
{
    const char *data = list;
    ULONG at = 0;

    for (;;) {
        const FILE_FULL_EA_INFORMATION *ea = (const void *)(data + at);
        const ULONG fixed = offsetof(FILE_FULL_EA_INFORMATION, EaName);
        char name[NAME_ROOM];
        int result;

        if (length - at < fixed || length - at < fixed + ea->EaNameLength + 1 + ea->EaValueLength ||
            ea->EaName[ea->EaNameLength])
            return STATUS_EA_LIST_INCONSISTENT;
        if (!linux_name(name, ea->EaName, ea->EaNameLength))
            return STATUS_INVALID_EA_NAME;
        result = ea->EaValueLength ? fsetxattr(fd, name, ea->EaName + ea->EaNameLength + 1, ea->EaValueLength, 0)
                                   : fremovexattr(fd, name);
        if (result && errno == EOPNOTSUPP)
            return STATUS_EAS_NOT_SUPPORTED;
        if (result && errno != ENODATA)
            return errno == ENOSPC || errno == E2BIG ? STATUS_EA_TOO_LARGE : status_from_errno(errno);
        if (!ea->NextEntryOffset)
            return STATUS_SUCCESS;
        if ((ea->NextEntryOffset & 3) || ea->NextEntryOffset < fixed || ea->NextEntryOffset >= length - at)
            return STATUS_EA_LIST_INCONSISTENT;
        at += ea->NextEntryOffset;
    }
}

NTSTATUS sys_NtSetEaFile(HANDLE handle, IO_STATUS_BLOCK *iosb, void *buffer, ULONG length)
{
    struct file *file;
    void *copy;
    NTSTATUS status;

    probe_write(iosb, iosb_size());
    copy = malloc(length ? length : 1);
    if (!copy)
        return STATUS_NO_MEMORY;
    if (!length || !virtual_read(copy, buffer, length)) {
        free(copy);
        return length ? STATUS_ACCESS_VIOLATION : STATUS_EA_LIST_INCONSISTENT;
    }
    status = file_from_handle(handle, FILE_WRITE_EA, &file, NULL);
    if (!status) {
        if (file->kind != FILE_KIND_DISK && file->kind != FILE_KIND_DIRECTORY)
            status = STATUS_INVALID_DEVICE_REQUEST;
        else
            status = ea_set(file->object.fd, copy, length);
        file_release(file);
    }
    free(copy);
    if (!status) {
        iosb->Status = status;
        iosb_set_information(iosb, 0);
    }
    return status;
}

/* One attribute at `at` of the output; 0 if it does not fit, else where the next may go. An absent one has no value. */
static ULONG put(int fd, const char *linux_name, char *out, ULONG at, ULONG length)
{
    const char *name = linux_name + PREFIX;
    const ULONG fixed = offsetof(FILE_FULL_EA_INFORMATION, EaName);
    FILE_FULL_EA_INFORMATION *ea = (void *)(out + at);
    unsigned name_length = strlen(name);
    ssize_t size = fgetxattr(fd, linux_name, NULL, 0);

    if (size < 0)
        size = 0;
    if (at + fixed + name_length + 1 + size > length)
        return 0;
    ea->NextEntryOffset = 0;
    ea->Flags = 0;
    ea->EaNameLength = name_length;
    memcpy(ea->EaName, name, name_length + 1);
    ea->EaValueLength = size;
    if (size && fgetxattr(fd, linux_name, ea->EaName + name_length + 1, size) < 0)
        ea->EaValueLength = 0;
    return at + fixed + name_length + 1 + ea->EaValueLength;
}

/* The names asked for (FILE_GET_EA_INFORMATION) or all there are, NUL-terminated one after the other, malloced. */
static NTSTATUS names_wanted(int fd, const char *list, ULONG list_length, char **names, size_t *bytes)
{
    char *all = NULL;
    ssize_t size;
    size_t used = 0;
    ULONG at = 0;

    if (!list) {
        ssize_t i, step;
        size = flistxattr(fd, NULL, 0);
        if (size < 0)
            return errno == EOPNOTSUPP ? STATUS_EAS_NOT_SUPPORTED : status_from_errno(errno);
        all = malloc(size + 1);
        if (!all)
            return STATUS_NO_MEMORY;
        size = flistxattr(fd, all, size);
        for (i = 0; i < size; i += step) {
            step = strlen(all + i) + 1;
            if (!strncmp(all + i, prefix, PREFIX)) {
                memmove(all + used, all + i, step);
                used += step;
            }
        }
    } else {
        all = malloc(list_length * (size_t)NAME_ROOM / 6 + NAME_ROOM);
        if (!all)
            return STATUS_NO_MEMORY;
        for (;;) {
            ULONG next;
            unsigned length;
            if (list_length - at < 6 || list_length - at < 5u + (length = (UCHAR)list[at + 4]) + 1) {
                free(all);
                return STATUS_EA_LIST_INCONSISTENT;
            }
            if (!linux_name(all + used, list + at + 5, length)) {
                free(all);
                return STATUS_INVALID_EA_NAME;
            }
            used += strlen(all + used) + 1;
            memcpy(&next, list + at, sizeof(next));
            if (!next)
                break;
            if (next < 6 || next >= list_length - at) {
                free(all);
                return STATUS_EA_LIST_INCONSISTENT;
            }
            at += next;
        }
    }
    *names = all;
    *bytes = used;
    return STATUS_SUCCESS;
}

static NTSTATUS query(struct file *file, char *out, ULONG length, bool single, const char *list, ULONG list_length,
                      unsigned start, ULONG_PTR *used)
{
    char *names = NULL;
    size_t bytes = 0, i;
    ULONG at = 0, last = 0, end;
    unsigned index = 0;
    NTSTATUS status = names_wanted(file->object.fd, list, list_length, &names, &bytes);

    if (status)
        return status;
    if (!bytes)
        status = STATUS_NO_EAS_ON_FILE;
    for (i = 0; !status && i < bytes; i += strlen(names + i) + 1, index++) {
        if (index < start)
            continue;
        end = put(file->object.fd, names + i, out, at, length);
        if (!end) {
            status = *used ? STATUS_BUFFER_OVERFLOW : STATUS_BUFFER_TOO_SMALL;
            break;
        }
        if (*used)
            ((FILE_FULL_EA_INFORMATION *)(out + last))->NextEntryOffset = at - last;
        last = at;
        *used = end;
        at = (end + 3) & ~3u;
        file->ea_next = index + 1;
        if (single)
            break;
    }
    if (!status && !*used)
        status = STATUS_NO_MORE_EAS;
    free(names);
    return status;
}

NTSTATUS sys_NtQueryEaFile(HANDLE handle, IO_STATUS_BLOCK *iosb, void *buffer, ULONG length, BOOLEAN single, void *list,
                           ULONG list_length, ULONG *index, BOOLEAN restart)
{
    char *out, *wanted = NULL;
    ULONG_PTR used = 0;
    unsigned start;
    struct file *file;
    NTSTATUS status;

    probe_write(iosb, iosb_size());
    start = index ? *index - (*index > 0) : 0;
    if (length < offsetof(FILE_FULL_EA_INFORMATION, EaName) + 1)
        return STATUS_BUFFER_TOO_SMALL;
    if (length > 0x20000)
        length = 0x20000;
    if (list_length > 0x10000)
        return STATUS_EA_LIST_INCONSISTENT;
    out = malloc(length);
    if (list && list_length)
        wanted = malloc(list_length);
    if (!out || (list && list_length && !wanted)) {
        status = STATUS_NO_MEMORY;
    } else if (wanted && !virtual_read(wanted, list, list_length)) {
        status = STATUS_ACCESS_VIOLATION;
    } else if (!(status = file_from_handle(handle, FILE_READ_EA, &file, NULL))) {
        if (file->kind != FILE_KIND_DISK && file->kind != FILE_KIND_DIRECTORY)
            status = STATUS_INVALID_DEVICE_REQUEST;
        else
            status = query(file, out, length, single, wanted, list_length,
                           index ? start : restart || wanted ? 0 : file->ea_next, &used);
        file_release(file);
        if (used && !virtual_write(buffer, out, used))
            status = STATUS_ACCESS_VIOLATION;
    }
    free(out);
    free(wanted);
    if (!NT_ERROR(status)) {
        iosb->Status = status;
        iosb_set_information(iosb, used);
    }
    return status;
}

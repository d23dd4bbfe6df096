/* NtQueryDirectoryFile. Entry layouts: MS-FSCC 2.4.8 and following.
 *
 * A scan reads the whole directory at its start, as far as the pattern lets it through, and hands it out in the order
 * of names, as NTFS does.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "attributes.h"
#include "dircache.h"
#include "ferry/syscall_table.h"
#include "fileinfo.h"
#include "host.h"
#include "notify.h"
#include "path.h"
#include "request.h"
#include "wildcard.h"

struct entry {
    uint32_t name; /* offset of the UTF-8 name in `text` */
    uint32_t wide; /* offset of the UTF-16 name in `units` */
    uint16_t wide_units;
    bool lower; /* of the shipped store */
};

struct scan {
    pthread_mutex_t lock;
    bool started;
    WCHAR pattern[NAME_MAX + 1];
    int pattern_units;
    int lower_fd; /* directory of the shipped store seen through, or -1 */
    struct entry *entries;
    unsigned count, room, next;
    char *text;
    size_t text_used, text_room;
    WCHAR *units;
    size_t units_used, units_room;
};

struct linux_dirent64 {
    uint64_t d_ino;
    int64_t d_off;
    uint16_t d_reclen;
    uint8_t d_type;
    char d_name[];
};

static void scan_clear(struct scan *scan)
{
    free(scan->entries);
    free(scan->text);
    free(scan->units);
    if (scan->lower_fd >= 0)
        close(scan->lower_fd);
    scan->lower_fd = -1;
    scan->entries = NULL;
    scan->text = NULL;
    scan->units = NULL;
    scan->count = scan->room = scan->next = 0;
    scan->text_used = scan->text_room = scan->units_used = scan->units_room = 0;
}

void directory_destroy(struct file *file)
{
    struct scan *scan = file->data;

    notify_destroy(file);
    if (!scan)
        return;
    scan_clear(scan);
    pthread_mutex_destroy(&scan->lock);
    free(scan);
}

static struct scan *scan_of(struct file *file)
{
    struct scan *scan = __atomic_load_n(&file->data, __ATOMIC_ACQUIRE), *made;
    void *none = NULL;

    if (scan)
        return scan;
    made = calloc(1, sizeof(*made));
    if (!made)
        return NULL;
    pthread_mutex_init(&made->lock, NULL);
    made->lower_fd = -1;
    if (__atomic_compare_exchange_n(&file->data, &none, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return made;
    free(made);
    return none;
}

static bool reserve(void *array, size_t *room, size_t used, size_t more, size_t size)
{
    void **memory = array, *grown;
    size_t wanted;

    if (used + more <= *room)
        return true;
    wanted = (used + more) * 2 + 64;
    grown = realloc(*memory, wanted * size);
    if (!grown)
        return false;
    *memory = grown;
    *room = wanted;
    return true;
}

static bool scan_add(struct scan *scan, const char *name, bool lower)
{
    size_t length = strlen(name) + 1, entries_room = scan->room;
    struct entry *entry;
    int units;

    if (!reserve(&scan->entries, &entries_room, scan->count, 1, sizeof(struct entry)) ||
        !reserve(&scan->text, &scan->text_room, scan->text_used, length, 1) ||
        !reserve(&scan->units, &scan->units_room, scan->units_used, length, sizeof(WCHAR)))
        return false;
    scan->room = entries_room;
    units = path_name_from_unix(scan->units + scan->units_used, length, name, length - 1);
    if (units <= 0)
        return true; /* no Windows name for it */
    if (!wildcard_match(scan->pattern, scan->pattern_units, scan->units + scan->units_used, units))
        return true;
    entry = &scan->entries[scan->count++];
    *entry = (struct entry){.name = scan->text_used, .wide = scan->units_used, .wide_units = units, .lower = lower};
    memcpy(scan->text + scan->text_used, name, length);
    scan->text_used += length;
    scan->units_used += units;
    return true;
}

static NTSTATUS scan_read(struct scan *scan, int fd, bool lower)
{
    _Alignas(8) char buffer[32768];
    long got, at;

    while ((got = syscall(SYS_getdents64, fd, buffer, sizeof(buffer))) > 0)
        for (at = 0; at < got;) {
            struct linux_dirent64 *entry = (struct linux_dirent64 *)(buffer + at);
            at += entry->d_reclen;
            if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
                continue;
            if (!scan_add(scan, entry->d_name, lower))
                return STATUS_NO_MEMORY;
        }
    return got < 0 ? status_from_errno(errno) : STATUS_SUCCESS;
}

static int compare_entries(const void *a, const void *b, void *context)
{
    const struct scan *scan = context;
    const struct entry *x = a, *y = b;
    int i;

    for (i = 0; i < x->wide_units && i < y->wide_units; i++) {
        WCHAR c = path_upcase(scan->units[x->wide + i]), d = path_upcase(scan->units[y->wide + i]);
        if (c != d)
            return c - d;
    }
    if (x->wide_units != y->wide_units)
        return x->wide_units - y->wide_units;
    return x->lower - y->lower;
}

/* Files of the store are hidden by the prefix's own of the same name; they sort right behind them. */
static void remove_hidden(struct scan *scan, unsigned from)
{
    unsigned i, kept = from;

    for (i = from; i < scan->count; i++) {
        struct entry *entry = &scan->entries[i];
        if (entry->lower && kept > from) {
            const struct entry *before = &scan->entries[kept - 1];
            if (path_names_equal(scan->units + before->wide, before->wide_units, scan->units + entry->wide,
                                 entry->wide_units))
                continue;
        }
        scan->entries[kept++] = *entry;
    }
    scan->count = kept;
}

/* A pattern without wildcards: one look instead of reading all. */
static NTSTATUS scan_single(struct scan *scan, struct file *file)
{
    char name[NAME_MAX + 1], found[NAME_MAX + 1];
    struct stat st;
    int length = path_name_to_unix(name, NAME_MAX, scan->pattern, scan->pattern_units, NULL);

    if (length <= 0)
        return length == -2 ? STATUS_OBJECT_NAME_INVALID : STATUS_SUCCESS;
    name[length] = 0;
    if (memchr(name, '/', length))
        return STATUS_OBJECT_NAME_INVALID;
    if (!fstatat(file->object.fd, name, &st, AT_SYMLINK_NOFOLLOW))
        return scan_add(scan, name, false) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    if (!fstat(file->object.fd, &st) && dircache_find(file->unix_path, &st, name, length, found))
        return scan_add(scan, found, false) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    if (scan->lower_fd >= 0) {
        char lower[PATH_MAX];
        if (path_lower_directory(file->unix_path, lower) && !fstat(scan->lower_fd, &st) &&
            dircache_find(lower, &st, name, length, found))
            return scan_add(scan, found, true) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS scan_start(struct scan *scan, struct file *file)
{
    char lower[PATH_MAX];
    const char *rest;
    unsigned dots;
    NTSTATUS status;
    int fd;

    scan_clear(scan);
    if (!file->unix_path)
        return STATUS_INVALID_PARAMETER;
    if (path_lower_directory(file->unix_path, lower))
        scan->lower_fd = open(lower, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (!wildcard_present(scan->pattern, scan->pattern_units))
        return scan_single(scan, file);
    path_drive_of(file->unix_path, &rest);
    if (*rest && (!scan_add(scan, ".", false) || !scan_add(scan, "..", false)))
        return STATUS_NO_MEMORY;
    dots = scan->count;
    /* A descriptor of its own: the handle's may be shared with another process, and with it the place in the
     * directory. */
    fd = openat(file->object.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? STATUS_DELETE_PENDING : status_from_errno(errno);
    status = scan_read(scan, fd, false);
    close(fd);
    if (!status && scan->lower_fd >= 0) {
        lseek(scan->lower_fd, 0, SEEK_SET);
        status = scan_read(scan, scan->lower_fd, true);
    }
    if (status)
        return status;
    qsort_r(scan->entries + dots, scan->count - dots, sizeof(struct entry), compare_entries, scan);
    if (scan->lower_fd >= 0)
        remove_hidden(scan, dots);
    return STATUS_SUCCESS;
}

/* ---- entries ---- */

/* Offset of FileName: the size of the fixed part. 0: no such class. */
static ULONG fixed_size(ULONG class)
{
    switch (class) {
    case FileDirectoryInformation: return offsetof(FILE_DIRECTORY_INFORMATION, FileName);
    case FileFullDirectoryInformation: return offsetof(FILE_FULL_DIR_INFORMATION, FileName);
    case FileBothDirectoryInformation: return offsetof(FILE_BOTH_DIR_INFORMATION, FileName);
    case FileNamesInformation: return offsetof(FILE_NAMES_INFORMATION, FileName);
    case FileIdBothDirectoryInformation: return offsetof(FILE_ID_BOTH_DIR_INFORMATION, FileName);
    case FileIdFullDirectoryInformation: return offsetof(FILE_ID_FULL_DIR_INFORMATION, FileName);
    case FileIdExtdDirectoryInformation_: return offsetof(FERRY_FILE_ID_EXTD_DIR_INFORMATION, FileName);
    case FileIdExtdBothDirectoryInformation_: return offsetof(FERRY_FILE_ID_EXTD_BOTH_DIR_INFORMATION, FileName);
    default: return 0;
    }
}

/* Size of the structure with one character: below it the length is wrong whatever the names are. */
static ULONG least_size(ULONG class)
{
    switch (class) {
    case FileDirectoryInformation: return sizeof(FILE_DIRECTORY_INFORMATION);
    case FileFullDirectoryInformation: return sizeof(FILE_FULL_DIR_INFORMATION);
    case FileBothDirectoryInformation: return sizeof(FILE_BOTH_DIR_INFORMATION);
    case FileNamesInformation: return sizeof(FILE_NAMES_INFORMATION);
    case FileIdBothDirectoryInformation: return sizeof(FILE_ID_BOTH_DIR_INFORMATION);
    case FileIdFullDirectoryInformation: return sizeof(FILE_ID_FULL_DIR_INFORMATION);
    case FileIdExtdDirectoryInformation_: return sizeof(FERRY_FILE_ID_EXTD_DIR_INFORMATION);
    case FileIdExtdBothDirectoryInformation_: return sizeof(FERRY_FILE_ID_EXTD_BOTH_DIR_INFORMATION);
    default: return 0;
    }
}

static void put_fixed(ULONG class, void *to, const struct file_facts *facts, ULONG name_bytes)
{
    /* The extended attributes' size of a reparse point is its tag: MS-FSCC 2.4.8. */
    ULONG ea = facts->reparse_tag;

    if (class == FileNamesInformation) {
        FILE_NAMES_INFORMATION *names = to;
        names->FileNameLength = name_bytes;
        return;
    }
    {
        /* the part that all others begin with */
        FILE_DIRECTORY_INFORMATION *info = to;
        info->CreationTime.QuadPart = facts->creation;
        info->LastAccessTime.QuadPart = facts->access;
        info->LastWriteTime.QuadPart = facts->write;
        info->ChangeTime.QuadPart = facts->change;
        info->EndOfFile.QuadPart = facts->size;
        info->AllocationSize.QuadPart = facts->allocation;
        info->FileAttributes = facts->attributes;
        info->FileNameLength = name_bytes;
    }
    switch (class) {
    case FileFullDirectoryInformation:
        ((FILE_FULL_DIR_INFORMATION *)to)->EaSize = ea;
        break;
    case FileBothDirectoryInformation:
        ((FILE_BOTH_DIR_INFORMATION *)to)->EaSize = ea;
        break;
    case FileIdBothDirectoryInformation:
        ((FILE_ID_BOTH_DIR_INFORMATION *)to)->EaSize = ea;
        ((FILE_ID_BOTH_DIR_INFORMATION *)to)->FileId.QuadPart = facts->inode;
        break;
    case FileIdFullDirectoryInformation:
        ((FILE_ID_FULL_DIR_INFORMATION *)to)->EaSize = ea;
        ((FILE_ID_FULL_DIR_INFORMATION *)to)->FileId.QuadPart = facts->inode;
        break;
    case FileIdExtdDirectoryInformation_: {
        FERRY_FILE_ID_EXTD_DIR_INFORMATION *info = to;
        info->ReparsePointTag = facts->reparse_tag;
        memcpy(info->FileId, &facts->inode, sizeof(facts->inode));
        break;
    }
    case FileIdExtdBothDirectoryInformation_: {
        FERRY_FILE_ID_EXTD_BOTH_DIR_INFORMATION *info = to;
        info->ReparsePointTag = facts->reparse_tag;
        memcpy(info->FileId, &facts->inode, sizeof(facts->inode));
        break;
    }
    }
}

/* Fills `buffer` (host memory, zeroed) with as many entries as fit. */
static NTSTATUS scan_fill(struct scan *scan, struct file *file, ULONG class, bool single, char *buffer, ULONG length,
                          ULONG_PTR *used)
{
    ULONG at = 0, last = 0, fixed = fixed_size(class);
    bool any = false;

    while (scan->next < scan->count) {
        const struct entry *entry = &scan->entries[scan->next];
        ULONG bytes = entry->wide_units * sizeof(WCHAR);
        struct file_facts facts;

        if (any && at + fixed + bytes > length)
            break;
        if (class != FileNamesInformation &&
            facts_by_path(entry->lower ? scan->lower_fd : file->object.fd, scan->text + entry->name, true, &facts)) {
            scan->next++; /* gone since the directory was read */
            continue;
        }
        put_fixed(class, buffer + at, &facts, bytes);
        if (at + fixed + bytes > length) { /* the first does not fit: what there is room for */
            memcpy(buffer + at + fixed, scan->units + entry->wide, length - at - fixed);
            *used = length;
            return STATUS_BUFFER_OVERFLOW;
        }
        memcpy(buffer + at + fixed, scan->units + entry->wide, bytes);
        if (any)
            *(ULONG *)(buffer + last) = at - last;
        last = at;
        any = true;
        scan->next++;
        *used = at + fixed + bytes;
        at = (at + fixed + bytes + 7) & ~7u;
        if (single)
            break;
    }
    return any ? STATUS_SUCCESS : STATUS_NO_MORE_FILES;
}

#define BOUNCE_MAX 65536

static NTSTATUS query(struct file *file, ULONG class, bool single, bool restart, const WCHAR *pattern,
                      int pattern_units, char *bounce, ULONG length, ULONG_PTR *used)
{
    struct scan *scan = scan_of(file);
    bool first;
    NTSTATUS status = STATUS_SUCCESS;

    if (!scan)
        return STATUS_NO_MEMORY;
    pthread_mutex_lock(&scan->lock);
    first = !scan->started;
    if (first || (restart && pattern_units)) {
        if (pattern_units) {
            memcpy(scan->pattern, pattern, pattern_units * sizeof(WCHAR));
            scan->pattern_units = pattern_units;
        } else {
            scan->pattern[0] = '*';
            scan->pattern_units = 1;
        }
    }
    if (first || restart) {
        status = scan_start(scan, file);
        if (!status)
            scan->started = true;
    }
    if (!status)
        status = scan_fill(scan, file, class, single, bounce, length, used);
    pthread_mutex_unlock(&scan->lock);
    if (status == STATUS_NO_MORE_FILES && first)
        status = STATUS_NO_SUCH_FILE;
    return status;
}

NTSTATUS sys_NtQueryDirectoryFile(HANDLE handle, HANDLE event, void *apc_routine, void *apc_context,
                                  IO_STATUS_BLOCK *iosb, void *buffer, ULONG length, ULONG class, BOOLEAN single,
                                  UNICODE_STRING *name, BOOLEAN restart)
{
    struct request request = {.type = REQUEST_FSCTL, .iosb = iosb, .event_handle = event, .apc_routine = apc_routine,
                              .apc_context = apc_context};
    ULONG least = least_size(class);
    WCHAR pattern[NAME_MAX + 1];
    int units = 0;
    char *bounce;
    NTSTATUS status;

    if (!least)
        return STATUS_INVALID_INFO_CLASS;
    if (length < least)
        return STATUS_INFO_LENGTH_MISMATCH;
    probe_write(iosb, iosb_size());
    probe_write(buffer, length);
    if (name && name->Length) {
        units = name->Length / sizeof(WCHAR);
        if (units > NAME_MAX)
            return STATUS_OBJECT_NAME_INVALID;
        memcpy(pattern, name->Buffer, units * sizeof(WCHAR));
    }
    status = file_from_handle(handle, FILE_LIST_DIRECTORY, &request.file, NULL);
    if (status)
        return status;
    if (length > BOUNCE_MAX)
        length = BOUNCE_MAX;
    bounce = calloc(1, length);
    if (request.file->kind == FILE_KIND_PIPE_DEVICE && request.file->ops->fsctl && pipe_list)
        status = bounce ? pipe_list(request.file, class, single, restart, pattern, units, bounce, length,
                                    &request.information)
                        : STATUS_NO_MEMORY;
    else if (request.file->kind != FILE_KIND_DIRECTORY)
        status = STATUS_INVALID_PARAMETER;
    else
        status = bounce ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    if (!status)
        status = request_start(&request);
    if (!status && request.file->kind == FILE_KIND_DIRECTORY)
        status = query(request.file, class, single, restart, pattern, units, bounce, length, &request.information);
    if (!NT_ERROR(status) && request.information)
        memcpy(buffer, bounce, request.information);
    free(bounce);
    status = request_finish(&request, status);
    file_release(request.file);
    return status;
}

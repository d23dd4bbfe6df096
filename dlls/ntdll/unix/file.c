/* File objects, and NtCreateFile up to the point where the kinds part. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <string.h>
#include <unistd.h>
#include "attributes.h"
#include "device.h"
#include "disk.h"
#include "ferry/syscall_table.h"
#include "host.h"
#include "path.h"
#include "share.h"

const GENERIC_MAPPING file_generic_mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE,
                                              FILE_ALL_ACCESS};

ACCESS_MASK file_map_access(ACCESS_MASK access)
{
    if (access & GENERIC_READ)
        access |= FILE_GENERIC_READ;
    if (access & GENERIC_WRITE)
        access |= FILE_GENERIC_WRITE;
    if (access & GENERIC_EXECUTE)
        access |= FILE_GENERIC_EXECUTE;
    if (access & GENERIC_ALL)
        access |= FILE_ALL_ACCESS;
    return access & ~(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL);
}

static void file_last_handle(struct object *object)
{
    struct file *file = (struct file *)object;

    if (file->ops->last_handle)
        file->ops->last_handle(file);
    if (file->share) {
        bool pending, last;
        if (file->delete_on_close && !disk_check_delete(file, false))
            share_set_delete(file->share, true);
        pending = share_delete_pending(file->share);
        last = share_close(file->share);
        file->share = NULL;
        if (last || (pending && file->posix_delete))
            disk_delete(file);
    }
}

/* Renames are rare: a few old names are kept for a while instead of a lock around every look at a name. */
void file_path_retire(char *path)
{
    static char *_Atomic retired[16];
    static atomic_uint next;

    free(atomic_exchange(&retired[atomic_fetch_add(&next, 1) % 16], path));
}

static pthread_mutex_t marked_lock = PTHREAD_MUTEX_INITIALIZER;
static struct file *marked_files;

void file_mark_delete(struct file *file)
{
    pthread_mutex_lock(&marked_lock);
    if (!file->marked) {
        file->marked = true;
        file->next_marked = marked_files;
        marked_files = file;
    }
    pthread_mutex_unlock(&marked_lock);
}

static void unmark(struct file *file)
{
    struct file **at;

    pthread_mutex_lock(&marked_lock);
    for (at = &marked_files; *at; at = &(*at)->next_marked)
        if (*at == file) {
            *at = file->next_marked;
            break;
        }
    pthread_mutex_unlock(&marked_lock);
}

void file_exit(void)
{
    struct file *file;

    if (!marked_files || pthread_mutex_trylock(&marked_lock))
        return;
    for (file = marked_files; file; file = file->next_marked)
        if (file->share)
            file_last_handle(&file->object);
    pthread_mutex_unlock(&marked_lock);
}

static void file_destroy(struct object *object)
{
    struct file *file = (struct file *)object;

    if (file->marked)
        unmark(file);
    if (file->ops->destroy)
        file->ops->destroy(file);
    if (file->share) /* made, but never given a handle */
        share_close(file->share);
    if (file->port)
        object_release(file->port);
    if (file->object.fd >= 0 && !file->borrowed_fd)
        close(file->object.fd);
    free(file->unix_path);
    free(file);
}

/* ---- to another process ---- */

struct saved_file {
    uint32_t kind;
    ULONG options;
    ACCESS_MASK access;
    ULONG sharing;
    uint32_t mode;
    uint64_t device, inode;
    uint8_t lower, delete_on_close, shared;
};

static int file_save(struct object *object, void *data, int room)
{
    struct file *file = (struct file *)object;
    struct saved_file saved = {
        .kind = file->kind, .options = file->options, .access = file->access, .sharing = file->sharing,
        .mode = file->mode, .device = file->device, .inode = file->inode, .lower = file->lower,
        .delete_on_close = file->delete_on_close, .shared = file->share != NULL,
    };
    int more = 0;

    if (room < sizeof(saved))
        return -1;
    memcpy(data, &saved, sizeof(saved));
    if (file->ops->save) {
        more = file->ops->save(file, (char *)data + sizeof(saved), room - sizeof(saved));
        if (more < 0)
            return -1;
    } else if (object->fd < 0 && file->kind != FILE_KIND_NULL) {
        return -1;
    }
    return sizeof(saved) + more;
}

/* The name of a file that another process opened: Linux knows it. */
static char *path_of_fd(int fd)
{
    char link[32], target[PATH_MAX];
    ssize_t got;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    got = readlink(link, target, sizeof(target) - 1);
    if (got <= 0 || target[0] != '/')
        return NULL;
    target[got] = 0;
    return strdup(target);
}

static const struct file_ops *ops_of_kind(enum file_kind kind)
{
    switch (kind) {
    case FILE_KIND_DISK: return &disk_ops;
    case FILE_KIND_DIRECTORY: return &directory_ops;
    case FILE_KIND_VOLUME: return &volume_ops;
    case FILE_KIND_STREAM: return &stream_ops;
    case FILE_KIND_CONSOLE: return &console_ops;
    case FILE_KIND_NULL: return &null_ops;
    case FILE_KIND_PIPE: return &pipe_ops;
    case FILE_KIND_SOCKET: return &socket_ops;
    default: return NULL;
    }
}

static NTSTATUS file_restore(const void *data, int size, int fd, struct object **object)
{
    struct saved_file saved;
    const struct file_ops *ops = NULL;
    struct file *file = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (size >= sizeof(saved)) {
        memcpy(&saved, data, sizeof(saved));
        ops = ops_of_kind(saved.kind);
        status = STATUS_NO_MEMORY;
    }
    if (ops)
        file = file_new(saved.kind, ops, fd);
    if (!file) {
        if (fd >= 0)
            close(fd);
        return status;
    }
    file->options = saved.options;
    file->access = saved.access;
    file->sharing = saved.sharing;
    file->mode = saved.mode;
    file->device = saved.device;
    file->inode = saved.inode;
    file->lower = saved.lower;
    file->delete_on_close = saved.delete_on_close;
    file->borrowed_fd = fd >= 0 && fd <= 2;
    if (fd >= 0 && (saved.kind == FILE_KIND_DISK || saved.kind == FILE_KIND_DIRECTORY ||
                    saved.kind == FILE_KIND_VOLUME))
        file->unix_path = path_of_fd(fd);
    if (saved.shared)
        file->share = share_duplicate(saved.device, saved.inode, saved.access, saved.sharing);
    if (ops->restore && (status = ops->restore(file, (const char *)data + sizeof(saved), size - sizeof(saved)))) {
        file_release(file);
        return status;
    }
    file_ignore_broken_pipes();
    *object = &file->object;
    return STATUS_SUCCESS;
}

static int file_query_name(struct object *object, WCHAR *name, int room)
{
    struct file *file = (struct file *)object;
    UNICODE_STRING text;
    int units;

    if (!file->unix_path || path_from_unix(file->unix_path, &text))
        return -1;
    /* \??\X:\… is \Device\HarddiskVolumeN\… for the object manager */
    units = snprintf(NULL, 0, "\\Device\\HarddiskVolume%d", text.Buffer[4] - 'A' + 1) + text.Length / 2 - 6;
    if (units <= room) {
        char device[40];
        int i, length = snprintf(device, sizeof(device), "\\Device\\HarddiskVolume%d", text.Buffer[4] - 'A' + 1);
        for (i = 0; i < length; i++)
            name[i] = device[i];
        memcpy(name + length, text.Buffer + 6, text.Length - 12);
    }
    free(text.Buffer);
    return units;
}

static void file_watch(struct object *object)
{
    struct file *file = (struct file *)object;

    if (file->ops->watch)
        file->ops->watch(file);
}

const struct object_ops file_object_ops = {
    .type = OBJECT_FILE,
    .type_name = "File",
    .mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS},
    .last_handle = file_last_handle,
    .destroy = file_destroy,
    .save = file_save,
    .restore = file_restore,
    .query_name = file_query_name,
    .watch = file_watch,
};

void file_init(void)
{
    object_register_type(&file_object_ops);
}

struct file *file_new(enum file_kind kind, const struct file_ops *ops, int fd)
{
    struct file *file = calloc(1, sizeof(*file));

    if (!file)
        return NULL;
    object_init(&file->object, &file_object_ops, fd);
    file->kind = kind;
    file->ops = ops;
    return file;
}

NTSTATUS file_from_handle(HANDLE handle, ACCESS_MASK access, struct file **file, ACCESS_MASK *granted)
{
    struct object *object;
    NTSTATUS status = handle_object(handle, OBJECT_FILE, access, &object, granted);

    *file = status ? NULL : (struct file *)object;
    return status;
}

void file_ignore_broken_pipes(void)
{
    static atomic_bool ignored;

    if (!atomic_exchange(&ignored, true))
        signal(SIGPIPE, SIG_IGN);
}

NTSTATUS file_handle_from_fd(int fd, ACCESS_MASK access, ULONG options, HANDLE *handle)
{
    enum file_kind kind;
    const struct file_ops *ops;
    struct file *file;
    struct stat st;
    NTSTATUS status;

    if (fstat(fd, &st))
        return errno == EBADF ? STATUS_INVALID_HANDLE : status_from_errno(errno);
    file_ignore_broken_pipes();
    if (S_ISREG(st.st_mode))
        kind = FILE_KIND_DISK, ops = &disk_ops;
    else if (S_ISDIR(st.st_mode))
        kind = FILE_KIND_DIRECTORY, ops = &directory_ops;
    else if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3))
        kind = FILE_KIND_NULL, ops = &null_ops;
    else if (S_ISCHR(st.st_mode) && isatty(fd))
        kind = FILE_KIND_CONSOLE, ops = &console_ops;
    else
        kind = FILE_KIND_STREAM, ops = &stream_ops;
    file = file_new(kind, ops, fd);
    if (!file)
        return STATUS_NO_MEMORY;
    file->borrowed_fd = fd <= 2;
    file->mode = st.st_mode;
    file->device = st.st_dev;
    file->inode = st.st_ino;
    file->options = options;
    file->access = file_map_access(access);
    file->sharing = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    if (kind == FILE_KIND_DISK || kind == FILE_KIND_DIRECTORY)
        file->unix_path = path_of_fd(fd);
    status = handle_create(&file->object, OBJECT_FILE, 0, file->access, 0, handle);
    file_release(file);
    return status;
}

static NTSTATUS check_parameters(const struct file_create *create)
{
    const ULONG synchronous = FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT;

    if (create->disposition > FILE_OVERWRITE_IF || (create->options & ~0x00ffffff) ||
        (create->sharing & ~(FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)) ||
        (create->file_attributes & ~0x005fffb7) || (create->options & synchronous) == synchronous)
        return STATUS_INVALID_PARAMETER;
    if ((create->options & synchronous) && !(create->access & (SYNCHRONIZE | MAXIMUM_ALLOWED)))
        return STATUS_INVALID_PARAMETER;
    if (create->options & FILE_DIRECTORY_FILE) {
        if (create->options & FILE_NON_DIRECTORY_FILE)
            return STATUS_INVALID_PARAMETER;
        if (create->disposition != FILE_CREATE && create->disposition != FILE_OPEN &&
            create->disposition != FILE_OPEN_IF)
            return STATUS_INVALID_PARAMETER;
    }
    if ((create->options & FILE_DELETE_ON_CLOSE) && !(create->access & (DELETE | MAXIMUM_ALLOWED)))
        return STATUS_INVALID_PARAMETER;
    if ((create->options & FILE_NO_INTERMEDIATE_BUFFERING) &&
        (create->access & (FILE_APPEND_DATA | FILE_WRITE_DATA)) == FILE_APPEND_DATA)
        return STATUS_INVALID_PARAMETER;
    if (create->options & FILE_OPEN_BY_FILE_ID)
        return STATUS_NOT_SUPPORTED;
    return STATUS_SUCCESS;
}

static NTSTATUS open_path(const struct file_create *create, struct path *path, struct file **file,
                          ULONG_PTR *result)
{
    *result = FILE_OPENED;
    switch (path->kind) {
    case PATH_UNIX:
        return disk_open(create, path, file, result);
    case PATH_VOLUME:
        return volume_open(create, path, file);
    case PATH_NULL:
        *file = file_new(FILE_KIND_NULL, &null_ops, -1);
        return *file ? STATUS_SUCCESS : STATUS_NO_MEMORY;
    case PATH_CONSOLE:
        return console_open(create, path, file);
    case PATH_PIPE:
        return pipe_open ? pipe_open(create, path, file) : STATUS_OBJECT_NAME_NOT_FOUND;
    case PATH_MAILSLOT:
        return mailslot_open ? mailslot_open(create, path, file) : STATUS_OBJECT_NAME_NOT_FOUND;
    case PATH_AFD:
        return socket_open ? socket_open(create, path, file) : STATUS_OBJECT_NAME_NOT_FOUND;
    case PATH_MOUNT_MANAGER:
        return mount_manager_open ? mount_manager_open(create, path, file) : STATUS_OBJECT_NAME_NOT_FOUND;
    }
    return STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS file_finish_open(const struct file_create *create, struct file *file, ULONG_PTR result, HANDLE *handle,
                          IO_STATUS_BLOCK *iosb)
{
    HANDLE made;
    NTSTATUS status;

    file->options = create->options;
    file->sharing = create->sharing;
    file->access = create->access & MAXIMUM_ALLOWED ? file->access | (create->access & ~MAXIMUM_ALLOWED)
                                                    : create->access;
    status = handle_create(&file->object, OBJECT_FILE, 0, file->access,
                           create->attributes->Attributes & OBJ_INHERIT, &made);
    file_release(file);
    if (status)
        return status;
    *handle = made;
    iosb->Status = STATUS_SUCCESS;
    iosb_set_information(iosb, result);
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtCreateFile(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *iosb,
                          LARGE_INTEGER *allocation, ULONG file_attributes, ULONG sharing, ULONG disposition,
                          ULONG options, void *ea, ULONG ea_length)
{
    struct file_create create = {
        .attributes = attributes,
        .access = file_map_access(access),
        .file_attributes = file_attributes,
        .sharing = sharing,
        .disposition = disposition,
        .options = options,
        .allocation = allocation ? allocation->QuadPart : 0,
        .ea = ea_length ? ea : NULL,
        .ea_length = ea ? ea_length : 0,
    };
    struct path path;
    struct file *file;
    ULONG_PTR result;
    NTSTATUS status;

    probe_write(handle, sizeof(*handle));
    probe_write(iosb, iosb_size());
    status = check_parameters(&create);
    if (status)
        return status;
    status = path_parse(attributes, &path);
    if (!status) {
        status = open_path(&create, &path, &file, &result);
        path_release(&path);
    }
    if (!status)
        return file_finish_open(&create, file, result, handle, iosb);
    iosb->Status = status;
    iosb_set_information(iosb, 0);
    return status;
}

NTSTATUS sys_NtOpenFile(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, IO_STATUS_BLOCK *iosb,
                        ULONG sharing, ULONG options)
{
    return sys_NtCreateFile(handle, access, attributes, iosb, NULL, 0, sharing, FILE_OPEN, options, NULL, 0);
}

NTSTATUS sys_NtDeleteFile(OBJECT_ATTRIBUTES *attributes)
{
    struct file_create create = {
        .attributes = attributes,
        .access = DELETE,
        .sharing = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
        .disposition = FILE_OPEN,
        .options = FILE_DELETE_ON_CLOSE | FILE_OPEN_REPARSE_POINT,
    };
    struct path path;
    struct file *file;
    ULONG_PTR result;
    NTSTATUS status = path_parse(attributes, &path);

    if (status)
        return status;
    status = path.kind == PATH_UNIX ? disk_open(&create, &path, &file, &result) : STATUS_INVALID_DEVICE_REQUEST;
    path_release(&path);
    if (!status) {
        file_last_handle(&file->object);
        file_release(file);
    }
    return status;
}

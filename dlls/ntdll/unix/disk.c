/* Opening, making and deleting files on disk. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "attributes.h"
#include "device.h"
#include "dircache.h"
#include "disk.h"
#include "ea.h"
#include "host.h"
#include "path.h"
#include "share.h"

#define DATA_READ (FILE_READ_DATA | FILE_EXECUTE)
#define DATA_WRITE (FILE_WRITE_DATA | FILE_APPEND_DATA)

static bool overwrites(ULONG disposition)
{
    return disposition == FILE_SUPERSEDE || disposition == FILE_OVERWRITE || disposition == FILE_OVERWRITE_IF;
}

static bool may_create(ULONG disposition)
{
    return disposition != FILE_OPEN && disposition != FILE_OVERWRITE;
}

static int open_flags(const struct file_create *create)
{
    ACCESS_MASK access = create->access;
    int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

    if ((access & DATA_WRITE) || overwrites(create->disposition))
        flags |= (access & DATA_READ) || !(access & DATA_WRITE) ? O_RDWR : O_WRONLY;
    if ((access & DATA_WRITE) == FILE_APPEND_DATA)
        flags |= O_APPEND;
    if (create->options & FILE_WRITE_THROUGH)
        flags |= O_DSYNC;
    return flags;
}

/* Opens what exists. errno in *error, -1 then. */
static int open_existing(const struct file_create *create, const char *name, int flags, int *error)
{
    int fd;

    if (create->options & FILE_OPEN_REPARSE_POINT) {
        struct stat st;
        fd = open(name, flags | O_NOFOLLOW);
        if (fd < 0 && errno == ELOOP && !lstat(name, &st) && S_ISLNK(st.st_mode))
            fd = open(name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    } else {
        fd = open(name, flags);
    }
    if (fd < 0 && errno == EISDIR)
        fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && (errno == EACCES || errno == ENXIO) && !(create->access & (DATA_READ | DATA_WRITE)) &&
        !overwrites(create->disposition))
        fd = open(name, O_PATH | O_CLOEXEC);
    *error = fd < 0 ? errno : 0;
    return fd;
}

/* MAXIMUM_ALLOWED: what the caller may do with the file. */
static ACCESS_MASK maximum_access(const char *name)
{
    ACCESS_MASK access = FILE_GENERIC_READ | FILE_WRITE_ATTRIBUTES | DELETE | READ_CONTROL | WRITE_DAC;
    struct stat st;

    if (!faccessat(AT_FDCWD, name, W_OK, AT_EACCESS) &&
        (stat(name, &st) || S_ISDIR(st.st_mode) || (st.st_mode & 0222)))
        access |= FILE_GENERIC_WRITE | FILE_DELETE_CHILD;
    return access | FILE_EXECUTE;
}

/* Copies a file of the shipped store to where the prefix has its own. */
static NTSTATUS copy_up(struct path *path)
{
    char buffer[65536];
    int from, to, error = 0;
    ssize_t got;

    from = open(path->unix_path, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return status_from_errno(errno);
    to = open(path->upper, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (to < 0) {
        error = errno;
        close(from);
        return status_from_errno(error);
    }
    while ((got = read(from, buffer, sizeof(buffer))) > 0)
        if (write(to, buffer, got) != got) {
            error = errno ? errno : ENOSPC;
            break;
        }
    if (got < 0)
        error = errno;
    close(from);
    close(to);
    if (error) {
        unlink(path->upper);
        return status_from_errno(error);
    }
    path->length = strlen(path->upper);
    memcpy(path->unix_path, path->upper, path->length + 1);
    path->lower = false;
    return STATUS_SUCCESS;
}

static NTSTATUS create_new(const struct file_create *create, struct path *path, int flags, int *fd)
{
    if (path->trailing_slash && !(create->options & FILE_DIRECTORY_FILE))
        return STATUS_OBJECT_NAME_INVALID;
    if (create->options & FILE_DIRECTORY_FILE) {
        if ((create->file_attributes & FILE_ATTRIBUTE_TEMPORARY))
            return STATUS_INVALID_PARAMETER;
        if (mkdir(path->unix_path, 0777))
            return errno == ENOENT ? STATUS_OBJECT_PATH_NOT_FOUND : status_from_errno(errno);
        *fd = open(path->unix_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    } else {
        if ((create->file_attributes & FILE_ATTRIBUTE_READONLY) && (create->options & FILE_DELETE_ON_CLOSE))
            return STATUS_CANNOT_DELETE;
        *fd = open(path->unix_path, (flags & ~O_NONBLOCK) | O_CREAT | O_EXCL, 0666);
    }
    if (*fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? STATUS_OBJECT_PATH_NOT_FOUND : status_from_errno(errno);
    return STATUS_SUCCESS;
}

static void apply_attributes(int fd, mode_t mode, ULONG attributes)
{
    attributes &= FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM |
                  FILE_ATTRIBUTE_TEMPORARY | FILE_ATTRIBUTE_OFFLINE | FILE_ATTRIBUTE_NOT_CONTENT_INDEXED;
    if (S_ISDIR(mode))
        attributes &= ~FILE_ATTRIBUTE_READONLY;
    if (attributes)
        attributes_set(fd, mode, attributes | (S_ISREG(mode) ? FILE_ATTRIBUTE_ARCHIVE : 0));
}

/* Checks that concern a file that was there already. */
static NTSTATUS check_existing(const struct file_create *create, const struct path *path, const struct stat *st,
                               int fd)
{
    if (S_ISDIR(st->st_mode)) {
        if (create->options & FILE_NON_DIRECTORY_FILE)
            return STATUS_FILE_IS_A_DIRECTORY;
        if (overwrites(create->disposition))
            return STATUS_OBJECT_NAME_COLLISION;
        return STATUS_SUCCESS;
    }
    if (create->options & FILE_DIRECTORY_FILE) {
        if (S_ISLNK(st->st_mode)) {
            struct file_facts facts;
            if (!facts_by_fd(fd, &facts) && (facts.attributes & FILE_ATTRIBUTE_DIRECTORY))
                return STATUS_SUCCESS;
        }
        return create->disposition == FILE_CREATE ? STATUS_OBJECT_NAME_COLLISION : STATUS_NOT_A_DIRECTORY;
    }
    if (path->trailing_slash)
        return STATUS_OBJECT_NAME_INVALID;
    if (S_ISREG(st->st_mode) && !(st->st_mode & 0222)) {
        if ((create->access & DATA_WRITE) || overwrites(create->disposition))
            return STATUS_ACCESS_DENIED;
        if (create->options & FILE_DELETE_ON_CLOSE)
            return STATUS_CANNOT_DELETE;
    }
    if (overwrites(create->disposition) && create->disposition != FILE_SUPERSEDE) {
        struct file_facts facts;
        const ULONG kept = FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM;
        if (!facts_by_fd(fd, &facts) && (facts.attributes & kept & ~create->file_attributes))
            return STATUS_ACCESS_DENIED;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS find_and_open(const struct file_create *create, struct path *path, int flags, int *fd, bool *made)
{
    NTSTATUS status;
    int error, attempts = 0;

    *made = false;
    if (create->disposition == FILE_CREATE) {
        status = path_resolve(path);
        if (!status) {
            struct stat st;
            if (path->trailing_slash && !(create->options & FILE_DIRECTORY_FILE) &&
                !stat(path->unix_path, &st) && !S_ISDIR(st.st_mode))
                return STATUS_OBJECT_NAME_INVALID;
            return STATUS_OBJECT_NAME_COLLISION;
        }
        if (status != STATUS_OBJECT_NAME_NOT_FOUND)
            return status;
        *made = true;
        return create_new(create, path, flags, fd);
    }
    for (;;) {
        *fd = open_existing(create, path->unix_path, flags, &error);
        if (*fd >= 0)
            return STATUS_SUCCESS;
        if (error == EACCES || error == EROFS || error == EPERM) {
            struct stat st;
            if (!stat(path->unix_path, &st) && S_ISDIR(st.st_mode) && (create->options & FILE_NON_DIRECTORY_FILE))
                return STATUS_FILE_IS_A_DIRECTORY;
            return error == EROFS ? STATUS_MEDIA_WRITE_PROTECTED : STATUS_ACCESS_DENIED;
        }
        if (error == ETXTBSY)
            return STATUS_SHARING_VIOLATION;
        if (error != ENOENT && error != ENOTDIR)
            return error == ENAMETOOLONG ? STATUS_OBJECT_NAME_INVALID : status_from_errno(error);
        status = path_find(path);
        if (!status && path->lower &&
            ((create->access & (DATA_WRITE | FILE_WRITE_ATTRIBUTES | FILE_WRITE_EA)) ||
             overwrites(create->disposition)))
            status = copy_up(path);
        if (!status && attempts++ < 4)
            continue;
        if (status != STATUS_OBJECT_NAME_NOT_FOUND || !may_create(create->disposition))
            return status ? status : STATUS_OBJECT_NAME_NOT_FOUND;
        *made = true;
        status = create_new(create, path, flags, fd);
        if (status != STATUS_OBJECT_NAME_COLLISION || attempts++ >= 4)
            return status;
        *made = false; /* someone else made it meanwhile */
    }
}

NTSTATUS disk_open(const struct file_create *create, struct path *path, struct file **out, ULONG_PTR *result)
{
    struct file_create adjusted = *create;
    int flags, fd = -1;
    struct file *file;
    struct stat st;
    bool made;
    NTSTATUS status;

    if (create->access & MAXIMUM_ALLOWED) {
        adjusted.access &= ~MAXIMUM_ALLOWED;
        adjusted.access |= !path_resolve(path) ? maximum_access(path->unix_path) : FILE_ALL_ACCESS;
    }
    flags = open_flags(&adjusted);
    status = find_and_open(&adjusted, path, flags, &fd, &made);
    if (status)
        return status;
    if (fstat(fd, &st)) {
        status = status_from_errno(errno);
        close(fd);
        return status;
    }
    if (!made && (status = check_existing(&adjusted, path, &st, fd))) {
        close(fd);
        return status;
    }
    if (S_ISDIR(st.st_mode))
        file = file_new(FILE_KIND_DIRECTORY, &directory_ops, fd);
    else if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode) || S_ISSOCK(st.st_mode))
        file = file_new(FILE_KIND_DISK, &disk_ops, fd);
    else
        file = file_new(FILE_KIND_STREAM, &stream_ops, fd);
    if (!file) {
        close(fd);
        return STATUS_NO_MEMORY;
    }
    file->mode = st.st_mode;
    file->device = st.st_dev;
    file->inode = st.st_ino;
    file->lower = path->lower;
    file->access = adjusted.access;
    file->unix_path = malloc(path->length + 1);
    if (!file->unix_path) {
        file_release(file);
        return STATUS_NO_MEMORY;
    }
    memcpy(file->unix_path, path->unix_path, path->length + 1);
    if (!path->lower && file->kind != FILE_KIND_STREAM) {
        ACCESS_MASK access = adjusted.access;
        if (!made && overwrites(create->disposition))
            access |= create->disposition == FILE_SUPERSEDE ? DELETE : FILE_WRITE_DATA;
        status = share_open(st.st_dev, st.st_ino, access, create->sharing, &file->share);
        if (status) {
            file_release(file);
            return status;
        }
    }
    *result = made ? FILE_CREATED : FILE_OPENED;
    if (made) {
        apply_attributes(fd, st.st_mode, create->file_attributes);
    } else if (overwrites(create->disposition)) {
        *result = create->disposition == FILE_SUPERSEDE ? FILE_SUPERSEDED : FILE_OVERWRITTEN;
        if (ftruncate(fd, 0)) {
            status = status_from_errno(errno);
            file_release(file);
            return status;
        }
        attributes_set(fd, st.st_mode, create->file_attributes | FILE_ATTRIBUTE_ARCHIVE);
    }
    if (create->ea && *result != FILE_OPENED && (status = ea_set(fd, create->ea, create->ea_length))) {
        if (made)
            disk_delete(file);
        file_release(file);
        return status;
    }
    if (create->allocation > 0 && *result != FILE_OPENED && S_ISREG(st.st_mode))
        (void)!fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, create->allocation);
    file->delete_on_close = create->options & FILE_DELETE_ON_CLOSE;
    if (file->delete_on_close)
        file_mark_delete(file);
    *out = file;
    return STATUS_SUCCESS;
}

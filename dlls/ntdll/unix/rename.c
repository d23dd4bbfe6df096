/* Names of files on disk: renaming, hard links, deletion. Rules: MS-FSA 2.1.5.15.11 and .6, MS-FSCC 2.4.42. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "attributes.h"
#include "dircache.h"
#include "disk.h"
#include "host.h"
#include "path.h"
#include "share.h"

static pthread_mutex_t path_lock = PTHREAD_MUTEX_INITIALIZER;

static bool directory_is_empty(const struct file *file)
{
    char lower[PATH_MAX];
    bool empty = true;
    struct dirent *entry;
    DIR *dir = opendir(file->unix_path);

    if (!dir)
        return true;
    while ((entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) {
            empty = false;
            break;
        }
    closedir(dir);
    return empty && !path_lower_directory(file->unix_path, lower);
}

/* Where the file is now: another process may have renamed it, or a folder above it. */
static bool current_path(const struct file *file, char path[PATH_MAX])
{
    char link[32];
    struct stat st;
    ssize_t got;

    if (file->unix_path && !lstat(file->unix_path, &st) && st.st_ino == file->inode && st.st_dev == file->device) {
        snprintf(path, PATH_MAX, "%s", file->unix_path);
        return true;
    }
    snprintf(link, sizeof(link), "/proc/self/fd/%d", file->object.fd);
    got = readlink(link, path, PATH_MAX - 1);
    if (got <= 0)
        return false;
    path[got] = 0;
    return !lstat(path, &st) && st.st_ino == file->inode && st.st_dev == file->device;
}

NTSTATUS disk_check_delete(struct file *file, bool ignore_readonly)
{
    const char *rest;
    struct stat st;

    if (fstat(file->object.fd, &st))
        return status_from_errno(errno);
    if (S_ISREG(st.st_mode) && !(st.st_mode & 0222) && !ignore_readonly)
        return STATUS_CANNOT_DELETE;
    if (S_ISDIR(st.st_mode)) {
        path_drive_of(file->unix_path, &rest);
        if (!*rest)
            return STATUS_CANNOT_DELETE;
        if (!directory_is_empty(file))
            return STATUS_DIRECTORY_NOT_EMPTY;
    }
    return STATUS_SUCCESS;
}

void disk_delete(struct file *file)
{
    char path[PATH_MAX];

    if (!current_path(file, path))
        return;
    if (file->kind == FILE_KIND_DIRECTORY)
        rmdir(path);
    else
        unlink(path);
}

/* The target of a rename as a path: absolute, relative to a directory, or a plain name beside the file. */
static NTSTATUS parse_target(struct file *file, const FERRY_FILE_RENAME_INFORMATION *info, ULONG length,
                             struct path *path)
{
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .Attributes = OBJ_CASE_INSENSITIVE};
    UNICODE_STRING name;
    NTSTATUS status;
    char *slash;
    int got;

    if (info->FileNameLength & 1 || !info->FileNameLength)
        return STATUS_INVALID_PARAMETER;
    if (info->FileNameLength > length - offsetof(FERRY_FILE_RENAME_INFORMATION, FileName))
        return STATUS_INVALID_PARAMETER;
    if (info->FileNameLength > 0xfffe)
        return STATUS_OBJECT_NAME_INVALID;
    name.Buffer = (WCHAR *)info->FileName;
    name.Length = name.MaximumLength = info->FileNameLength;
    if (info->RootDirectory || name.Buffer[0] == '\\') {
        attributes.RootDirectory = info->RootDirectory;
        attributes.ObjectName = &name;
        status = path_parse(&attributes, path);
        if (!status && path->kind != PATH_UNIX) {
            path_release(path);
            status = STATUS_NOT_SAME_DEVICE;
        }
        return status;
    }
    memset(path, 0, offsetof(struct path, name));
    path->kind = PATH_UNIX;
    if (!current_path(file, path->unix_path))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    slash = strrchr(path->unix_path, '/');
    path->base = slash - path->unix_path;
    got = path_name_to_unix(slash + 1, PATH_MAX - path->base - 2, name.Buffer, name.Length / sizeof(WCHAR), NULL);
    if (got <= 0 || memchr(slash + 1, '/', got))
        return STATUS_OBJECT_NAME_INVALID;
    slash[1 + got] = 0;
    path->length = path->base + 1 + got;
    return STATUS_SUCCESS;
}

/* Whether the file that has the name may make room. */
static NTSTATUS check_target(const struct file *file, const char *target, ULONG flags)
{
    struct stat st;

    if (lstat(target, &st))
        return STATUS_SUCCESS;
    if (st.st_ino == file->inode && st.st_dev == file->device)
        return STATUS_SUCCESS; /* itself, in another case */
    if (!(flags & FERRY_RENAME_REPLACE_IF_EXISTS))
        return STATUS_OBJECT_NAME_COLLISION;
    if (S_ISDIR(st.st_mode))
        return STATUS_ACCESS_DENIED;
    if (S_ISREG(st.st_mode) && !(st.st_mode & 0222) && !(flags & FERRY_RENAME_IGNORE_READONLY))
        return STATUS_ACCESS_DENIED;
    if (flags & FERRY_RENAME_POSIX_SEMANTICS) {
        if (!share_allows_delete(st.st_dev, st.st_ino, NULL))
            return STATUS_SHARING_VIOLATION;
    } else if (share_is_open(st.st_dev, st.st_ino)) {
        return STATUS_ACCESS_DENIED;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS make_link(const char *from, const char *to, ULONG flags)
{
    char temporary[PATH_MAX + 32];
    struct stat a, b;

    if (!link(from, to))
        return STATUS_SUCCESS;
    if (errno != EEXIST)
        return errno == EXDEV ? STATUS_NOT_SAME_DEVICE : status_from_errno(errno);
    if (!lstat(from, &a) && !lstat(to, &b) && a.st_ino == b.st_ino && a.st_dev == b.st_dev)
        return STATUS_OBJECT_NAME_COLLISION;
    snprintf(temporary, sizeof(temporary), "%s.%x.link", to, (unsigned)getpid());
    if (link(from, temporary))
        return status_from_errno(errno);
    if (rename(temporary, to)) {
        int error = errno;
        unlink(temporary);
        return status_from_errno(error);
    }
    return STATUS_SUCCESS;
}

NTSTATUS disk_rename(struct file *file, const void *buffer, ULONG length, ULONG flags, bool hard_link)
{
    struct path path;
    char from[PATH_MAX], *copy, *old;
    NTSTATUS status;

    if (file->kind != FILE_KIND_DISK && file->kind != FILE_KIND_DIRECTORY)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (hard_link && file->kind == FILE_KIND_DIRECTORY)
        return STATUS_FILE_IS_A_DIRECTORY;
    if (file->lower)
        return STATUS_ACCESS_DENIED;
    status = parse_target(file, buffer, length, &path);
    if (status)
        return status;
    if (path.trailing_slash && file->kind != FILE_KIND_DIRECTORY)
        return STATUS_OBJECT_NAME_INVALID;
    if (!current_path(file, from))
        return STATUS_DELETE_PENDING;
    if (file->kind == FILE_KIND_DIRECTORY) {
        const char *rest;
        path_drive_of(from, &rest);
        if (!*rest)
            return STATUS_ACCESS_DENIED;
    }
    {
        /* A rename may change the case of the name alone; the name is then found as its old spelling. */
        char wanted[PATH_MAX], *name;
        memcpy(wanted, path.unix_path, path.length + 1);
        status = path_resolve(&path);
        if (!status) {
            if (path.lower)
                return STATUS_ACCESS_DENIED;
            status = check_target(file, path.unix_path, flags);
            if (!status && !hard_link && !strcmp(path.unix_path, from)) {
                name = strrchr(wanted, '/');
                snprintf(strrchr(path.unix_path, '/'), PATH_MAX - (strrchr(path.unix_path, '/') - path.unix_path), "%s",
                         name);
            }
        } else if (status == STATUS_OBJECT_NAME_NOT_FOUND) {
            status = STATUS_SUCCESS;
        }
    }
    if (status)
        return status;
    if (hard_link)
        return make_link(from, path.unix_path, flags);
    if (!strcmp(from, path.unix_path))
        return STATUS_SUCCESS;
    copy = strdup(path.unix_path);
    if (!copy)
        return STATUS_NO_MEMORY;
    if (rename(from, path.unix_path)) {
        free(copy);
        switch (errno) {
        case EXDEV: return STATUS_NOT_SAME_DEVICE;
        case EINVAL: return STATUS_ACCESS_DENIED; /* a directory into itself */
        case ENOTEMPTY:
        case EEXIST: return STATUS_OBJECT_NAME_COLLISION;
        case ENOENT: return STATUS_OBJECT_PATH_NOT_FOUND;
        default: return status_from_errno(errno);
        }
    }
    pthread_mutex_lock(&path_lock);
    old = file->unix_path;
    file->unix_path = copy;
    pthread_mutex_unlock(&path_lock);
    file_path_retire(old);
    return STATUS_SUCCESS;
}

#include "attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "file.h"
#include "fsctl.h"

/* user.ferry.dos: "a=HEX" attributes and "c=HEX" creation time, either may be missing. */
static const char xattr_name[] = "user.ferry.dos";

/* What the extended attribute holds; the others follow from the file itself. */
#define STORED_ATTRIBUTES                                                                                          \
    (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_TEMPORARY |           \
     FILE_ATTRIBUTE_OFFLINE | FILE_ATTRIBUTE_NOT_CONTENT_INDEXED | FILE_ATTRIBUTE_SPARSE_FILE)

struct stored {
    bool has_attributes, has_creation;
    ULONG attributes;
    LONGLONG creation;
};

static void stored_parse(struct stored *stored, char *text, ssize_t bytes)
{
    char *at;

    memset(stored, 0, sizeof(*stored));
    if (bytes <= 0)
        return;
    text[bytes] = 0;
    if ((at = strstr(text, "a="))) {
        stored->has_attributes = true;
        stored->attributes = strtoul(at + 2, NULL, 16) & STORED_ATTRIBUTES;
    }
    if ((at = strstr(text, "c="))) {
        stored->has_creation = true;
        stored->creation = strtoull(at + 2, NULL, 16);
    }
}

/* The last file system that turned out to have no extended attributes: not asked again. */
static _Atomic uint64_t device_without_xattr;

static void stored_read(struct stored *stored, int fd, const char *path, bool no_follow, uint64_t device)
{
    char text[64];
    ssize_t got;

    stored->has_attributes = stored->has_creation = false;
    if (device == device_without_xattr)
        return;
    if (path)
        got = no_follow ? lgetxattr(path, xattr_name, text, sizeof(text) - 1)
                        : getxattr(path, xattr_name, text, sizeof(text) - 1);
    else
        got = fgetxattr(fd, xattr_name, text, sizeof(text) - 1);
    if (got < 0 && errno == EBADF && !path) { /* opened with O_PATH */
        char link[32];
        snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        got = getxattr(link, xattr_name, text, sizeof(text) - 1);
    }
    if (got < 0 && errno == EOPNOTSUPP)
        device_without_xattr = device;
    stored_parse(stored, text, got);
}

static void facts_fill(struct file_facts *facts, const struct statx *stx, const struct stored *stored)
{
    facts->mode = stx->stx_mode;
    facts->inode = stx->stx_ino;
    facts->device = makedev(stx->stx_dev_major, stx->stx_dev_minor);
    facts->links = stx->stx_nlink;
    facts->access = time_from_timespec(stx->stx_atime.tv_sec, stx->stx_atime.tv_nsec);
    facts->write = time_from_timespec(stx->stx_mtime.tv_sec, stx->stx_mtime.tv_nsec);
    facts->change = time_from_timespec(stx->stx_ctime.tv_sec, stx->stx_ctime.tv_nsec);
    if (stored->has_creation)
        facts->creation = stored->creation;
    else if (stx->stx_mask & STATX_BTIME)
        facts->creation = time_from_timespec(stx->stx_btime.tv_sec, stx->stx_btime.tv_nsec);
    else
        facts->creation = facts->write < facts->change ? facts->write : facts->change;
    facts->attributes = 0;
    facts->reparse_tag = 0;
    if (S_ISDIR(stx->stx_mode)) {
        facts->attributes = FILE_ATTRIBUTE_DIRECTORY;
        facts->allocation = facts->size = 0;
        facts->links = 1;
    } else {
        facts->allocation = stx->stx_blocks * 512ll;
        facts->size = S_ISREG(stx->stx_mode) ? stx->stx_size : 0;
        if (!(stx->stx_mode & 0222))
            facts->attributes |= FILE_ATTRIBUTE_READONLY;
        if (S_ISLNK(stx->stx_mode)) {
            facts->attributes = FILE_ATTRIBUTE_REPARSE_POINT;
            facts->reparse_tag = REPARSE_TAG_SYMLINK;
        }
    }
    if (stored->has_attributes)
        facts->attributes |= stored->attributes;
    else if (S_ISREG(stx->stx_mode))
        facts->attributes |= FILE_ATTRIBUTE_ARCHIVE;
    if (!facts->attributes)
        facts->attributes = FILE_ATTRIBUTE_NORMAL;
}

/* A junction's text ends in a slash: it is a directory even if there is none at its end. */
static void tag_link(int at_fd, const char *name, struct file_facts *facts)
{
    char text[PATH_MAX];
    ssize_t length = readlinkat(at_fd, name, text, sizeof(text));

    if (length > 0 && link_is_junction(text, length)) {
        facts->reparse_tag = REPARSE_TAG_MOUNT_POINT;
        facts->attributes |= FILE_ATTRIBUTE_DIRECTORY;
    }
}

/* fd is open on the link itself. */
static bool link_leads_to_directory(int fd)
{
    char link[32], path[PATH_MAX];
    struct stat st;
    ssize_t length;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof(path) - 1);
    if (length <= 0)
        return false;
    path[length] = 0;
    return !stat(path, &st) && S_ISDIR(st.st_mode);
}

int facts_by_fd(int fd, struct file_facts *facts)
{
    struct stored stored;
    struct statx stx;

    if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &stx))
        return errno;
    if (S_ISLNK(stx.stx_mode))
        memset(&stored, 0, sizeof(stored)); /* links hold no user attributes */
    else
        stored_read(&stored, fd, NULL, false, makedev(stx.stx_dev_major, stx.stx_dev_minor));
    facts_fill(facts, &stx, &stored);
    if (S_ISLNK(stx.stx_mode)) {
        if (link_leads_to_directory(fd))
            facts->attributes |= FILE_ATTRIBUTE_DIRECTORY;
        tag_link(fd, "", facts);
    }
    return 0;
}

int facts_by_path(int at_fd, const char *name, bool no_follow, struct file_facts *facts)
{
    struct stored stored;
    struct statx stx;

    if (statx(at_fd, name, no_follow ? AT_SYMLINK_NOFOLLOW : 0, STATX_BASIC_STATS | STATX_BTIME, &stx))
        return errno;
    memset(&stored, 0, sizeof(stored));
    if (!S_ISLNK(stx.stx_mode)) {
        uint64_t device = makedev(stx.stx_dev_major, stx.stx_dev_minor);
        if (device != device_without_xattr) {
            char path[64 + NAME_MAX];
            if (at_fd != AT_FDCWD) {
                snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", at_fd, name);
                name = path;
            }
            stored_read(&stored, -1, name, no_follow, device);
        }
    }
    facts_fill(facts, &stx, &stored);
    if (S_ISLNK(stx.stx_mode)) {
        struct stat target;
        if (!fstatat(at_fd, name, &target, 0) && S_ISDIR(target.st_mode))
            facts->attributes |= FILE_ATTRIBUTE_DIRECTORY;
        tag_link(at_fd, name, facts);
    }
    return 0;
}

static int stored_write(int fd, const struct stored *stored, mode_t mode)
{
    ULONG usual = S_ISREG(mode) ? FILE_ATTRIBUTE_ARCHIVE : 0;
    char text[64];
    int length = 0;

    if (stored->has_attributes && (stored->attributes != usual))
        length += snprintf(text, sizeof(text), "a=%x", (unsigned)stored->attributes);
    if (stored->has_creation)
        length += snprintf(text + length, sizeof(text) - length, "%sc=%llx", length ? " " : "",
                           (unsigned long long)stored->creation);
    if (!length) {
        if (fremovexattr(fd, xattr_name) && errno != ENODATA && errno != EOPNOTSUPP)
            return errno;
        return 0;
    }
    return fsetxattr(fd, xattr_name, text, length, 0) ? errno : 0;
}

int attributes_set(int fd, mode_t mode, ULONG attributes)
{
    struct stored stored;
    struct stat st;
    int error;

    if (fstat(fd, &st))
        return errno;
    stored_read(&stored, fd, NULL, false, st.st_dev);
    stored.has_attributes = true;
    stored.attributes = attributes & STORED_ATTRIBUTES;
    if (S_ISREG(mode)) {
        mode_t wanted = st.st_mode & 07777;
        if (attributes & FILE_ATTRIBUTE_READONLY)
            wanted &= ~0222;
        else if (!(wanted & 0222))
            wanted |= 0200 | (wanted & 0044) >> 1;
        /* The extended attribute cannot be written on a file without write permission. */
        if (wanted & 0222 && wanted != (st.st_mode & 07777) && fchmod(fd, wanted))
            return errno;
        error = stored_write(fd, &stored, mode);
        if (!(wanted & 0222) && wanted != (st.st_mode & 07777) && fchmod(fd, wanted))
            return errno;
    } else {
        error = stored_write(fd, &stored, mode);
    }
    return error;
}

int creation_time_set(int fd, LONGLONG creation)
{
    struct stored stored;
    struct stat st;

    if (fstat(fd, &st))
        return errno;
    stored_read(&stored, fd, NULL, false, st.st_dev);
    stored.has_creation = true;
    stored.creation = creation;
    if (!stored.has_attributes) {
        stored.has_attributes = true;
        stored.attributes = S_ISREG(st.st_mode) ? FILE_ATTRIBUTE_ARCHIVE : 0;
    }
    return stored_write(fd, &stored, st.st_mode);
}

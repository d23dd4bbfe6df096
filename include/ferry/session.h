/* Where a prefix's server listens: known to ntdll.so, to ferryserver, and to nobody else. */
#ifndef FERRY_SESSION_H
#define FERRY_SESSION_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SESSION_PATH_MAX 104

/* Writes the socket's path for the prefix folder into path[SESSION_PATH_MAX] and makes the private folder it lies in
 * ($XDG_RUNTIME_DIR/ferry, or /tmp/ferry-UID). errno: the folder is not ours alone, the prefix is missing. The
 * name tells one prefix from another that was removed, its inode number with it, while its server was still there. */
static inline int session_socket_path(const char *prefix, char *path)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char folder[SESSION_PATH_MAX];
    struct statx found;
    struct stat info;
    int length;

    if (runtime && runtime[0] == '/' && !stat(runtime, &info) && info.st_uid == getuid())
        length = snprintf(folder, sizeof(folder), "%s/ferry", runtime);
    else length = snprintf(folder, sizeof(folder), "/tmp/ferry-%u", (unsigned)getuid());
    if (length > SESSION_PATH_MAX - 60) length = snprintf(folder, sizeof(folder), "/tmp/ferry-%u", (unsigned)getuid());
    if (mkdir(folder, 0700) && errno != EEXIST) return errno;
    if (lstat(folder, &info)) return errno;
    if (!S_ISDIR(info.st_mode) || info.st_uid != getuid() || (info.st_mode & 077)) return EPERM;
    if (statx(AT_FDCWD, prefix, 0, STATX_INO | STATX_BTIME, &found)) return errno;
    if (!(found.stx_mask & STATX_BTIME)) memset(&found.stx_btime, 0, sizeof(found.stx_btime)); /* not every file system tells */
    snprintf(path, SESSION_PATH_MAX, "%.*s/%x-%x-%llx-%llx", length, folder, found.stx_dev_major, found.stx_dev_minor,
             (unsigned long long)found.stx_ino,
             (unsigned long long)found.stx_btime.tv_sec * 1000000000 + found.stx_btime.tv_nsec);
    return 0;
}

/* Takes the lock file at `path`, which its last holder may remove: a descriptor, -1 with errno. Blocks. */
static inline int session_lock(const char *path)
{
    for (;;) {
        struct stat held, named;
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0) return -1;
        while (flock(fd, LOCK_EX))
            if (errno != EINTR) {
                int error = errno;
                close(fd);
                errno = error;
                return -1;
            }
        if (!fstat(fd, &held) && !stat(path, &named) && held.st_ino == named.st_ino && held.st_dev == named.st_dev) return fd;
        close(fd); /* removed while we waited */
    }
}

static inline void session_unlock(const char *path, int fd)
{
    unlink(path);
    close(fd);
}

#endif

/* Where a prefix's server listens: known to ntdll.so, to ferryserver, and to nobody else. */
#ifndef FERRY_SESSION_H
#define FERRY_SESSION_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SESSION_PATH_MAX 104

/* Writes the socket's path for the prefix folder into path[SESSION_PATH_MAX] and makes the private folder it lies in
 * ($XDG_RUNTIME_DIR/ferry, or /tmp/ferry-UID). errno: the folder is not ours alone, the prefix is missing. */
static inline int session_socket_path(const char *prefix, char *path)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char folder[SESSION_PATH_MAX];
    struct stat info;
    int length;

    if (runtime && runtime[0] == '/' && !stat(runtime, &info) && info.st_uid == getuid())
        length = snprintf(folder, sizeof(folder), "%s/ferry", runtime);
    else length = snprintf(folder, sizeof(folder), "/tmp/ferry-%u", (unsigned)getuid());
    if (length > SESSION_PATH_MAX - 40) length = snprintf(folder, sizeof(folder), "/tmp/ferry-%u", (unsigned)getuid());
    if (mkdir(folder, 0700) && errno != EEXIST) return errno;
    if (lstat(folder, &info)) return errno;
    if (!S_ISDIR(info.st_mode) || info.st_uid != getuid() || (info.st_mode & 077)) return EPERM;
    if (stat(prefix, &info)) return errno;
    snprintf(path, SESSION_PATH_MAX, "%.*s/%llx-%llx", length, folder, (unsigned long long)info.st_dev,
             (unsigned long long)info.st_ino);
    return 0;
}

#endif

/* What stat and one extended attribute say, as Windows wants it. */
#ifndef HOST_ATTRIBUTES_H
#define HOST_ATTRIBUTES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include "ferry/ntioapi.h"

struct file;

struct file_facts {
    LONGLONG creation, access, write, change; /* 100 ns since 1601 */
    LONGLONG allocation, size;                /* bytes */
    ULONG attributes;
    ULONG reparse_tag; /* 0: none */
    ULONG links;
    uint64_t inode;
    uint64_t device; /* as in dev_t */
    mode_t mode;
};

/* errno on failure. By path the link itself is described if `no_follow`, else what it leads to. With at_fd, `name`
 * is relative to that directory. */
int facts_by_fd(int fd, struct file_facts *facts);
int facts_by_path(int at_fd, const char *name, bool no_follow, struct file_facts *facts);

/* Attributes that outlive the process: read only in the mode bits, others in the extended attribute. errno. */
int attributes_set(int fd, mode_t mode, ULONG attributes);
int creation_time_set(int fd, LONGLONG creation);

#define REPARSE_TAG_SYMLINK 0xa000000cu

#endif

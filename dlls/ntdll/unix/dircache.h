/* Names of directories remembered, so that a name in another case is found without reading the directory again. */
#ifndef HOST_DIRCACHE_H
#define HOST_DIRCACHE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

/* Finds the entry of `directory` (whose fresh stat is given) that equals `name` ignoring case. False: none. */
bool dircache_find(const char *directory, const struct stat *st, const char *name, int bytes,
                   char found[NAME_MAX + 1]);

/* The directory was changed by this process: forget it. */
void dircache_forget(dev_t device, ino_t inode);

#endif

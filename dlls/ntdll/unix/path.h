/* NT object paths to Unix paths. Rules of case, drive letters and the system32 overlay are here and nowhere else. */
#ifndef HOST_PATH_H
#define HOST_PATH_H

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdbool.h>
#include "ferry/nt.h"

/* Resolves `attributes` (root directory handle and name; \??\C:\…, \??\unix\…, \??\UNC\…, \Device\…) to a Unix
 * path in malloced memory. must_exist false: the last component may be missing, then it is taken as given.
 * STATUS_OBJECT_NAME_NOT_FOUND, STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_NAME_INVALID, … */
NTSTATUS path_to_unix(const OBJECT_ATTRIBUTES *attributes, bool must_exist, char **unix_path);

/* The NT path (\??\C:\… where inside the prefix's drive, else \??\Z:\…) of an absolute Unix path, malloced. */
NTSTATUS path_from_unix(const char *unix_path, UNICODE_STRING *nt_path);

/* Makes the prefix if it is missing: a few folders, well under 100 ms. errno on failure. */
int prefix_prepare(const char *prefix);

/* ---- the pieces, for the file system calls ---- */

enum path_kind {
    PATH_UNIX,          /* unix_path names it */
    PATH_VOLUME,        /* a drive itself, \??\C: without a backslash; unix_path is its root */
    PATH_NULL,          /* NUL */
    PATH_CONSOLE,       /* CON, CONIN$, CONOUT$, \Device\ConDrv\…: `name` says which */
    PATH_PIPE,          /* \Device\NamedPipe\`name`; no name: the device, "\": its directory */
    PATH_MAILSLOT,      /* \Device\Mailslot\`name` */
    PATH_AFD,           /* \Device\Afd\`name` */
    PATH_MOUNT_MANAGER, /* \??\MountPointManager */
};

#define PATH_NAME_UNITS 260

struct path {
    enum path_kind kind;
    bool case_sensitive; /* no OBJ_CASE_INSENSITIVE, or a \??\unix path: the name is taken as it stands */
    bool trailing_slash;
    bool lower;          /* found in the shipped store; `upper` is where the prefix's own copy would be */
    int base;            /* bytes at the start of unix_path that are known to be right */
    int length;          /* bytes of unix_path without terminator */
    void *root;          /* PATH_PIPE etc.: the `struct object` behind RootDirectory, referenced, or NULL */
    int name_units;
    WCHAR name[PATH_NAME_UNITS]; /* device kinds: what follows the device, starting with the backslash if any */
    char unix_path[PATH_MAX];
    char upper[PATH_MAX];
};

/* Reads name and root; touches no file. unix_path is then what the name says literally, case and all. */
NTSTATUS path_parse(const OBJECT_ATTRIBUTES *attributes, struct path *path);
void path_redirect(struct path *path); /* of a 32-bit program: system32 becomes syswow64 (path_wow.c) */
void path_release(struct path *path); /* drops `root` */

/* After the literal name was not there: looks for another spelling and in the store below. On
 * STATUS_OBJECT_NAME_NOT_FOUND all but the last component is right and exists, to create it there. */
NTSTATUS path_find(struct path *path);

/* The same from a literal name that may be right: the first look includes it. */
NTSTATUS path_resolve(struct path *path);

/* The folder of the shipped store seen through the prefix folder `unix_path`; false if there is none. */
bool path_lower_directory(const char *unix_path, char lower[PATH_MAX]);

/* Unix root of a drive ('A' to 'Z') without trailing slash ("" for /); false if there is no such drive. */
bool path_drive_root(char letter, char root[PATH_MAX]);
/* Bit 0 is A. */
uint32_t path_drive_mask(void);
/* Letter of the drive that shows `unix_path`, and where below its root the path goes on ("" or "/…"). */
char path_drive_of(const char *unix_path, const char **rest);

/* Appends UTF-8 `from` as Windows sees it: slashes turned, characters that Windows forbids in the private area.
 * Returns units written, -1 when `room` is too small. */
int path_name_from_unix(WCHAR *to, int room, const char *from, int bytes);
/* One component or a path with backslashes, the other way. Bytes written, or -1: too long, -2: invalid name. */
int path_name_to_unix(char *to, int room, const WCHAR *from, int units, bool *trailing_slash);

/* Upper case by the simple Unicode mapping of one UTF-16 unit. */
WCHAR path_upcase(WCHAR unit);
bool path_names_equal(const WCHAR *a, int a_units, const WCHAR *b, int b_units);

#endif

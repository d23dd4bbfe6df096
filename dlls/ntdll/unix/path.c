#include "path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "dircache.h"
#include "file.h"
#include "handle.h"
#include "host.h"

/* What is seen through the prefix's own folders below drive C. */
static const struct overlay {
    const char *folder; /* below drive_c, lower case */
    const char *store;  /* below library_path */
} overlays[] = {
    {"/windows/system32", "/x86_64-windows"},
    {"/windows/syswow64", "/i386-windows"},
};

static const char *drive_c_root(size_t *length)
{
    static char root[PATH_MAX];
    static size_t root_length;

    if (!root_length) {
        size_t n = strlen(host.prefix);
        memcpy(root, host.prefix, n);
        memcpy(root + n, "/drive_c", 9);
        __atomic_store_n(&root_length, n + 8, __ATOMIC_RELEASE);
    }
    if (length)
        *length = root_length;
    return root;
}

static bool ascii_prefix_nocase(const char *text, const char *prefix, size_t length)
{
    size_t i;
    for (i = 0; i < length; i++) {
        char c = text[i];
        if (c >= 'A' && c <= 'Z')
            c += 32;
        if (c != prefix[i])
            return false;
    }
    return true;
}

/* The overlay that `unix_path` lies in, and where its name goes on below the folder. */
static const struct overlay *overlay_of(const char *unix_path, const char **rest)
{
    size_t root, i;
    const char *drive_c = drive_c_root(&root);

    if (strncmp(unix_path, drive_c, root) || unix_path[root] != '/')
        return NULL;
    for (i = 0; i < sizeof(overlays) / sizeof(*overlays); i++) {
        size_t length = strlen(overlays[i].folder);
        const char *end = unix_path + root + length;
        if (ascii_prefix_nocase(unix_path + root, overlays[i].folder, length) && (*end == '/' || !*end)) {
            *rest = end;
            return &overlays[i];
        }
    }
    return NULL;
}

bool path_lower_directory(const char *unix_path, char lower[PATH_MAX])
{
    const char *rest;
    const struct overlay *overlay = overlay_of(unix_path, &rest);
    struct stat st;

    if (!overlay)
        return false;
    if (snprintf(lower, PATH_MAX, "%s%s%s", host.library_path, overlay->store, rest) >= PATH_MAX)
        return false;
    return !stat(lower, &st) && S_ISDIR(st.st_mode);
}

bool path_drive_root(char letter, char root[PATH_MAX])
{
    char link[PATH_MAX];
    ssize_t got;
    size_t length;

    if (letter >= 'a' && letter <= 'z')
        letter -= 32;
    if (letter == 'C') {
        const char *drive_c = drive_c_root(&length);
        memcpy(root, drive_c, length + 1);
        return true;
    }
    if (letter < 'A' || letter > 'Z')
        return false;
    if (snprintf(link, sizeof(link), "%s/dosdevices/%c:", host.prefix, letter + 32) >= sizeof(link))
        return false;
    got = readlink(link, root, PATH_MAX - 1);
    if (got < 0) {
        root[0] = 0;
        return letter == 'Z'; /* Z: is / unless the prefix says otherwise */
    }
    root[got] = 0;
    if (root[0] != '/') { /* relative to dosdevices */
        char text[PATH_MAX];
        memcpy(text, root, got + 1);
        if (snprintf(root, PATH_MAX, "%s/dosdevices/%s", host.prefix, text) >= PATH_MAX)
            return false;
    }
    length = strlen(root);
    while (length && root[length - 1] == '/')
        root[--length] = 0;
    return true;
}

uint32_t path_drive_mask(void)
{
    char root[PATH_MAX];
    uint32_t mask = 0;
    char letter;

    for (letter = 'A'; letter <= 'Z'; letter++)
        if (path_drive_root(letter, root))
            mask |= 1u << (letter - 'A');
    return mask;
}

char path_drive_of(const char *unix_path, const char **rest)
{
    size_t length;
    const char *drive_c = drive_c_root(&length);

    if (!strncmp(unix_path, drive_c, length) && (unix_path[length] == '/' || !unix_path[length])) {
        *rest = unix_path + length;
        return 'C';
    }
    *rest = unix_path[1] ? unix_path : "";
    return 'Z';
}

NTSTATUS path_from_unix(const char *unix_path, UNICODE_STRING *nt_path)
{
    const char *rest, *store = NULL;
    size_t i, length, store_length = strlen(host.library_path);
    WCHAR *out;
    int used, more;
    char letter = 0;

    if (!strncmp(unix_path, host.library_path, store_length))
        for (i = 0; i < sizeof(overlays) / sizeof(*overlays); i++) {
            size_t n = strlen(overlays[i].store);
            if (!strncmp(unix_path + store_length, overlays[i].store, n) &&
                (unix_path[store_length + n] == '/' || !unix_path[store_length + n])) {
                letter = 'C';
                store = overlays[i].folder;
                rest = unix_path + store_length + n;
                break;
            }
        }
    if (!letter)
        letter = path_drive_of(unix_path, &rest);
    length = strlen(rest) + (store ? strlen(store) : 0);
    if (length > 32000)
        return STATUS_NAME_TOO_LONG;
    out = malloc((length + 10) * sizeof(WCHAR));
    if (!out)
        return STATUS_NO_MEMORY;
    memcpy(out, L"\\??\\X:", 12);
    out[4] = letter;
    used = 6;
    if (store)
        used += path_name_from_unix(out + used, length, store, strlen(store));
    more = path_name_from_unix(out + used, length + 1, rest, strlen(rest));
    used += more > 0 ? more : 0;
    if (used == 6)
        out[used++] = '\\';
    out[used] = 0;
    nt_path->Buffer = out;
    nt_path->Length = used * sizeof(WCHAR);
    nt_path->MaximumLength = (used + 1) * sizeof(WCHAR);
    return STATUS_SUCCESS;
}

/* ---- parsing ---- */

struct cursor {
    const WCHAR *at;
    int units;
};

/* Skips `word` at the cursor, ignoring case; with `whole` only if a backslash or the end follows. */
static bool skip_word(struct cursor *cursor, const char *word, bool whole)
{
    int i;
    for (i = 0; word[i]; i++)
        if (i >= cursor->units || path_upcase(cursor->at[i]) != path_upcase((unsigned char)word[i]))
            return false;
    if (whole && i < cursor->units && cursor->at[i] != '\\')
        return false;
    cursor->at += i;
    cursor->units -= i;
    return true;
}

static NTSTATUS append_name(struct path *path, const struct cursor *rest)
{
    int got = path_name_to_unix(path->unix_path + path->length, PATH_MAX - 1 - path->length, rest->at, rest->units,
                                &path->trailing_slash);
    if (got < 0)
        return got == -1 ? STATUS_NAME_TOO_LONG : STATUS_OBJECT_NAME_INVALID;
    path->length += got;
    path->unix_path[path->length] = 0;
    return STATUS_SUCCESS;
}

/* path->unix_path holds a root; `rest` is empty or starts with a backslash. */
static NTSTATUS below_root(struct path *path, const struct cursor *rest)
{
    NTSTATUS status;

    path->base = path->length = strlen(path->unix_path);
    path->kind = PATH_UNIX;
    if (!rest->units) {
        path->kind = PATH_VOLUME;
    } else if (rest->at[0] != '\\') {
        return STATUS_OBJECT_NAME_INVALID;
    } else if (rest->units > 1) {
        status = append_name(path, rest);
        if (status)
            return status;
    } else {
        path->trailing_slash = true;
    }
    if (!path->length) {
        memcpy(path->unix_path, "/", 2);
        path->length = path->base = 1;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS device_kind(struct path *path, enum path_kind kind, const struct cursor *rest)
{
    if (rest->units > PATH_NAME_UNITS)
        return STATUS_OBJECT_NAME_INVALID;
    path->kind = kind;
    path->name_units = rest->units;
    memcpy(path->name, rest->at, rest->units * sizeof(WCHAR));
    path->unix_path[0] = 0;
    path->length = 0;
    return STATUS_SUCCESS;
}

static NTSTATUS parse_drive(struct path *path, char letter, const struct cursor *rest)
{
    if (!path_drive_root(letter, path->unix_path))
        return rest->units > 1 ? STATUS_OBJECT_PATH_NOT_FOUND : STATUS_OBJECT_NAME_NOT_FOUND;
    return below_root(path, rest);
}

static NTSTATUS parse_device(struct path *path, struct cursor *rest)
{
    if (skip_word(rest, "NamedPipe", true))
        return device_kind(path, PATH_PIPE, rest);
    if (skip_word(rest, "Null", true))
        return device_kind(path, PATH_NULL, rest);
    if (skip_word(rest, "ConDrv", true))
        return device_kind(path, PATH_CONSOLE, rest);
    if (skip_word(rest, "Afd", true))
        return device_kind(path, PATH_AFD, rest);
    if (skip_word(rest, "Mailslot", true))
        return device_kind(path, PATH_MAILSLOT, rest);
    if (skip_word(rest, "MountPointManager", true))
        return device_kind(path, PATH_MOUNT_MANAGER, rest);
    if (skip_word(rest, "Mup", true))
        return STATUS_BAD_NETWORK_PATH;
    if (skip_word(rest, "HarddiskVolume", false)) {
        int number = 0;
        while (rest->units && rest->at[0] >= '0' && rest->at[0] <= '9' && number < 100) {
            number = number * 10 + rest->at[0] - '0';
            rest->at++;
            rest->units--;
        }
        if (number >= 1 && number <= 26 && (!rest->units || rest->at[0] == '\\'))
            return parse_drive(path, 'A' + number - 1, rest);
    }
    return rest->units > 1 ? STATUS_OBJECT_PATH_NOT_FOUND : STATUS_OBJECT_NAME_NOT_FOUND;
}

static NTSTATUS parse_dos_device(struct path *path, struct cursor *rest)
{
    int units;
    static const char volume[] = "Volume{66657272-7900-4000-8000-0000000000";

    if (rest->units >= 2 && rest->at[1] == ':') {
        WCHAR letter = path_upcase(rest->at[0]);
        if (letter >= 'A' && letter <= 'Z') {
            rest->at += 2;
            rest->units -= 2;
            return parse_drive(path, letter, rest);
        }
    }
    if (skip_word(rest, "unix", true)) {
        path->unix_path[0] = 0;
        path->case_sensitive = true;
        return below_root(path, rest);
    }
    if (skip_word(rest, "PIPE", true))
        return device_kind(path, PATH_PIPE, rest);
    if (skip_word(rest, "NUL", true))
        return device_kind(path, PATH_NULL, rest);
    if (skip_word(rest, "CONIN$", true) || skip_word(rest, "CONOUT$", true) || skip_word(rest, "CON", true)) {
        struct cursor name = {rest->at, rest->units};
        while (name.at[-1] != '\\') {
            name.at--;
            name.units++;
        }
        return device_kind(path, PATH_CONSOLE, &name);
    }
    if (skip_word(rest, "MAILSLOT", true))
        return device_kind(path, PATH_MAILSLOT, rest);
    if (skip_word(rest, "MountPointManager", true))
        return device_kind(path, PATH_MOUNT_MANAGER, rest);
    if (skip_word(rest, "GLOBALROOT\\Device\\", false))
        return parse_device(path, rest);
    if (skip_word(rest, "UNC", true))
        return rest->units > 1 ? STATUS_BAD_NETWORK_PATH : STATUS_OBJECT_NAME_INVALID;
    if (skip_word(rest, volume, false)) {
        if (rest->units >= 3 && rest->at[2] == '}') {
            int high = rest->at[0] - '0', low = path_upcase(rest->at[1]);
            int letter = high * 16 + (low >= 'A' ? low - 'A' + 10 : low - '0');
            rest->at += 3;
            rest->units -= 3;
            return parse_drive(path, letter, rest);
        }
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    /* COM1, LPT1, …: links in dosdevices */
    if (rest->units > 0 && rest->units < 16) {
        char name[17], link[PATH_MAX];
        int i;
        for (i = 0; i < rest->units; i++) {
            WCHAR c = rest->at[i];
            if (c >= 'A' && c <= 'Z')
                c += 32;
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
                break;
            name[i] = c;
        }
        name[i] = 0;
        if (i == rest->units &&
            snprintf(link, sizeof(link), "%s/dosdevices/%s", host.prefix, name) < sizeof(link)) {
            ssize_t got = readlink(link, path->unix_path, PATH_MAX - 1);
            if (got > 0 && path->unix_path[0] == '/') {
                path->unix_path[got] = 0;
                path->base = path->length = got;
                path->kind = PATH_UNIX;
                return STATUS_SUCCESS;
            }
        }
    }
    for (units = 0; units < rest->units; units++)
        if (rest->at[units] == '\\')
            return STATUS_OBJECT_PATH_NOT_FOUND; /* below a device that is not there */
    return STATUS_OBJECT_NAME_NOT_FOUND;
}

static NTSTATUS parse_absolute(struct path *path, struct cursor *rest)
{
    if (skip_word(rest, "\\??\\", false) || skip_word(rest, "\\DosDevices\\", false) ||
        skip_word(rest, "\\GLOBAL??\\", false)) {
        skip_word(rest, "GLOBAL\\", false);
        return parse_dos_device(path, rest);
    }
    if (skip_word(rest, "\\Device\\", false))
        return parse_device(path, rest);
    if (skip_word(rest, "\\SystemRoot", true)) {
        size_t length;
        const char *drive_c = drive_c_root(&length);
        memcpy(path->unix_path, drive_c, length);
        memcpy(path->unix_path + length, "/windows", 9);
        if (rest->units)
            return below_root(path, rest);
        path->base = path->length = length + 8;
        path->kind = PATH_UNIX;
        return STATUS_SUCCESS;
    }
    if (!rest->units || rest->at[0] != '\\')
        return STATUS_OBJECT_PATH_SYNTAX_BAD;
    return STATUS_OBJECT_PATH_NOT_FOUND;
}

static NTSTATUS parse_relative(struct path *path, struct file *root, const struct cursor *rest)
{
    if (rest->units && rest->at[0] == '\\' && root->kind != FILE_KIND_PIPE_DEVICE && root->kind != FILE_KIND_MAILSLOT)
        return STATUS_OBJECT_NAME_INVALID;
    switch (root->kind) {
    case FILE_KIND_DIRECTORY:
    case FILE_KIND_DISK:
        if (root->kind == FILE_KIND_DISK && rest->units)
            return STATUS_OBJECT_PATH_NOT_FOUND;
        path->kind = PATH_UNIX;
        path->length = strlen(root->unix_path);
        memcpy(path->unix_path, root->unix_path, path->length + 1);
        path->base = path->length;
        if (!rest->units)
            return STATUS_SUCCESS;
        if (path->length > 1)
            path->unix_path[path->length++] = '/';
        return append_name(path, rest);
    case FILE_KIND_PIPE_DEVICE:
        return device_kind(path, PATH_PIPE, rest);
    case FILE_KIND_PIPE:
        return device_kind(path, PATH_PIPE, rest);
    case FILE_KIND_CONSOLE:
        return device_kind(path, PATH_CONSOLE, rest);
    case FILE_KIND_MAILSLOT:
        return device_kind(path, PATH_MAILSLOT, rest);
    default:
        return STATUS_OBJECT_PATH_NOT_FOUND;
    }
}

NTSTATUS path_parse(const OBJECT_ATTRIBUTES *attributes, struct path *path)
{
    struct cursor rest = {NULL, 0};
    HANDLE root_handle;
    struct object *root;
    NTSTATUS status;

    path->case_sensitive = !(attributes->Attributes & OBJ_CASE_INSENSITIVE);
    path->trailing_slash = path->lower = false;
    path->base = path->length = path->name_units = 0;
    path->root = NULL;
    path->unix_path[0] = path->upper[0] = 0;
    if (attributes->Length != sizeof(*attributes))
        return STATUS_INVALID_PARAMETER;
    root_handle = attributes->RootDirectory;
    if (attributes->ObjectName) {
        rest.at = attributes->ObjectName->Buffer;
        rest.units = attributes->ObjectName->Length / sizeof(WCHAR);
        if (attributes->ObjectName->Length & 1)
            return STATUS_OBJECT_NAME_INVALID;
    }
    if (!root_handle) {
        status = parse_absolute(path, &rest);
        if (wow64 && !status)
            path_redirect(path);
        return status;
    }

    if (rest.units)
        (void)*(volatile const WCHAR *)(rest.at + rest.units - 1); /* faults here, not with the reference held */
    status = handle_object(root_handle, OBJECT_FILE, 0, &root, NULL);
    if (status)
        return status;
    status = parse_relative(path, (struct file *)root, &rest);
    if (wow64 && !status)
        path_redirect(path);
    if (status || path->kind == PATH_UNIX)
        object_release(root);
    else
        path->root = root;
    return status;
}

void path_release(struct path *path)
{
    if (path->root)
        object_release(path->root);
    path->root = NULL;
}

/* ---- finding ---- */

/* Looks for `path`, whose first `base` bytes are right, component by component. Rewrites it (same buffer, PATH_MAX)
 * with the names as they are on disk. Not found: rewritten as far as found, the rest as given. */
static NTSTATUS find_spelling(char *path, int base, bool exact_tried)
{
    char wanted[PATH_MAX], name[NAME_MAX + 1];
    int length = strlen(path), at, out;
    struct stat st;

    if (!exact_tried && !stat(path, &st))
        return STATUS_SUCCESS;
    if (!exact_tried && !lstat(path, &st))
        return STATUS_SUCCESS; /* a dangling link */
    memcpy(wanted, path, length + 1);

    /* The longest literal part that exists. */
    for (out = length; out > base;) {
        while (out > base && path[--out] != '/')
            ;
        if (out <= base) {
            out = base;
            break;
        }
        path[out] = 0;
        if (!stat(path, &st))
            goto walk;
        if (errno == ENOTDIR)
            continue;
        if (errno != ENOENT)
            return status_from_errno(errno);
    }
    path[out] = 0;
    if (stat(out ? path : "/", &st))
        return errno == ENOENT || errno == ENOTDIR ? STATUS_OBJECT_PATH_NOT_FOUND : status_from_errno(errno);
walk:
    at = out; /* in `wanted`, at a slash, or after the root's */
    for (;;) {
        int start, end, bytes, found;
        start = at + (wanted[at] == '/');
        for (end = start; wanted[end] && wanted[end] != '/'; end++)
            ;
        if (end == start)
            return STATUS_SUCCESS;
        if (!S_ISDIR(st.st_mode)) {
            snprintf(path + out, PATH_MAX - out, "%s", wanted + at);
            return STATUS_OBJECT_PATH_NOT_FOUND;
        }
        bytes = end - start;
        path[out] = 0;
        if (!dircache_find(out ? path : "/", &st, wanted + start, bytes, name)) {
            bool last = !wanted[end];
            if (out + 1 + length - start >= PATH_MAX)
                return STATUS_NAME_TOO_LONG;
            if (!out || path[out - 1] != '/')
                path[out++] = '/';
            memcpy(path + out, wanted + start, length - start + 1);
            return last ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_OBJECT_PATH_NOT_FOUND;
        }
        found = strlen(name);
        if (out + 1 + found >= PATH_MAX)
            return STATUS_NAME_TOO_LONG;
        if (!out || path[out - 1] != '/')
            path[out++] = '/';
        memcpy(path + out, name, found + 1);
        out += found;
        at = end;
        if (!wanted[end])
            return STATUS_SUCCESS;
        if (stat(path, &st))
            return errno == ENOENT ? STATUS_OBJECT_PATH_NOT_FOUND : status_from_errno(errno);
    }
}

/* Tries the shipped store for a name of system32 that the prefix does not have. */
static NTSTATUS find_lower(struct path *path, const struct overlay *overlay, const char *rest, NTSTATUS status)
{
    char lower[PATH_MAX];
    int base;
    NTSTATUS found;

    if (!*rest)
        return status;
    base = snprintf(lower, sizeof(lower), "%s%s", host.library_path, overlay->store);
    if (base + strlen(rest) >= sizeof(lower))
        return status;
    strcpy(lower + base, rest);
    found = find_spelling(lower, base, false);
    if (found == STATUS_SUCCESS) {
        memcpy(path->upper, path->unix_path, path->length + 1);
        path->length = strlen(lower);
        memcpy(path->unix_path, lower, path->length + 1);
        path->lower = true;
        return STATUS_SUCCESS;
    }
    return status;
}

static NTSTATUS find(struct path *path, bool exact_tried)
{
    const struct overlay *overlay;
    const char *rest;
    NTSTATUS status;

    if (path->case_sensitive) {
        struct stat st;
        char *slash;
        if (!exact_tried && !lstat(path->unix_path, &st))
            return STATUS_SUCCESS;
        slash = strrchr(path->unix_path, '/');
        status = STATUS_OBJECT_NAME_NOT_FOUND;
        if (slash && slash != path->unix_path) {
            *slash = 0;
            if (stat(path->unix_path, &st) || !S_ISDIR(st.st_mode))
                status = STATUS_OBJECT_PATH_NOT_FOUND;
            *slash = '/';
        }
    } else {
        status = find_spelling(path->unix_path, path->base, exact_tried);
        path->length = strlen(path->unix_path);
    }
    if ((status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND) &&
        (overlay = overlay_of(path->unix_path, &rest)))
        status = find_lower(path, overlay, rest, status);
    return status;
}

NTSTATUS path_find(struct path *path)
{
    return find(path, true);
}

NTSTATUS path_resolve(struct path *path)
{
    return find(path, false);
}

NTSTATUS path_to_unix(const OBJECT_ATTRIBUTES *attributes, bool must_exist, char **unix_path)
{
    struct path path;
    NTSTATUS status = path_parse(attributes, &path);

    if (status)
        return status;
    if (path.kind != PATH_UNIX && path.kind != PATH_VOLUME) {
        path_release(&path);
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    status = path_resolve(&path);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND && !must_exist)
        status = STATUS_SUCCESS;
    if (status)
        return status;
    *unix_path = strdup(path.unix_path);
    return *unix_path ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

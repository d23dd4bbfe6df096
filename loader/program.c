/* Finds the program: a Unix path, a Windows path, or a name to be looked for. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader.h"

static int is_file(const char *path)
{
    struct stat info;
    return !stat(path, &info) && S_ISREG(info.st_mode);
}

/* The entry of `folder` with that name in any case; malloced path, or NULL. */
static char *entry_any_case(const char *folder, const char *name, size_t length)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    char *path = NULL;

    if (!dir) return NULL;
    while (!path && (entry = readdir(dir)))
        if (strlen(entry->d_name) == length && !strncasecmp(entry->d_name, name, length) &&
            asprintf(&path, "%s/%s", folder, entry->d_name) < 0)
            path = NULL;
    closedir(dir);
    return path;
}

/* `path` below `folder`, parts divided by '\\' or '/', names in any case. */
static char *walk_any_case(const char *folder, const char *path)
{
    char *at = strdup(folder);

    while (at && *path) {
        size_t length = strcspn(path, "\\/");
        if (length) {
            char *next, *exact;
            if (asprintf(&exact, "%s/%.*s", at, (int)length, path) < 0) exact = NULL;
            if (exact && !access(exact, F_OK)) {
                next = exact;
            } else {
                free(exact);
                next = entry_any_case(at, path, length);
            }
            free(at);
            at = next;
        }
        path += length;
        if (*path) path++;
    }
    return at;
}

/* What C:\windows\system32 shows through. */
static char *shipped(const struct run *run, const char *name)
{
    char *folder, *path;

    if (asprintf(&folder, "%s/x86_64-windows", run->library_path) < 0) return NULL;
    path = walk_any_case(folder, name);
    free(folder);
    return path;
}

static char *from_windows_path(const struct run *run, const char *name)
{
    static const char system32[] = "windows\\system32\\";
    char *folder, *path;

    if (name[0] == '\\' && (name[1] == '\\' || !name[1])) return NULL;
    if (name[1] != ':') {
        path = walk_any_case("", name); /* no drive: the root that the working directory's drive has */
        return path;
    }
    const char *below = name + 2 + (name[2] == '\\' || name[2] == '/');
    if (tolower((unsigned char)name[0]) == 'c') {
        if (asprintf(&folder, "%s/drive_c", run->prefix) < 0) return NULL;
        path = walk_any_case(folder, below);
        free(folder);
        if (path && is_file(path)) return path;
        free(path);
        for (size_t i = 0; i < sizeof(system32) - 1; i++)
            if (tolower((unsigned char)below[i]) != system32[i] && !(system32[i] == '\\' && below[i] == '/')) return NULL;
        return shipped(run, below + sizeof(system32) - 1);
    }
    if (asprintf(&folder, "%s/dosdevices/%c:", run->prefix, tolower((unsigned char)name[0])) < 0) return NULL;
    path = access(folder, F_OK) && tolower((unsigned char)name[0]) == 'z' ? walk_any_case("", below)
                                                                        : walk_any_case(folder, below);
    free(folder);
    return path;
}

static char *with_suffix(const char *folder, const char *name)
{
    static const char *const suffixes[] = { "", ".exe", ".com", ".bat", ".cmd" };
    char *path;

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
        if (asprintf(&path, "%s/%s%s", folder, name, suffixes[i]) < 0) return NULL;
        if (is_file(path)) return path;
        free(path);
    }
    return NULL;
}

/* Windows' order: the working directory, the system folder, then the path. */
static char *from_search(const struct run *run, const char *name)
{
    char *path = with_suffix(".", name), *folder;
    const char *at = getenv("PATH");

    if (path) return path;
    if (asprintf(&folder, "%s/drive_c/windows/system32", run->prefix) >= 0) {
        path = with_suffix(folder, name);
        free(folder);
        if (path) return path;
    }
    if (asprintf(&folder, "%s/x86_64-windows", run->library_path) >= 0) {
        path = with_suffix(folder, name);
        free(folder);
        if (path) return path;
    }
    while (at && *at) {
        size_t length = strcspn(at, ":");
        if (length && (folder = strndup(at, length))) {
            path = with_suffix(folder, name);
            free(folder);
            if (path) return path;
        }
        at += length;
        if (*at) at++;
    }
    return NULL;
}

static int is_batch_file(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot && (!strcasecmp(dot, ".bat") || !strcasecmp(dot, ".cmd"));
}

/* A batch file: the program is the shell. */
static void take_shell(struct run *run)
{
    char *shell = from_windows_path(run, "C:\\windows\\system32\\cmd.exe"), absolute[PATH_MAX];

    close(run->fd);
    run->batch = run->program;
    run->fd = shell ? open(shell, O_RDONLY | O_CLOEXEC) : -1;
    if (run->fd < 0) loader_fail(EXIT_CANNOT_RUN, run->batch, "a batch file, but C:\\windows\\system32\\cmd.exe is not there");
    run->program = realpath(shell, absolute) ? strdup(absolute) : shell;
}

void program_find(struct run *run)
{
    const char *name = run->argv[0];
    char *path = NULL, absolute[PATH_MAX];
    struct stat info;

    if (strchr(name, '/') || !access(name, F_OK)) path = strdup(name);
    else if (strchr(name, '\\') || (isalpha((unsigned char)name[0]) && name[1] == ':')) path = from_windows_path(run, name);
    else path = from_search(run, name);
    if (path && strchr(name, '/') && access(path, F_OK) && errno == ENOENT) {
        char *folder = strdup(path), *slash = strrchr(folder, '/');
        free(path);
        *slash = 0;
        path = with_suffix(*folder ? folder : "", slash + 1);
        free(folder);
    }
    if (!path) loader_fail(EXIT_NOT_FOUND, name, "not found");
    run->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (run->fd < 0) loader_fail(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN, name, strerror(errno));
    if (fstat(run->fd, &info)) loader_fail(EXIT_CANNOT_RUN, name, strerror(errno));
    if (S_ISDIR(info.st_mode)) loader_fail(EXIT_CANNOT_RUN, name, "a folder, not a program");
    if (!S_ISREG(info.st_mode)) loader_fail(EXIT_CANNOT_RUN, name, "not a regular file");
    run->program = realpath(path, absolute) ? strdup(absolute) : path;
    if (is_batch_file(run->program)) take_shell(run);
}

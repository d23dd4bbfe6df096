/* Where things are: our libraries beside this executable, the prefix in the user's home. */
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader.h"

static char *join(const char *folder, const char *name)
{
    char *path;

    if (asprintf(&path, "%s/%s", folder, name) < 0) loader_fail(EXIT_CANNOT_RUN, name, "out of memory");
    return path;
}

static const char *absolute(const char *path)
{
    char *folder;

    if (*path == '/') return path;
    folder = getcwd(NULL, 0);
    if (!folder) loader_fail(EXIT_CANNOT_RUN, path, strerror(errno));
    return join(folder, path);
}

void places_find_library(struct run *run)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    char *slash;

    if (length < 0) loader_fail(EXIT_CANNOT_RUN, "/proc/self/exe", strerror(errno));
    self[length] = 0;
    for (int i = 0; i < 2; i++)
        if ((slash = strrchr(self, '/'))) *slash = 0;
    run->library_path = join(self, "lib/ferry");
}

void places_find(struct run *run)
{
    places_find_library(run);
    if (!run->prefix) run->prefix = getenv("FERRY_PREFIX");
    if (!run->prefix || !*run->prefix) {
        const char *home = getenv("HOME");
        if (!home || *home != '/') {
            struct passwd *user = getpwuid(getuid());
            home = user ? user->pw_dir : NULL;
        }
        if (!home) loader_fail(EXIT_CANNOT_RUN, "prefix", "no home folder; use --prefix DIR");
        run->prefix = join(home, ".ferry");
    }
    run->prefix = absolute(run->prefix);
}

void places_crash_folder(const char *folder)
{
    const char *path = absolute(folder);

    if (access(path, W_OK | X_OK)) loader_fail(EXIT_CANNOT_RUN, folder, strerror(errno));
    if (setenv("FERRY_CRASH_DIR", path, 1)) loader_fail(EXIT_CANNOT_RUN, folder, strerror(errno));
}

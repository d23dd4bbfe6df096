/* A new prefix: folders only. System files are seen through from the shipped store. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host.h"
#include "path.h"
#include "prefix.h"

const char *prefix_user_name(void)
{
    static char name[64];
    const char *text;
    struct passwd *entry;
    int i;

    if (name[0])
        return name;
    text = getenv("USER");
    if (!text || !*text)
        text = getenv("LOGNAME");
    if (!text || !*text)
        text = (entry = getpwuid(getuid())) ? entry->pw_name : "user";
    for (i = 0; text[i] && i < sizeof(name) - 1; i++)
        name[i] = strchr("/\\:*?\"<>|", text[i]) ? '_' : text[i];
    return name;
}

static const char *const folders[] = {
    "drive_c",
    "drive_c/windows",
    "drive_c/windows/system32",
    "drive_c/windows/system32/drivers",
    "drive_c/windows/system32/drivers/etc",
    "drive_c/windows/system32/config",
    "drive_c/windows/system32/spool",
    "drive_c/windows/syswow64",
    "drive_c/windows/temp",
    "drive_c/windows/Fonts",
    "drive_c/windows/inf",
    "drive_c/windows/help",
    "drive_c/windows/winsxs",
    "drive_c/Program Files",
    "drive_c/Program Files/Common Files",
    "drive_c/Program Files (x86)",
    "drive_c/Program Files (x86)/Common Files",
    "drive_c/ProgramData",
    "drive_c/ProgramData/Microsoft",
    "drive_c/users",
    "drive_c/users/Public",
    "drive_c/users/Public/Documents",
    "drive_c/users/Public/Desktop",
};

static const char *const user_folders[] = {
    "", "/AppData", "/AppData/Local", "/AppData/Local/Temp", "/AppData/LocalLow", "/AppData/Roaming",
    "/Desktop", "/Documents", "/Downloads", "/Music", "/Pictures", "/Videos", "/Saved Games", "/Contacts",
    "/Favorites", "/Links", "/Searches",
};

/* Folders of the user that are his Linux ones, unless the prefix is to be isolated ("xdg-user-dirs" names them). */
static const struct {
    const char *folder, *variable;
} user_links[] = {
    { "/Desktop", "XDG_DESKTOP_DIR=" },   { "/Documents", "XDG_DOCUMENTS_DIR=" }, { "/Downloads", "XDG_DOWNLOAD_DIR=" },
    { "/Music", "XDG_MUSIC_DIR=" },       { "/Pictures", "XDG_PICTURES_DIR=" },   { "/Videos", "XDG_VIDEOS_DIR=" },
};

/* The folder a line of user-dirs.dirs names: "$HOME/…" or "/…", in quotes. */
static bool parse_user_dir(const char *text, const char *home, char *to)
{
    const char *end;

    if (*text++ != '"')
        return false;
    bool in_home = !strncmp(text, "$HOME", 5) && (text[5] == '/' || text[5] == '"');
    if (in_home)
        text += 5;
    end = strchr(text, '"');
    if (!end || (!in_home && *text != '/'))
        return false;
    return snprintf(to, PATH_MAX, "%s%.*s", in_home ? home : "", (int)(end - text), text) < PATH_MAX;
}

/* Where `folder` of the user is on Linux: an existing folder other than his home. */
static bool find_user_dir(const char *folder, char *to)
{
    const char *home = getenv("HOME"), *config = getenv("XDG_CONFIG_HOME");
    char line[PATH_MAX + 64], path[PATH_MAX];
    struct stat st, home_st;
    bool found = false;
    FILE *file;
    size_t i = 0;

    if (getenv("FERRY_ISOLATED") || !home || *home != '/' || stat(home, &home_st))
        return false;
    while (i < sizeof(user_links) / sizeof(*user_links) && strcmp(folder, user_links[i].folder)) i++;
    if (i == sizeof(user_links) / sizeof(*user_links))
        return false;
    if (config && *config == '/')
        snprintf(path, sizeof(path), "%s/user-dirs.dirs", config);
    else
        snprintf(path, sizeof(path), "%s/.config/user-dirs.dirs", home);
    file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file))
        if (!strncmp(line, user_links[i].variable, strlen(user_links[i].variable)))
            found = parse_user_dir(line + strlen(user_links[i].variable), home, to);
    if (file)
        fclose(file);
    if (!found)
        return false;
    return !stat(to, &st) && S_ISDIR(st.st_mode) && (st.st_dev != home_st.st_dev || st.st_ino != home_st.st_ino);
}

/* mkdir with missing parents. errno on failure. */
static int make_path(const char *path)
{
    char part[PATH_MAX];
    char *slash;

    if (!mkdir(path, 0777) || errno == EEXIST)
        return 0;
    if (errno != ENOENT || strlen(path) >= sizeof(part))
        return errno;
    strcpy(part, path);
    for (slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(part, 0777) && errno != EEXIST)
            return errno;
        *slash = '/';
    }
    return mkdir(path, 0777) && errno != EEXIST ? errno : 0;
}

int prefix_prepare(const char *prefix)
{
    char name[PATH_MAX], target[PATH_MAX];
    int fd, error;
    size_t i;
    struct stat st;

    if (snprintf(name, sizeof(name), "%s/dosdevices/c:", prefix) >= sizeof(name))
        return ENAMETOOLONG;
    if (!lstat(name, &st))
        return 0; /* made last, so the rest is there */
    error = make_path(prefix);
    if (error)
        return error;
    fd = open(prefix, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    for (i = 0; i < sizeof(folders) / sizeof(*folders); i++)
        if (mkdirat(fd, folders[i], 0777) && errno != EEXIST)
            goto fail;
    for (i = 0; i < sizeof(user_folders) / sizeof(*user_folders); i++) {
        snprintf(name, sizeof(name), "drive_c/users/%s%s", prefix_user_name(), user_folders[i]);
        if (find_user_dir(user_folders[i], target) && strlen(target) + 2 < sizeof(target)) {
            strcat(target, "/"); /* a junction (files.md) */
            if (!symlinkat(target, fd, name))
                continue;
        }
        if (mkdirat(fd, name, 0777) && errno != EEXIST)
            goto fail;
    }
    if (mkdirat(fd, "dosdevices", 0777) && errno != EEXIST)
        goto fail;
    if (symlinkat("/", fd, "dosdevices/z:") && errno != EEXIST)
        goto fail;
    if (symlinkat("../drive_c", fd, "dosdevices/c:") && errno != EEXIST)
        goto fail;
    close(fd);
    return 0;
fail:
    error = errno;
    close(fd);
    return error;
}

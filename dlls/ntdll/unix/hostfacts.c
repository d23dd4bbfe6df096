/* NtFerryQueryHost: what Windows code must know of the host, by name.
 *
 *     user, home, hostname      of the Unix user; hostname up to the first dot
 *     locale                    "de_DE": LC_ALL, LC_CTYPE or LANG without character set and modifier; "C" if unset
 *     formats                   the same for LC_ALL, LC_TIME or LANG: how dates and numbers look
 *     timezone                  "Europe/Berlin", a zoneinfo name; empty if it has none
 *     xdg:DOCUMENTS             a user folder of xdg-user-dirs, its Unix path
 *     unix_path:<NT path>       the Unix path of an NT path that may not exist yet in its last component
 *     network                   interfaces, addresses, routes: binary, ferry/network.h
 *     env:<name>                a Unix environment variable, as the process was started with it
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "host.h"
#include "network.h"
#include "path.h"
#include "ferry/syscall_table.h"

static const char *home_folder(void)
{
    const char *home = getenv("HOME");
    if (home && home[0] == '/') return home;
    const struct passwd *user = getpwuid(getuid());
    return user && user->pw_dir ? user->pw_dir : "/";
}

static NTSTATUS copy(const char *text, char *to, size_t size)
{
    return snprintf(to, size, "%s", text) < (int)size ? STATUS_SUCCESS : STATUS_NAME_TOO_LONG;
}

static NTSTATUS user_name(char *to, size_t size)
{
    const char *name = getenv("USER");
    const struct passwd *user = name && *name ? NULL : getpwuid(getuid());
    if (user) name = user->pw_name;
    snprintf(to, size, "%s", name && *name ? name : "user");
    return STATUS_SUCCESS;
}

static NTSTATUS host_name(char *to, size_t size)
{
    if (gethostname(to, size)) snprintf(to, size, "localhost");
    to[size - 1] = 0;
    to[strcspn(to, ".")] = 0;
    return STATUS_SUCCESS;
}

static NTSTATUS locale(const char *category, char *to, size_t size)
{
    const char *names[] = {"LC_ALL", category, "LANG"}, *value = NULL;
    for (int i = 0; i < 3 && !(value && *value); i++) value = getenv(names[i]);
    snprintf(to, size, "%s", value && *value ? value : "C");
    to[strcspn(to, ".@")] = 0;
    if (!strcmp(to, "POSIX")) strcpy(to, "C");
    return STATUS_SUCCESS;
}

/* user-dirs.dirs holds lines XDG_NAME_DIR="$HOME/…" or an absolute path. */
static NTSTATUS xdg_folder(const char *name, char *to, size_t size)
{
    const char *home = home_folder(), *config = getenv("XDG_CONFIG_HOME");
    char path[4096], line[4096], key[80];
    NTSTATUS status = STATUS_NOT_FOUND;

    if (config && config[0] == '/') snprintf(path, sizeof(path), "%s/user-dirs.dirs", config);
    else snprintf(path, sizeof(path), "%s/.config/user-dirs.dirs", home);
    snprintf(key, sizeof(key), "XDG_%s_DIR=\"", name);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file)) {
        char *value = line + strspn(line, " \t"), *end;
        if (strncmp(value, key, strlen(key))) continue;
        value += strlen(key);
        if (!(end = strchr(value, '"'))) continue;
        *end = 0;
        int length = !strncmp(value, "$HOME", 5) ? snprintf(to, size, "%s%s", home, value + 5)
                                                 : snprintf(to, size, "%s", value);
        if (to[0] == '/' && length < (int)size) status = STATUS_SUCCESS;
    }
    if (file) fclose(file);
    return status;
}

static NTSTATUS unix_path(const char *name, char *to, size_t size)
{
    size_t length = strlen(name);
    if (length > 32000) return STATUS_NAME_TOO_LONG;
    WCHAR wide[length + 1];
    int units = utf16_from_utf8(wide, length, name, length);
    UNICODE_STRING nt_path = {units * sizeof(WCHAR), units * sizeof(WCHAR), wide};
    OBJECT_ATTRIBUTES attributes;
    char *found;
    if (units < 0) return STATUS_OBJECT_NAME_INVALID;
    InitializeObjectAttributes(&attributes, &nt_path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    NTSTATUS status = path_to_unix(&attributes, false, &found);
    if (status < 0) return status;
    length = strlen(found);
    if (length < size) memcpy(to, found, length + 1);
    free(found);
    return length < size ? STATUS_SUCCESS : STATUS_NAME_TOO_LONG;
}

/* "Europe/Berlin": TZ, the target of /etc/localtime, or /etc/timezone; empty if the system has no name for it. */
static NTSTATUS time_zone(char *to, size_t size)
{
    const char *name = getenv("TZ");
    char link[512];

    if (name && *name) {
        snprintf(to, size, "%s", *name == ':' ? name + 1 : name);
        return STATUS_SUCCESS;
    }
    ssize_t length = readlink("/etc/localtime", link, sizeof(link) - 1);
    if (length > 0) {
        link[length] = 0;
        char *found = strstr(link, "zoneinfo/");
        if (found) {
            snprintf(to, size, "%s", found + 9);
            return STATUS_SUCCESS;
        }
    }
    to[0] = 0;
    FILE *file = fopen("/etc/timezone", "re");
    if (file) {
        if (fgets(link, sizeof(link), file)) snprintf(to, size, "%.*s", (int)strcspn(link, "\n"), link);
        fclose(file);
    }
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtFerryQueryHost(const char *name, void *buffer, ULONG length, ULONG *needed)
{
    char value[4096];
    NTSTATUS status;

    if (!strcmp(name, "network")) return network_query(buffer, length, needed);
    if (!strcmp(name, "user")) status = user_name(value, sizeof(value));
    else if (!strcmp(name, "home")) status = copy(home_folder(), value, sizeof(value));
    else if (!strcmp(name, "hostname")) status = host_name(value, sizeof(value));
    else if (!strcmp(name, "timezone")) status = time_zone(value, sizeof(value));
    else if (!strcmp(name, "locale")) status = locale("LC_CTYPE", value, sizeof(value));
    else if (!strcmp(name, "formats")) status = locale("LC_TIME", value, sizeof(value));
    else if (!strncmp(name, "xdg:", 4)) status = xdg_folder(name + 4, value, sizeof(value));
    else if (!strncmp(name, "unix_path:", 10)) status = unix_path(name + 10, value, sizeof(value));
    else if (!strncmp(name, "env:", 4)) {
        const char *text = getenv(name + 4);
        status = text ? copy(text, value, sizeof(value)) : STATUS_NOT_FOUND;
    } else status = STATUS_NOT_FOUND;
    if (status < 0) return status;

    size_t size = strlen(value) + 1;
    if (needed) *needed = size;
    if (size > length) return STATUS_BUFFER_TOO_SMALL;
    memcpy(buffer, value, size);
    return STATUS_SUCCESS;
}

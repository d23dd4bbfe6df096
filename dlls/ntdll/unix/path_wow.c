/* File redirection of 32-bit programs (win32 docs: File System Redirector): their system32 is syswow64. */
#include "path.h"

#include <string.h>
#include <strings.h>

#include "host.h"
#include "thread.h"
#include "wow.h"

/* Where a redirection of the running thread is switched off: WOW64_TLS_FILESYSREDIR of its 64-bit TEB. */
#define REDIRECTION_SLOT 8

/* Folders below system32 that 32-bit and 64-bit programs share. */
static const char *const shared[] = { "/catroot", "/catroot2", "/driverstore", "/drivers/etc", "/logfiles", "/spool" };

/* Does `text` start with the folder or file `name`? */
static bool starts(const char *text, const char *name)
{
    size_t length = strlen(name);

    return !strncasecmp(text, name, length) && (text[length] == '/' || !text[length]);
}

static void replace(struct path *path, char *at, const char *old, const char *new)
{
    size_t old_length = strlen(old), new_length = strlen(new);

    if (path->length - old_length + new_length >= PATH_MAX) return;
    memmove(at + new_length, at + old_length, strlen(at + old_length) + 1);
    memcpy(at, new, new_length);
    path->length += (int)new_length - (int)old_length;
}

void path_redirect(struct path *path)
{
    size_t root = strlen(host.prefix);
    char *below = path->unix_path + root;
    struct thread *thread = thread_self();

    if (path->kind != PATH_UNIX || strncmp(path->unix_path, host.prefix, root)) return;
    if (!starts(below, "/drive_c/windows")) return;
    below += strlen("/drive_c/windows");
    if (below + 1 < path->unix_path + path->base) return; /* the folder that the name is relative to was redirected */
    if (starts(below, "/sysnative")) {
        replace(path, below, "/sysnative", "/system32");
        return;
    }
    if (thread && thread->teb->TlsSlots[REDIRECTION_SLOT]) return;
    if (starts(below, "/regedit.exe")) {
        replace(path, below, "", "/syswow64");
    } else if (starts(below, "/system32")) {
        for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++)
            if (starts(below + strlen("/system32"), shared[i])) return;
        memcpy(below, "/syswow64", 9);
    }
}

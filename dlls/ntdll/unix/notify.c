/* NtNotifyChangeDirectoryFile, by inotify. Rules: ReadDirectoryChangesW reference, MS-FSCC 2.7.1.
 *
 * Each directory handle that asks has an inotify descriptor; events queue there between two requests, as Windows keeps
 * them from the first request on.
 */
#include "notify.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "ferry/syscall_table.h"
#include "host.h"
#include "path.h"
#include "request.h"
#include "virtual.h"

#define WATCHES_MAX 8192

struct watched {
    int number;     /* inotify's */
    char *relative; /* path below the directory, "" for itself */
};

struct notify {
    int fd;
    bool tree;
    ULONG filter;
    pthread_mutex_t lock; /* watches; events are taken by one request at a time */
    struct watched *watches;
    unsigned count, room;
};

static uint32_t mask_of(ULONG filter, bool tree)
{
    uint32_t mask = IN_DELETE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;

    if (filter & (FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME | FILE_NOTIFY_CHANGE_CREATION))
        mask |= IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
    if (filter & (FILE_NOTIFY_CHANGE_SIZE | FILE_NOTIFY_CHANGE_LAST_WRITE))
        mask |= IN_MODIFY;
    if (filter & (FILE_NOTIFY_CHANGE_ATTRIBUTES | FILE_NOTIFY_CHANGE_LAST_WRITE | FILE_NOTIFY_CHANGE_SECURITY |
                  FILE_NOTIFY_CHANGE_CREATION))
        mask |= IN_ATTRIB;
    if (filter & FILE_NOTIFY_CHANGE_LAST_ACCESS)
        mask |= IN_ACCESS;
    if (tree)
        mask |= IN_CREATE | IN_MOVED_TO; /* to follow new folders */
    return mask;
}

/* Whether the caller asked for this kind of event. */
static bool wanted(const struct notify *notify, const struct inotify_event *event)
{
    bool directory = event->mask & IN_ISDIR;

    if (event->mask & (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO))
        return notify->filter & (directory ? FILE_NOTIFY_CHANGE_DIR_NAME : FILE_NOTIFY_CHANGE_FILE_NAME);
    return event->mask & (IN_MODIFY | IN_ATTRIB | IN_ACCESS);
}

static void watch_add(struct notify *notify, const char *directory, const char *relative)
{
    struct dirent *entry;
    int number;
    DIR *dir;

    if (notify->count >= WATCHES_MAX)
        return;
    number = inotify_add_watch(notify->fd, directory, mask_of(notify->filter, notify->tree));
    if (number < 0)
        return;
    if (notify->count == notify->room) {
        unsigned room = notify->room * 2 + 4;
        struct watched *grown = realloc(notify->watches, room * sizeof(*grown));
        if (!grown)
            return;
        notify->watches = grown;
        notify->room = room;
    }
    notify->watches[notify->count].number = number;
    notify->watches[notify->count].relative = strdup(relative);
    if (!notify->watches[notify->count].relative)
        return;
    notify->count++;
    if (!notify->tree || !(dir = opendir(directory)))
        return;
    while ((entry = readdir(dir))) {
        char *path, *below;
        if (entry->d_type != DT_DIR || !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        if (asprintf(&path, "%s/%s", directory, entry->d_name) < 0)
            break;
        if (asprintf(&below, "%s%s%s", relative, *relative ? "/" : "", entry->d_name) >= 0) {
            watch_add(notify, path, below);
            free(below);
        }
        free(path);
    }
    closedir(dir);
}

static const char *relative_of(const struct notify *notify, int number)
{
    unsigned i;
    for (i = 0; i < notify->count; i++)
        if (notify->watches[i].number == number)
            return notify->watches[i].relative;
    return NULL;
}

struct output {
    char *data;
    ULONG room, used, last;
    bool any, overflow;
};

static void put(struct output *out, ULONG action, const char *relative, const char *name)
{
    WCHAR wide[PATH_MAX];
    char text[PATH_MAX];
    int units, length = snprintf(text, sizeof(text), "%s%s%s", relative, *relative ? "/" : "", name);
    ULONG at = (out->used + 3) & ~3u, bytes;
    FILE_NOTIFY_INFORMATION *info;

    units = length < sizeof(text) ? path_name_from_unix(wide, PATH_MAX, text, length) : -1;
    if (units < 0)
        return;
    bytes = units * sizeof(WCHAR);
    if (out->overflow || at + offsetof(FILE_NOTIFY_INFORMATION, FileName) + bytes > out->room) {
        out->overflow = true;
        return;
    }
    info = (FILE_NOTIFY_INFORMATION *)(out->data + at);
    info->NextEntryOffset = 0;
    info->Action = action;
    info->FileNameLength = bytes;
    memcpy(info->FileName, wide, bytes);
    if (out->any)
        ((FILE_NOTIFY_INFORMATION *)(out->data + out->last))->NextEntryOffset = at - out->last;
    out->any = true;
    out->last = at;
    out->used = at + offsetof(FILE_NOTIFY_INFORMATION, FileName) + bytes;
}

static ULONG action_of(const struct inotify_event *event, uint32_t *moved)
{
    if (event->mask & IN_CREATE)
        return FILE_ACTION_ADDED;
    if (event->mask & IN_DELETE)
        return FILE_ACTION_REMOVED;
    if (event->mask & IN_MOVED_TO)
        return *moved && *moved == event->cookie ? FILE_ACTION_RENAMED_NEW_NAME : FILE_ACTION_ADDED;
    return FILE_ACTION_MODIFIED;
}

/* Events in `data` as records. */
static NTSTATUS translate(struct file *file, struct notify *notify, const char *data, size_t bytes,
                          struct output *out)
{
    size_t at, next;
    uint32_t moved = 0;
    int last_modified = -1;
    char last_name[NAME_MAX + 1] = "";
    NTSTATUS status = STATUS_SUCCESS;

    for (at = 0; at < bytes; at = next) {
        const struct inotify_event *event = (const struct inotify_event *)(data + at);
        const char *relative;
        ULONG action;
        next = at + sizeof(*event) + event->len;
        if (event->mask & IN_Q_OVERFLOW) {
            out->overflow = true;
            continue;
        }
        relative = relative_of(notify, event->wd);
        if (!relative)
            continue;
        if (event->mask & IN_DELETE_SELF) {
            if (!*relative)
                status = STATUS_DELETE_PENDING;
            continue;
        }
        if (!event->len)
            continue;
        if (notify->tree && (event->mask & IN_ISDIR) && (event->mask & (IN_CREATE | IN_MOVED_TO))) {
            char *path, *below;
            if (asprintf(&below, "%s%s%s", relative, *relative ? "/" : "", event->name) >= 0) {
                if (asprintf(&path, "%s/%s", file->unix_path, below) >= 0) {
                    watch_add(notify, path, below);
                    free(path);
                }
                free(below);
            }
        }
        if (!wanted(notify, event))
            continue;
        if (event->mask & IN_MOVED_FROM) {
            /* a rename if the new name comes next */
            const struct inotify_event *after = (const struct inotify_event *)(data + next);
            bool pair = next < bytes && (after->mask & IN_MOVED_TO) && after->cookie == event->cookie;
            moved = pair ? event->cookie : 0;
            action = pair ? FILE_ACTION_RENAMED_OLD_NAME : FILE_ACTION_REMOVED;
        } else {
            action = action_of(event, &moved);
        }
        /* inotify tells of each write; one record is enough */
        if (action == FILE_ACTION_MODIFIED) {
            if (last_modified == event->wd && !strcmp(last_name, event->name))
                continue;
            last_modified = event->wd;
            snprintf(last_name, sizeof(last_name), "%s", event->name);
        } else {
            last_modified = -1;
        }
        put(out, action, relative, event->name);
    }
    return status;
}

static NTSTATUS notify_ready(struct request *request)
{
    _Alignas(8) char events[16384];
    struct notify *notify = request->file->notify;
    struct output out = {.room = request->length < 65536 ? request->length : 65536};
    NTSTATUS status = STATUS_PENDING;

    out.data = malloc(out.room ? out.room : 1);
    if (!out.data)
        return STATUS_NO_MEMORY;
    pthread_mutex_lock(&notify->lock);
    while (status == STATUS_PENDING) {
        ssize_t got = read(notify->fd, events, sizeof(events));
        if (got <= 0)
            break;
        status = translate(request->file, notify, events, got, &out);
        if (!status && !out.any && !out.overflow)
            status = STATUS_PENDING;
    }
    pthread_mutex_unlock(&notify->lock);
    request->information = 0;
    if (!status && out.overflow) {
        status = STATUS_NOTIFY_ENUM_DIR;
    } else if (!status && out.any) {
        if (virtual_write(request->buffer, out.data, out.used))
            request->information = out.used;
        else
            status = STATUS_ACCESS_VIOLATION;
    }
    free(out.data);
    return status;
}

static NTSTATUS notify_start(struct file *file, ULONG filter, bool tree)
{
    struct notify *notify, *none = NULL;

    if (__atomic_load_n(&file->notify, __ATOMIC_ACQUIRE))
        return STATUS_SUCCESS; /* filter and depth are those of the first request */
    if (!file->unix_path)
        return STATUS_INVALID_PARAMETER;
    notify = calloc(1, sizeof(*notify));
    if (!notify)
        return STATUS_NO_MEMORY;
    notify->filter = filter;
    notify->tree = tree;
    pthread_mutex_init(&notify->lock, NULL);
    notify->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (notify->fd < 0) {
        free(notify);
        return status_from_errno(errno);
    }
    watch_add(notify, file->unix_path, "");
    if (!__atomic_compare_exchange_n(&file->notify, (void **)&none, notify, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE)) {
        void *kept = file->notify;
        file->notify = notify;
        notify_destroy(file);
        file->notify = kept;
    }
    return STATUS_SUCCESS;
}

void notify_last_handle(struct file *file)
{
    if (file->notify)
        request_cancel_file(file, STATUS_NOTIFY_CLEANUP, NULL, NULL);
}

void notify_destroy(struct file *file)
{
    struct notify *notify = file->notify;
    unsigned i;

    if (!notify)
        return;
    for (i = 0; i < notify->count; i++)
        free(notify->watches[i].relative);
    free(notify->watches);
    close(notify->fd);
    pthread_mutex_destroy(&notify->lock);
    free(notify);
    file->notify = NULL;
}

NTSTATUS sys_NtNotifyChangeDirectoryFile(HANDLE handle, HANDLE event, void *apc_routine, void *apc_context,
                                         IO_STATUS_BLOCK *iosb, void *buffer, ULONG length, ULONG filter,
                                         BOOLEAN tree)
{
    struct request request = {.type = REQUEST_NOTIFY, .iosb = iosb, .event_handle = event,
                              .apc_routine = apc_routine, .apc_context = apc_context, .buffer = buffer,
                              .length = length};
    NTSTATUS status;

    probe_write(iosb, iosb_size());
    if (!filter || (filter & ~0xfffu))
        return STATUS_INVALID_PARAMETER;
    if (buffer && length)
        probe_write(buffer, length);
    else
        request.length = 0; /* the answer is always STATUS_NOTIFY_ENUM_DIR */
    status = file_from_handle(handle, FILE_LIST_DIRECTORY, &request.file, NULL);
    if (status)
        return status;
    if (request.file->kind != FILE_KIND_DIRECTORY)
        status = STATUS_INVALID_PARAMETER;
    if (!status)
        status = notify_start(request.file, filter, tree);
    if (!status)
        status = request_start(&request);
    if (!status) {
        struct notify *notify = request.file->notify;
        status = request_queued(notify->fd, POLLIN) ? STATUS_PENDING : notify_ready(&request);
        if (status == STATUS_PENDING)
            status = request_wait(&request, notify->fd, POLLIN, notify_ready);
        status = request_finish(&request, status);
    }
    file_release(request.file);
    return status;
}

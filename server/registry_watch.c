/* NtNotifyChangeKey: events that are set at the next change of a key. */
#include <stdlib.h>

#include "registry.h"
#include "server.h"

#define WATCHES_MAX 65536u

struct watcher {
    struct watcher *next;
    const struct process *process;
    uint64_t key;
    uint32_t slot; /* with a reference */
    uint32_t filter;
    bool subtree;
};

static struct watcher *watchers;
static uint32_t watcher_count;

static void finish(struct watcher **at, bool tell)
{
    struct watcher *watcher = *at;

    *at = watcher->next;
    watcher_count--;
    if (tell) slot_signal(watcher->slot);
    slot_unreference(watcher->slot);
    free(watcher);
}

static bool is_below(uint32_t place, uint32_t above)
{
    while (place && place != above) place = tree_key(place)->parent;
    return place;
}

void watch_changed(uint32_t place, uint32_t what)
{
    for (struct watcher **at = &watchers; *at;) {
        struct watcher *watcher = *at;
        uint32_t watched = tree_place(watcher->key);
        if ((watcher->filter & what) && watched && (watched == place || (watcher->subtree && is_below(place, watched))))
            finish(at, true);
        else at = &watcher->next;
    }
}

void watch_key_gone(uint32_t place)
{
    for (struct watcher **at = &watchers; *at;) {
        if (tree_place((*at)->key) == place) finish(at, true);
        else at = &(*at)->next;
    }
}

void watch_process_gone(const struct process *process)
{
    for (struct watcher **at = &watchers; *at;) {
        if ((*at)->process == process) finish(at, false);
        else at = &(*at)->next;
    }
}

NTSTATUS request_registry_watch(struct request *request, const struct request_registry_watch *in, uint32_t extra,
                                struct reply_registry_watch *out)
{
    if (!registry_base) return STATUS_INVALID_PARAMETER;
    if (in->cancel) {
        for (struct watcher **at = &watchers; *at;) {
            struct watcher *watcher = *at;
            if (watcher->process == request->client->process && watcher->key == in->key && watcher->slot == in->slot)
                finish(at, true);
            else at = &watcher->next;
        }
        return STATUS_SUCCESS;
    }
    if (!tree_place(in->key)) return STATUS_KEY_DELETED;
    struct watcher *watcher = watcher_count < WATCHES_MAX ? malloc(sizeof(*watcher)) : NULL;
    if (!watcher) return STATUS_INSUFFICIENT_RESOURCES;
    if (!slot_reference(in->slot, OBJECT_EVENT)) {
        free(watcher);
        return STATUS_INVALID_HANDLE;
    }
    *watcher = (struct watcher){ watchers, request->client->process, in->key, in->slot, in->filter, in->subtree };
    watchers = watcher;
    watcher_count++;
    return STATUS_SUCCESS;
}

/* Hooks of this process: for one thread, or for all of them. user32 calls them. */
#include "queue.h"

#include <stdlib.h>
#include <string.h>
#include "thread.h"

static struct hook *global[HOOK_KINDS];
static uint32_t next_handle = 0x30001;

static struct hook **chain_of(struct queue *queue, int id)
{
    return queue ? &queue->hooks[id + 1] : &global[id + 1];
}

uint32_t hooks_of(struct queue *queue)
{
    uint32_t mask = 0;

    for (int i = 0; i < HOOK_KINDS; i++)
        if (queue->hooks[i] || global[i]) mask |= 1u << i;
    return mask;
}

void hooks_queue_gone(struct queue *queue)
{
    for (int i = 0; i < HOOK_KINDS; i++) {
        while (queue->hooks[i]) {
            struct hook *next = queue->hooks[i]->next;
            free(queue->hooks[i]);
            queue->hooks[i] = next;
        }
        for (struct hook **at = &global[i]; *at;) { /* low-level hooks run in the thread that set them */
            struct hook *hook = *at;
            if (hook->queue != queue) {
                at = &hook->next;
                continue;
            }
            *at = hook->next;
            free(hook);
        }
    }
}

/* Thread 0: every thread of this process. */
NTSTATUS sys_NtUserSetHook(LONG Id, ULONG64 Proc, ULONG Flags, ULONG Thread, ULONG *Handle)
{
    struct queue *mine = queue_mine();
    struct hook *hook = calloc(1, sizeof(*hook));
    NTSTATUS status = STATUS_SUCCESS;
    uint32_t handle = 0;

    if (!mine || !hook || Id < WH_MIN || Id > WH_MAX) {
        free(hook);
        return Id < WH_MIN || Id > WH_MAX ? STATUS_USER(ERROR_INVALID_HOOK_FILTER) : STATUS_NO_MEMORY;
    }
    user_lock();
    struct queue *queue = Thread ? queue_of_thread(Thread) : NULL;
    if (Thread && !queue) status = STATUS_USER(ERROR_INVALID_PARAMETER);
    else {
        struct hook **chain = chain_of(queue, Id);
        hook->queue = queue ? queue : mine;
        hook->data = (struct user_hook){ .proc = Proc, .handle = handle = next_handle, .flags = Flags, .id = Id,
                                         .thread = hook->queue->thread };
        next_handle += 2;
        hook->next = *chain;
        *chain = hook;
    }
    user_unlock();
    if (status) free(hook);
    else *Handle = handle;
    return status;
}

static bool remove_from(struct hook **chain, uint32_t handle, uint64_t proc, int id)
{
    for (; *chain; chain = &(*chain)->next) {
        struct hook *hook = *chain;
        if (handle ? hook->data.handle != handle : hook->data.proc != proc || hook->data.id != id) continue;
        *chain = hook->next;
        free(hook);
        return true;
    }
    return false;
}

/* By handle or, Handle 0, by kind and procedure. */
NTSTATUS sys_NtUserUnhook(ULONG Handle, LONG Id, ULONG64 Proc)
{
    bool found = false;

    user_lock();
    for (int i = 0; i < HOOK_KINDS && !found; i++) {
        found = remove_from(&global[i], Handle, Proc, Id);
        for (struct queue *queue = queues_first(); queue && !found; queue = queue->next)
            found = remove_from(&queue->hooks[i], Handle, Proc, Id);
    }
    user_unlock();
    return found ? STATUS_SUCCESS : STATUS_USER(ERROR_INVALID_HOOK_HANDLE);
}

/* The hook of kind Id to call for the calling thread: the first one (After 0) or the one after that handle; its handle is 0
 * if there is none. Thread hooks come before those of all threads. */
NTSTATUS sys_NtUserNextHook(LONG Id, ULONG After, struct user_hook *Hook)
{
    struct queue *queue = queue_mine();
    struct user_hook data = { 0 };
    bool take = !After;

    if (!queue) return STATUS_NO_MEMORY;
    user_lock();
    for (int round = 0; round < 2 && !data.handle; round++) {
        for (int i = After ? 0 : Id + 1; i < (After ? HOOK_KINDS : Id + 2) && !data.handle; i++) {
            for (struct hook *hook = round ? global[i] : queue->hooks[i]; hook; hook = hook->next) {
                if (take && (!After || hook->data.id == Id)) {
                    data = hook->data;
                    break;
                }
                if (hook->data.handle == After) {
                    take = true;
                    Id = hook->data.id;
                }
            }
        }
    }
    user_unlock();
    *Hook = data;
    return STATUS_SUCCESS;
}

/* The kinds set for the calling thread: bit WH_x + 1. */
ULONG sys_NtUserHooks(void)
{
    struct queue *queue = queue_mine();

    if (!queue) return 0;
    user_lock();
    uint32_t mask = hooks_of(queue);
    user_unlock();
    return mask;
}

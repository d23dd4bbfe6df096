/* Local objects (files, sections) on their way into another process's handle table. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

#define IMPORTS_MAX 4096u

struct import {
    struct import *next;
    uint64_t number;
    uint32_t process;
    int fd;
    uint32_t size;
    unsigned char data[];
};

static struct import *imports;
static uint64_t last_number;
static unsigned count;

static void drop(struct import **at)
{
    struct import *import = *at;

    *at = import->next;
    if (import->fd >= 0) close(import->fd);
    free(import);
    count--;
}

void import_process_gone(uint32_t process)
{
    for (struct import **at = &imports; *at;) {
        if ((*at)->process == process) drop(at);
        else at = &(*at)->next;
    }
}

/* A free entry of those that others make, now `rights`: its index, 0. */
static uint32_t take_entry(struct process *process, uint64_t rights, uint64_t number)
{
    struct process_block *block = arena_map_block(process->block);
    uint32_t index = 0;

    if (!block) return 0;
    struct handle_entry *entries = block_handles(block);
    for (uint32_t i = ARENA_FIRST_FOREIGN_HANDLE; i < ARENA_HANDLES && !index; i++) {
        uint64_t none = 0;
        if (!atomic_compare_exchange_strong(&entries[i].rights, &none, HANDLE_PHASE_RESERVED)) continue;
        entries[i].import = number;
        entries[i].fd = -1;
        atomic_store(&entries[i].target, 0);
        atomic_store(&entries[i].rights, rights);
        atomic_fetch_add(&block->handle_count, 1);
        index = i;
    }
    arena_unmap_block(block);
    return index;
}

NTSTATUS request_import_put(struct request *request, const struct request_import_put *in, uint32_t extra,
                            struct reply_import_put *out)
{
    struct process *process = process_find(in->process);

    if (!process) return STATUS_PROCESS_IS_TERMINATING;
    if (in->data_size != extra || in->type >= OBJECT_TYPE_COUNT) return STATUS_INVALID_PARAMETER;
    if (count >= IMPORTS_MAX) return STATUS_INSUFFICIENT_RESOURCES;
    struct import *import = malloc(sizeof(*import) + extra);
    if (!import) return STATUS_NO_MEMORY;
    import->number = ++last_number;
    import->process = in->process;
    import->size = extra;
    memcpy(import->data, in + 1, extra);
    uint64_t rights = (uint64_t)in->access << 32 | HANDLE_LOCAL | HANDLE_PHASE_LIVE | (in->attributes & 3) << 8 | in->type;
    uint32_t index = take_entry(process, rights, import->number);
    if (!index) {
        free(import);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    import->fd = request->fd;
    request->fd = -1;
    import->next = imports;
    imports = import;
    count++;
    out->handle = index * 4;
    return STATUS_SUCCESS;
}

NTSTATUS request_import_get(struct request *request, const struct request_import_get *in, uint32_t extra,
                            struct reply_import_get *out)
{
    for (struct import **at = &imports; *at; at = &(*at)->next) {
        struct import *import = *at;
        if (import->number != in->import || import->process != request->client->process->slot) continue;
        out->data_size = request->reply_extra = import->size;
        memcpy(out + 1, import->data, import->size);
        request->reply_fd = import->fd;
        request->fd = import->fd; /* closed once it was sent */
        import->fd = -1;
        drop(at);
        return STATUS_SUCCESS;
    }
    return STATUS_INVALID_HANDLE;
}

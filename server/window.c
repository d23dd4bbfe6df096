/* The desktop's memory, and user atoms. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "server.h"
#include "ferry/desktop.h"
#include "ferry/user_atoms.h"

static int desktop_fd = -1;
static unsigned char *memory;

static struct window_record *window_at(uint32_t number)
{
    return (struct window_record *)(memory + DESKTOP_WINDOWS_OFFSET + (uint64_t)number * DESKTOP_WINDOW_SIZE);
}

static struct queue_record *queue_at(uint32_t number)
{
    return (struct queue_record *)(memory + DESKTOP_QUEUES_OFFSET + number * DESKTOP_QUEUE_SIZE);
}

static void make_root(uint32_t number, const char *name, int width, int height)
{
    struct window_record *record = window_at(number);

    record->generation = 1;
    record->style = WS_POPUP | WS_VISIBLE | WS_CLIPSIBLINGS | WS_CLIPCHILDREN;
    record->window = record->client = (struct desktop_rect){ 0, 0, width, height };
    record->flags = RECORD_UNICODE;
    record->class_atom = number == DESKTOP_ROOT ? 32769 : 0xc009;
    while (name[record->class_units]) {
        record->class_name[record->class_units] = (unsigned char)name[record->class_units];
        record->class_units++;
    }
    atomic_store(&record->owner, ~0u);
    atomic_store(&record->handle, HWND_OF(1, number));
}

static bool make_desktop(void)
{
    desktop_fd = memfd_create("ferry-desktop", MFD_CLOEXEC);
    if (desktop_fd < 0 || ftruncate(desktop_fd, (off_t)DESKTOP_SIZE)) return false;
    void *at = mmap(NULL, DESKTOP_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, desktop_fd, 0);
    if (at == MAP_FAILED) return false;
    memory = at;
    struct desktop_header *header = at;
    header->magic = DESKTOP_MAGIC;
    atomic_store(&header->window_limit, DESKTOP_FIRST);
    atomic_store(&header->queue_limit, 1);
    make_root(DESKTOP_ROOT, "#32769", 1024, 768);
    make_root(DESKTOP_MESSAGE, "Message", 0, 0);
    return true;
}

NTSTATUS request_desktop_map(struct request *request, const struct request_desktop_map *in, uint32_t extra,
                             struct reply_desktop_map *out)
{
    if (!memory && !make_desktop()) return STATUS_NO_MEMORY;
    request->reply_fd = desktop_fd;
    return STATUS_SUCCESS;
}

static uint32_t bounded(atomic_uint *limit, uint32_t most)
{
    uint32_t value = atomic_load(limit);

    return value < most ? value : most;
}

void window_process_gone(struct process *process)
{
    struct desktop_header *header = (struct desktop_header *)memory;

    if (!memory) return;
    for (uint32_t i = DESKTOP_FIRST; i < bounded(&header->window_limit, DESKTOP_WINDOWS); i++) {
        struct window_record *record = window_at(i);
        if (atomic_load(&record->owner) != process->slot) continue;
        atomic_store(&record->handle, 0);
        atomic_store(&record->owner, 0);
    }
    for (uint32_t i = 1; i < bounded(&header->queue_limit, DESKTOP_QUEUES); i++)
        if (atomic_load(&queue_at(i)->owner) == process->slot) atomic_store(&queue_at(i)->owner, 0);
}

static struct queue_record *find_queue(uint32_t thread)
{
    struct desktop_header *header = (struct desktop_header *)memory;

    for (uint32_t i = 1; memory && i < bounded(&header->queue_limit, DESKTOP_QUEUES); i++)
        if (atomic_load(&queue_at(i)->owner) && queue_at(i)->thread == thread) return queue_at(i);
    return NULL;
}

bool window_find_queue(uint32_t thread, uint32_t *process, uint32_t *event)
{
    struct queue_record *record = find_queue(thread);

    if (!record) return false;
    *process = atomic_load(&record->owner);
    *event = record->event;
    return process_find(*process) != NULL;
}

void window_wake(uint32_t thread)
{
    struct queue_record *record = find_queue(thread);

    if (!record) return;
    atomic_store(&record->mail, 1);
    if (slot_is_granted(record->event)) slot_signal(record->event);
}

/* ---- user atoms: kept as long as the session ---- */

struct atom {
    uint32_t units;
    WCHAR *name;
};

static struct atom *atoms;
static uint32_t atom_count, atom_room;

static WCHAR fold(WCHAR c)
{
    if (c < 128) return c >= 'a' && c <= 'z' ? c - 32 : c;
    return (c >= 0xe0 && c <= 0xfe && c != 0xf7) ? c - 32 : c;
}

NTSTATUS request_atom_add(struct request *request, const struct request_atom_add *in, uint32_t extra,
                          struct reply_atom_add *out)
{
    const WCHAR *name = (const WCHAR *)(in + 1);

    if (!in->units || in->units > 255 || extra < in->units * sizeof(WCHAR)) return STATUS_INVALID_PARAMETER;
    for (uint32_t i = 0; i < atom_count; i++) {
        uint32_t same = 0;
        if (atoms[i].units != in->units) continue;
        while (same < in->units && fold(atoms[i].name[same]) == fold(name[same])) same++;
        if (same < in->units) continue;
        out->atom = USER_ATOM_FIRST + i;
        return STATUS_SUCCESS;
    }
    if (!in->add) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (USER_ATOM_FIRST + atom_count >= 0x10000) return STATUS_NO_MEMORY;
    if (atom_count == atom_room) {
        struct atom *more = realloc(atoms, (atom_room + 64) * sizeof(*atoms));
        if (!more) return STATUS_NO_MEMORY;
        atoms = more;
        atom_room += 64;
    }
    WCHAR *copy = malloc(in->units * sizeof(WCHAR));
    if (!copy) return STATUS_NO_MEMORY;
    memcpy(copy, name, in->units * sizeof(WCHAR));
    atoms[atom_count] = (struct atom){ in->units, copy };
    out->atom = USER_ATOM_FIRST + atom_count++;
    return STATUS_SUCCESS;
}

NTSTATUS request_atom_name(struct request *request, const struct request_atom_name *in, uint32_t extra,
                           struct reply_atom_name *out)
{
    if (in->atom < USER_ATOM_FIRST || in->atom - USER_ATOM_FIRST >= atom_count) return STATUS_OBJECT_NAME_NOT_FOUND;
    const struct atom *atom = &atoms[in->atom - USER_ATOM_FIRST];
    out->units = atom->units;
    request->reply_extra = atom->units * sizeof(WCHAR);
    memcpy(out + 1, atom->name, request->reply_extra);
    return STATUS_SUCCESS;
}

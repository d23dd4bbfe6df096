/* The desktop's shared memory. */
#include "window.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "handle.h"
#include "host.h"
#include "server_client.h"

static unsigned char *memory;
static uint32_t my_process;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void user_lock(void)
{
    pthread_mutex_lock(&lock);
}

void user_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

struct desktop_header *desktop(void)
{
    return (struct desktop_header *)memory;
}

struct window_record *desktop_window(uint32_t record)
{
    return (struct window_record *)(memory + DESKTOP_WINDOWS_OFFSET + (uint64_t)(record % DESKTOP_WINDOWS) * DESKTOP_WINDOW_SIZE);
}

struct queue_record *desktop_queue(uint32_t record)
{
    return (struct queue_record *)(memory + DESKTOP_QUEUES_OFFSET + (record % DESKTOP_QUEUES) * DESKTOP_QUEUE_SIZE);
}

static void map_desktop(void)
{
    struct request_desktop_map in = { .header = { 0 } };
    struct reply_desktop_map out;
    struct server_call call = { .request = &in.header, .request_size = sizeof(in), .reply = &out.header,
                                .reply_size = sizeof(out) };
    int fd = -1;
    void *at;

    if (server_is_connected()) {
        if (server_call(REQUEST_desktop_map, &call) || call.reply_fd < 0) return;
        fd = call.reply_fd;
        at = mmap(NULL, DESKTOP_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        close(fd);
    } else {
        at = mmap(NULL, DESKTOP_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    }
    if (at == MAP_FAILED) {
        host_report("no memory for the desktop");
        return;
    }
    my_process = SLOT_OF_ID(object_process_id());
    memory = at;
    for (uint32_t number = DESKTOP_ROOT; number <= DESKTOP_MESSAGE; number++) {
        struct window *window = number == DESKTOP_ROOT ? &root_window : &message_window;
        window->number = number;
        window->handle = HWND_OF(1, number);
        window->record = desktop_window(number);
        window->unicode = true;
    }
}

bool desktop_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, map_desktop);
    return memory != NULL;
}

/* ---- records ---- */

static void raise_limit(atomic_uint *limit, uint32_t to)
{
    unsigned seen = atomic_load(limit);

    while (seen < to && !atomic_compare_exchange_weak(limit, &seen, to)) {}
}

/* Where to look first: low numbers are used again, so that others have few records to look at. */
static atomic_uint first_free = DESKTOP_FIRST;

uint32_t desktop_take_window(void)
{
    uint32_t hint = atomic_load(&first_free);

    for (uint32_t tried = 0; tried < DESKTOP_WINDOWS - DESKTOP_FIRST; tried++) {
        uint32_t number = hint;
        unsigned none = 0;
        struct window_record *record = desktop_window(number);
        hint = number + 1 < DESKTOP_WINDOWS ? number + 1 : DESKTOP_FIRST;
        if (!atomic_compare_exchange_strong(&record->owner, &none, my_process)) continue;
        raise_limit(&desktop()->window_limit, number + 1);
        uint32_t generation = record->generation % 0x7fff + 1;
        memset((char *)record + sizeof(record->owner), 0, offsetof(struct window_record, class_name) - sizeof(record->owner));
        record->generation = generation;
        atomic_store(&first_free, hint);
        return number;
    }
    return 0;
}

void desktop_free_window(uint32_t number)
{
    struct window_record *record = desktop_window(number);

    atomic_store(&record->handle, 0);
    atomic_store(&record->owner, 0);
    if (number < atomic_load(&first_free)) atomic_store(&first_free, number);
}

uint32_t desktop_take_queue(void)
{
    for (uint32_t number = 1; number < DESKTOP_QUEUES; number++) {
        struct queue_record *record = desktop_queue(number);
        unsigned none = 0;
        if (!atomic_compare_exchange_strong(&record->owner, &none, my_process)) continue;
        memset((char *)record + sizeof(record->owner), 0, sizeof(*record) - sizeof(record->owner));
        raise_limit(&desktop()->queue_limit, number + 1);
        return number;
    }
    return 0;
}

struct window_record *desktop_find(uint32_t handle)
{
    if (!memory) return NULL;
    struct window_record *record = desktop_window(HWND_RECORD(handle));
    return handle && atomic_load(&record->handle) == handle ? record : NULL;
}

bool desktop_read(uint32_t handle, struct window_record *copy)
{
    struct window_record *record = desktop_find(handle);

    for (int attempt = 0; record && attempt < 1000; attempt++) {
        unsigned before = atomic_load(&record->sequence);
        memcpy(copy, record, sizeof(*copy));
        atomic_thread_fence(memory_order_acquire);
        if (atomic_load(&record->handle) != handle) return false;
        if (!(before & 1) && atomic_load(&record->sequence) == before) break;
    }
    if (!record) return false;
    if (copy->class_units > DESKTOP_CLASS_UNITS) copy->class_units = DESKTOP_CLASS_UNITS;
    if (copy->text_units > DESKTOP_TEXT_UNITS) copy->text_units = DESKTOP_TEXT_UNITS;
    return true;
}

void record_begin(struct window_record *record)
{
    atomic_fetch_add_explicit(&record->sequence, 1, memory_order_acq_rel);
}

void record_end(struct window_record *record)
{
    atomic_fetch_add_explicit(&record->sequence, 1, memory_order_release);
}

void desktop_set_size(int left, int top, int width, int height)
{
    struct window_record *record = desktop_window(DESKTOP_ROOT);
    struct desktop_rect rect = { left, top, left + width, top + height };

    record_begin(record);
    record->window = record->client = rect;
    record_end(record);
}

/* The named pipes of a prefix: a file that every process maps, like the table of open files (share.c), with its owner
 * numbers. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include "host.h"
#include "path.h"
#include "pipe.h"
#include "share.h"
#include "sync.h"
#include "thread.h"

#define MAGIC 0x50495032
#define NAMES 512
#define INSTANCES 4096

struct table {
    uint32_t magic;
    uint32_t change; /* futex: an instance listens, a name went */
    uint64_t next_id;
    pthread_mutex_t mutex;
    struct pipe_name names[NAMES];
    struct pipe_instance instances[INSTANCES];
};

static struct table *table;
static uint64_t prefix_id;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void table_open(void)
{
    pthread_mutexattr_t attributes;
    char name[PATH_MAX];
    struct stat st;
    struct flock setup = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    int fd = -1;

    if (snprintf(name, sizeof(name), "%s/.pipes", host.prefix) < sizeof(name))
        fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) {
        fcntl(fd, F_OFD_SETLKW, &setup);
        if (!ftruncate(fd, sizeof(*table)) && !fstat(fd, &st)) {
            table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
            prefix_id = st.st_dev * 0x9e3779b97f4a7c15ull + st.st_ino;
        }
    }
    if (!table || table == MAP_FAILED)
        table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (table->magic != MAGIC) {
        memset(table, 0, sizeof(*table));
        pthread_mutexattr_init(&attributes);
        pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
        pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
        pthread_mutex_init(&table->mutex, &attributes);
        table->next_id = (uint64_t)getpid() << 32 | 1;
        table->magic = MAGIC;
    }
    if (fd >= 0) {
        setup.l_type = F_UNLCK; /* closing is not enough: the mapping keeps the open file */
        fcntl(fd, F_OFD_SETLK, &setup);
        close(fd);
    }
}

static void table_lock(void)
{
    pthread_once(&once, table_open);
    if (pthread_mutex_lock(&table->mutex) == EOWNERDEAD)
        pthread_mutex_consistent(&table->mutex); /* every change leaves the table usable at each step */
}

static void table_unlock(void)
{
    pthread_mutex_unlock(&table->mutex);
}

static void table_changed(void)
{
    __atomic_add_fetch(&table->change, 1, __ATOMIC_RELEASE);
    syscall(SYS_futex, &table->change, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static struct pipe_name *name_of(const struct pipe_instance *instance)
{
    return instance->name && instance->name <= NAMES ? &table->names[instance->name - 1] : NULL;
}

static bool is_dead(const struct pipe_instance *instance)
{
    return instance->name && !share_owner_alive(instance->server_owner);
}

static unsigned count_instances(uint32_t name)
{
    unsigned i, count = 0;
    for (i = 0; i < INSTANCES; i++)
        count += table->instances[i].name == name;
    return count;
}

static void instance_clear(struct pipe_instance *instance)
{
    uint32_t name = instance->name;

    instance->name = 0;
    instance->state = 0;
    if (name && name <= NAMES && !count_instances(name))
        table->names[name - 1].units = 0;
    table_changed();
}

/* Index + 1 of a name; 0: none. Names whose servers were killed go. */
static uint32_t find_name(const WCHAR *name, int units)
{
    uint32_t i, j;

    for (i = 0; i < NAMES; i++) {
        const struct pipe_name *entry = &table->names[i];
        if (!entry->units || entry->units > PIPE_NAME_UNITS ||
            !path_names_equal(entry->name, entry->units, name, units))
            continue;
        for (j = 0; j < INSTANCES; j++)
            if (table->instances[j].name == i + 1 && is_dead(&table->instances[j]))
                instance_clear(&table->instances[j]);
        return table->names[i].units ? i + 1 : 0;
    }
    return 0;
}

NTSTATUS pipe_table_create(const WCHAR *name, int units, const struct pipe_name *wanted, bool must_be_new,
                           bool must_exist, struct pipe_instance **instance, struct pipe_name *now, bool *first)
{
    struct pipe_name *entry;
    uint32_t index, i;
    NTSTATUS status = STATUS_SUCCESS;

    if (units > PIPE_NAME_UNITS || !units)
        return STATUS_OBJECT_NAME_INVALID;
    table_lock();
    index = find_name(name, units);
    *first = !index;
    if (index) {
        entry = &table->names[index - 1];
        if (must_be_new || entry->message_type != wanted->message_type ||
            entry->configuration != wanted->configuration)
            status = STATUS_ACCESS_DENIED;
        else if (count_instances(index) >= entry->maximum)
            status = STATUS_INSTANCE_NOT_AVAILABLE;
    } else if (must_exist) {
        status = STATUS_OBJECT_NAME_NOT_FOUND;
    } else {
        for (i = 0; i < NAMES && table->names[i].units; i++)
            ;
        if (i == NAMES) {
            status = STATUS_INSUFFICIENT_RESOURCES;
        } else {
            entry = &table->names[i];
            *entry = *wanted;
            memcpy(entry->name, name, units * sizeof(WCHAR));
            entry->units = units;
            index = i + 1;
        }
    }
    if (!status) {
        for (i = 0; i < INSTANCES && table->instances[i].name; i++)
            ;
        if (i == INSTANCES) {
            status = STATUS_INSUFFICIENT_RESOURCES;
            if (*first)
                table->names[index - 1].units = 0;
        } else {
            /* The server makes its socket before others may see it listen: pipe_table_set_state. */
            table->instances[i] = (struct pipe_instance){
                .name = index, .state = FERRY_PIPE_DISCONNECTED_STATE, .id = table->next_id++,
                .server_owner = share_owner(), .server_process = object_process_id(),
            };
            *instance = &table->instances[i];
            *now = table->names[index - 1];
        }
    }
    table_unlock();
    return status;
}

NTSTATUS pipe_table_connect(const WCHAR *name, int units, ACCESS_MASK access, struct pipe_instance **instance,
                            struct pipe_name *now)
{
    NTSTATUS status = STATUS_PIPE_NOT_AVAILABLE;
    uint32_t index, i;

    table_lock();
    index = find_name(name, units);
    if (!index) {
        status = STATUS_OBJECT_NAME_NOT_FOUND;
    } else {
        *now = table->names[index - 1];
        if (((access & FILE_READ_DATA) && now->configuration == 0) ||
            ((access & FILE_WRITE_DATA) && now->configuration == 1))
            status = STATUS_ACCESS_DENIED;
    }
    for (i = 0; status == STATUS_PIPE_NOT_AVAILABLE && i < INSTANCES; i++) {
        struct pipe_instance *candidate = &table->instances[i];
        if (candidate->name != index || candidate->state != FERRY_PIPE_LISTENING_STATE)
            continue;
        candidate->client_owner = share_owner();
        candidate->client_process = object_process_id();
        candidate->remaining[0] = candidate->remaining[1] = 0;
        __atomic_store_n(&candidate->state, FERRY_PIPE_CONNECTED_STATE, __ATOMIC_RELEASE);
        *instance = candidate;
        status = STATUS_SUCCESS;
    }
    table_unlock();
    return status;
}

NTSTATUS pipe_table_wait(const WCHAR *name, int units, const LARGE_INTEGER *timeout)
{
    uint64_t deadline = 0;
    bool have_deadline = false;

    for (;;) {
        uint32_t index, i, change;
        bool listening = false;
        int64_t own = 0;
        struct timespec slice = {.tv_nsec = 50000000}; /* a server that is killed changes nothing: look again */
        NTSTATUS status;

        table_lock();
        change = table->change;
        index = find_name(name, units);
        for (i = 0; index && i < INSTANCES && !listening; i++)
            listening = table->instances[i].name == index &&
                        table->instances[i].state == FERRY_PIPE_LISTENING_STATE;
        if (index)
            own = table->names[index - 1].default_timeout;
        table_unlock();
        if (!index)
            return STATUS_OBJECT_NAME_NOT_FOUND;
        if (listening)
            return STATUS_SUCCESS;
        if (!have_deadline) {
            int64_t time = timeout ? timeout->QuadPart : own;
            deadline = time == INT64_MIN ? DEADLINE_NEVER : ticks_due(time);
            have_deadline = true;
        }
        if (ticks_passed(deadline))
            return STATUS_IO_TIMEOUT;
        status = wait_pending(thread_self(), false);
        if (status)
            return status;
        if (deadline != DEADLINE_NEVER && !(deadline & TIMER_SYSTEM_TIME)) {
            uint64_t now_ticks = ticks_monotonic();
            if (deadline - now_ticks < 500000)
                slice.tv_nsec = (deadline - now_ticks) * 100;
        }
        wait_block(thread_self(), false, SYS_futex, (long)&table->change, FUTEX_WAIT, change, (long)&slice, 0, 0);
    }
}

void pipe_table_set_state(struct pipe_instance *instance, uint32_t state, bool next_generation)
{
    table_lock();
    if (next_generation)
        instance->generation++;
    __atomic_store_n(&instance->state, state, __ATOMIC_RELEASE);
    if (state == FERRY_PIPE_LISTENING_STATE)
        table_changed();
    table_unlock();
}

void pipe_table_free(struct pipe_instance *instance)
{
    table_lock();
    instance_clear(instance);
    table_unlock();
}

void pipe_table_name(const struct pipe_instance *instance, struct pipe_name *name, uint32_t *instances)
{
    struct pipe_name *entry;

    table_lock();
    entry = name_of(instance);
    if (entry)
        *name = *entry;
    else
        memset(name, 0, sizeof(*name));
    *instances = entry ? count_instances(instance->name) : 0;
    table_unlock();
}

bool pipe_table_next(unsigned *index, struct pipe_name *name)
{
    bool found = false;

    table_lock();
    while (!found && *index < NAMES) {
        *name = table->names[(*index)++];
        found = name->units && find_name(name->name, name->units);
    }
    table_unlock();
    return found;
}

int pipe_address(const struct pipe_instance *instance, struct sockaddr_un *address)
{
    int length;

    memset(address, 0, sizeof(*address));
    address->sun_family = AF_UNIX;
    length = snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "ferry-pipe-%llx-%llx",
                      (unsigned long long)prefix_id, (unsigned long long)instance->id);
    return offsetof(struct sockaddr_un, sun_path) + 1 + length;
}

uint32_t pipe_state(const struct pipe *pipe)
{
    const struct pipe_instance *instance = pipe->instance;

    if (!instance)
        return FERRY_PIPE_CONNECTED_STATE;
    if (pipe->server)
        return __atomic_load_n(&instance->state, __ATOMIC_ACQUIRE);
    if (instance->id != pipe->id || !instance->name)
        return FERRY_PIPE_CLOSING_STATE; /* the server closed it */
    if (instance->generation != pipe->generation || instance->state != FERRY_PIPE_CONNECTED_STATE)
        return FERRY_PIPE_DISCONNECTED_STATE;
    return FERRY_PIPE_CONNECTED_STATE;
}

uint32_t pipe_table_index(const struct pipe_instance *instance)
{
    return instance - table->instances;
}

struct pipe_instance *pipe_table_at(uint32_t index, uint64_t id)
{
    struct pipe_instance *found = NULL;

    if (index >= INSTANCES)
        return NULL;
    table_lock();
    if (table->instances[index].id == id)
        found = &table->instances[index];
    table_unlock();
    return found;
}

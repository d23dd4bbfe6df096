/* What is known about each type of object, and start-up of the object system. */
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "host.h"
#include "object.h"
#include "startup.h"
#include "sync.h"

#define TYPE(name, read, write, execute, all) { name, { read, write, execute, all } }

static const struct type_info {
    const char *name;
    GENERIC_MAPPING mapping;
} types[OBJECT_TYPE_COUNT] = {
    [OBJECT_EVENT] = TYPE("Event", STANDARD_RIGHTS_READ | 1, STANDARD_RIGHTS_WRITE | EVENT_MODIFY_STATE,
                          STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE, EVENT_ALL_ACCESS),
    [OBJECT_MUTANT] = TYPE("Mutant", STANDARD_RIGHTS_READ | MUTANT_QUERY_STATE, STANDARD_RIGHTS_WRITE,
                           STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE, MUTANT_ALL_ACCESS),
    [OBJECT_SEMAPHORE] = TYPE("Semaphore", STANDARD_RIGHTS_READ | 1, STANDARD_RIGHTS_WRITE | SEMAPHORE_MODIFY_STATE,
                              STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE, SEMAPHORE_ALL_ACCESS),
    [OBJECT_TIMER] = TYPE("Timer", STANDARD_RIGHTS_READ | TIMER_QUERY_STATE,
                          STANDARD_RIGHTS_WRITE | TIMER_MODIFY_STATE, STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE,
                          TIMER_ALL_ACCESS),
    [OBJECT_THREAD] = TYPE("Thread", STANDARD_RIGHTS_READ | THREAD_QUERY_INFORMATION | THREAD_GET_CONTEXT,
                           STANDARD_RIGHTS_WRITE | THREAD_TERMINATE | THREAD_SUSPEND_RESUME | THREAD_SET_CONTEXT |
                               THREAD_SET_INFORMATION | 0x40,
                           STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE | THREAD_QUERY_LIMITED_INFORMATION | 0x1000,
                           THREAD_ALL_ACCESS),
    [OBJECT_PROCESS] = TYPE("Process", STANDARD_RIGHTS_READ | PROCESS_VM_READ | PROCESS_QUERY_INFORMATION,
                            STANDARD_RIGHTS_WRITE | PROCESS_CREATE_PROCESS | PROCESS_CREATE_THREAD |
                                PROCESS_VM_OPERATION | PROCESS_VM_WRITE | PROCESS_DUP_HANDLE | PROCESS_TERMINATE |
                                PROCESS_SET_QUOTA | PROCESS_SET_INFORMATION | PROCESS_SUSPEND_RESUME,
                            STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE | PROCESS_TERMINATE |
                                PROCESS_QUERY_LIMITED_INFORMATION,
                            PROCESS_ALL_ACCESS),
    [OBJECT_JOB] = TYPE("Job", STANDARD_RIGHTS_READ | JOB_OBJECT_QUERY,
                        STANDARD_RIGHTS_WRITE | JOB_OBJECT_ASSIGN_PROCESS | JOB_OBJECT_SET_ATTRIBUTES |
                            JOB_OBJECT_TERMINATE,
                        STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE, JOB_OBJECT_ALL_ACCESS),
    [OBJECT_IO_COMPLETION] = TYPE("IoCompletion", STANDARD_RIGHTS_READ | 1, STANDARD_RIGHTS_WRITE | 2,
                                  STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE, STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 3),
    [OBJECT_WAIT_PACKET] = TYPE("WaitCompletionPacket", STANDARD_RIGHTS_READ, STANDARD_RIGHTS_WRITE | 1,
                                STANDARD_RIGHTS_EXECUTE, STANDARD_RIGHTS_REQUIRED | 1),
    [OBJECT_KEYED_EVENT] = TYPE("KeyedEvent", STANDARD_RIGHTS_READ | 1, STANDARD_RIGHTS_WRITE | 2,
                                STANDARD_RIGHTS_EXECUTE, STANDARD_RIGHTS_REQUIRED | 3),
    [OBJECT_FILE] = TYPE("File", FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS),
    [OBJECT_SECTION] = TYPE("Section", STANDARD_RIGHTS_READ | SECTION_QUERY | SECTION_MAP_READ,
                            STANDARD_RIGHTS_WRITE | SECTION_MAP_WRITE, STANDARD_RIGHTS_EXECUTE | SECTION_MAP_EXECUTE,
                            SECTION_ALL_ACCESS),
    [OBJECT_KEY] = TYPE("Key", KEY_READ, KEY_WRITE, KEY_EXECUTE, KEY_ALL_ACCESS),
    [OBJECT_DIRECTORY] = TYPE("Directory", STANDARD_RIGHTS_READ | 3, STANDARD_RIGHTS_WRITE | 0xc,
                              STANDARD_RIGHTS_EXECUTE | 3, STANDARD_RIGHTS_REQUIRED | 0xf),
    [OBJECT_SYMBOLIC_LINK] = TYPE("SymbolicLink", STANDARD_RIGHTS_READ | 1, STANDARD_RIGHTS_WRITE,
                                  STANDARD_RIGHTS_EXECUTE | 1, STANDARD_RIGHTS_REQUIRED | 1),
    [OBJECT_TOKEN] = TYPE("Token", TOKEN_READ, TOKEN_WRITE, TOKEN_EXECUTE, TOKEN_ALL_ACCESS),
};

const char *object_type_name(enum object_type type)
{
    return type < OBJECT_TYPE_COUNT && types[type].name ? types[type].name : "";
}

const GENERIC_MAPPING *object_type_mapping(enum object_type type)
{
    return &types[type < OBJECT_TYPE_COUNT ? type : 0].mapping;
}

ACCESS_MASK object_map_access(const GENERIC_MAPPING *mapping, ACCESS_MASK access)
{
    ACCESS_MASK result = access & ~(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL | MAXIMUM_ALLOWED);

    if (access & GENERIC_READ) result |= mapping->GenericRead;
    if (access & GENERIC_WRITE) result |= mapping->GenericWrite;
    if (access & GENERIC_EXECUTE) result |= mapping->GenericExecute;
    if (access & (GENERIC_ALL | MAXIMUM_ALLOWED)) result |= mapping->GenericAll;
    return result & (mapping->GenericAll | ACCESS_SYSTEM_SECURITY | 0xffff);
}

static const struct object_ops *local_types[OBJECT_TYPE_COUNT];

void object_register_type(const struct object_ops *ops)
{
    local_types[ops->type] = ops;
}

const struct object_ops *object_local_type(enum object_type type)
{
    return type < OBJECT_TYPE_COUNT ? local_types[type] : NULL;
}

uint32_t object_process_id(void)
{
    return ID_OF_SLOT(process_slot);
}

void objects_init(void)
{
    arena_init(startup ? startup->token : 0);
    handle_init();
    if (startup) handle_adopt();
    if (!process_slot) { /* no server */
        process_slot = slot_allocate(OBJECT_PROCESS, 0, SLOT_MANUAL_RESET);
        struct slot *slot = slot_at(process_slot);
        atomic_store(&slot->owner, process_slot);
        slot->process.exit_status = STATUS_PENDING;
        slot->process.create_time = ticks_system();
    }
    slot_at(process_slot)->process.unix_id = getpid();
    process_block->session = 1;
    atomic_store(&process_block->slot, process_slot);
}

/* The server makes it known once the process has really gone. */
void process_mark_exit(NTSTATUS status)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    process_block->user_time = (uint64_t)usage.ru_utime.tv_sec * 10000000 + (uint64_t)usage.ru_utime.tv_usec * 10;
    process_block->kernel_time = (uint64_t)usage.ru_stime.tv_sec * 10000000 + (uint64_t)usage.ru_stime.tv_usec * 10;
    process_block->page_faults = (uint32_t)(usage.ru_minflt + usage.ru_majflt);
    slot_at(process_slot)->process.exit_status = status;
    slot_at(process_slot)->process.exit_time = ticks_system(); /* which says that there is a status */
}

/* Requests to ferryserver, declared once: the kinds, and for each a request and a reply structure.
 *
 * Transport: a SOCK_SEQPACKET connection per process, one message per request and one per reply, at most one file
 * descriptor with either. A message is its structure, then `size - sizeof(structure)` bytes that belong to it. Adding
 * a request: a line in FERRY_REQUESTS, two structures here, and request_NAME() in server/.
 */
#ifndef FERRY_PROTOCOL_H
#define FERRY_PROTOCOL_H

#include <stdint.h>

#define FERRY_PROTOCOL_VERSION 1u
#define MESSAGE_MAX 0x11000u /* bytes */
#define NAME_UNITS_MAX 0x7fffu
#define SLOT_RANGES_MAX 64u

#define FERRY_REQUESTS(X)                                                                                     \
    X(hello)             /* first: binds the connection to a process */                                       \
    X(slots)             /* more arena slots */                                                               \
    X(slot_gone)         /* the last reference of a slot the server knows went */                             \
    X(name_create)                                                                                            \
    X(name_open)                                                                                              \
    X(name_release)                                                                                           \
    X(name_query)                                                                                             \
    X(name_permanent)                                                                                         \
    X(directory_query)                                                                                        \
    X(process_new)       /* a child: slot, block, token for its hello */                                      \
    X(process_started)   /* its pidfd; or it could not be started */                                          \
    X(process_terminate)                                                                                      \
    X(process_connect)   /* a socket for another process's agent (remote.h) */                                \
    X(import_put)        /* a local object into another process's handle table */                             \
    X(import_get)                                                                                             \
    X(job_assign)                                                                                             \
    X(job_set)                                                                                                \
    X(job_port)          /* a completion port that hears of its members */                                    \
    X(job_query)                                                                                              \
    X(job_terminate)                                                                                          \
    X(registry_map)      /* the registry to read (registry.h) */                                              \
    X(registry_change)   /* create, delete, rename keys; set and delete values */                             \
    X(registry_flush)                                                                                         \
    X(registry_hive)     /* saves, restores, loads and unloads hive files */                                  \
    X(registry_watch)                                                                                         \
    X(desktop_map)       /* windows and queues to look at (desktop.h) */                                      \
    X(atom_add)          /* user atoms */                                                                     \
    X(atom_name)                                                                                              \
    X(mail_send)         /* a window message for a thread of another process */                               \
    X(mail_take)                                                                                              \
    X(mail_reply)                                                                                             \
    X(counters)

enum request_kind {
#define X(name) REQUEST_##name,
    FERRY_REQUESTS(X)
#undef X
        REQUEST_COUNT
};

struct request_header {
    uint32_t kind;
    uint32_t size; /* of the whole message */
};

struct reply_header {
    int32_t status; /* NTSTATUS */
    uint32_t size;
};

struct slot_range {
    uint32_t first, count;
};

/* fd: an end of a SOCK_SEQPACKET pair that the server keeps open as long as it lives; it hands over connections to the
 * client's agent there. */
struct request_hello {
    struct request_header header;
    uint32_t version;
    uint32_t reserved;
    uint64_t token; /* of process_new, or 0 */
};
/* fd: the arena */
struct reply_hello {
    struct reply_header header;
    uint64_t epoch;
    uint32_t process; /* slot */
    uint32_t block;
    struct slot_range slots;
};

struct request_slots {
    struct request_header header;
    uint32_t count; /* wanted */
};
struct reply_slots {
    struct reply_header header;
    uint32_t count; /* of ranges */
    struct slot_range ranges[SLOT_RANGES_MAX];
};

struct request_slot_gone {
    struct request_header header;
    uint32_t slot;
};
struct reply_slot_gone {
    struct reply_header header;
    uint32_t free; /* the slot is the client's to use again */
};

/* Followed by `name_units` UTF-16 units, then `data_size` bytes. With slot: that slot, made by the client with its
 * reference, gets the name; without: the object is fd and data. */
struct request_name_create {
    struct request_header header;
    uint32_t type;
    uint32_t attributes; /* OBJ_* */
    uint32_t root;       /* slot of a directory, 0 */
    uint32_t slot;
    uint32_t name_units;
    uint32_t data_size;
};
/* Followed by data_size bytes of an existing object. STATUS_OBJECT_NAME_EXISTS: `slot` holds a reference for the
 * client, or fd and data come. */
struct reply_name_create {
    struct reply_header header;
    uint32_t slot;
    uint32_t name;
    uint32_t data_size;
};

struct request_name_open {
    struct request_header header;
    uint32_t type; /* 0: any */
    uint32_t attributes;
    uint32_t root;
    uint32_t name_units;
};
struct reply_name_open {
    struct reply_header header;
    uint32_t slot;
    uint32_t name;
    uint32_t data_size;
    uint32_t type;
};

struct request_name_release {
    struct request_header header;
    uint32_t name;
};
struct reply_name_release {
    struct reply_header header;
};

/* The full path of a name (by number, or of a slot), and its data: of a symbolic link the target. */
struct request_name_query {
    struct request_header header;
    uint32_t slot;
    uint32_t name;
};
struct reply_name_query {
    struct reply_header header;
    uint32_t name_units; /* first */
    uint32_t data_size;
};

struct request_name_permanent {
    struct request_header header;
    uint32_t slot;
    uint32_t permanent;
};
struct reply_name_permanent {
    struct reply_header header;
};

/* Entry `index` of a directory: STATUS_NO_MORE_ENTRIES. */
struct request_directory_query {
    struct request_header header;
    uint32_t slot;
    uint32_t index;
};
struct reply_directory_query {
    struct reply_header header;
    uint32_t type;
    uint32_t name_units;
};

struct request_process_new {
    struct request_header header;
    uint32_t job; /* slot the child is put into beside its parent's, 0 */
    uint32_t breakaway;
};
struct reply_process_new {
    struct reply_header header;
    uint32_t process;
    uint32_t block;
    uint64_t token;
};

/* fd: pidfd of the child. Without one the child is given up. */
struct request_process_started {
    struct request_header header;
    uint32_t process;
    int32_t unix_id;
    uint32_t is_linux; /* not one of ours: it will never say hello */
    uint32_t reserved;
};
struct reply_process_started {
    struct reply_header header;
};

/* What the server sends to a client's agent, through the socket of hello. */
enum { LIFE_CONNECTION /* fd: its other end asks (remote.h) */, LIFE_JOB_MESSAGE };
struct life_message {
    uint32_t kind;
    uint32_t port; /* of request_job_port */
    uint64_t key;
    uint32_t message; /* JOB_OBJECT_MSG_* */
    uint32_t value;   /* process id, 0 */
};

struct request_process_terminate {
    struct request_header header;
    uint32_t process;
    int32_t exit_status;
};
struct reply_process_terminate {
    struct reply_header header;
};

/* fd: the other process gets it, at once or when it says hello. STATUS_NOT_SUPPORTED: a Linux program. */
struct request_process_connect {
    struct request_header header;
    uint32_t process;
    uint32_t reserved;
};
struct reply_process_connect {
    struct reply_header header;
};

/* fd and `data_size` bytes follow. */
struct request_import_put {
    struct request_header header;
    uint32_t process; /* target */
    uint32_t type;
    uint32_t access;
    uint32_t attributes;
    uint32_t data_size;
};
struct reply_import_put {
    struct reply_header header;
    uint32_t handle;
};

struct request_import_get {
    struct request_header header;
    uint32_t reserved;
    uint64_t import;
};
struct reply_import_get {
    struct reply_header header;
    uint32_t data_size;
};

struct request_job_assign {
    struct request_header header;
    uint32_t job;
    uint32_t process;
};
struct reply_job_assign {
    struct reply_header header;
};

struct job_limits {
    uint32_t flags; /* JOB_OBJECT_LIMIT_* */
    uint32_t active_process_limit;
    uint32_t ui_restrictions;
    uint32_t end_of_job_action;
    uint64_t values[12]; /* kept for queries, as the client packs them */
};
/* Of job_limits.values. */
enum { JOB_VALUE_PROCESS_TIME, JOB_VALUE_JOB_TIME, JOB_VALUE_WORKING_SET_MINIMUM, JOB_VALUE_WORKING_SET_MAXIMUM,
       JOB_VALUE_AFFINITY, JOB_VALUE_PRIORITY, JOB_VALUE_SCHEDULING, JOB_VALUE_PROCESS_MEMORY, JOB_VALUE_JOB_MEMORY };

struct request_job_set {
    struct request_header header;
    uint32_t job;
    struct job_limits limits;
};
struct reply_job_set {
    struct reply_header header;
};

/* port: the client's number of a completion port, 0 takes it back. */
struct request_job_port {
    struct request_header header;
    uint32_t job;
    uint32_t port;
    uint64_t key;
};
struct reply_job_port {
    struct reply_header header;
};

/* Followed by the ids of the running members, with those of the jobs inside. */
struct request_job_query {
    struct request_header header;
    uint32_t job;     /* 0: the innermost one of `process` */
    uint32_t process; /* 0: the client */
};
struct reply_job_query {
    struct reply_header header;
    uint32_t total, active, terminated, count;
    struct job_limits limits;
    uint64_t user_time, kernel_time; /* 100 ns, of all members ever */
    uint32_t page_faults;
    uint32_t is_member; /* `process` is in it */
};

struct request_job_terminate {
    struct request_header header;
    uint32_t job;
    int32_t exit_status;
};
struct reply_job_terminate {
    struct reply_header header;
};

/* Requests served so far, by kind. */
/* Followed by the user's SID as text: its key is made if there is none. fd: the registry, to read. The first one reads
 * the journal; what had to be left out of it is told once. */
struct request_registry_map {
    struct request_header header;
    uint32_t sid_units;
    uint32_t reserved;
};
struct reply_registry_map {
    struct reply_header header;
    uint64_t damaged_bytes;
    uint64_t good_bytes;
};

enum registry_operation {
    REGISTRY_CREATE,       /* name: of the subkey; data: its class; type: REG_OPTION_* */
    REGISTRY_DELETE_KEY,
    REGISTRY_RENAME_KEY,   /* name: the new one */
    REGISTRY_SET_VALUE,    /* name, type, data */
    REGISTRY_DELETE_VALUE, /* name */
    REGISTRY_SET_TIME,     /* data: 8 bytes */
    REGISTRY_MOUNT,        /* in the journal only. data: host path of the hive file */
};
/* Followed by name and data; data of more than REGISTRY_INLINE_MAX bytes comes as fd. In the journal when it is
 * answered. */
#define REGISTRY_INLINE_MAX 0x6000u
struct request_registry_change {
    struct request_header header;
    uint64_t key;
    uint32_t operation;
    uint32_t type;
    uint32_t name_units;
    uint32_t data_size; /* bytes */
};
struct reply_registry_change {
    struct reply_header header;
    uint64_t key;      /* created or found */
    uint32_t existed;
    uint32_t reserved;
};

struct request_registry_flush {
    struct request_header header;
};
struct reply_registry_flush {
    struct reply_header header;
};

enum registry_hive_action {
    HIVE_SAVE,    /* into fd */
    HIVE_RESTORE, /* the key's content is replaced by that of fd */
    HIVE_LOAD,    /* fd becomes the new subkey `name`; followed by the file's host path, to which it goes back */
    HIVE_UNLOAD,
};
/* Followed by name and path. */
struct request_registry_hive {
    struct request_header header;
    uint64_t key;
    uint32_t action;
    uint32_t flags; /* of NtRestoreKey */
    uint32_t name_units;
    uint32_t path_bytes;
};
struct reply_registry_hive {
    struct reply_header header;
};

/* Sets the event once, at the next change that `filter` names below or at the key, or when the key goes. */
struct request_registry_watch {
    struct request_header header;
    uint64_t key;
    uint32_t slot;    /* of an event */
    uint32_t filter;  /* REG_NOTIFY_CHANGE_* */
    uint32_t subtree;
    uint32_t cancel;  /* forget this watch, and set its event */
};
struct reply_registry_watch {
    struct reply_header header;
};

struct request_counters {
    struct request_header header;
};
struct reply_counters {
    struct reply_header header;
    uint32_t clients;
    uint32_t slots_used;
    uint64_t requests[REQUEST_COUNT];
};

/* ---- windows ---- */

/* fd: the desktop's memory */
struct request_desktop_map {
    struct request_header header;
};
struct reply_desktop_map {
    struct reply_header header;
};

/* Followed by `units` of the name. */
struct request_atom_add {
    struct request_header header;
    uint32_t add; /* 0: only look */
    uint32_t units;
};
struct reply_atom_add {
    struct reply_header header;
    uint32_t atom;
};

struct request_atom_name {
    struct request_header header;
    uint32_t atom;
};
/* Followed by the name. */
struct reply_atom_name {
    struct reply_header header;
    uint32_t units;
};

#define MAIL_POST 1u
#define MAIL_SEND 2u
#define MAIL_ANSWER 3u

/* Followed by data_size bytes. */
struct request_mail_send {
    struct request_header header;
    uint32_t thread; /* id of the receiver */
    uint32_t sender; /* id of the thread that gets the answer, 0: nobody */
    uint32_t kind;
    uint32_t window, message, flags;
    uint64_t wparam, lparam;
    uint64_t cookie; /* comes back with the answer */
    uint32_t time;
    int32_t x, y;
    uint32_t data_size;
    uint32_t reply_room;
    uint32_t reserved;
};
struct reply_mail_send {
    struct reply_header header;
};

/* The oldest for that thread of the caller; STATUS_NO_MORE_ENTRIES. */
struct request_mail_take {
    struct request_header header;
    uint32_t thread;
};
/* Followed by data. An answer has its result in wparam, and in flags whether it failed. */
struct reply_mail_take {
    struct reply_header header;
    uint32_t kind;
    uint32_t window, message, flags;
    uint64_t wparam, lparam;
    uint64_t cookie, number;
    uint32_t time;
    int32_t x, y;
    uint32_t reply_room;
};

struct request_mail_reply {
    struct request_header header;
    uint32_t failed;
    uint32_t data_size;
    uint64_t number;
    uint64_t result;
};
struct reply_mail_reply {
    struct reply_header header;
};

#endif

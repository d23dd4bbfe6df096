/* File objects: what NtCreateFile opens, of every kind, and how requests on them are carried out. */
#ifndef HOST_FILE_H
#define HOST_FILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include "ferry/ntioapi.h"
#include "handle.h"
#include "wow.h"

enum file_kind {
    FILE_KIND_DISK,        /* regular file, or a symbolic link itself */
    FILE_KIND_DIRECTORY,
    FILE_KIND_VOLUME,      /* \??\C: */
    FILE_KIND_STREAM,      /* pipe, socket or character device made by Linux programs */
    FILE_KIND_CONSOLE,     /* terminal, CONIN$, CONOUT$ */
    FILE_KIND_NULL,
    FILE_KIND_PIPE,        /* one end of a named pipe */
    FILE_KIND_PIPE_DEVICE, /* \Device\NamedPipe itself, or its root directory */
    FILE_KIND_MAILSLOT,
    FILE_KIND_SOCKET,      /* \Device\Afd */
    FILE_KIND_MOUNT_MANAGER,
};

struct file;
struct request;
struct share;

/* What a kind does. NULL members answer STATUS_INVALID_DEVICE_REQUEST. Functions finish the request by returning
 * its status with request->information set, or return STATUS_PENDING after request_pend(). */
struct file_ops {
    ULONG device_type; /* FILE_DEVICE_DISK, …: FileFsDeviceInformation */
    NTSTATUS (*read)(struct file *file, struct request *request);
    NTSTATUS (*write)(struct file *file, struct request *request);
    NTSTATUS (*flush)(struct file *file, struct request *request);
    NTSTATUS (*ioctl)(struct file *file, struct request *request);
    NTSTATUS (*fsctl)(struct file *file, struct request *request);
    NTSTATUS (*query)(struct file *file, ULONG class, void *buffer, ULONG length, ULONG_PTR *used);
    NTSTATUS (*set)(struct file *file, ULONG class, const void *buffer, ULONG length);
    void (*watch)(struct file *file); /* see object_ops */
    void (*last_handle)(struct file *file);
    void (*destroy)(struct file *file);
    /* To another process: the kind's own part. See object_ops. */
    int (*save)(struct file *file, void *data, int room);
    NTSTATUS (*restore)(struct file *file, const void *data, int size);
};

struct file {
    struct object object;
    enum file_kind kind;
    const struct file_ops *ops;
    ULONG options;      /* FILE_SYNCHRONOUS_IO_*, FILE_WRITE_THROUGH, … as opened */
    ACCESS_MASK access; /* of the first handle */
    ULONG sharing;
    mode_t mode;        /* of the Linux file */
    dev_t device;
    ino_t inode;
    bool borrowed_fd;   /* 0, 1, 2: stay open */
    bool lower;         /* lies in the shipped store */
    bool delete_on_close;
    bool posix_delete;  /* the name goes with this object's last handle, whoever else has it open */
    char *unix_path;    /* malloced; NULL where there is none. Under file_lock once the handle is out. */
    struct share *share;
    struct object *port; /* completion port, set once, or NULL */
    void *port_key;
    atomic_uint notification; /* FILE_SKIP_COMPLETION_PORT_ON_SUCCESS, FILE_SKIP_SET_EVENT_ON_HANDLE */
    struct request *pending;  /* list, under the lock of io.c */
    void *data;               /* the kind's own */
    void *notify;             /* directories: notify.c */
    unsigned ea_next;         /* NtQueryEaFile goes on here */
    bool marked;              /* in the list of files to delete when the process ends */
    struct file *next_marked;
};

extern const struct object_ops file_object_ops;

/* Start-up, before the first handle; and the process's end: files marked for deletion go. */
void file_init(void);
void file_exit(void);
/* The file may have to be deleted when its handle is closed, by the process's end if need be. */
void file_mark_delete(struct file *file);

static inline bool file_is_synchronous(const struct file *file)
{
    return file->options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT);
}

/* A zeroed file of a kind with one reference, the caller's; fd may be -1. NULL without memory. */
struct file *file_new(enum file_kind kind, const struct file_ops *ops, int fd);

/* The file behind a handle, with a reference. `access`: any of these bits suffices when `any`, else all. */
NTSTATUS file_from_handle(HANDLE handle, ACCESS_MASK access, struct file **file, ACCESS_MASK *granted);
static inline void file_release(struct file *file)
{
    object_release(&file->object);
}

/* A handle on an inherited descriptor: terminal, file, pipe, socket, /dev/null. Descriptors 0 to 2 stay open for
 * good, others belong to the handle from then on. STATUS_INVALID_HANDLE when it is closed. `access`: generic bits
 * allowed. options: FILE_SYNCHRONOUS_IO_NONALERT for standard handles. */
NTSTATUS file_handle_from_fd(int fd, ACCESS_MASK access, ULONG options, HANDLE *handle);

/* Writing to a pipe that nobody reads is a status here, not a signal. */
void file_ignore_broken_pipes(void);

extern const GENERIC_MAPPING file_generic_mapping;
ACCESS_MASK file_map_access(ACCESS_MASK access);

/* Everything NtCreateFile was told, for the openers of each kind. */
struct file_create {
    const OBJECT_ATTRIBUTES *attributes;
    ACCESS_MASK access; /* generic bits mapped */
    ULONG file_attributes;
    ULONG sharing;
    ULONG disposition;
    ULONG options;
    LONGLONG allocation;
    const void *ea;
    ULONG ea_length;
};
/* Frees a path that another thread may still be reading, some time later. */
void file_path_retire(char *path);

struct path;
NTSTATUS disk_open(const struct file_create *create, struct path *path, struct file **file, ULONG_PTR *result);

extern const struct file_ops disk_ops, directory_ops, volume_ops, stream_ops, console_ops, null_ops, pipe_ops, socket_ops;

/* Faults now, with nothing held, if Windows code gave a bad output pointer. */
static inline void probe_write(void *address, size_t bytes)
{
    volatile char *p = address;
    p[0] = p[0];
    p[bytes - 1] = p[bytes - 1];
}

/* 100 ns units since 1601. */
static inline LONGLONG time_from_timespec(int64_t seconds, uint32_t nanoseconds)
{
    return (seconds + 11644473600ll) * 10000000 + nanoseconds / 100;
}
static inline struct timespec time_to_timespec(LONGLONG time)
{
    LONGLONG seconds = time / 10000000 - 11644473600ll;
    return (struct timespec){.tv_sec = seconds, .tv_nsec = time % 10000000 * 100};
}

#endif

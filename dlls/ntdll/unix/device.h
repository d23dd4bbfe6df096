/* Openers of what is not a file on disk. Each returns a file with one reference. */
#ifndef HOST_DEVICE_H
#define HOST_DEVICE_H

#include "file.h"

struct path;
NTSTATUS volume_open(const struct file_create *create, struct path *path, struct file **file);
NTSTATUS console_open(const struct file_create *create, struct path *path, struct file **file);
NTSTATUS pipe_open(const struct file_create *create, struct path *path, struct file **file) __attribute__((weak));
NTSTATUS mailslot_open(const struct file_create *create, struct path *path, struct file **file)
    __attribute__((weak));
NTSTATUS socket_open(const struct file_create *create, struct path *path, struct file **file) __attribute__((weak));
NTSTATUS mount_manager_open(const struct file_create *create, struct path *path, struct file **file)
    __attribute__((weak));

/* Gives the opened file its handle and fills the status block; takes over the reference. */
NTSTATUS file_finish_open(const struct file_create *create, struct file *file, ULONG_PTR result, HANDLE *handle,
                          IO_STATUS_BLOCK *iosb);

#endif

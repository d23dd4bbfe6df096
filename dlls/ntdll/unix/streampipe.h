/* Pipes and sockets of Linux programs, asked as pipes (streampipe.c). */
#ifndef HOST_STREAMPIPE_H
#define HOST_STREAMPIPE_H

#include "file.h"

static inline bool file_is_linux_pipe(const struct file *file)
{
    return S_ISFIFO(file->mode) || S_ISSOCK(file->mode);
}

/* PIPE_NOWAIT was set. */
static inline bool stream_pipe_nowait(const struct file *file)
{
    return file_is_linux_pipe(file) && __atomic_load_n(&file->data, __ATOMIC_RELAXED);
}

NTSTATUS stream_pipe_query(struct file *file, ULONG class, void *buffer, ULONG length, ULONG_PTR *used);
NTSTATUS stream_pipe_set(struct file *file, ULONG class, const void *buffer, ULONG length);
NTSTATUS stream_pipe_fsctl(struct file *file, struct request *request);

#endif

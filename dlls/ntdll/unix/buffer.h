/* Buffers of Windows code that Linux calls read or fill. */
#ifndef HOST_BUFFER_H
#define HOST_BUFFER_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include "thread.h"
#include "virtual.h"

/* After a Linux call failed: true if it is to be tried again. A signal came, or the buffer has a page that only needs
 * to be touched (guard page, write watch). Otherwise errno stays; EFAULT is a bad pointer. On a thread of Windows code
 * this may not return: the thread may have been told to end. */
static inline bool buffer_retry(void *buffer, size_t bytes, bool writes)
{
    if (errno == EINTR) {
        struct thread *thread = thread_self();
        if (thread)
            thread_check_pending(thread);
        return true;
    }
    if (errno != EFAULT || !bytes)
        return false;
    if (!virtual_touch(buffer, bytes, writes))
        return true;
    errno = EFAULT;
    return false;
}

#endif

/* Buffers of Windows code that Linux calls read or fill. */
#ifndef HOST_BUFFER_H
#define HOST_BUFFER_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include "virtual.h"

/* After a Linux call failed: true if it is to be tried again. A signal came, or the buffer has a page that only needs
 * to be touched (guard page, write watch). Otherwise errno stays; EFAULT is a bad pointer. */
static inline bool buffer_retry(void *buffer, size_t bytes, bool writes)
{
    size_t at = 0;
    char byte;

    if (errno == EINTR)
        return true;
    if (errno != EFAULT || !bytes)
        return false;
    for (;;) {
        char *page = (char *)buffer + at;
        if (!virtual_read(&byte, page, 1) || (writes && !virtual_write(page, &byte, 1))) {
            errno = EFAULT;
            return false;
        }
        at = ((size_t)page & ~(PAGE_SIZE_ - 1)) + PAGE_SIZE_ - (size_t)buffer;
        if (at >= bytes)
            return true;
    }
}

#endif

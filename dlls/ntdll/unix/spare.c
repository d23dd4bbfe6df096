/* Mappings that are free for Windows code but kept for the next allocation of their size.
 *
 * Unmapping and mapping again costs twice what it costs to empty a mapping and to forbid its pages in the page tables alone
 * (MADV_GUARD_INSTALL, Linux 6.13): the VirtualAlloc and VirtualFree of allocators that work in fixed chunks.
 */
#include <errno.h>
#include <sys/mman.h>
#include "view.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

#define SPARES 8u
#define MAX_SIZE 0x40000ul

static struct {
    uintptr_t base, size; /* base 0: none */
} spares[SPARES];
static unsigned next; /* to be given up for a new one */
static bool unsupported;

static void drop(unsigned i)
{
    munmap((void *)spares[i].base, spares[i].size);
    spares[i].base = 0;
}

bool spare_keep(const struct view *view)
{
    uintptr_t size = view->end - view->base;

    if (unsupported || size > MAX_SIZE || view->type != MEM_PRIVATE || view->flags || view->locked) return false;
    if (view->run_count != 1 || view->runs[0].protect != PAGE_READWRITE) return false;
    if (madvise((void *)view->base, size, MADV_GUARD_INSTALL)) {
        if (errno == EINVAL) unsupported = true;
        return false;
    }
    if (spares[next].base) drop(next);
    spares[next].base = view->base;
    spares[next].size = size;
    next = (next + 1) % SPARES;
    return true;
}

uintptr_t spare_take(uintptr_t size)
{
    for (unsigned i = 0; i < SPARES; i++) {
        uintptr_t base = spares[i].base;
        if (!base || spares[i].size != size) continue;
        if (madvise((void *)base, size, MADV_GUARD_REMOVE)) {
            drop(i);
            continue;
        }
        spares[i].base = 0;
        next = i;
        return base;
    }
    return 0;
}

void spare_give_way(uintptr_t base, uintptr_t size)
{
    for (unsigned i = 0; i < SPARES; i++)
        if (spares[i].base && spares[i].base < base + size && base < spares[i].base + spares[i].size) drop(i);
}

/* The table of views: every range of addresses that Windows code reserved, mapped, or was given.
 *
 * A view is one allocation (AllocationBase of MEMORY_BASIC_INFORMATION). The state of its pages is kept as runs of
 * equal protection, as the kernel does, so a reservation of many TiB costs as much as one of 64 KiB.
 * Everything here needs virtual_lock, except where said. A thread that holds it must not touch Windows memory:
 * the fault handler takes the same lock.
 */
#ifndef HOST_VIEW_H
#define HOST_VIEW_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include "virtual.h"

#ifndef MEM_RESERVE_PLACEHOLDER /* mingw-w64 10 lacks these */
#define MEM_COALESCE_PLACEHOLDERS 0x00000001
#define MEM_PRESERVE_PLACEHOLDER 0x00000002
#define MEM_REPLACE_PLACEHOLDER 0x00004000
#define MEM_RESERVE_PLACEHOLDER 0x00040000
#endif

#define USER_SPACE_END 0x7fffffff0000ul /* of 64-bit code */

struct section;

/* From page `page` of the view on, up to the next run: PAGE_* with modifiers, or 0 for reserved only. */
struct run {
    uint64_t page;
    uint32_t protect;
};

struct view {
    struct view *left, *right; /* treap by base */
    uint32_t priority;
    uintptr_t base, end;       /* multiples of the page size */
    uintptr_t first, last;     /* of the subtree: lowest base, highest end */
    uintptr_t gap;             /* of the subtree: largest free space between two of its views */

    uint32_t type;               /* MEM_PRIVATE, MEM_MAPPED, MEM_IMAGE */
    uint32_t flags;              /* VIEW_* */
    uint32_t allocation_protect;
    uint32_t section_protect;    /* mapped: what the section allows at most */
    struct section *section;     /* mapped through a section: one reference; section.h */
    uint64_t offset;             /* into the section, bytes */
    WCHAR *name;                 /* image without section: NT path, malloced */
    uint32_t name_units;
    uint32_t image_size;         /* image: SizeOfImage */
    uint64_t device, inode;      /* image: of the file */
    struct view *locked;         /* VirtualLock: runs of 1 and 0, or NULL */
    uint64_t *written;           /* write watch: one bit a page, set since the last reset */

    uint32_t run_count, run_room;
    struct run *runs;
    struct run own_runs[3]; /* where runs points until there are more */
};

#define VIEW_WRITE_WATCH 1
#define VIEW_PLACEHOLDER 2
#define VIEW_COPY_ON_WRITE 4 /* private mapping of a file: PAGE_READWRITE there means PAGE_WRITECOPY */
#define VIEW_SYSTEM 8        /* KUSER_SHARED_DATA: not to be freed, protected or written */
#define VIEW_FROM_PLACEHOLDER 16
#define VIEW_RESERVE 32      /* view of a SEC_RESERVE section: pages become committed one by one */
#define VIEW_STARTUP 64      /* TEBs, PEB */

extern pthread_mutex_t virtual_lock;

/* Where memory that may lie anywhere is put, and what Windows code may use at all. */
struct address_space {
    uintptr_t bottom;  /* lowest address of our own choice */
    uintptr_t top;     /* end of what we choose from: above are the host's own mappings */
    uintptr_t highest; /* end of what may be asked for by address */
    uintptr_t shown;   /* end of the addresses that the program is told of */
};
extern struct address_space address_space;

/* A place for a new view: at `base`, or, if that is 0, a free one of our choice in [low, high). */
struct placement {
    uintptr_t base, size, low, high, align; /* low, high, align 0: the default */
    bool top_down;
    bool replace; /* `base` and `size` are a placeholder's, whose place is taken */
};

/* mmaps at such a place, never over anything else. STATUS_CONFLICTING_ADDRESSES, STATUS_NO_MEMORY, … */
NTSTATUS place_mapping(const struct placement *placement, int prot, int flags, int fd, uint64_t offset,
                       uintptr_t *base);

/* The mprotect bits of a Windows protection; 0 for guard pages. */
int host_protection(uint32_t protect);
/* Is it one PAGE_* value with legal modifiers? */
bool protection_valid(uint32_t protect);
/* What the protection becomes when the view writes to copies of its own: PAGE_READWRITE → PAGE_WRITECOPY. */
uint32_t protection_copy_on_write(uint32_t protect);
/* Gives the kernel the state that the table has for [start, end), write watch included. */
NTSTATUS view_apply(struct view *view, uintptr_t start, uintptr_t end);
/* Counts committed pages of the process against the limit. */
bool commit_charge(uint64_t pages);
void commit_return(uint64_t pages);
extern uint64_t committed_pages, committed_peak;

/* Like view_protect_at, but a copy-on-write page that was written reads PAGE_READWRITE, as Windows reports it. */
uint32_t view_protect_now(const struct view *view, uintptr_t address, uintptr_t *run_end);

/* Undoes MADV_FREE. False if contents were lost already. */
bool pages_keep(uintptr_t start, uintptr_t end);

/* The end of the addresses that ZeroBits (a count below 32, a mask above) allows. STATUS_INVALID_PARAMETER_3. */
NTSTATUS zero_bits_limit(ULONG_PTR zero_bits, uintptr_t *high);
/* virtual_allocate with types checked; the limits for an address of our choice are in `placement`. */
NTSTATUS virtual_allocate_at(void **base, size_t *size, ULONG type, ULONG protect, struct placement *placement);
NTSTATUS view_decommit(struct view *view, uintptr_t start, uintptr_t end);
/* Turns a view into a placeholder of the same range. Its section reference is the caller's to give back. */
NTSTATUS view_make_placeholder(struct view *view);

/* Copies until a byte is not accessible; bytes not copied. No lock may be held. */
size_t virtual_copy(void *to, const void *from, size_t bytes);

/* Takes a view out of the table and its memory away. The caller gives back the reference that it returns (or NULL),
 * after the lock is gone. */
struct section *view_destroy(struct view *view);

static inline uintptr_t page_down(uintptr_t address)
{
    return address & ~(PAGE_SIZE_ - 1);
}
static inline uintptr_t page_up(uintptr_t address)
{
    return (address + PAGE_SIZE_ - 1) & ~(PAGE_SIZE_ - 1);
}
static inline uintptr_t granularity_down(uintptr_t address)
{
    return address & ~(ALLOCATION_GRANULARITY - 1);
}
static inline uintptr_t granularity_up(uintptr_t address)
{
    return (address + ALLOCATION_GRANULARITY - 1) & ~(ALLOCATION_GRANULARITY - 1);
}

/* A view of [base, end) with all pages in state `protect`, not yet in the table. NULL: out of memory. */
struct view *view_new(uintptr_t base, uintptr_t end, uint32_t type, uint32_t protect);
void view_free(struct view *view); /* not its section reference */
void view_insert(struct view *view);
void view_remove(struct view *view);

/* The view that contains `address`, or NULL. */
struct view *view_find(uintptr_t address);
/* The lowest view that ends behind `address`, or NULL. */
struct view *view_at_or_after(uintptr_t address);
/* The highest view that starts before `address`, or NULL. */
struct view *view_before(uintptr_t address);
/* Does [start, end) touch any view? */
bool view_overlaps(uintptr_t start, uintptr_t end);

/* A free range of `size` bytes in [low, high) whose address is a multiple of `align` (a power of two, at least
 * 64 KiB): the lowest, or the highest if top_down. 0: none. */
uintptr_t view_find_space(uintptr_t size, uintptr_t low, uintptr_t high, uintptr_t align, bool top_down);

/* Makes the view end at `at` and returns a new one, in the table, for the rest. NULL: out of memory. */
struct view *view_split(struct view *view, uintptr_t at);
/* Takes over `next`, which follows directly and is freed. */
bool view_join(struct view *view, struct view *next);

/* State of the page at `address`, and where the run of equal pages ends. */
uint32_t view_protect_at(const struct view *view, uintptr_t address, uintptr_t *run_end);
/* Sets the pages of [start, end). False: out of memory, nothing changed. */
bool view_set_protect(struct view *view, uintptr_t start, uintptr_t end, uint32_t protect);

/* Pages of [start, end) that are committed. */
uint64_t view_committed(const struct view *view, uintptr_t start, uintptr_t end);

/* spare.c: keeps the memory of a view that is released, emptied and without access, for spare_take; false if it has to be
 * unmapped. spare_take: zeroed PAGE_READWRITE memory of exactly that size, or 0. spare_give_way: unmaps what is kept in a range. */
bool spare_keep(const struct view *view);
uintptr_t spare_take(uintptr_t size);
void spare_give_way(uintptr_t base, uintptr_t size);

/* In order of address. */
struct view *view_first(void);
struct view *view_next(const struct view *view);

#endif

/* The heap's own layout, shared by heap.c (the API), heap_block.c (blocks and segments) and heap_query.c.
 *
 * Every block has an 8-byte header in front of what the program gets. Blocks lie in segments, between which no order
 * is assumed; inside a segment they follow each other from `first` to `top`, where a header in state BLOCK_TOP ends
 * them. The back end (heap_block.c) merges free neighbours and works under the heap's lock. In front of it every
 * thread keeps lists of small blocks it freed, one per size, which need no lock. What is too large for a segment is
 * a region of virtual memory of its own.
 */
#ifndef NTDLL_HEAP_H
#define NTDLL_HEAP_H

#include "ntdll.h"

#define HEAP_UNIT (2 * sizeof(void *))        /* granularity and alignment of blocks, bytes */
#define HEAP_HEADER sizeof(struct heap_block) /* 8 */
#define HEAP_MIN_BLOCK (sizeof(void *) == 8 ? 32u : 24u) /* header, two links, size */
#define HEAP_PAGE 0x1000u
#define HEAP_CLASSES 64 /* block sizes below HEAP_CLASSES * HEAP_UNIT are cached per thread */
#define HEAP_BINS (HEAP_CLASSES + 4 * 24)
#define HEAP_MAX_SEGMENTS 128
#define HEAP_MAX_BLOCK 0x7f000u  /* larger ones become regions, bytes with header */
#define HEAP_CACHE_SLOTS 16      /* heaps that have per-thread caches */
#define HEAP_BIG_FREE 0x10000u   /* free blocks from here on can have decommitted pages inside */
#define HEAP_SIGNATURE 0xeeffeeffu
#define HEAP_SEGMENT_SIGNATURE 0xffeeffeeu

/* The size word belongs to the back end and changes only under the lock; the other fields belong to whoever owns the
 * block. Different words, so neither side's store undoes the other's. */
struct heap_block {
    ULONG size;    /* bytes with header; bit 0: the block in front is free and its size stands before this header */
    USHORT unused; /* bytes of the block that the program did not ask for, header included; TOP: segment index */
    UCHAR flags;   /* BLOCK_USER_FLAGS, BLOCK_EXTRA */
    UCHAR state;   /* BLOCK_*, exclusive-or'ed with a value made of address and heap */
};

#define BLOCK_PREVIOUS_FREE 1u
#define BLOCK_SIZE(block) ((block)->size & ~7u)

#define BLOCK_USER_FLAGS 7 /* HEAP_SETTABLE_USER_FLAGS >> 9 */
#define BLOCK_EXTRA 8      /* a struct heap_extra at the block's end */
#define BLOCK_MARK 0xa0    /* upper half of flags in every busy or cached block */

#define BLOCK_BUSY 0x5b
#define BLOCK_CACHED 0xc4
#define BLOCK_FREE 0x36
#define BLOCK_TOP 0xe9
#define BLOCK_REGION 0x9d /* size of the block is in its struct heap_region */

/* A free block's body. The last ULONG of the block repeats its size. */
struct heap_free {
    struct heap_block header;
    struct heap_free *next, *previous;
};
/* From HEAP_BIG_FREE bytes on: pages in [gone, gone_end) are decommitted. */
struct heap_big_free {
    struct heap_free free;
    char *gone, *gone_end;
};

struct heap_extra {
    void *user_value;
    void *reserved;
};

struct heap_segment {
    struct heap_block sentinel;
    char *base;      /* of the reserved region */
    char *first;     /* first block */
    char *top;       /* header in state BLOCK_TOP */
    char *committed; /* end of committed memory */
    char *end;       /* end of reserved memory */
    ULONG index;
    bool foreign;    /* memory given by the creator: never decommitted nor released */
};

struct heap_region {
    LIST_ENTRY link;
    SIZE_T size;      /* bytes the program asked for, without extra */
    SIZE_T committed; /* from the region's base */
    SIZE_T reserved;
    ULONG extra; /* bytes of struct heap_extra behind `size`, 0 or sizeof */
    ULONG reserved0;
    ULONG_PTR pad[1];
    struct heap_block block;
};

/* Signature, Flags and ForceFlags stand where Windows has them. */
struct heap {
    struct heap_block entry;
    ULONG_PTR pad0; /* i386: segment signature */
    union {
#ifdef _WIN64
        UCHAR windows[0x100 - 0x10];
        struct {
            ULONG segment_signature; /* 0x10 */
            UCHAR pad1[0x70 - 0x14];
            ULONG flags;       /* 0x70 */
            ULONG force_flags; /* 0x74 */
            UCHAR pad2[0x98 - 0x78];
            ULONG signature; /* 0x98 */
        };
#else
        UCHAR windows[0x80 - 0x0c];
        struct {
            UCHAR pad1[0x40 - 0x0c];
            ULONG flags;       /* 0x40 */
            ULONG force_flags; /* 0x44 */
            UCHAR pad2[0x60 - 0x48];
            ULONG signature; /* 0x60 */
        };
#endif
    };
    UCHAR key;           /* goes into every block's state */
    bool external_lock;  /* RtlLockHeap: caches are not used by other threads meanwhile */
    ULONG external_count;
    ULONG cache_slot;    /* HEAP_CACHE_SLOTS: none */
    ULONG generation;    /* of the caches */
    ULONG protect;       /* PAGE_READWRITE or PAGE_EXECUTE_READWRITE */
    ULONG compatibility; /* HeapCompatibilityInformation: 0 or 2 */
    SIZE_T maximum;      /* bytes of a fixed-size heap, 0: grows */
    RTL_CRITICAL_SECTION *lock;
    RTL_CRITICAL_SECTION own_lock;
    LIST_ENTRY regions;
    SIZE_T committed;     /* bytes in segments */
    SIZE_T free_bytes;    /* committed bytes in free blocks and tails */
    ULONG segment_count;  /* slots used in `segments`, with holes */
    ULONG current;        /* segment whose top is used first */
    SIZE_T next_reserve;
    SIZE_T commit_step;
    PRTL_HEAP_COMMIT_ROUTINE commit_routine;
    ULONG bin_map[(HEAP_BINS + 31) / 32];
    struct heap_free *bins[HEAP_BINS];
    struct heap_segment *segments[HEAP_MAX_SEGMENTS];
    struct heap_segment segment0;
};

#ifdef _WIN64
_Static_assert(offsetof(struct heap, flags) == 0x70 && offsetof(struct heap, signature) == 0x98, "HEAP");
_Static_assert(sizeof(struct heap_region) == 0x40, "regions start 0x40 bytes before the program's block");
#else
_Static_assert(offsetof(struct heap, flags) == 0x40 && offsetof(struct heap, signature) == 0x60, "HEAP");
_Static_assert(sizeof(struct heap_region) % 8 == 0, "alignment");
#endif
_Static_assert(sizeof(struct heap_block) == 8, "header");

/* One thread's blocks of one heap. */
struct heap_cache {
    ULONG generation;
    struct {
        void *first; /* linked through the program's part of the block */
        USHORT count;
        USHORT refill; /* blocks to fetch next time */
    } lists[HEAP_CLASSES];
};

/* TEB.FerryHeap */
struct heap_thread {
    struct heap_cache *caches[HEAP_CACHE_SLOTS + 1]; /* the last one stays NULL */
};

static inline UCHAR heap_state(const struct heap *heap, const struct heap_block *block, UCHAR state)
{
    ULONG_PTR address = (ULONG_PTR)block;
    return state ^ heap->key ^ (UCHAR)(address >> 4) ^ (UCHAR)(address >> 12);
}
static inline bool heap_block_is(const struct heap *heap, const struct heap_block *block, UCHAR state)
{
    return block->state == heap_state(heap, block, state);
}
/* The thread's last error and status; most heap functions have no other way to tell. */
static inline void heap_error(NTSTATUS status, ULONG error)
{
    ferry_teb()->LastStatusValue = status;
    ferry_teb()->LastErrorValue = error;
}
static inline void *heap_body(struct heap_block *block)
{
    return block + 1;
}
static inline struct heap_block *heap_block_of(const void *body)
{
    return (struct heap_block *)body - 1;
}
static inline struct heap_region *heap_region_of(struct heap_block *block)
{
    return CONTAINING_RECORD(block, struct heap_region, block);
}
static inline struct heap_block *heap_next(struct heap_block *block)
{
    return (struct heap_block *)((char *)block + BLOCK_SIZE(block));
}

/* heap_block.c; all under the heap's lock. Sizes are those of blocks: with header, a multiple of HEAP_UNIT. */
struct heap_block *heap_block_allocate(struct heap *heap, ULONG size);
void heap_block_free(struct heap *heap, struct heap_block *block);
/* Makes a busy block longer or shorter where it is. */
bool heap_block_resize(struct heap *heap, struct heap_block *block, ULONG size);
NTSTATUS heap_segment_init(struct heap *heap, struct heap_segment *segment, char *base, char *first, char *committed,
                           char *end, bool foreign);
void heap_trim(struct heap *heap);
NTSTATUS heap_check(struct heap *heap); /* walks everything; STATUS_HEAP_CORRUPTION */

/* Regions, under the lock. `size` bytes for the program. */
struct heap_block *heap_region_allocate(struct heap *heap, SIZE_T size, ULONG extra, bool will_grow);
void heap_region_free(struct heap *heap, struct heap_region *region);
bool heap_region_resize(struct heap *heap, struct heap_region *region, SIZE_T size);

/* heap.c */
struct heap *heap_from_handle(void *handle); /* NULL: not a heap */
void heap_lock(struct heap *heap, ULONG flags);
void heap_unlock(struct heap *heap, ULONG flags);
void heap_corrupt(struct heap *heap, const void *address); /* returns unless termination on corruption is on */
void heap_flush_cache(struct heap *heap);                  /* the running thread's */
extern bool heap_terminate_on_corruption;

/* The block of a busy pointer, or NULL (after heap_corrupt). */
struct heap_block *heap_busy_block(struct heap *heap, const void *body);
bool heap_probe(struct heap *heap, const void *body); /* the same question without a report */
SIZE_T heap_user_size(struct heap_block *block, bool region);
static inline struct heap_extra *heap_extra_of(struct heap_block *block, bool region)
{
    if (region) return (struct heap_extra *)((char *)heap_body(block) + heap_region_of(block)->size);
    return (struct heap_extra *)heap_next(block) - 1;
}

#endif

/* The heap's back end: segments, blocks with merging of free neighbours, regions. Under the heap's lock. */
#include "heap.h"

static ULONG bin_of(ULONG size)
{
    if (size < HEAP_CLASSES * HEAP_UNIT) return size / HEAP_UNIT;
    ULONG log = 31 - __builtin_clz(size), base = 31 - __builtin_clz((ULONG)(HEAP_CLASSES * HEAP_UNIT));
    return HEAP_CLASSES + (log - base) * 4 + ((size >> (log - 2)) & 3);
}

static ULONG *footer(struct heap_block *block)
{
    return (ULONG *)heap_next(block) - 1;
}

static struct heap_big_free *big(struct heap_block *block)
{
    return (struct heap_big_free *)block;
}

static NTSTATUS commit(struct heap *heap, char *from, SIZE_T bytes)
{
    void *base = from;
    NTSTATUS status;

    if (heap->commit_routine) status = heap->commit_routine(heap, &base, &bytes);
    else status = NtAllocateVirtualMemory(NtCurrentProcess(), &base, 0, &bytes, MEM_COMMIT, heap->protect);
    if (!status) heap->committed += bytes;
    return status;
}

static void decommit(struct heap *heap, char *from, SIZE_T bytes)
{
    void *base = from;

    NtFreeVirtualMemory(NtCurrentProcess(), &base, &bytes, MEM_DECOMMIT);
    heap->committed -= bytes;
}

static void set_top(struct heap *heap, struct heap_segment *segment, char *top)
{
    struct heap_block *block = (struct heap_block *)top;

    segment->top = top;
    block->size = 0;
    block->unused = (USHORT)segment->index;
    block->flags = 0;
    block->state = heap_state(heap, block, BLOCK_TOP);
}

/* ---- bins ---- */

static SIZE_T resident(struct heap_block *block)
{
    SIZE_T size = BLOCK_SIZE(block);
    return size < HEAP_BIG_FREE ? size : size - (big(block)->gone_end - big(block)->gone);
}

static void bin_insert(struct heap *heap, struct heap_block *block)
{
    struct heap_free *node = (struct heap_free *)block, **bin;
    ULONG index = bin_of(BLOCK_SIZE(block));

    block->flags = 0;
    block->unused = 0;
    block->state = heap_state(heap, block, BLOCK_FREE);
    *footer(block) = BLOCK_SIZE(block);
    heap_next(block)->size |= BLOCK_PREVIOUS_FREE;
    bin = &heap->bins[index];
    node->next = *bin;
    node->previous = NULL;
    if (*bin) (*bin)->previous = node;
    *bin = node;
    heap->bin_map[index / 32] |= 1u << index % 32;
    heap->free_bytes += resident(block);
}

/* Takes a free block out of its bin; false, and nothing changed, when its links do not fit. */
static bool bin_remove(struct heap *heap, struct heap_block *block)
{
    struct heap_free *node = (struct heap_free *)block;
    ULONG index = bin_of(BLOCK_SIZE(block));

    if (*footer(block) != BLOCK_SIZE(block) || (node->next && node->next->previous != node) ||
        (node->previous ? node->previous->next != node : heap->bins[index] != node)) {
        heap_corrupt(heap, heap_body(block));
        return false;
    }
    if (node->next) node->next->previous = node->previous;
    if (node->previous) node->previous->next = node->next;
    else if (!(heap->bins[index] = node->next)) heap->bin_map[index / 32] &= ~(1u << index % 32);
    heap_next(block)->size &= ~BLOCK_PREVIOUS_FREE;
    heap->free_bytes -= resident(block);
    return true;
}

static struct heap_block *bin_find(struct heap *heap, ULONG size)
{
    ULONG index = bin_of(size), word;

    /* Blocks of one small bin are all of one size; in the others look at a few. */
    ULONG tries = 8;
    for (struct heap_free *node = heap->bins[index]; node && tries; node = node->next, tries--)
        if (BLOCK_SIZE(&node->header) >= size) return &node->header;
    index++;
    for (word = index / 32; word < ARRAY_SIZE(heap->bin_map); word++) {
        ULONG bits = heap->bin_map[word];
        if (word == index / 32) bits &= ~0u << index % 32;
        if (bits) return &heap->bins[word * 32 + __builtin_ctz(bits)]->header;
    }
    return NULL;
}

/* ---- segments ---- */

NTSTATUS heap_segment_init(struct heap *heap, struct heap_segment *segment, char *base, char *first, char *committed,
                           char *end, bool foreign)
{
    ULONG index = 0;

    while (index < HEAP_MAX_SEGMENTS && heap->segments[index]) index++;
    if (index == HEAP_MAX_SEGMENTS) return STATUS_NO_MEMORY;
    segment->base = base;
    segment->first = first;
    segment->committed = committed;
    segment->end = end;
    segment->index = index;
    segment->foreign = foreign;
    heap->segments[index] = segment;
    if (index >= heap->segment_count) heap->segment_count = index + 1;
    heap->free_bytes += committed - first;
    set_top(heap, segment, first);
    return STATUS_SUCCESS;
}

/* The first block's header lies so that the program's part is aligned. */
static char *first_block(char *after)
{
    return (char *)(((ULONG_PTR)after + HEAP_HEADER + HEAP_UNIT - 1) / HEAP_UNIT * HEAP_UNIT - HEAP_HEADER);
}

static struct heap_segment *segment_new(struct heap *heap, ULONG needed)
{
    SIZE_T reserve = heap->next_reserve, initial;
    void *base = NULL;
    struct heap_segment *segment;

    if (heap->maximum) return NULL;
    needed += sizeof(*segment) + 4 * HEAP_UNIT;
    if (reserve < needed) reserve = (needed + 0xffff) & ~(SIZE_T)0xffff;
    while (NtAllocateVirtualMemory(NtCurrentProcess(), &base, 0, &reserve, MEM_RESERVE, heap->protect)) {
        if (reserve <= needed + 0xffff) return NULL;
        reserve = max(reserve / 2, (needed + 0xffff) & ~0xffffu) & ~(SIZE_T)0xffff;
    }
    initial = (needed + heap->commit_step - 1) / heap->commit_step * heap->commit_step;
    if (initial > reserve) initial = reserve;
    if (commit(heap, base, initial)) goto release;
    segment = base;
    if (heap_segment_init(heap, segment, base, first_block((char *)(segment + 1)), (char *)base + initial,
                          (char *)base + reserve, false)) {
        heap->committed -= initial;
        goto release;
    }
    if (heap->next_reserve < (sizeof(void *) == 8 ? 0x10000000u : 0x1000000u)) heap->next_reserve *= 2;
    return segment;
release:
    reserve = 0;
    NtFreeVirtualMemory(NtCurrentProcess(), &base, &reserve, MEM_RELEASE);
    return NULL;
}

static void segment_release(struct heap *heap, struct heap_segment *segment)
{
    void *base = segment->base;
    SIZE_T size = 0;

    heap->free_bytes -= segment->committed - segment->top;
    heap->committed -= segment->committed - segment->base;
    heap->segments[segment->index] = NULL;
    if (heap->current == segment->index) heap->current = 0;
    NtFreeVirtualMemory(NtCurrentProcess(), &base, &size, MEM_RELEASE);
}

/* Makes `size` bytes and the next header usable behind the segment's top. */
static bool segment_extend(struct heap *heap, struct heap_segment *segment, ULONG size)
{
    SIZE_T room = segment->end - segment->top, missing, step;

    if (room < (SIZE_T)size + HEAP_HEADER) return false;
    if (segment->committed - segment->top >= (ptrdiff_t)(size + HEAP_HEADER)) return true;
    missing = segment->top + size + HEAP_HEADER - segment->committed;
    step = max(heap->commit_step, min((SIZE_T)0x100000, heap->committed / 8) & ~(SIZE_T)0xffff);
    missing = (missing + step - 1) / step * step;
    if (missing > (SIZE_T)(segment->end - segment->committed)) missing = segment->end - segment->committed;
    if (commit(heap, segment->committed, missing)) return false;
    segment->committed += missing;
    heap->free_bytes += missing;
    return true;
}

static struct heap_block *segment_carve(struct heap *heap, struct heap_segment *segment, ULONG size)
{
    struct heap_block *block = (struct heap_block *)segment->top;

    set_top(heap, segment, segment->top + size);
    heap->free_bytes -= size;
    block->size = size;
    return block;
}

static bool wants_trim(struct heap *heap)
{
    return heap->free_bytes > 0x100000 + (heap->committed - heap->free_bytes) / 8;
}

static void segment_trim(struct heap *heap, struct heap_segment *segment)
{
    char *keep = (char *)(((ULONG_PTR)segment->top + HEAP_HEADER + 0x1ffff) & ~(ULONG_PTR)0xffff);

    if (segment->foreign || heap->commit_routine || keep >= segment->committed) return;
    heap->free_bytes -= segment->committed - keep;
    decommit(heap, keep, segment->committed - keep);
    segment->committed = keep;
}

void heap_trim(struct heap *heap)
{
    for (ULONG i = 0; i < heap->segment_count; i++) {
        struct heap_segment *segment = heap->segments[i];
        if (!segment) continue;
        if (i && segment->top == segment->first && !segment->foreign) segment_release(heap, segment);
        else segment_trim(heap, segment);
    }
}

/* ---- decommitted pages inside free blocks ---- */

/* Gives the pages inside a big free block that is in no bin back to the system. */
static void block_decommit(struct heap *heap, struct heap_block *block)
{
    struct heap_big_free *node = big(block);
    char *from = (char *)(((ULONG_PTR)(node + 1) + HEAP_PAGE - 1) & ~(ULONG_PTR)(HEAP_PAGE - 1));
    char *to = (char *)((ULONG_PTR)footer(block) & ~(ULONG_PTR)(HEAP_PAGE - 1));
    SIZE_T gone = node->gone_end - node->gone;

    if (heap->commit_routine || to < from + HEAP_BIG_FREE / 2 || (SIZE_T)(to - from) < gone + HEAP_BIG_FREE / 2) return;
    heap->committed += gone; /* decommit() takes off the whole range */
    decommit(heap, from, to - from);
    node->gone = from;
    node->gone_end = to;
}

/* Makes a free block's first `size` bytes and a big node behind them usable; all of it if less than a big block
 * would remain. */
static bool block_commit(struct heap *heap, struct heap_block *block, ULONG size)
{
    struct heap_big_free *node;
    char *need;

    if (BLOCK_SIZE(block) < HEAP_BIG_FREE) return true;
    node = big(block);
    if (node->gone == node->gone_end) return true;
    if (BLOCK_SIZE(block) - size < HEAP_BIG_FREE) need = node->gone_end;
    else {
        need = (char *)block + size + sizeof(*node);
        if (need <= node->gone) return true;
        need = (char *)(((ULONG_PTR)need + 0xffff) & ~(ULONG_PTR)0xffff);
        if (need > node->gone_end) need = node->gone_end;
    }
    if (commit(heap, node->gone, need - node->gone)) return false;
    heap->free_bytes += need - node->gone; /* the block is still in its bin */
    node->gone = need;
    return true;
}

/* Turns [block, block + size) into a free block with what is decommitted in it, and files it. */
static void make_free(struct heap *heap, struct heap_block *block, ULONG size, char *gone, char *gone_end)
{
    block->size = size | (block->size & BLOCK_PREVIOUS_FREE);
    if (size >= HEAP_BIG_FREE) {
        big(block)->gone = gone;
        big(block)->gone_end = gone_end;
        if (wants_trim(heap)) block_decommit(heap, block);
    }
    bin_insert(heap, block);
}

/* Cuts a block that is in no bin to `size` and files the rest. */
static void split(struct heap *heap, struct heap_block *block, ULONG size, char *gone, char *gone_end)
{
    ULONG rest = BLOCK_SIZE(block) - size;
    struct heap_block *tail;

    if (rest < HEAP_MIN_BLOCK) return;
    block->size = size | (block->size & BLOCK_PREVIOUS_FREE);
    tail = heap_next(block);
    tail->size = 0;
    make_free(heap, tail, rest, gone, gone_end);
}

/* ---- blocks ---- */

struct heap_block *heap_block_allocate(struct heap *heap, ULONG size)
{
    struct heap_block *block;
    struct heap_segment *segment;

    while ((block = bin_find(heap, size))) {
        char *gone = NULL, *gone_end = NULL;
        if (!heap_block_is(heap, block, BLOCK_FREE)) {
            heap_corrupt(heap, heap_body(block));
            return NULL;
        }
        if (!block_commit(heap, block, size)) return NULL;
        if (!bin_remove(heap, block)) return NULL;
        if (BLOCK_SIZE(block) >= HEAP_BIG_FREE) gone = big(block)->gone, gone_end = big(block)->gone_end;
        split(heap, block, size, gone, gone_end);
        return block;
    }
    segment = heap->segments[heap->current];
    if (segment && segment_extend(heap, segment, size)) return segment_carve(heap, segment, size);
    for (ULONG i = 0; i < heap->segment_count; i++) {
        segment = heap->segments[i];
        if (!segment || i == heap->current || !segment_extend(heap, segment, size)) continue;
        heap->current = i;
        return segment_carve(heap, segment, size);
    }
    segment = segment_new(heap, size);
    if (!segment || !segment_extend(heap, segment, size)) return NULL;
    heap->current = segment->index;
    return segment_carve(heap, segment, size);
}

void heap_block_free(struct heap *heap, struct heap_block *block)
{
    ULONG size = BLOCK_SIZE(block);
    struct heap_block *next = heap_next(block), *previous;
    char *gone = NULL, *gone_end = NULL;

    block->state = heap_state(heap, block, BLOCK_FREE); /* a header that merging leaves inside is no busy block */
    if (heap_block_is(heap, next, BLOCK_FREE)) {
        ULONG next_size = BLOCK_SIZE(next);
        if (!bin_remove(heap, next)) return;
        if (next_size >= HEAP_BIG_FREE) gone = big(next)->gone, gone_end = big(next)->gone_end;
        size += next_size;
    }
    if (block->size & BLOCK_PREVIOUS_FREE) {
        ULONG previous_size = ((ULONG *)block)[-1];
        previous = (struct heap_block *)((char *)block - previous_size);
        if (!heap_block_is(heap, previous, BLOCK_FREE) || BLOCK_SIZE(previous) != previous_size) {
            heap_corrupt(heap, heap_body(block));
            return;
        }
        if (!bin_remove(heap, previous)) return;
        if (previous_size >= HEAP_BIG_FREE && big(previous)->gone != big(previous)->gone_end) {
            /* Between two decommitted ranges everything goes. */
            if (gone != gone_end) decommit(heap, big(previous)->gone_end, gone - big(previous)->gone_end);
            else gone_end = big(previous)->gone_end;
            gone = big(previous)->gone;
        }
        size += previous_size;
        block = previous;
    }
    next = (struct heap_block *)((char *)block + size);
    if (heap_block_is(heap, next, BLOCK_TOP)) {
        struct heap_segment *segment = next->unused < heap->segment_count ? heap->segments[next->unused] : NULL;
        if (!segment || segment->top != (char *)next) {
            heap_corrupt(heap, heap_body(block));
            return;
        }
        block->size &= ~BLOCK_PREVIOUS_FREE;
        if (gone != gone_end) {
            /* The tail behind the hole goes too: committed memory of a segment has no holes below its top. */
            heap->free_bytes -= segment->committed - segment->top;
            decommit(heap, gone_end, segment->committed - gone_end);
            segment->committed = gone;
            heap->free_bytes += gone - (char *)block;
        } else {
            heap->free_bytes += size;
        }
        set_top(heap, segment, (char *)block);
        if (wants_trim(heap)) {
            if (segment->index && segment->top == segment->first && !segment->foreign) segment_release(heap, segment);
            else segment_trim(heap, segment);
        }
        return;
    }
    make_free(heap, block, size, gone, gone_end);
}

bool heap_block_resize(struct heap *heap, struct heap_block *block, ULONG size)
{
    ULONG old = BLOCK_SIZE(block);
    struct heap_block *next = heap_next(block);

    if (size <= old) {
        struct heap_block *tail;
        if (old - size < HEAP_MIN_BLOCK) return true;
        block->size = size | (block->size & BLOCK_PREVIOUS_FREE);
        tail = heap_next(block);
        tail->size = old - size;
        heap_block_free(heap, tail);
        return true;
    }
    if (heap_block_is(heap, next, BLOCK_FREE)) {
        char *gone = NULL, *gone_end = NULL;
        ULONG next_size = BLOCK_SIZE(next);
        if (old + next_size < size) return false;
        if (!block_commit(heap, next, size - old) || !bin_remove(heap, next)) return false;
        if (next_size >= HEAP_BIG_FREE) gone = big(next)->gone, gone_end = big(next)->gone_end;
        block->size = (old + next_size) | (block->size & BLOCK_PREVIOUS_FREE);
        split(heap, block, size, gone, gone_end);
        return true;
    }
    if (heap_block_is(heap, next, BLOCK_TOP) && next->unused < heap->segment_count) {
        struct heap_segment *segment = heap->segments[next->unused];
        if (!segment || segment->top != (char *)next || !segment_extend(heap, segment, size - old)) return false;
        segment_carve(heap, segment, size - old);
        block->size = size | (block->size & BLOCK_PREVIOUS_FREE);
        return true;
    }
    return false;
}

/* ---- regions ---- */

struct heap_block *heap_region_allocate(struct heap *heap, SIZE_T size, ULONG extra, bool will_grow)
{
    SIZE_T total = (sizeof(struct heap_region) + size + extra + 0xffff) & ~(SIZE_T)0xffff, reserve = total;
    void *base = NULL;
    struct heap_region *region;

    if (total < size || heap->maximum) return NULL;
    if (will_grow && sizeof(void *) == 8) {
        reserve = (total + total / 2 + 0xffff) & ~(SIZE_T)0xffff;
        if (NtAllocateVirtualMemory(NtCurrentProcess(), &base, 0, &reserve, MEM_RESERVE, heap->protect)) return NULL;
    }
    if (NtAllocateVirtualMemory(NtCurrentProcess(), &base, 0, &total, base ? MEM_COMMIT : MEM_RESERVE | MEM_COMMIT,
                                heap->protect)) {
        total = 0;
        if (base) NtFreeVirtualMemory(NtCurrentProcess(), &base, &total, MEM_RELEASE);
        return NULL;
    }
    region = base;
    region->size = size;
    region->committed = total;
    region->reserved = reserve;
    region->extra = extra;
    region->block.size = 0;
    region->block.unused = 0;
    region->block.flags = BLOCK_MARK;
    region->block.state = heap_state(heap, &region->block, BLOCK_REGION);
    region->link.Flink = &heap->regions;
    region->link.Blink = heap->regions.Blink;
    heap->regions.Blink->Flink = &region->link;
    heap->regions.Blink = &region->link;
    return &region->block;
}

void heap_region_free(struct heap *heap, struct heap_region *region)
{
    void *base = region;
    SIZE_T size = 0;

    if (region->link.Flink->Blink != &region->link || region->link.Blink->Flink != &region->link) {
        heap_corrupt(heap, heap_body(&region->block));
        return;
    }
    region->link.Flink->Blink = region->link.Blink;
    region->link.Blink->Flink = region->link.Flink;
    NtFreeVirtualMemory(NtCurrentProcess(), &base, &size, MEM_RELEASE);
}

/* In place, inside what is reserved. */
bool heap_region_resize(struct heap *heap, struct heap_region *region, SIZE_T size)
{
    SIZE_T total = (sizeof(*region) + size + region->extra + HEAP_PAGE - 1) & ~(SIZE_T)(HEAP_PAGE - 1);
    void *base = (char *)region + min(total, region->committed);
    struct heap_extra extra = { 0 };
    SIZE_T bytes;

    if (total < size) return false;
    if (region->extra) memcpy(&extra, (char *)(region + 1) + region->size, sizeof(extra));
    if (total > region->committed) {
        if (total > region->reserved) return false;
        bytes = total - region->committed;
        if (NtAllocateVirtualMemory(NtCurrentProcess(), &base, 0, &bytes, MEM_COMMIT, heap->protect)) return false;
        region->committed = total;
    } else if (region->committed - total >= HEAP_BIG_FREE) {
        bytes = region->committed - total;
        NtFreeVirtualMemory(NtCurrentProcess(), &base, &bytes, MEM_DECOMMIT);
        region->committed = total;
    }
    region->size = size;
    if (region->extra) memcpy((char *)(region + 1) + size, &extra, sizeof(extra));
    return true;
}

/* ---- checking ---- */

NTSTATUS heap_check(struct heap *heap)
{
    for (ULONG i = 0; i < heap->segment_count; i++) {
        struct heap_segment *segment = heap->segments[i];
        ULONG previous = 0;
        char *at;

        if (!segment) continue;
        for (at = segment->first; at < segment->top; at += previous & ~1u) {
            struct heap_block *block = (struct heap_block *)at;
            bool is_free = heap_block_is(heap, block, BLOCK_FREE);
            ULONG size = BLOCK_SIZE(block);

            if (size < HEAP_MIN_BLOCK || size % HEAP_UNIT || size > (SIZE_T)(segment->top - at)) goto bad;
            if (!is_free && !heap_block_is(heap, block, BLOCK_BUSY) && !heap_block_is(heap, block, BLOCK_CACHED))
                goto bad;
            if (!!(block->size & BLOCK_PREVIOUS_FREE) != (previous & 1)) goto bad;
            if (is_free && ((previous & 1) || *footer(block) != size)) goto bad;
            if (!is_free && ((block->flags & 0xf0) != BLOCK_MARK || block->unused > size)) goto bad;
            previous = size | is_free;
            continue;
        bad:
            heap_corrupt(heap, heap_body(block));
            return STATUS_HEAP_CORRUPTION;
        }
        if (at != segment->top || !heap_block_is(heap, (struct heap_block *)at, BLOCK_TOP)) {
            heap_corrupt(heap, at);
            return STATUS_HEAP_CORRUPTION;
        }
    }
    for (LIST_ENTRY *link = heap->regions.Flink; link != &heap->regions; link = link->Flink) {
        struct heap_region *region = CONTAINING_RECORD(link, struct heap_region, link);
        if (link->Flink->Blink != link || !heap_block_is(heap, &region->block, BLOCK_REGION)) {
            heap_corrupt(heap, heap_body(&region->block));
            return STATUS_HEAP_CORRUPTION;
        }
    }
    return STATUS_SUCCESS;
}

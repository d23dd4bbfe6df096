/* Heaps: sizes, flags, growth in place, walking, misuse, threads (heapapi.h reference). */
#include "tap.h"

#define HEAP_SETTABLE_USER_VALUE 0x100
#define HEAP_SETTABLE_USER_FLAG1 0x200
#define HEAP_SETTABLE_USER_FLAG2 0x400

PVOID NTAPI RtlReAllocateHeap(PVOID, ULONG, PVOID, SIZE_T);
SIZE_T NTAPI RtlSizeHeap(PVOID, ULONG, const void *);
BOOLEAN NTAPI RtlValidateHeap(PVOID, ULONG, const void *);
BOOLEAN NTAPI RtlLockHeap(PVOID);
BOOLEAN NTAPI RtlUnlockHeap(PVOID);
SIZE_T NTAPI RtlCompactHeap(PVOID, ULONG);
ULONG NTAPI RtlGetProcessHeaps(ULONG, PVOID *);
BOOLEAN NTAPI RtlSetUserValueHeap(PVOID, ULONG, PVOID, PVOID);
BOOLEAN NTAPI RtlSetUserFlagsHeap(PVOID, ULONG, PVOID, ULONG, ULONG);
BOOLEAN NTAPI RtlGetUserInfoHeap(PVOID, ULONG, PVOID, PVOID *, ULONG *);

static ULONG seed = 12345;

static ULONG next_random(ULONG *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

static BOOL filled(const UCHAR *at, SIZE_T size, UCHAR value)
{
    for (SIZE_T i = 0; i < size; i++)
        if (at[i] != value) return FALSE;
    return TRUE;
}

static void fill(UCHAR *at, SIZE_T size, UCHAR value)
{
    for (SIZE_T i = 0; i < size; i++) at[i] = value;
}

static void test_sizes(void)
{
    static const SIZE_T sizes[] = { 0, 1, 7, 8, 15, 16, 17, 24, 25, 100, 1000, 1001, 4096, 65535, 65536, 500000, 520000,
                                    1000000, 10000001 };
    void *heap = RtlCreateHeap(HEAP_GROWABLE, NULL, 0, 0, NULL, NULL);

    ok(heap != NULL, "no heap");
    for (ULONG i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        UCHAR *block = RtlAllocateHeap(heap, HEAP_ZERO_MEMORY, sizes[i]), *larger;
        ok(block != NULL, "%zu bytes: no block", sizes[i]);
        ok(!((ULONG_PTR)block & (2 * sizeof(void *) - 1)), "%zu bytes: at %p", sizes[i], block);
        ok(RtlSizeHeap(heap, 0, block) == sizes[i], "%zu bytes: size %zu", sizes[i], RtlSizeHeap(heap, 0, block));
        ok(filled(block, sizes[i], 0), "%zu bytes: not zero", sizes[i]);
        fill(block, sizes[i], 0x5a);
        larger = RtlReAllocateHeap(heap, HEAP_ZERO_MEMORY, block, sizes[i] * 2 + 3);
        ok(larger != NULL, "%zu bytes: not reallocated", sizes[i]);
        ok(RtlSizeHeap(heap, 0, larger) == sizes[i] * 2 + 3, "%zu bytes: size %zu after", sizes[i],
           RtlSizeHeap(heap, 0, larger));
        ok(filled(larger, sizes[i], 0x5a), "%zu bytes: contents lost", sizes[i]);
        ok(filled(larger + sizes[i], sizes[i] + 3, 0), "%zu bytes: new part not zero", sizes[i]);
        block = RtlReAllocateHeap(heap, HEAP_REALLOC_IN_PLACE_ONLY, larger, sizes[i] / 2);
        ok(block == larger, "%zu bytes: not shrunk in place", sizes[i]);
        ok(RtlSizeHeap(heap, 0, block) == sizes[i] / 2, "%zu bytes: size when shrunk", sizes[i]);
        ok(filled(block, sizes[i] / 2, 0x5a), "%zu bytes: contents lost on shrinking", sizes[i]);
        ok(RtlValidateHeap(heap, 0, block), "%zu bytes: block not valid", sizes[i]);
        ok(RtlFreeHeap(heap, 0, block), "%zu bytes: not freed", sizes[i]);
    }
    ok(RtlValidateHeap(heap, 0, NULL), "heap not valid");
    ok(RtlAllocateHeap(heap, 0, ~(SIZE_T)0 - 100) == NULL, "size near the end of the range");
    ok(RtlAllocateHeap(heap, 0, ~(SIZE_T)0 / 2) == NULL, "half of the range");
    ok(RtlFreeHeap(heap, 0, NULL), "NULL is nothing to free");
    ok(RtlDestroyHeap(heap) == NULL, "not destroyed");
}

static void test_fixed(void)
{
    void *heap = RtlCreateHeap(0, NULL, 0x20000, 0x1000, NULL, NULL), *block, *last = NULL;
    ULONG count = 0;

    ok(heap != NULL, "no heap");
    while ((block = RtlAllocateHeap(heap, 0, 1000)) && count < 1000) last = block, count++;
    ok(count > 60 && count < 200, "%lu blocks of 1000 bytes in 128 KiB", count);
    ok(RtlFreeHeap(heap, 0, last), "free");
    ok(RtlAllocateHeap(heap, 0, 1000) != NULL, "a freed block can be had again");
    ok(RtlAllocateHeap(heap, 0, 0x100000) == NULL, "more than the heap");
    RtlDestroyHeap(heap);
}

static void test_user_values(void)
{
    void *heap = RtlCreateHeap(HEAP_GROWABLE, NULL, 0, 0, NULL, NULL), *value;
    UCHAR *block = RtlAllocateHeap(heap, HEAP_SETTABLE_USER_VALUE | HEAP_SETTABLE_USER_FLAG1, 33), *moved;
    ULONG flags;

    ok(RtlSizeHeap(heap, 0, block) == 33, "size %zu", RtlSizeHeap(heap, 0, block));
    fill(block, 33, 0x77);
    ok(RtlSetUserValueHeap(heap, 0, block, (void *)0x12345678), "value not set");
    value = NULL;
    flags = 0;
    ok(RtlGetUserInfoHeap(heap, 0, block, &value, &flags), "no information");
    ok(value == (void *)0x12345678, "value %p", value);
    ok((flags & 0xe00) == HEAP_SETTABLE_USER_FLAG1, "flags %lx", flags);
    ok(RtlSetUserFlagsHeap(heap, 0, block, HEAP_SETTABLE_USER_FLAG1, HEAP_SETTABLE_USER_FLAG2), "flags not set");
    ok(RtlGetUserInfoHeap(heap, 0, block, &value, &flags) && (flags & 0xe00) == HEAP_SETTABLE_USER_FLAG2,
       "flags %lx after setting", flags);
    ok(filled(block, 33, 0x77), "value in the block");
    moved = RtlReAllocateHeap(heap, 0, block, 100000);
    ok(moved && RtlGetUserInfoHeap(heap, 0, moved, &value, &flags), "no information after moving");
    ok(filled(moved, 33, 0x77), "contents after moving");
    RtlDestroyHeap(heap);
}

static void test_misuse(void)
{
    void *heap = RtlCreateHeap(HEAP_GROWABLE, NULL, 0, 0, NULL, NULL), *block, *other;

    block = RtlAllocateHeap(heap, 0, 40);
    other = RtlAllocateHeap(heap, 0, 40);
    ok(RtlFreeHeap(heap, 0, block), "free");
    ok(!RtlValidateHeap(heap, 0, block), "a freed block is valid");
    SetLastError(0xdeadbeef);
    ok(!RtlFreeHeap(heap, 0, block), "second free");
    ok(GetLastError() == ERROR_INVALID_PARAMETER, "second free: error %lu", GetLastError());
    ok(!RtlFreeHeap(heap, 0, (char *)other + 2 * sizeof(void *)), "pointer into a block");
    ok(RtlFreeHeap(heap, 0, other), "the block itself");
    ok(RtlValidateHeap(heap, 0, NULL), "heap not valid after misuse");
    block = RtlAllocateHeap(heap, 0, 40);
    other = RtlAllocateHeap(heap, 0, 40);
    ok(block != other, "the same block twice");
    RtlDestroyHeap(heap);
}

static void test_random(void)
{
    static struct { UCHAR *at; SIZE_T size; UCHAR value; } blocks[512];
    void *heap = RtlCreateHeap(HEAP_GROWABLE, NULL, 0, 0, NULL, NULL);
    ULONG bad = 0;

    for (ULONG round = 0; round < 60000; round++) {
        ULONG i = next_random(&seed) % 512, kind = next_random(&seed) % 16;
        SIZE_T size = next_random(&seed) % (kind == 0 ? 700000 : kind < 3 ? 60000 : kind < 8 ? 3000 : 300);
        if (blocks[i].at && !filled(blocks[i].at, min(blocks[i].size, 64u), blocks[i].value)) bad++;
        if (blocks[i].at && blocks[i].size > 64 &&
            !filled(blocks[i].at + blocks[i].size - 64, 64, blocks[i].value)) bad++;
        if (!blocks[i].at) {
            blocks[i].at = RtlAllocateHeap(heap, 0, size);
        } else if (kind & 1) {
            RtlFreeHeap(heap, 0, blocks[i].at);
            blocks[i].at = NULL;
            continue;
        } else {
            UCHAR *moved = RtlReAllocateHeap(heap, 0, blocks[i].at, size);
            if (!moved || !filled(moved, min(min(size, blocks[i].size), 64u), blocks[i].value)) bad++;
            blocks[i].at = moved;
        }
        if (!blocks[i].at || RtlSizeHeap(heap, 0, blocks[i].at) != size) bad++;
        blocks[i].size = size;
        blocks[i].value = (UCHAR)round;
        fill(blocks[i].at, min(size, 64u), blocks[i].value);
        if (size > 64) fill(blocks[i].at + size - 64, 64, blocks[i].value);
        if (size > 64 && size < 128) fill(blocks[i].at, size, blocks[i].value);
        if (round % 1000 == 0 && !RtlValidateHeap(heap, 0, NULL)) bad++;
    }
    ok(!bad, "%lu errors", bad);
    for (ULONG i = 0; i < 512; i++) ok(RtlFreeHeap(heap, 0, blocks[i].at), "block %lu not freed", i);
    ok(RtlValidateHeap(heap, 0, NULL), "heap not valid");
    ok(RtlCompactHeap(heap, 0) > 0, "nothing free"); /* Wine 8 always returns 0 */
    RtlDestroyHeap(heap);
}

/* One thread allocates, others free. */
#define SLOTS 64
static void *volatile slots[SLOTS];
static void *shared_heap;
static LONG stop, freed;

static DWORD WINAPI consumer(void *argument)
{
    LONG count = 0;

    while (!stop) {
        for (ULONG i = 0; i < SLOTS; i++) {
            ULONG *block = InterlockedExchangePointer((void *volatile *)&slots[i], NULL);
            if (!block) continue;
            if (block[0] != 0xfeedface) note("block %p was changed", block);
            if (RtlFreeHeap(shared_heap, 0, block)) count++;
        }
    }
    InterlockedExchangeAdd(&freed, count);
    return 0;
}

static DWORD WINAPI churner(void *argument)
{
    ULONG state = (ULONG)(ULONG_PTR)argument, bad = 0;
    UCHAR *own[32] = { 0 };

    for (ULONG round = 0; round < 30000; round++) {
        ULONG i = next_random(&state) % 32, size = next_random(&state) % 700 + 1;
        if (own[i]) {
            if (own[i][0] != (UCHAR)i) bad++;
            if (!RtlFreeHeap(shared_heap, 0, own[i])) bad++;
        }
        own[i] = RtlAllocateHeap(shared_heap, 0, size);
        own[i][0] = own[i][size - 1] = (UCHAR)i;
    }
    for (ULONG i = 0; i < 32; i++) RtlFreeHeap(shared_heap, 0, own[i]);
    return bad;
}

static void test_threads(void)
{
    HANDLE threads[4];
    LONG made = 0;

    shared_heap = RtlCreateHeap(HEAP_GROWABLE, NULL, 0, 0, NULL, NULL);
    threads[0] = CreateThread(NULL, 0, consumer, NULL, 0, NULL);
    threads[1] = CreateThread(NULL, 0, consumer, NULL, 0, NULL);
    threads[2] = CreateThread(NULL, 0, churner, (void *)1, 0, NULL);
    threads[3] = CreateThread(NULL, 0, churner, (void *)2, 0, NULL);
    for (ULONG round = 0; round < 100000; round++) {
        ULONG i = next_random(&seed) % SLOTS;
        ULONG *block;
        if (slots[i]) continue;
        block = RtlAllocateHeap(shared_heap, 0, 16 + next_random(&seed) % 200);
        block[0] = 0xfeedface;
        slots[i] = block;
        made++;
    }
    for (ULONG i = 2; i < 4; i++) {
        DWORD code = 1;
        WaitForSingleObject(threads[i], INFINITE);
        GetExitCodeThread(threads[i], &code);
        ok(!code, "%lu errors in a thread", code);
    }
    for (ULONG i = 0; i < SLOTS; i++)
        while (slots[i]) Sleep(0);
    stop = 1;
    for (ULONG i = 0; i < 2; i++) WaitForSingleObject(threads[i], INFINITE);
    ok(freed == made, "%ld made, %ld freed", made, freed);
    ok(RtlValidateHeap(shared_heap, 0, NULL), "heap not valid");
    for (ULONG i = 0; i < 4; i++) CloseHandle(threads[i]);
    RtlDestroyHeap(shared_heap);
}

static DWORD WINAPI allocator(void *argument)
{
    void *block = RtlAllocateHeap(shared_heap, 0, 20);
    stop = 1;
    RtlFreeHeap(shared_heap, 0, block);
    return 0;
}

static void test_lock(void)
{
    HANDLE thread;

    shared_heap = RtlCreateHeap(HEAP_GROWABLE, NULL, 0, 0, NULL, NULL);
    stop = 0;
    ok(RtlLockHeap(shared_heap), "lock");
    ok(RtlLockHeap(shared_heap), "lock again");
    thread = CreateThread(NULL, 0, allocator, NULL, 0, NULL);
    ok(WaitForSingleObject(thread, 50) == WAIT_TIMEOUT, "the other thread got on");
    ok(!stop, "the other thread allocated");
    ok(RtlFreeHeap(shared_heap, 0, RtlAllocateHeap(shared_heap, 0, 20)), "the owner allocates");
    ok(RtlUnlockHeap(shared_heap), "unlock");
    ok(WaitForSingleObject(thread, 20) == WAIT_TIMEOUT, "the other thread got on");
    ok(RtlUnlockHeap(shared_heap), "unlock again");
    ok(WaitForSingleObject(thread, 10000) == WAIT_OBJECT_0, "the other thread did not get on");
    CloseHandle(thread);
    RtlDestroyHeap(shared_heap);
}

static void test_list(void)
{
    void *heaps[64], *heap;
    ULONG before = RtlGetProcessHeaps(64, heaps), after, found = 0;

    ok(before >= 1 && heaps[0] == GetProcessHeap(), "%lu heaps, the first %p", before, heaps[0]);
    heap = RtlCreateHeap(HEAP_GROWABLE, NULL, 0, 0, NULL, NULL);
    after = RtlGetProcessHeaps(64, heaps);
    for (ULONG i = 0; i < after; i++) found += heaps[i] == heap;
    ok(after == before + 1 && found == 1, "%lu heaps, found %lu times", after, found);
    RtlDestroyHeap(heap);
    ok(RtlGetProcessHeaps(64, heaps) == before, "%lu heaps", RtlGetProcessHeaps(64, heaps));
    ok(RtlGetProcessHeaps(0, NULL) == before, "number without room");
}

START_TESTS
{
    test_sizes();
    test_fixed();
    test_user_values();
    test_misuse();
    test_random();
    test_threads();
    test_lock();
    test_list();
}

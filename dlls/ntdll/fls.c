/* Fiber-local storage (fibersapi.h: FlsAlloc and relatives). TEB.FlsData is the running fiber's; the values lie in
 * chunks of 16, 32, 64 … that are made when first written to.
 */
#include "ntdll.h"

#define FLS_CHUNKS 8
#define FLS_COUNT (16 * ((1 << FLS_CHUNKS) - 1)) /* 4080, as the reference's FLS_MAXIMUM_AVAILABLE */
#define NO_CALLBACK ((PFLS_CALLBACK_FUNCTION)(LONG_PTR)-1)

struct fls_data {
    LIST_ENTRY link;
    void **chunks[FLS_CHUNKS];
};

static RTL_SRWLOCK lock;
static LIST_ENTRY all = { &all, &all };
static PFLS_CALLBACK_FUNCTION callbacks[FLS_COUNT]; /* NULL: index not allocated */
static ULONG highest;                               /* one above the highest index ever allocated */

/* Index i is entry `*entry` of chunk `result`: chunk c starts at 16 * (2^c - 1). */
static inline ULONG chunk_of(ULONG index, ULONG *entry)
{
    ULONG chunk = 31 - __builtin_clz(index / 16 + 1);
    *entry = index - 16 * ((1u << chunk) - 1);
    return chunk;
}

static inline void **slot_of(struct fls_data *data, ULONG index)
{
    ULONG entry, chunk = chunk_of(index, &entry);
    return data && data->chunks[chunk] ? &data->chunks[chunk][entry] : NULL;
}

static inline bool allocated(ULONG index)
{
    return index < FLS_COUNT && __atomic_load_n(&callbacks[index], __ATOMIC_ACQUIRE);
}

/* Index 0 is never given out. STATUS_NO_MEMORY when all are taken. */
NTSTATUS NTAPI RtlFlsAlloc(PFLS_CALLBACK_FUNCTION callback, ULONG *index)
{
    RtlAcquireSRWLockExclusive(&lock);
    for (ULONG i = 1; i < FLS_COUNT; i++) {
        void **slot;
        if (callbacks[i]) continue;
        if ((slot = slot_of(ferry_teb()->FlsData, i))) *slot = NULL;
        __atomic_store_n(&callbacks[i], callback ? callback : NO_CALLBACK, __ATOMIC_RELEASE);
        if (i >= highest) highest = i + 1;
        RtlReleaseSRWLockExclusive(&lock);
        *index = i;
        return STATUS_SUCCESS;
    }
    RtlReleaseSRWLockExclusive(&lock);
    return STATUS_NO_MEMORY;
}

/* Calls the callback for every fiber's value that is not NULL, on this thread. */
NTSTATUS NTAPI RtlFlsFree(ULONG index)
{
    PFLS_CALLBACK_FUNCTION callback;
    LIST_ENTRY *link;

    RtlAcquireSRWLockExclusive(&lock);
    if (!allocated(index)) {
        RtlReleaseSRWLockExclusive(&lock);
        return STATUS_INVALID_PARAMETER;
    }
    callback = callbacks[index];
again:
    for (link = all.Flink; link != &all; link = link->Flink) {
        void **slot = slot_of(CONTAINING_RECORD(link, struct fls_data, link), index), *value = slot ? *slot : NULL;
        if (!value) continue;
        *slot = NULL;
        if (callback == NO_CALLBACK) continue;
        RtlReleaseSRWLockExclusive(&lock);
        callback(value);
        RtlAcquireSRWLockExclusive(&lock);
        goto again;
    }
    __atomic_store_n(&callbacks[index], NULL, __ATOMIC_RELEASE);
    RtlReleaseSRWLockExclusive(&lock);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlFlsGetValue(ULONG index, void **value)
{
    void **slot;

    if (!index || !allocated(index)) return STATUS_INVALID_PARAMETER;
    slot = slot_of(ferry_teb()->FlsData, index);
    *value = slot ? *slot : NULL;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlFlsSetValue(ULONG index, void *value)
{
    struct fls_data *data = ferry_teb()->FlsData;
    ULONG entry, chunk;
    void **slot;

    if (!index || !allocated(index)) return STATUS_INVALID_PARAMETER;
    if ((slot = slot_of(data, index))) {
        *slot = value;
        return STATUS_SUCCESS;
    }
    if (!data) {
        if (!(data = heap_allocate_zeroed(sizeof(*data)))) return STATUS_NO_MEMORY;
        RtlAcquireSRWLockExclusive(&lock);
        data->link.Flink = &all;
        data->link.Blink = all.Blink;
        all.Blink->Flink = &data->link;
        all.Blink = &data->link;
        RtlReleaseSRWLockExclusive(&lock);
        ferry_teb()->FlsData = data;
    }
    chunk = chunk_of(index, &entry);
    void **values = heap_allocate_zeroed((16u << chunk) * sizeof(*values));
    if (!values) return STATUS_NO_MEMORY;
    values[entry] = value;
    RtlAcquireSRWLockExclusive(&lock); /* RtlFlsFree on another thread reads it */
    data->chunks[chunk] = values;
    RtlReleaseSRWLockExclusive(&lock);
    return STATUS_SUCCESS;
}

/* A fiber's or thread's end. flags 1: call the callbacks for its values; 2: free `fls_data`. */
void NTAPI RtlProcessFlsData(void *fls_data, ULONG flags)
{
    struct fls_data *data = fls_data;

    if (!data) return;
    if (flags & 1) {
        for (ULONG i = 1; i < highest; i++) {
            void **slot = slot_of(data, i), *value = slot ? *slot : NULL;
            PFLS_CALLBACK_FUNCTION callback = callbacks[i];
            if (!value) continue;
            *slot = NULL;
            if (callback && callback != NO_CALLBACK) callback(value);
        }
    }
    if (flags & 2) {
        RtlAcquireSRWLockExclusive(&lock);
        data->link.Flink->Blink = data->link.Blink;
        data->link.Blink->Flink = data->link.Flink;
        RtlReleaseSRWLockExclusive(&lock);
        for (ULONG i = 0; i < FLS_CHUNKS; i++) heap_free(data->chunks[i]);
        heap_free(data);
    }
}

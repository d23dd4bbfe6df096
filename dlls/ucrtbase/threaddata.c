/* What the runtime keeps per thread, and its numbered locks. */
#include "crt.h"

static DWORD slot = TLS_OUT_OF_INDEXES;
static CRITICAL_SECTION locks[LOCK_COUNT];

/* Below 64 the slot is read from the TEB: TlsGetValue would clear the last error. */
static inline void *slot_value(void)
{
    FERRY_TEB *teb = ferry_teb();

    if (slot < 64) return teb->TlsSlots[slot];
    return teb->TlsExpansionSlots ? teb->TlsExpansionSlots[slot - 64] : NULL;
}

void thread_data_init(void)
{
    slot = TlsAlloc();
}

struct thread_data *thread_data_optional(void)
{
    return slot == TLS_OUT_OF_INDEXES ? NULL : slot_value();
}

struct thread_data *thread_data(void)
{
    static struct thread_data last_resort;
    struct thread_data *data = slot_value();

    if (data) return data;
    data = HeapAlloc(crt_heap, HEAP_ZERO_MEMORY, sizeof(*data));
    if (!data) return &last_resort; /* out of memory: errno must still have an address */
    data->rand_state = 1;
    TlsSetValue(slot, data);
    return data;
}

void thread_data_free(void)
{
    struct thread_data *data = thread_data_optional();

    if (!data) return;
    TlsSetValue(slot, NULL);
    free(data->strerror_text);
    free(data->wcserror_text);
    HeapFree(crt_heap, 0, data);
}

void locks_init(void)
{
    for (int i = 0; i < LOCK_COUNT; i++) InitializeCriticalSection(&locks[i]);
}

CRTAPI void _lock(int number)
{
    EnterCriticalSection(&locks[number]);
}

CRTAPI void _unlock(int number)
{
    LeaveCriticalSection(&locks[number]);
}

CRTAPI void _lock_locales(void)
{
    _lock(LOCK_LOCALE);
}

CRTAPI void _unlock_locales(void)
{
    _unlock(LOCK_LOCALE);
}

/* For the C++ runtime DLLs: this thread's twelve words, see cxx in struct thread_data. */
void **crt_cxx_data(void)
{
    return thread_data()->cxx;
}

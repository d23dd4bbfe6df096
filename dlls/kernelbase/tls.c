/* Thread local storage: 64 slots in the TEB, 1024 more in a block that a thread gets when it first uses one.
 * The bitmaps are in the PEB, where debuggers and ntdll look. */
#include "kernelbase.h"

#define EXPANSION_SLOTS 1024
#define ThreadZeroTlsCell_ 10

static bool take_bit(ULONG *bits, ULONG words, DWORD *index)
{
    for (ULONG word = 0; word < words; word++) {
        ULONG value = *(volatile ULONG *)&bits[word];
        while (~value) {
            ULONG bit = __builtin_ctz(~value);
            if (!InterlockedBitTestAndSet((LONG *)&bits[word], bit)) {
                *index = word * 32 + bit;
                return true;
            }
            value = *(volatile ULONG *)&bits[word];
        }
    }
    return false;
}

static void **expansion_slots(void)
{
    FERRY_TEB *teb = ferry_teb();

    if (!teb->TlsExpansionSlots) teb->TlsExpansionSlots = mem_alloc_zeroed(EXPANSION_SLOTS * sizeof(void *));
    return teb->TlsExpansionSlots;
}

DWORD WINAPI TlsAlloc(void)
{
    FERRY_PEB *peb = ferry_peb();
    FERRY_TEB *teb = ferry_teb();
    DWORD index;

    if (take_bit(peb->TlsBitmapBits, 2, &index)) {
        teb->TlsSlots[index] = NULL;
        return index;
    }
    if (!expansion_slots()) {
        set_error(ERROR_NOT_ENOUGH_MEMORY);
    } else if (take_bit(peb->TlsExpansionBitmapBits, EXPANSION_SLOTS / 32, &index)) {
        teb->TlsExpansionSlots[index] = NULL;
        return index + TLS_MINIMUM_AVAILABLE;
    } else {
        set_error(ERROR_NO_MORE_ITEMS);
    }
    return TLS_OUT_OF_INDEXES;
}

BOOL WINAPI TlsFree(DWORD index)
{
    FERRY_PEB *peb = ferry_peb();
    ULONG *bits = peb->TlsBitmapBits, bit = index;

    if (index >= TLS_MINIMUM_AVAILABLE) {
        bit -= TLS_MINIMUM_AVAILABLE;
        if (bit >= EXPANSION_SLOTS) return set_error(ERROR_INVALID_PARAMETER);
        bits = peb->TlsExpansionBitmapBits;
    }
    if (!(bits[bit / 32] >> (bit % 32) & 1)) return set_error(ERROR_INVALID_PARAMETER);
    /* Every thread's cell is zero before the index can be had again. */
    NTSTATUS status = NtSetInformationThread(NtCurrentThread(), ThreadZeroTlsCell_, &index, sizeof(index));
    if (status < 0) return set_status(status);
    if (!InterlockedBitTestAndReset((LONG *)&bits[bit / 32], bit % 32)) return set_error(ERROR_INVALID_PARAMETER);
    return TRUE;
}

/* Sets the last error also when it succeeds, so that a NULL value can be told from an error. */
LPVOID WINAPI TlsGetValue(DWORD index)
{
    FERRY_TEB *teb = ferry_teb();

    if (index < TLS_MINIMUM_AVAILABLE) {
        teb->LastErrorValue = ERROR_SUCCESS;
        return teb->TlsSlots[index];
    }
    index -= TLS_MINIMUM_AVAILABLE;
    if (index >= EXPANSION_SLOTS) {
        teb->LastErrorValue = ERROR_INVALID_PARAMETER;
        return NULL;
    }
    teb->LastErrorValue = ERROR_SUCCESS;
    return teb->TlsExpansionSlots ? teb->TlsExpansionSlots[index] : NULL;
}

BOOL WINAPI TlsSetValue(DWORD index, LPVOID value)
{
    if (index < TLS_MINIMUM_AVAILABLE) {
        ferry_teb()->TlsSlots[index] = value;
        return TRUE;
    }
    index -= TLS_MINIMUM_AVAILABLE;
    if (index >= EXPANSION_SLOTS) return set_error(ERROR_INVALID_PARAMETER);
    if (!expansion_slots()) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    ferry_teb()->TlsExpansionSlots[index] = value;
    return TRUE;
}

/* Pointers made unreadable (utilapiset.h: EncodePointer): exclusive-or with a secret, then a rotation by it. */
#include "ntdll.h"

#define BITS (8 * sizeof(ULONG_PTR))

static ULONG_PTR secret(void)
{
    static ULONG_PTR value;
    ULONG_PTR expected = 0, fresh;

    if (__atomic_load_n(&value, __ATOMIC_RELAXED)) return value;
    do NtFerryRandom(&fresh, sizeof(fresh));
    while (!fresh);
    __atomic_compare_exchange_n(&value, &expected, fresh, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return value;
}

static ULONG_PTR system_secret(void)
{
    /* KUSER_SHARED_DATA.Cookie, with what keeps it from being 0 */
    return *(const volatile ULONG *)0x7ffe0330 | (ULONG_PTR)1 << (BITS - 5);
}

static ULONG_PTR encode(ULONG_PTR value, ULONG_PTR key)
{
    ULONG turn = key % BITS;
    value ^= key;
    return turn ? value >> turn | value << (BITS - turn) : value;
}

static ULONG_PTR decode(ULONG_PTR value, ULONG_PTR key)
{
    ULONG turn = key % BITS;
    return (turn ? value << turn | value >> (BITS - turn) : value) ^ key;
}

void *NTAPI RtlEncodePointer(void *pointer)
{
    return (void *)encode((ULONG_PTR)pointer, secret());
}

void *NTAPI RtlDecodePointer(void *pointer)
{
    return (void *)decode((ULONG_PTR)pointer, secret());
}

/* The same in every process of the session. */
void *NTAPI RtlEncodeSystemPointer(void *pointer)
{
    return (void *)encode((ULONG_PTR)pointer, system_secret());
}

void *NTAPI RtlDecodeSystemPointer(void *pointer)
{
    return (void *)decode((ULONG_PTR)pointer, system_secret());
}

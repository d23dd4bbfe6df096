/* winnt.h: the functions behind what compilers do inline (i386 alone has them as exports). */
#ifdef __i386__
#include "kernelbase.h"

LONG WINAPI interlocked_compare_exchange(LONG *target, LONG value, LONG comparand)
{
    return __sync_val_compare_and_swap(target, comparand, value);
}

LONGLONG WINAPI interlocked_compare_exchange64(LONGLONG *target, LONGLONG value, LONGLONG comparand)
{
    return __sync_val_compare_and_swap(target, comparand, value);
}

LONG WINAPI interlocked_decrement(LONG *target)
{
    return __sync_sub_and_fetch(target, 1);
}

LONG WINAPI interlocked_exchange(LONG *target, LONG value)
{
    return __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST);
}

LONG WINAPI interlocked_exchange_add(LONG *target, LONG value)
{
    return __sync_fetch_and_add(target, value);
}

LONG WINAPI interlocked_increment(LONG *target)
{
    return __sync_add_and_fetch(target, 1);
}

#endif

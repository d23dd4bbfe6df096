/* C++ exceptions keep their state of a thread in the runtime's thread data. */
#include "crt.h"
#include "cxxeh.h"

void __cdecl terminate(void);

_Static_assert(sizeof(struct cxx_thread) <= sizeof(((struct thread_data *)0)->cxx), "room for the state");

struct cxx_thread *cxx_thread(void)
{
    return (struct cxx_thread *)thread_data()->cxx;
}

DECLSPEC_NORETURN void cxx_terminate(void)
{
    terminate();
    __builtin_unreachable();
}

/* The exception class of misused locks. */
#include "class_tables.h"

#ifdef __x86_64__
#define EXCEPTION_SIZE 24
#else
#define EXCEPTION_SIZE 12
#endif

    class_tables exception_, .?AVexception@std@@, 0, EXCEPTION_SIZE
    class_tables improper_lock, .?AVimproper_lock@Concurrency@@, 1, EXCEPTION_SIZE, exception_

/* The exception classes that the runtime throws itself: in msvcrt.dll the global ones of its old headers, in the newer
 * runtime those of namespace std. */
#include "class_tables.h"

#ifdef __x86_64__
#define EXCEPTION_SIZE 24
#else
#define EXCEPTION_SIZE 12
#endif

    type_info_table
#ifdef FERRY_MSVCRT
    class_tables exception, .?AVexception@@, 0, EXCEPTION_SIZE
    class_tables bad_cast, .?AVbad_cast@@, 1, EXCEPTION_SIZE, exception
    class_tables bad_typeid, .?AVbad_typeid@@, 1, EXCEPTION_SIZE, exception
    class_tables non_rtti_object, .?AV__non_rtti_object@@, 2, EXCEPTION_SIZE, bad_typeid, exception
    class_tables bad_alloc, .?AVbad_alloc@std@@, 1, EXCEPTION_SIZE, exception
#else
    class_tables exception, .?AVexception@std@@, 0, EXCEPTION_SIZE
    class_tables bad_cast, .?AVbad_cast@std@@, 1, EXCEPTION_SIZE, exception
    class_tables bad_typeid, .?AVbad_typeid@std@@, 1, EXCEPTION_SIZE, exception
    class_tables non_rtti_object, .?AV__non_rtti_object@std@@, 2, EXCEPTION_SIZE, bad_typeid, exception
    class_tables bad_alloc, .?AVbad_alloc@std@@, 1, EXCEPTION_SIZE, exception
#endif

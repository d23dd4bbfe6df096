/* The exception classes that only the C++ library throws. */
#include "class_tables.h"

#ifdef __x86_64__
#define EXCEPTION_SIZE 24
#define SYSTEM_ERROR_SIZE 40
#define REGEX_ERROR_SIZE 32
#else
#define EXCEPTION_SIZE 12
#define SYSTEM_ERROR_SIZE 20
#define REGEX_ERROR_SIZE 16
#endif

    class_tables exception_, .?AVexception@std@@, 0, EXCEPTION_SIZE
    class_tables bad_exception, .?AVbad_exception@std@@, 1, EXCEPTION_SIZE, exception_
    class_tables bad_function_call, .?AVbad_function_call@std@@, 1, EXCEPTION_SIZE, exception_
    class_tables logic_error, .?AVlogic_error@std@@, 1, EXCEPTION_SIZE, exception_
    class_tables length_error, .?AVlength_error@std@@, 2, EXCEPTION_SIZE, logic_error, exception_
    class_tables out_of_range, .?AVout_of_range@std@@, 2, EXCEPTION_SIZE, logic_error, exception_
    class_tables invalid_argument, .?AVinvalid_argument@std@@, 2, EXCEPTION_SIZE, logic_error, exception_
    class_tables runtime_error, .?AVruntime_error@std@@, 1, EXCEPTION_SIZE, exception_
    class_tables regex_error, .?AVregex_error@std@@, 2, REGEX_ERROR_SIZE, runtime_error, exception_
    class_tables system_error_, .?AV_System_error@std@@, 2, SYSTEM_ERROR_SIZE, runtime_error, exception_
    class_tables system_error, .?AVsystem_error@std@@, 3, SYSTEM_ERROR_SIZE, system_error_, runtime_error, exception_

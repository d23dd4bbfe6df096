/* _CxxThrowException: a throw expression. */
#include "cxxeh.h"

/* object NULL: `throw;`, the exception of the running catch block again. */
DECLSPEC_NORETURN void WINAPI _CxxThrowException(void *object, const struct cxx_throw_info *info)
{
    ULONG_PTR parameters[4] = { CXX_MAGIC, (ULONG_PTR)object, (ULONG_PTR)info, 0 };
    struct cxx_thread *thread = cxx_thread();
    EXCEPTION_RECORD record = { .ExceptionCode = CXX_EXCEPTION, .ExceptionFlags = EXCEPTION_NONCONTINUABLE };
    void *base = NULL;

    if (!info) {
        if (!thread->exception) cxx_terminate();
        record = *thread->exception;
        record.ExceptionFlags = EXCEPTION_NONCONTINUABLE;
        record.ExceptionRecord = NULL;
    } else {
        RtlPcToFileHeader((void *)info, &base);
        parameters[3] = (ULONG_PTR)base;
        record.NumberParameters = sizeof(void *) == 8 ? 4 : 3;
        for (ULONG i = 0; i < record.NumberParameters; i++) record.ExceptionInformation[i] = parameters[i];
    }
    thread->uncaught++;
    record.ExceptionAddress = (void *)_CxxThrowException;
    RtlRaiseException(&record);
    cxx_terminate();
}

/* What compiled code and C++ libraries ask of the runtime around exceptions. Reference: eh.h; cpp-docs:
 * "_set_se_translator", "__uncaught_exception". */
#include "classes.h"

typedef void(__cdecl *translator)(unsigned code, EXCEPTION_POINTERS *pointers);

/* This thread's translator of system exceptions; returns the one before. */
CRTAPI translator _set_se_translator(translator replacement)
{
    struct cxx_thread *thread = cxx_thread();
    translator old = thread->translator;

    thread->translator = replacement;
    return old;
}

CRTAPI BOOLEAN __uncaught_exception(void)
{
    return cxx_thread()->uncaught != 0;
}

/* Where the base that `member` names lies in `object`. */
CRTAPI void *__AdjustPointer(void *object, const struct cxx_member *member)
{
    return cxx_to_member(object, member);
}

/* A filter of managed code: only a C++ exception on its way out is of interest; another one ends the process. */
CRTAPI int __FrameUnwindFilter(EXCEPTION_POINTERS *pointers)
{
    if (pointers->ExceptionRecord->ExceptionCode == CXX_EXCEPTION) {
        cxx_thread()->uncaught = 0;
        cxx_terminate();
    }
    return EXCEPTION_CONTINUE_SEARCH;
}

/* Ends the lifetime of a caught object that was kept beyond its catch block. */
CRTAPI void __DestructExceptionObject(EXCEPTION_RECORD *record, BOOLEAN may_throw)
{
    if (record && cxx_is_exception(record)) cxx_destroy_object(record);
}

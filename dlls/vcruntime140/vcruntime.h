/* What the files of vcruntime140.dll share. */
#ifndef VCRUNTIME_H
#define VCRUNTIME_H

#include "ferry/nt.h"

/* A thread's state of C++ exceptions; cxx_frame_handler.c keeps it. */
struct vcrt_thread {
    void *current_exception; /* EXCEPTION_RECORD of the exception being handled */
    void *current_context;
    int processing_throw; /* uncaught exceptions */
    void *frames;         /* frames of nested catch blocks */
    void *translator;
};

struct vcrt_thread *vcrt_thread(void);

#endif

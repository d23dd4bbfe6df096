/* The tables of a function with C++ exceptions (x86_64), in either encoding: __CxxFrameHandler3's fixed structures and
 * __CxxFrameHandler4's compressed bytes. Offsets are from the image's base. */
#ifndef CXXEH_TABLES_H
#define CXXEH_TABLES_H

#include <limits.h>
#include "match.h"

struct cxx_tables {
    ULONG64 image;
    ULONG64 begin;        /* of the function's code */
    const void *function; /* struct cxx_function of __CxxFrameHandler3 */
    bool compressed;
    bool synchronous; /* /EHs: catch (...) does not take system exceptions */
    bool noexcept;
    bool is_catch;        /* a catch funclet with tables of its own */
    unsigned catch_frame; /* … keeps its parent's frame here */
    const BYTE *unwinds, *tries, *ips; /* compressed, NULL: none */
};

enum { CXX_UNWIND_NOTHING, CXX_UNWIND_OBJECT, CXX_UNWIND_POINTER, CXX_UNWIND_FUNCLET };
struct cxx_unwind {
    int next; /* state */
    int kind; /* what to do on leaving the state */
    int action;
    unsigned object; /* of the destructor, in the frame */
};

struct cxx_try {
    int low, high;  /* states of the try block */
    int catch_high; /* states (high, catch_high] are those of its catch blocks */
    int handler_count;
    int handlers;
};

/* A place in a list of the tables. */
struct cxx_cursor {
    const BYTE *next;
    unsigned left;
};

/* The function's begin as an offset, when its code has several entries chained to the first. */
unsigned cxx_begin(const DISPATCHER_CONTEXT *dispatcher);
bool cxx_read_tables(struct cxx_tables *tables, const DISPATCHER_CONTEXT *dispatcher);
void cxx_read_compressed(struct cxx_tables *tables, const DISPATCHER_CONTEXT *dispatcher);
int cxx_state_of_ip(const struct cxx_tables *tables, const DISPATCHER_CONTEXT *dispatcher);
/* false: there is no such state. */
bool cxx_unwind_step(const struct cxx_tables *tables, int state, struct cxx_unwind *step);
void cxx_tries(const struct cxx_tables *tables, struct cxx_cursor *cursor);
bool cxx_next_try(const struct cxx_tables *tables, struct cxx_cursor *cursor, struct cxx_try *block);
void cxx_handlers(const struct cxx_tables *tables, const struct cxx_try *block, struct cxx_cursor *cursor);
bool cxx_next_handler(const struct cxx_tables *tables, struct cxx_cursor *cursor, struct cxx_handler *handler);

#endif

/* Which catch block takes a C++ exception (x86_64: tables hold offsets from the image's base). */
#ifndef CXXEH_MATCH_H
#define CXXEH_MATCH_H

#include <stdbool.h>
#include "cxxeh.h"

struct cxx_type {
    const void *vtable;
    void *undecorated;
    char name[]; /* decorated; empty: catch (...) of older compilers */
};

struct cxx_member {
    int offset, vbtable_offset, vbtable_index; /* where a base lies in the object; vbtable_offset -1: no virtual base */
};

#define CATCHABLE_SIMPLE 1
#define CATCHABLE_REFERENCE_ONLY 2
#define CATCHABLE_VIRTUAL_BASE 4
struct cxx_catchable {
    unsigned properties;
    int type;
    struct cxx_member member;
    int size;
    int copy; /* constructor, 0: memcpy */
};

struct cxx_catchables {
    int count;
    int types[];
};

#define THROW_CONST 1
#define THROW_VOLATILE 2
#define THROW_UNALIGNED 4
struct cxx_throw_info {
    unsigned attributes;
    int destructor;
    int forward_compatible;
    int catchables;
};

#define HANDLER_CONST 1
#define HANDLER_VOLATILE 2
#define HANDLER_UNALIGNED 4
#define HANDLER_REFERENCE 8
#define HANDLER_ANYTHING 0x40
struct cxx_handler {
    unsigned adjectives;
    int type;
    int object;  /* of the catch variable in the frame, 0: none */
    int address; /* of the funclet */
    int frame;   /* where the funclet keeps its parent's frame */
};

static inline bool cxx_is_exception(const EXCEPTION_RECORD *record)
{
    return record->ExceptionCode == CXX_EXCEPTION && record->NumberParameters == 4 &&
           record->ExceptionInformation[0] >= CXX_MAGIC && record->ExceptionInformation[0] <= CXX_MAGIC_LAST &&
           record->ExceptionInformation[2];
}

/* The form in which `handler` takes the exception; NULL: it does not, or it takes anything (*anything). */
const struct cxx_catchable *cxx_match(const EXCEPTION_RECORD *record, const struct cxx_handler *handler, ULONG64 image,
                                      bool *anything);

/* Makes the catch variable in the frame. */
void cxx_make_variable(const EXCEPTION_RECORD *record, const struct cxx_handler *handler,
                       const struct cxx_catchable *catchable, ULONG64 frame);

/* Runs the thrown object's destructor. */
void cxx_destroy_object(const EXCEPTION_RECORD *record);

#endif

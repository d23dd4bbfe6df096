/* Which catch block takes a C++ exception. References in tables are offsets from the image's base on x86_64, pointers
 * on i386. */
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
#define CXX_RESUME_COUNT 2
struct cxx_handler {
    unsigned adjectives;
    int type;
    int object;  /* of the catch variable in the frame, 0: none */
    int address; /* of the funclet */
    int frame;   /* where the funclet keeps its parent's frame */
    ULONG_PTR resume[CXX_RESUME_COUNT]; /* where the parent goes on, 0: the funclet returns that */
};

#ifdef _WIN64
#define CXX_PARAMETERS 4
#else
#define CXX_PARAMETERS 3
#endif

static inline bool cxx_is_exception(const EXCEPTION_RECORD *record)
{
    return record->ExceptionCode == CXX_EXCEPTION && record->NumberParameters == CXX_PARAMETERS &&
           record->ExceptionInformation[0] >= CXX_MAGIC && record->ExceptionInformation[0] <= CXX_MAGIC_LAST &&
           record->ExceptionInformation[2];
}

/* Member functions take `this` in ecx on i386; on x86_64 as any first parameter. */
#ifdef __i386__
#define MEMBER __attribute__((thiscall))
#else
#define MEMBER
#endif

/* The image base that the thrower's tables count from. */
static inline ULONG_PTR cxx_thrower(const EXCEPTION_RECORD *record)
{
    return CXX_PARAMETERS == 4 ? record->ExceptionInformation[3] : 0;
}

/* The form in which `handler` takes the exception; NULL: it does not, or it takes anything (*anything). */
const struct cxx_catchable *cxx_match(const EXCEPTION_RECORD *record, const struct cxx_handler *handler, ULONG_PTR image,
                                      bool *anything);

/* Makes the catch variable in the frame. */
void cxx_make_variable(const EXCEPTION_RECORD *record, const struct cxx_handler *handler,
                       const struct cxx_catchable *catchable, ULONG_PTR frame);

/* Where a base or member lies in `object`. */
void *cxx_to_member(void *object, const struct cxx_member *member);

/* Runs the thrown object's destructor. */
void cxx_destroy_object(const EXCEPTION_RECORD *record);

/* A running catch block; lives in the stack frame of what called it. */
struct cxx_catch {
    struct cxx_catch *previous;
    ULONG_PTR frame; /* the physical frame in which the exception was caught */
    int state;       /* x86_64: that frame's state meanwhile */
    EXCEPTION_RECORD record;
    EXCEPTION_RECORD *outer_exception;
    CONTEXT *outer_context;
};

void cxx_translate(EXCEPTION_RECORD *record, CONTEXT *context);
/* `context`: of the exception. */
void cxx_begin_catch(struct cxx_catch *running, const EXCEPTION_RECORD *record, CONTEXT *context);
/* The newest catch block is left; destroy false: its exception lives on, thrown again. */
void cxx_end_catch(bool destroy);

#endif

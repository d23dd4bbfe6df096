/* std::exception_ptr: two words, the exception that it shares and whether there is one. Reference: cpp-docs:
 * "exception_ptr", "current_exception", "rethrow_exception". */
#include "errors.h"

void *malloc(size_t size);
void free(void *block);
EXCEPTION_RECORD **__current_exception(void);
__declspec(noreturn) void terminate(void);

struct shared {
    LONG references;
    EXCEPTION_RECORD record; /* of a C++ exception: its object is the copy that follows */
    char object[] __attribute__((aligned(16)));
};

struct exception_ptr {
    EXCEPTION_RECORD *record; /* NULL: none */
    struct shared *shared;
};

/* The thrown type itself is the first of those that can be caught. */
static const struct cxx_catchable *thrown_type(const EXCEPTION_RECORD *record)
{
    const struct cxx_throw_info *info = (const struct cxx_throw_info *)record->ExceptionInformation[2];
    const struct cxx_catchables *list = (const struct cxx_catchables *)(cxx_thrower(record) + info->catchables);

    return list->count > 0 ? (const struct cxx_catchable *)(cxx_thrower(record) + list->types[0]) : NULL;
}

static void copy_object(const EXCEPTION_RECORD *record, void *to)
{
    const struct cxx_catchable *type = thrown_type(record);
    void *from = (void *)record->ExceptionInformation[1];
    ULONG_PTR thrower = cxx_thrower(record);

    if (type->properties & CATCHABLE_SIMPLE || !type->copy) {
        memcpy(to, from, type->size);
    } else if (type->properties & CATCHABLE_VIRTUAL_BASE) {
        MEMBER void (*copy)(void *, void *, int) = (void *)(thrower + type->copy);
        copy(to, from, 1);
    } else {
        MEMBER void (*copy)(void *, void *) = (void *)(thrower + type->copy);
        copy(to, from);
    }
}

static void destroy_object(const EXCEPTION_RECORD *record)
{
    const struct cxx_throw_info *info = (const struct cxx_throw_info *)record->ExceptionInformation[2];
    MEMBER void (*destroy)(void *);

    if (!info->destructor) return;
    destroy = (void *)(cxx_thrower(record) + info->destructor);
    destroy((void *)record->ExceptionInformation[1]);
}

static void release(struct exception_ptr *pointer)
{
    struct shared *shared = pointer->shared;

    if (!shared || InterlockedDecrement(&shared->references)) return;
    if (cxx_is_exception(&shared->record)) destroy_object(&shared->record);
    free(shared);
}

/* Without memory the pointer stands for bad_alloc's like, which needs none. */
static void share(struct exception_ptr *pointer, const EXCEPTION_RECORD *record)
{
    const struct cxx_catchable *type = cxx_is_exception(record) ? thrown_type(record) : NULL;
    struct shared *shared = malloc(sizeof(*shared) + (type ? type->size : 0));

    if (!shared) cxx_throw_bad_alloc();
    shared->references = 1;
    shared->record = *record;
    if (type) {
        copy_object(record, shared->object);
        shared->record.ExceptionInformation[1] = (ULONG_PTR)shared->object;
    }
    pointer->shared = shared;
    pointer->record = &shared->record;
}

void ExceptionPtrCreate(struct exception_ptr *pointer)
{
    *pointer = (struct exception_ptr){ NULL, NULL };
}

void ExceptionPtrDestroy(struct exception_ptr *pointer)
{
    release(pointer);
}

void ExceptionPtrCopy(struct exception_ptr *to, const struct exception_ptr *from)
{
    if (from->shared) InterlockedIncrement(&from->shared->references);
    *to = *from;
}

void ExceptionPtrAssign(struct exception_ptr *to, const struct exception_ptr *from)
{
    struct exception_ptr old = *to;

    ExceptionPtrCopy(to, from);
    release(&old);
}

void ExceptionPtrSwap(struct exception_ptr *a, struct exception_ptr *b)
{
    struct exception_ptr old = *a;

    *a = *b;
    *b = old;
}

BOOLEAN ExceptionPtrToBool(const struct exception_ptr *pointer)
{
    return pointer->record != NULL;
}

BOOLEAN ExceptionPtrCompare(const struct exception_ptr *a, const struct exception_ptr *b)
{
    return a->record == b->record;
}

void ExceptionPtrCurrentException(struct exception_ptr *pointer)
{
    EXCEPTION_RECORD *record = *__current_exception();

    release(pointer);
    ExceptionPtrCreate(pointer);
    if (record) share(pointer, record);
}

/* As `throw object` would make it. */
void ExceptionPtrCopyException(struct exception_ptr *pointer, const void *object, const struct cxx_throw_info *info)
{
    EXCEPTION_RECORD record = { .ExceptionCode = CXX_EXCEPTION, .ExceptionFlags = EXCEPTION_NONCONTINUABLE };
    void *base = NULL;

    RtlPcToFileHeader((void *)info, &base);
    record.NumberParameters = CXX_PARAMETERS;
    record.ExceptionInformation[0] = CXX_MAGIC;
    record.ExceptionInformation[1] = (ULONG_PTR)object;
    record.ExceptionInformation[2] = (ULONG_PTR)info;
    if (CXX_PARAMETERS == 4) record.ExceptionInformation[3] = (ULONG_PTR)base;
    release(pointer);
    share(pointer, &record);
}

extern const void *const vtable_bad_exception[];
extern const struct cxx_throw_info throw_bad_exception;

/* Throws a copy of the object; without one, bad_exception. */
DECLSPEC_NORETURN void ExceptionPtrRethrow(const struct exception_ptr *pointer)
{
    EXCEPTION_RECORD record;

    if (!pointer->record) {
        struct cxx_object object = { vtable_bad_exception, "bad exception", FALSE };
        _CxxThrowException(&object, &throw_bad_exception);
    }
    record = *pointer->record;
    if (cxx_is_exception(&record)) {
        void *copy = __builtin_alloca_with_align(thrown_type(&record)->size + 15, 128);
        copy_object(&record, copy);
        _CxxThrowException(copy, (const struct cxx_throw_info *)record.ExceptionInformation[2]);
    }
    record.ExceptionRecord = NULL;
    RtlRaiseException(&record);
    terminate();
}

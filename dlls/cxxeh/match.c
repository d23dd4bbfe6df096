/* Which catch block takes a C++ exception, and its catch variable. */
#include "match.h"

static bool same_name(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

const struct cxx_catchable *cxx_match(const EXCEPTION_RECORD *record, const struct cxx_handler *handler, ULONG_PTR image,
                                      bool *anything)
{
    const struct cxx_type *wanted = handler->type ? (const struct cxx_type *)(image + (ULONG_PTR)handler->type) : NULL;
    const struct cxx_throw_info *info = (const struct cxx_throw_info *)record->ExceptionInformation[2];
    ULONG_PTR thrower = cxx_thrower(record);

    *anything = !wanted || !wanted->name[0];
    if (*anything || !cxx_is_exception(record)) return NULL;
    if ((info->attributes & THROW_CONST && !(handler->adjectives & HANDLER_CONST)) ||
        (info->attributes & THROW_VOLATILE && !(handler->adjectives & HANDLER_VOLATILE)) ||
        (info->attributes & THROW_UNALIGNED && !(handler->adjectives & HANDLER_UNALIGNED)))
        return NULL;
    const struct cxx_catchables *list = (const struct cxx_catchables *)(thrower + info->catchables);
    for (int i = 0; i < list->count; i++) {
        const struct cxx_catchable *catchable = (const struct cxx_catchable *)(thrower + list->types[i]);
        const struct cxx_type *type = (const struct cxx_type *)(thrower + catchable->type);
        if (type != wanted && !same_name(type->name, wanted->name)) continue;
        if (catchable->properties & CATCHABLE_REFERENCE_ONLY && !(handler->adjectives & HANDLER_REFERENCE)) continue;
        return catchable;
    }
    return NULL;
}

void *cxx_to_member(void *object, const struct cxx_member *member)
{
    char *result = (char *)object + member->offset;

    if (member->vbtable_offset >= 0) {
        const char *vbtable = *(const char **)((char *)object + member->vbtable_offset);
        result += member->vbtable_offset + *(const int *)(vbtable + member->vbtable_index);
    }
    return result;
}

void cxx_make_variable(const EXCEPTION_RECORD *record, const struct cxx_handler *handler,
                       const struct cxx_catchable *catchable, ULONG_PTR frame)
{
    void *object = (void *)record->ExceptionInformation[1];
    ULONG_PTR thrower = cxx_thrower(record);
    void **variable = (void **)(frame + handler->object);

    if (!handler->object || !catchable) return;
    if (handler->adjectives & HANDLER_REFERENCE) {
        *variable = cxx_to_member(object, &catchable->member);
    } else if (catchable->properties & CATCHABLE_SIMPLE) {
        memmove(variable, object, catchable->size);
        if (catchable->size == sizeof(void *) && *variable) *variable = cxx_to_member(*variable, &catchable->member);
    } else if (!catchable->copy) {
        memmove(variable, cxx_to_member(object, &catchable->member), catchable->size);
    } else if (catchable->properties & CATCHABLE_VIRTUAL_BASE) {
        MEMBER void (*copy)(void *, void *, int) = (void *)(thrower + catchable->copy);
        copy(variable, cxx_to_member(object, &catchable->member), 1);
    } else {
        MEMBER void (*copy)(void *, void *) = (void *)(thrower + catchable->copy);
        copy(variable, cxx_to_member(object, &catchable->member));
    }
}

void cxx_destroy_object(const EXCEPTION_RECORD *record)
{
    const struct cxx_throw_info *info = (const struct cxx_throw_info *)record->ExceptionInformation[2];
    MEMBER void (*destroy)(void *);

    if (!cxx_is_exception(record) || !info->destructor || !record->ExceptionInformation[1]) return;
    destroy = (void *)(cxx_thrower(record) + info->destructor);
    destroy((void *)record->ExceptionInformation[1]);
}

void cxx_begin_catch(struct cxx_catch *running, const EXCEPTION_RECORD *record, CONTEXT *context)
{
    struct cxx_thread *thread = cxx_thread();

    running->previous = thread->catches;
    running->record = *record;
    running->outer_exception = thread->exception;
    running->outer_context = thread->context;
    thread->catches = running;
    thread->exception = &running->record;
    thread->context = context;
    if (cxx_is_exception(record) && thread->uncaught > 0) thread->uncaught--;
}

void cxx_end_catch(bool destroy)
{
    struct cxx_thread *thread = cxx_thread();
    struct cxx_catch *running = thread->catches;

    thread->catches = running->previous;
    thread->exception = running->outer_exception;
    thread->context = running->outer_context;
    if (destroy) cxx_destroy_object(&running->record);
}

/* A system exception, before catch (...) may take it. The translator throws the C++ exception to take its place, or
 * returns. */
void cxx_translate(EXCEPTION_RECORD *record, CONTEXT *context)
{
    struct cxx_thread *thread = cxx_thread();
    EXCEPTION_POINTERS pointers = { record, context };

    if (thread->translator && record->ExceptionCode != STATUS_BREAKPOINT && record->ExceptionCode != CXX_EXCEPTION)
        thread->translator(record->ExceptionCode, &pointers);
}

/* Which catch block takes a C++ exception, and its catch variable. */
#include "match.h"

#ifdef __x86_64__

static bool same_name(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

const struct cxx_catchable *cxx_match(const EXCEPTION_RECORD *record, const struct cxx_handler *handler, ULONG64 image,
                                      bool *anything)
{
    const struct cxx_type *wanted = handler->type ? (const struct cxx_type *)(image + handler->type) : NULL;
    const struct cxx_throw_info *info = (const struct cxx_throw_info *)record->ExceptionInformation[2];
    ULONG64 thrower = record->ExceptionInformation[3];

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

static void *to_member(void *object, const struct cxx_member *member)
{
    char *result = (char *)object + member->offset;

    if (member->vbtable_offset >= 0) {
        const char *vbtable = *(const char **)((char *)object + member->vbtable_offset);
        result += member->vbtable_offset + *(const int *)(vbtable + member->vbtable_index);
    }
    return result;
}

void cxx_make_variable(const EXCEPTION_RECORD *record, const struct cxx_handler *handler,
                       const struct cxx_catchable *catchable, ULONG64 frame)
{
    void *object = (void *)record->ExceptionInformation[1];
    ULONG64 thrower = record->ExceptionInformation[3];
    void **variable = (void **)(frame + handler->object);

    if (!handler->object || !catchable) return;
    if (handler->adjectives & HANDLER_REFERENCE) {
        *variable = to_member(object, &catchable->member);
    } else if (catchable->properties & CATCHABLE_SIMPLE) {
        memmove(variable, object, catchable->size);
        if (catchable->size == sizeof(void *) && *variable) *variable = to_member(*variable, &catchable->member);
    } else if (!catchable->copy) {
        memmove(variable, to_member(object, &catchable->member), catchable->size);
    } else if (catchable->properties & CATCHABLE_VIRTUAL_BASE) {
        void (*copy)(void *, void *, int) = (void (*)(void *, void *, int))(thrower + catchable->copy);
        copy(variable, to_member(object, &catchable->member), 1);
    } else {
        void (*copy)(void *, void *) = (void (*)(void *, void *))(thrower + catchable->copy);
        copy(variable, to_member(object, &catchable->member));
    }
}

void cxx_destroy_object(const EXCEPTION_RECORD *record)
{
    const struct cxx_throw_info *info = (const struct cxx_throw_info *)record->ExceptionInformation[2];

    if (cxx_is_exception(record) && info->destructor && record->ExceptionInformation[1])
        ((void (*)(void *))(record->ExceptionInformation[3] + info->destructor))((void *)record->ExceptionInformation[1]);
}

#endif

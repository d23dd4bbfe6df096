/* Exception classes with the layout of std::exception. */
#include "classes.h"

void *malloc(size_t size);
void free(void *block);

void cxx_object_set(struct cxx_object *object, const void *vtable, const char *text)
{
    struct cxx_object from = { .what = text, .owned = TRUE };

    cxx_object_copy(object, &from);
    object->vtable = vtable;
}

void cxx_object_copy(struct cxx_object *to, const struct cxx_object *from)
{
    size_t size;
    char *copy;

    to->what = from->owned ? NULL : from->what;
    to->owned = FALSE;
    if (!from->owned || !from->what) return;
    size = strlen(from->what) + 1;
    copy = malloc(size);
    if (!copy) return;
    memcpy(copy, from->what, size);
    to->what = copy;
    to->owned = TRUE;
}

void cxx_object_destroy(struct cxx_object *object)
{
    if (object->owned) free((void *)object->what);
    object->what = NULL;
    object->owned = FALSE;
}

void *cxx_object_delete(struct cxx_object *object, unsigned flags)
{
    if (flags & 2) {
        size_t *count = (size_t *)object - 1;
        for (size_t i = *count; i-- > 0;) cxx_object_destroy(&object[i]);
        if (flags & 1) free(count);
        return count;
    }
    cxx_object_destroy(object);
    if (flags & 1) free(object);
    return object;
}

const char *cxx_object_what(const struct cxx_object *object)
{
    return object->what ? object->what : "Unknown exception";
}

CXX_CLASS(exception)
CXX_CLASS(bad_cast)
CXX_CLASS(bad_typeid)
CXX_CLASS(non_rtti_object)
CXX_CLASS(bad_alloc)

#define THROW(name, text)                                \
    struct cxx_object object;                            \
    cxx_object_set(&object, vtable_##name, text);        \
    _CxxThrowException(&object, &throw_##name)

DECLSPEC_NORETURN void cxx_throw_bad_alloc(void)
{
    struct cxx_object object = { vtable_bad_alloc, "bad allocation", FALSE };

    _CxxThrowException(&object, &throw_bad_alloc);
}

DECLSPEC_NORETURN void cxx_throw_bad_cast(const char *text)
{
    THROW(bad_cast, text);
}

DECLSPEC_NORETURN void cxx_throw_bad_typeid(const char *text)
{
    THROW(bad_typeid, text);
}

DECLSPEC_NORETURN void cxx_throw_non_rtti_object(const char *text)
{
    THROW(non_rtti_object, text);
}

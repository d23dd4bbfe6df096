/* Exception classes with the layout of MSVC's std::exception, made in C (tables: class_tables.h). */
#ifndef CXXEH_CLASSES_H
#define CXXEH_CLASSES_H

#include "match.h"

#ifndef CRTAPI
#define CRTAPI
#endif

struct cxx_object {
    const void *vtable;
    const char *what;
    BOOLEAN owned; /* `what` is a block of malloc */
};

void cxx_object_copy(struct cxx_object *to, const struct cxx_object *from); /* all but the table */
void cxx_object_destroy(struct cxx_object *object);
/* Copies `text` into memory of its own. */
void cxx_object_set(struct cxx_object *object, const void *vtable, const char *text);

/* What class_tables wants of a class that has std::exception's layout. */
#define CXX_CLASS(name)                                                                                \
    extern const void *const vtable_##name[];                                                          \
    extern const struct cxx_throw_info throw_##name;                                                   \
    MEMBER void destroy_##name(struct cxx_object *object)                                              \
    {                                                                                                  \
        cxx_object_destroy(object);                                                                    \
    }                                                                                                  \
    MEMBER struct cxx_object *copy_##name(struct cxx_object *object, const struct cxx_object *from)    \
    {                                                                                                  \
        cxx_object_copy(object, from);                                                                 \
        object->vtable = vtable_##name;                                                                \
        return object;                                                                                 \
    }                                                                                                  \
    MEMBER void *delete_##name(struct cxx_object *object, unsigned flags)                              \
    {                                                                                                  \
        return cxx_object_delete(object, flags);                                                       \
    }                                                                                                  \
    MEMBER const char *what_##name(const struct cxx_object *object)                                    \
    {                                                                                                  \
        return cxx_object_what(object);                                                                \
    }

/* A deleting destructor; flags: 1: free the memory, 2: an array, its count stands before it. */
void *cxx_object_delete(struct cxx_object *object, unsigned flags);
const char *cxx_object_what(const struct cxx_object *object);

/* Throw a copy of `text` in an object of that class. */
DECLSPEC_NORETURN void cxx_throw_bad_alloc(void);
DECLSPEC_NORETURN void cxx_throw_bad_cast(const char *text);
DECLSPEC_NORETURN void cxx_throw_bad_typeid(const char *text);
DECLSPEC_NORETURN void cxx_throw_non_rtti_object(const char *text);

/* type_info::name. */
const char *cxx_type_name(struct cxx_type *type, SLIST_HEADER *keep);

/* read(from, to); false when that met an access violation. */
bool cxx_guarded(void *read, void *from, void *to);

#endif

/* The classes of msvcrt.dll's old C++ headers: exception, bad_cast, bad_typeid, __non_rtti_object, type_info; operator new.
 * Reference: cpp-docs: "exception Class", "type_info Class", "operator new". */
#include "classes.h"
#include "undname.h"

void *malloc(size_t size);
void free(void *block);
int _callnewh(size_t size);

extern const void *const vtable_exception[], *const vtable_bad_cast[], *const vtable_bad_typeid[],
    *const vtable_non_rtti_object[];

MEMBER struct cxx_object *make_exception(struct cxx_object *object)
{
    *object = (struct cxx_object){ vtable_exception, NULL, FALSE };
    return object;
}

/* Keeps the caller's text. */
MEMBER struct cxx_object *make_exception_shared(struct cxx_object *object, const char *const *text, int unused)
{
    *object = (struct cxx_object){ vtable_exception, *text, FALSE };
    return object;
}

MEMBER struct cxx_object *make_exception_indirect(struct cxx_object *object, const char *const *text)
{
    cxx_object_set(object, vtable_exception, *text);
    return object;
}

MEMBER struct cxx_object *make_bad_cast_indirect(struct cxx_object *object, const char *const *text)
{
    cxx_object_set(object, vtable_bad_cast, *text);
    return object;
}

MEMBER struct cxx_object *make_bad_cast(struct cxx_object *object, const char *text)
{
    cxx_object_set(object, vtable_bad_cast, text);
    return object;
}

MEMBER struct cxx_object *make_bad_typeid(struct cxx_object *object, const char *text)
{
    cxx_object_set(object, vtable_bad_typeid, text);
    return object;
}

MEMBER struct cxx_object *make_non_rtti_object(struct cxx_object *object, const char *text)
{
    cxx_object_set(object, vtable_non_rtti_object, text);
    return object;
}

/* Constructors with their default arguments. */
MEMBER void make_default_bad_cast(struct cxx_object *object)
{
    make_bad_cast(object, "bad cast");
}

MEMBER void make_default_bad_typeid(struct cxx_object *object)
{
    make_bad_typeid(object, "bad typeid");
}

/* The object stays of its class. */
MEMBER struct cxx_object *assign_exception(struct cxx_object *object, const struct cxx_object *from)
{
    if (object == from) return object;
    cxx_object_destroy(object);
    cxx_object_copy(object, from);
    return object;
}

/* ---- type_info ---- */

MEMBER int type_info_equal(const struct cxx_type *a, const struct cxx_type *b)
{
    return !strcmp(a->name + 1, b->name + 1);
}

MEMBER int type_info_different(const struct cxx_type *a, const struct cxx_type *b)
{
    return !type_info_equal(a, b);
}

MEMBER int type_info_before(const struct cxx_type *a, const struct cxx_type *b)
{
    return strcmp(a->name + 1, b->name + 1) < 0;
}

MEMBER const char *type_info_name(struct cxx_type *type)
{
    return cxx_type_name(type, NULL);
}

MEMBER const char *type_info_raw_name(const struct cxx_type *type)
{
    return type->name;
}

/* ---- operator new, undecorated names ---- */

void *crt_operator_new(size_t size)
{
    void *block;

    while (!(block = malloc(size)))
        if (!_callnewh(size)) cxx_throw_bad_alloc();
    return block;
}

/* The name in `buffer`, or in a block of `allocate` when buffer is NULL; NULL: no room. What is no decorated name comes
 * back as it is. */
char *__unDName(char *buffer, const char *name, int size, void *(*allocate)(size_t), void (*release)(void *), USHORT flags)
{
    char text[4096];
    size_t length = undecorate(name, flags, text, sizeof(text));
    const char *result = length ? text : name;

    if (!length) length = strlen(name);
    if (!buffer) {
        size = (int)length + 1;
        buffer = allocate(size);
    }
    if (!buffer || size <= 0) return NULL;
    if (length >= (size_t)size) length = size - 1;
    memcpy(buffer, result, length);
    buffer[length] = 0;
    return buffer;
}

/* `parameter`: for `$` escapes of template parameters, which stay as they are. */
char *__unDNameEx(char *buffer, const char *name, int size, void *(*allocate)(size_t), void (*release)(void *),
                  void *parameter, USHORT flags)
{
    return __unDName(buffer, name, size, allocate, release, flags);
}

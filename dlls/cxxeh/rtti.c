/* dynamic_cast and typeid. Source: C++ standard, [expr.dynamic.cast]; cpp-docs: "Run-Time Type Information". */
#include "classes.h"
#include "rtti.h"

struct object {
    char *complete;
    ULONG64 image;
    const struct rtti_locator *locator;
};

#define AT(image, offset) ((const void *)(ULONG_PTR)((image) + (unsigned)(offset)))

static bool same_type(const struct cxx_type *a, const struct cxx_type *b)
{
    return a == b || !strcmp(a->name, b->name);
}

/* Reads what the table of virtual functions says of the object; a fault on the way is the caller's to turn into
 * __non_rtti_object. */
static void find_object(void *pointer, struct object *object)
{
    const struct rtti_locator *locator = (*(const struct rtti_locator ***)pointer)[-1];

#ifdef _WIN64
    void *base = NULL;
    if (locator->signature) object->image = (ULONG64)locator - (unsigned)locator->self;
    else object->image = (ULONG64)RtlPcToFileHeader((void *)locator, &base);
#else
    object->image = 0;
#endif
    object->locator = locator;
    object->complete = (char *)pointer - locator->offset;
    if (locator->constructor_offset) object->complete -= *(int *)((char *)pointer - locator->constructor_offset);
}

static const struct rtti_base *base_of(const struct object *object, const struct rtti_hierarchy *hierarchy, unsigned i)
{
    return AT(object->image, ((const int *)AT(object->image, hierarchy->bases))[i]);
}

static const struct cxx_type *type_of(const struct object *object, const struct rtti_base *base)
{
    return AT(object->image, base->type);
}

/* Is the i-th base of the complete object's, seen from its base number `from`, publicly derived? */
static bool visible_from(const struct object *object, const struct rtti_base *from, unsigned distance)
{
    const struct rtti_hierarchy *hierarchy;

    if (!(from->attributes & BASE_HAS_HIERARCHY)) return true;
    hierarchy = AT(object->image, from->hierarchy);
    return distance >= hierarchy->base_count || !(base_of(object, hierarchy, distance)->attributes & BASE_NOT_VISIBLE);
}

static void *cast(const struct object *object, char *source_pointer, const struct cxx_type *source,
                  const struct cxx_type *target)
{
    const struct rtti_hierarchy *hierarchy = AT(object->image, object->locator->hierarchy);
    char *down = NULL, *only = NULL;
    bool several_down = false, several = false, only_public = false, source_public = false;

    for (unsigned i = 0; i < hierarchy->base_count; i++) {
        const struct rtti_base *base = base_of(object, hierarchy, i);
        char *where = cxx_to_member(object->complete, &base->where);

        if (where == source_pointer && same_type(type_of(object, base), source) && !(base->attributes & BASE_NOT_VISIBLE))
            source_public = true;
        if (!same_type(type_of(object, base), target)) continue;
        if (only && only != where) several = true;
        if (only == where) only_public |= !(base->attributes & BASE_NOT_VISIBLE);
        else only_public = !(base->attributes & BASE_NOT_VISIBLE);
        only = where;
        /* Downwards: the source is a public base of this target. */
        for (unsigned j = 0; j <= base->contained_count && i + j < hierarchy->base_count; j++) {
            const struct rtti_base *inner = base_of(object, hierarchy, i + j);
            if (cxx_to_member(object->complete, &inner->where) != source_pointer ||
                !same_type(type_of(object, inner), source) || !visible_from(object, base, j))
                continue;
            if (down && down != where) several_down = true;
            down = where;
        }
    }
    if (down) return several_down ? NULL : down;
    /* Across: both are public bases of the complete object. */
    return source_public && only && !several && only_public ? only : NULL;
}

/* vf_delta: where in `source` the table's pointer lies that `pointer` points to. */
CRTAPI void *__RTDynamicCast(void *pointer, LONG vf_delta, const struct cxx_type *source, const struct cxx_type *target,
                      BOOL is_reference)
{
    struct object object;
    void *result;

    if (!pointer) return NULL;
    if (!cxx_guarded(find_object, pointer, &object)) cxx_throw_non_rtti_object("Access violation - no RTTI data!");
    result = cast(&object, (char *)pointer - vf_delta, source, target);
    if (!result && is_reference) cxx_throw_bad_cast("Bad dynamic_cast!");
    return result;
}

CRTAPI const struct cxx_type *__RTtypeid(void *pointer)
{
    struct object object;

    if (!pointer) cxx_throw_bad_typeid("Attempted a typeid of nullptr pointer!");
    if (!cxx_guarded(find_object, pointer, &object)) cxx_throw_non_rtti_object("Access violation - no RTTI data!");
    return AT(object.image, object.locator->type);
}

/* dynamic_cast<void *>: the complete object. */
CRTAPI void *__RTCastToVoid(void *pointer)
{
    struct object object;

    if (!pointer) return NULL;
    if (!cxx_guarded(find_object, pointer, &object)) cxx_throw_non_rtti_object("Access violation - no RTTI data!");
    return object.complete;
}

/* type_info. Reference: cpp-docs: "type_info Class". */
#include "classes.h"
#include "undname.h"

void *malloc(size_t size);
void free(void *block);

/* The compiler's objects live in their modules, so nothing is freed but the text. */
MEMBER void destroy_type_info(struct cxx_type *type)
{
}

MEMBER void *delete_type_info(struct cxx_type *type, unsigned flags)
{
    return type;
}

/* A readable form of the decorated name, made at the first call; NULL: no memory. `keep` may be told the block that
 * holds it (a list entry before the text), to free it at the module's end. */
const char *cxx_type_name(struct cxx_type *type, SLIST_HEADER *keep)
{
    size_t before = keep ? sizeof(SLIST_ENTRY) : 0, length;
    char text[2048], *block;

    if (type->undecorated) return type->undecorated;
    length = undecorate(type->name + 1, UND_32_BIT_DECODE | UND_TYPE_ONLY, text, sizeof(text));
    if (!length) {
        length = strlen(type->name + 1);
        if (length >= sizeof(text)) return type->name + 1;
        memcpy(text, type->name + 1, length + 1);
    }
    block = malloc(before + length + 1);
    if (!block) return NULL;
    memcpy(block + before, text, length + 1);
    if (InterlockedCompareExchangePointer(&type->undecorated, block + before, NULL)) free(block);
    else if (keep) InterlockedPushEntrySList(keep, (SLIST_ENTRY *)block);
    return type->undecorated;
}

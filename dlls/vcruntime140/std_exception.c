/* Helpers of std::exception and std::type_info. Reference: <vcruntime_exception.h>, <vcruntime_typeinfo.h>. */
#include "classes.h"

void *malloc(size_t size);
void free(void *block);

struct exception_data {
    const char *what;
    BOOLEAN free_what;
};

/* TO is empty; text that FROM owns is copied, other text shared. */
void __std_exception_copy(const struct exception_data *from, struct exception_data *to)
{
    size_t size;
    char *copy;

    if (!from->free_what || !from->what) {
        to->what = from->what;
        to->free_what = FALSE;
        return;
    }
    size = strlen(from->what) + 1;
    copy = malloc(size);
    if (!copy) return;
    memcpy(copy, from->what, size);
    to->what = copy;
    to->free_what = TRUE;
}

void __std_exception_destroy(struct exception_data *data)
{
    if (data->free_what) free((void *)data->what);
    data->free_what = FALSE;
    data->what = NULL;
}

struct type_info_data {
    const char *undecorated;
    char decorated[1];
};

int __std_type_info_compare(const struct type_info_data *a, const struct type_info_data *b)
{
    return a == b ? 0 : strcmp(a->decorated + 1, b->decorated + 1);
}

/* The readable name; NULL: no memory. The module that keeps the list frees it at its end. */
const char *__std_type_info_name(struct cxx_type *data, SLIST_HEADER *list)
{
    return cxx_type_name(data, list);
}

/* FNV-1a of the decorated name without its first character. */
size_t __std_type_info_hash(const struct type_info_data *data)
{
#ifdef _WIN64
    size_t hash = 14695981039346656037ull, prime = 1099511628211ull;
#else
    size_t hash = 2166136261u, prime = 16777619u;
#endif

    for (const char *p = data->decorated + 1; *p; p++) hash = (hash ^ (unsigned char)*p) * prime;
#ifdef _WIN64
    hash ^= hash >> 32;
#endif
    return hash;
}

/* The undecorated names that a module's type_info objects were given, at its end. */
void __std_type_info_destroy_list(SLIST_HEADER *list)
{
    SLIST_ENTRY *entry = InterlockedFlushSList(list);

    while (entry) {
        SLIST_ENTRY *next = entry->Next;
        free(entry);
        entry = next;
    }
}

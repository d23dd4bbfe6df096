/* See wow_query.h. */
#include "wow_query.h"

#include <stdlib.h>
#include <string.h>

#define UNSET 0xffffffffu

void wow_size_to32(void *to, const void *from)
{
    *(uint32_t *)to = (uint32_t)*(const uint64_t *)from;
}

void wow_size_from32(void *to, const void *from)
{
    *(uint64_t *)to = *(const uint32_t *)from;
}

/* The text lies behind the structure on both sides. */
void wow_text_to32(void *to, const void *from)
{
    const UNICODE_STRING *string = from;
    UNICODE_STRING_32 *narrow = to;
    ULONG bytes = string->MaximumLength > string->Length ? string->Length + sizeof(WCHAR) : string->Length;

    memcpy(narrow + 1, string + 1, bytes);
    narrow->Length = string->Length;
    narrow->MaximumLength = string->MaximumLength;
    narrow->Buffer = string->Buffer ? (uint32_t)(uintptr_t)(narrow + 1) : 0;
}

/* A length that is to the host's structure as `length` is to the program's: equal, shorter or longer. */
static ULONG wide_length(const struct wow_class *class, ULONG length)
{
    if (length >= class->narrow) return length - class->narrow + class->wide;
    return length < class->wide ? length : class->wide - 1;
}

bool wow_query_begin(struct wow_query *query, const struct wow_class *table, size_t count, ULONG class, void *buffer,
                     ULONG length)
{
    query->class = NULL;
    query->large = NULL;
    query->narrow = query->data = buffer;
    query->length = length;
    query->returned = UNSET;
    for (size_t i = 0; i < count; i++)
        if (table[i].number == class) query->class = &table[i];
    if (!query->class) return true;
    query->length = wide_length(query->class, length);
    query->data = query->wide;
    if (query->length > sizeof(query->wide)) query->data = query->large = calloc(1, query->length);
    else memset(query->wide, 0, sizeof(query->wide));
    return query->data;
}

NTSTATUS wow_query_end(struct wow_query *query, NTSTATUS status, ULONG *returned)
{
    const struct wow_class *class = query->class;

    if (class && NT_SUCCESS(status) && (query->returned == UNSET || query->returned)) {
        if (query->large) { /* may fault, and then nobody frees it */
            void *probe = query->narrow;
            (void)*(volatile char *)probe;
        }
        class->to32(query->narrow, query->data);
    }
    free(query->large);
    if (returned && query->returned != UNSET) {
        ULONG size = query->returned;
        if (class && size >= class->wide) size = size - class->wide + class->narrow;
        *returned = size;
    }
    return status;
}

bool wow_set_begin(struct wow_query *query, const struct wow_class *table, size_t count, ULONG class, const void *buffer,
                   ULONG length)
{
    if (!wow_query_begin(query, table, count, class, (void *)buffer, length)) return false;
    if (query->class && length >= query->class->narrow) query->class->from32(query->data, buffer);
    return true;
}

void wow_set_end(struct wow_query *query)
{
    free(query->large);
}

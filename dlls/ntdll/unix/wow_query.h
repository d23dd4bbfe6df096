/* Information classes of 32-bit programs: an answer that the host gives in its own layout is converted. Each group of
 * calls has a table of the classes whose structures differ; the others pass as they are. */
#ifndef HOST_WOW_QUERY_H
#define HOST_WOW_QUERY_H

#include "wow.h"

typedef void (*wow_convert)(void *to, const void *from);

struct wow_class {
    ULONG number;
    uint32_t narrow, wide; /* bytes */
    wow_convert to32, from32;
};

#define WOW_CLASS(number, type) \
    { number, sizeof(type##_32), sizeof(type), (wow_convert)type##_to32, (wow_convert)type##_from32 }
/* A single pointer or size. */
#define WOW_SIZE_CLASS(number) { number, 4, 8, wow_size_to32, wow_size_from32 }
/* A UNICODE_STRING with its text behind it. */
#define WOW_STRING_CLASS(number) { number, sizeof(UNICODE_STRING_32), sizeof(UNICODE_STRING), wow_text_to32, NULL }

void wow_size_to32(void *to, const void *from);
void wow_size_from32(void *to, const void *from);
void wow_text_to32(void *to, const void *from);

struct wow_query {
    const struct wow_class *class; /* NULL: nothing to convert */
    void *narrow;
    void *data;   /* what to give to the host's function: */
    ULONG length;
    ULONG returned;
    _Alignas(16) unsigned char wide[512];
    void *large; /* malloced, in place of `wide` */
};

/* `table` has `count` classes. False: no memory. */
bool wow_query_begin(struct wow_query *query, const struct wow_class *table, size_t count, ULONG class, void *buffer,
                     ULONG length);
/* Gives the answer; the status to return. `returned` may be NULL. */
NTSTATUS wow_query_end(struct wow_query *query, NTSTATUS status, ULONG *returned);
/* For setting: the same begin with the caller's data converted; nothing to end but the memory. */
bool wow_set_begin(struct wow_query *query, const struct wow_class *table, size_t count, ULONG class, const void *buffer,
                   ULONG length);
void wow_set_end(struct wow_query *query);

#define WOW_COUNT(table) (sizeof(table) / sizeof(*(table)))

#endif

/* PROC_THREAD_ATTRIBUTE_LIST: opaque to programs, which allocate it by the size we tell. */
#ifndef ATTRIBUTELIST_H
#define ATTRIBUTELIST_H

#include "kernelbase.h"

#define ATTRIBUTE_JOB_LIST 0x0002000d

struct attribute {
    DWORD_PTR number;
    SIZE_T size;  /* bytes of value */
    void *value;  /* the caller's, which must live as long as the list */
};

struct attribute_list {
    DWORD mask;   /* a bit for each attribute number present */
    DWORD capacity;
    DWORD count;
    DWORD pad;
    void *reserved;
    struct attribute attributes[];
};

/* The attribute, or NULL; `list` may be NULL. */
const struct attribute *attribute_find(const struct attribute_list *list, DWORD_PTR number);

#endif

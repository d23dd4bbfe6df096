/* Contexts of wincrypt.h. */
#ifndef CRYPT_H
#define CRYPT_H

#include "advapi32.h"
#include <wincrypt.h>

#define CONTEXT_MAGIC 0x43525950

struct context {
    ULONG magic;
    LONG references;
    DWORD type;
    const WCHAR *name; /* of the provider */
    DWORD next;        /* PP_ENUMALGS goes on here */
};

static inline struct context *context_from(HCRYPTPROV handle)
{
    struct context *context = (struct context *)handle;
    return context && context->magic == CONTEXT_MAGIC ? context : NULL;
}

#endif

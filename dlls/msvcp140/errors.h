/* Error codes of the C++ library: messages, and the category of errno values. */
#ifndef ERRORS_H
#define ERRORS_H

#include "classes.h"

#undef DECLSPEC_IMPORT

struct error_category {
    const void *const *vtable;
    ULONG_PTR address; /* what makes two modules' categories equal: 3, generic_category */
};
extern const struct error_category generic_category;

const char *message_of_errno(int code); /* "unknown error" for one that is none */

#endif

/* INI files: the lines of one in memory. */
#ifndef PROFILE_H
#define PROFILE_H

#include "kernelbase.h"

enum profile_encoding { PROFILE_ANSI, PROFILE_UTF16, PROFILE_UTF8 };

struct profile {
    HANDLE file;                    /* open until profile_close, so that a change is one step for others */
    enum profile_encoding encoding;
    WCHAR *text;                    /* the whole file, `length` units and a terminator; NULL: no such file */
    size_t length;
};

/* A span of the text. */
struct span {
    size_t start, end;
};

/* `name` as the profile functions take it: a path, or a file in the Windows directory. FALSE with the error set. */
BOOL profile_open(struct profile *profile, const WCHAR *name, bool write);
BOOL profile_write(struct profile *profile, const WCHAR *text, size_t length);
void profile_close(struct profile *profile);

/* The next line from `*at`, without its end; false at the end of the text. `*at` moves behind the line end. */
bool profile_line(const struct profile *profile, size_t *at, struct span *line);
void profile_trim(const struct profile *profile, struct span *span);
/* "[name]": the name. */
bool profile_is_section(const struct profile *profile, struct span line, struct span *name);
/* "key = value"; a line without '=' is a key alone. False of comments and empty lines. */
bool profile_is_key(const struct profile *profile, struct span line, struct span *key, struct span *value);
bool profile_equal(const struct profile *profile, struct span span, const WCHAR *name);

#endif

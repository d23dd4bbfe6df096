/* DIR: what was asked for, and the entries of a folder. */
#ifndef CMD_DIR_H
#define CMD_DIR_H

#include "cmd.h"

struct dir_options {
    DWORD with, without;    /* /A: attributes to have and not to have */
    bool any_attributes;    /* /A was given */
    WCHAR order[16];        /* letters of /O in order; upper case: reversed */
    bool sorted;
    bool bare, subfolders, wide, columns, lower, short_names, owner, streams, paged;
    bool no_separator;      /* /-C */
    bool four_digits;       /* /4: the year has four anyway */
    WCHAR time;             /* c a w */
};

struct dir_entry {
    WIN32_FIND_DATAW data;
};

struct dir_list {
    struct dir_entry *entries;
    size_t count;
};

/* Reads what matches `path` (a pattern); 0, or the error that FindFirstFile gave. */
DWORD dir_read(const WCHAR *path, const struct dir_options *options, struct dir_list *list);
void dir_sort(struct dir_list *list, const struct dir_options *options);
/* A line of output; waits after a screenful with /P. false when the user ended it. */
bool dir_line(const struct dir_options *options, const WCHAR *format, ...);
/* The lines of the entries of `folder` in the form that was asked for. */
bool dir_print(const WCHAR *folder, const struct dir_list *list, const struct dir_options *options);
ULONGLONG dir_size(const struct dir_entry *entry);

#endif

/* Names completed while a line is edited. */
#ifndef CMD_LINEEDIT_H
#define CMD_LINEEDIT_H

#include "cmd.h"

struct completion {
    WCHAR **names; /* NULL: no completion is going on */
    int count, at;
    size_t start;  /* where the completed word begins in the line */
    WCHAR *folder; /* the part of the word that stays */
};

/* Puts the next (or with `back` the one before) matching name in place of the word at the cursor; false when there is none.
 * `folders`: only folders. */
bool completion_next(struct completion *completion, struct text *line, size_t *cursor, bool back, bool folders);
void completion_end(struct completion *completion);

#endif

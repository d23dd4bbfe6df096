/* Sort weights of a string, for CompareString, LCMapString and FindNLSString (sort.c). */
#ifndef KERNELBASE_SORT_H
#define KERNELBASE_SORT_H

#include "nls.h"

/* What NORM_* and SORT_* flags leave of a weight. */
struct sort_rule {
    const struct nls_collation *table;
    bool ignore_case, ignore_marks, ignore_symbols, ignore_kana, ignore_width, string_sort, digits_as_numbers;
};

/* FALSE with ERROR_INVALID_FLAGS for flags that CompareString does not have. */
bool sort_rule_init(struct sort_rule *rule, DWORD flags);

struct sort_walk {
    const struct sort_rule *rule;
    const WCHAR *at, *end;
    const WCHAR *start;         /* of the character the last weight came from */
    const uint32_t *expansion;
    unsigned left;
    uint32_t buffer[3];
    bool special;               /* the last character is a hyphen or apostrophe that word sort passes over */
};

void sort_walk_init(struct sort_walk *walk, const struct sort_rule *rule, const WCHAR *text, size_t count);
/* The next weight that counts under the rule, 0 at the end. Hyphens and apostrophes are left out in word sort. */
uint32_t sort_walk_next(struct sort_walk *walk);

#define SORT_PRIMARY(weight) ((weight) >> 14)
#define SORT_SECONDARY(weight) ((weight) >> 5 & 0x1ff)
#define SORT_TERTIARY(weight) ((weight) & 0x1f)

/* <0, 0, >0 */
int sort_compare(const struct sort_rule *rule, const WCHAR *a, size_t a_count, const WCHAR *b, size_t b_count);
/* The sort key's bytes with its final zero; with `to` NULL only counts, -1 if `room` is too small. */
int sort_key(const struct sort_rule *rule, BYTE *to, int room, const WCHAR *text, size_t count);

#endif

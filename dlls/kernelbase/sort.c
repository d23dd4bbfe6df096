/* Linguistic order: the Unicode collation algorithm over CLDR's root weights, with the rules of Windows on top: marks
 * and case break ties, word sort passes over hyphen and apostrophe until everything else is equal. */
#include "sort.h"

bool sort_rule_init(struct sort_rule *rule, DWORD flags)
{
    static const struct nls_collation *volatile found;

    if (flags & ~(NORM_IGNORECASE | NORM_IGNORENONSPACE | NORM_IGNORESYMBOLS | LINGUISTIC_IGNORECASE |
                  LINGUISTIC_IGNOREDIACRITIC | NORM_IGNOREKANATYPE | NORM_IGNOREWIDTH | NORM_LINGUISTIC_CASING |
                  SORT_STRINGSORT | SORT_DIGITSASNUMBERS | LOCALE_USE_CP_ACP))
        return set_error(ERROR_INVALID_FLAGS);
    if (!found) found = FerryNlsBlock(NLS_COLLATION, 0);
    if (!found) return set_error(ERROR_FILE_NOT_FOUND);
    *rule = (struct sort_rule){
        .table = found,
        .ignore_case = flags & (NORM_IGNORECASE | LINGUISTIC_IGNORECASE),
        .ignore_marks = flags & (NORM_IGNORENONSPACE | LINGUISTIC_IGNOREDIACRITIC),
        .ignore_symbols = flags & NORM_IGNORESYMBOLS,
        .ignore_kana = flags & NORM_IGNOREKANATYPE,
        .ignore_width = flags & NORM_IGNOREWIDTH,
        .string_sort = flags & SORT_STRINGSORT,
        .digits_as_numbers = flags & SORT_DIGITSASNUMBERS,
    };
    return true;
}

void sort_walk_init(struct sort_walk *walk, const struct sort_rule *rule, const WCHAR *text, size_t count)
{
    *walk = (struct sort_walk){.rule = rule, .at = text, .end = text + count, .start = text};
}

static bool is_special(WCHAR c)
{
    return c == '\'' || c == '-' || c == 0x2010 || c == 0x2011 || c == 0xad;
}

/* Tertiary weights of UTS #10, table 16: case, kana kind and width in one number. */
static unsigned fold_tertiary(const struct sort_rule *rule, unsigned tertiary)
{
    if (rule->ignore_width) {
        if (tertiary == 3) tertiary = 2;
        if (tertiary == 9) tertiary = 8;
        if (tertiary == 0x10) tertiary = 0xf;
        if (tertiary == 0x12) tertiary = 0x11;
    }
    if (rule->ignore_kana) {
        if (tertiary == 0xf || tertiary == 0x10) tertiary = 0xd;
        if (tertiary == 0x11 || tertiary == 0x12) tertiary = 0xe;
    }
    if (rule->ignore_case) {
        if (tertiary >= 8 && tertiary <= 0xc) tertiary -= 6;
        if (tertiary == 0x1d) tertiary = 0x1c;
        if (tertiary == 0xd) tertiary = 0xe;
        if (tertiary == 0xf) tertiary = 0x11;
        if (tertiary == 0x10) tertiary = 0x12;
    }
    return tertiary;
}

static const uint32_t *cell_of(const struct nls_collation *table, WCHAR c)
{
    return NLS_AT(table, cells, uint32_t) + NLS_AT(table, index, uint16_t)[c >> 6] * 64 + (c & 63);
}

uint32_t sort_walk_next(struct sort_walk *walk)
{
    const struct sort_rule *rule = walk->rule;
    const struct nls_collation *table = rule->table;

    for (;;) {
        uint32_t weight;
        if (walk->left) {
            weight = *walk->expansion++;
            walk->left--;
        } else {
            if (walk->at == walk->end) return 0;
            WCHAR c = *walk->at;
            walk->start = walk->at++;
            if (!rule->string_sort && is_special(c)) continue;
            if (c >= 0xac00 && c < 0xd7a4) { /* the syllable's jamo */
                unsigned syllable = c - 0xac00, trail = syllable % 28;
                walk->buffer[0] = *cell_of(table, 0x1100 + syllable / 588);
                walk->buffer[1] = *cell_of(table, 0x1161 + syllable / 28 % 21);
                if (trail) walk->buffer[2] = *cell_of(table, 0x11a7 + trail);
                walk->expansion = walk->buffer;
                walk->left = trail ? 3 : 2;
                continue;
            }
            weight = *cell_of(table, c);
            if (weight & 0x80000000) {
                walk->expansion = NLS_AT(table, expansions, uint32_t) + (weight & 0xfffff);
                walk->left = weight >> 20 & 0x7ff;
                continue;
            }
        }
        unsigned primary = SORT_PRIMARY(weight);
        if (!weight) continue;
        if (rule->ignore_symbols && primary && primary < table->first_digit) continue;
        if (rule->ignore_marks) {
            if (!primary) continue;
            weight = (weight & ~(0x1ffu << 5)) | table->common;
        }
        return (weight & ~0x1fu) | fold_tertiary(rule, SORT_TERTIARY(weight));
    }
}

static uint32_t next_primary(struct sort_walk *walk)
{
    uint32_t weight;
    while ((weight = sort_walk_next(walk)))
        if (SORT_PRIMARY(weight)) return SORT_PRIMARY(weight);
    return 0;
}

static uint32_t next_secondary(struct sort_walk *walk)
{
    uint32_t weight;
    while ((weight = sort_walk_next(walk)))
        if (SORT_SECONDARY(weight)) return SORT_SECONDARY(weight);
    return 0;
}

/* Position and kind of the next hyphen or apostrophe; 0 at the end. */
static uint32_t next_special(const WCHAR *text, size_t count, size_t *at)
{
    while (*at < count) {
        size_t here = (*at)++;
        if (is_special(text[here])) return (uint32_t)(here + 1) << 8 | (text[here] == '\'' ? 1 : text[here] == '-' ? 2 : 3);
    }
    return 0;
}

static bool is_digit(WCHAR c)
{
    return c >= '0' && c <= '9';
}

/* Runs of ASCII digits compared by value, between stretches compared as always. */
static int compare_with_numbers(const struct sort_rule *rule, const WCHAR *a, size_t a_count, const WCHAR *b, size_t b_count)
{
    struct sort_rule plain = *rule;
    const WCHAR *a_end = a + a_count, *b_end = b + b_count;
    int first_zeros = 0;
    plain.digits_as_numbers = false;
    for (;;) {
        const WCHAR *a_stop = a, *b_stop = b;
        while (a_stop < a_end && !is_digit(*a_stop)) a_stop++;
        while (b_stop < b_end && !is_digit(*b_stop)) b_stop++;
        int order = sort_compare(&plain, a, a_stop - a, b, b_stop - b);
        if (order || a_stop == a_end || b_stop == b_end) {
            if (!order) order = (a_stop < a_end) - (b_stop < b_end);
            else if (a_stop == a_end || b_stop == b_end) order = sort_compare(&plain, a, a_end - a, b, b_end - b);
            return order ? order : first_zeros;
        }
        const WCHAR *a_zero = a_stop, *b_zero = b_stop;
        for (a = a_stop; a < a_end && *a == '0'; a++) {}
        for (b = b_stop; b < b_end && *b == '0'; b++) {}
        const WCHAR *a_number = a, *b_number = b;
        while (a < a_end && is_digit(*a)) a++;
        while (b < b_end && is_digit(*b)) b++;
        if (a - a_number != b - b_number) return a - a_number < b - b_number ? -1 : 1;
        for (; a_number < a; a_number++, b_number++)
            if (*a_number != *b_number) return *a_number < *b_number ? -1 : 1;
        if (!first_zeros && a - a_zero != b - b_zero) first_zeros = a - a_zero < b - b_zero ? 1 : -1;
    }
}

int sort_compare(const struct sort_rule *rule, const WCHAR *a, size_t a_count, const WCHAR *b, size_t b_count)
{
    struct sort_walk left, right;
    uint32_t x, y;
    size_t i = 0, j = 0;

    if (a_count == b_count && !memcmp(a, b, a_count * sizeof(WCHAR))) return 0;
    if (rule->digits_as_numbers) return compare_with_numbers(rule, a, a_count, b, b_count);

    sort_walk_init(&left, rule, a, a_count);
    sort_walk_init(&right, rule, b, b_count);
    do {
        x = next_primary(&left);
        y = next_primary(&right);
        if (x != y) return x < y ? -1 : 1;
    } while (x);
    if (!rule->ignore_marks) {
        sort_walk_init(&left, rule, a, a_count);
        sort_walk_init(&right, rule, b, b_count);
        do {
            x = next_secondary(&left);
            y = next_secondary(&right);
            if (x != y) return x < y ? -1 : 1;
        } while (x);
    }
    sort_walk_init(&left, rule, a, a_count);
    sort_walk_init(&right, rule, b, b_count);
    do {
        x = SORT_TERTIARY(sort_walk_next(&left));
        y = SORT_TERTIARY(sort_walk_next(&right));
        if (x != y) return x < y ? -1 : 1;
    } while (x);
    if (!rule->string_sort && !rule->ignore_symbols) {
        do {
            x = next_special(a, a_count, &i);
            y = next_special(b, b_count, &j);
            if (x != y) return x < y ? -1 : 1;
        } while (x);
    }
    return 0;
}

struct key_writer {
    BYTE *to;
    int room, size;
};

static void put(struct key_writer *key, unsigned byte)
{
    if (key->to && key->size < key->room) key->to[key->size] = (BYTE)byte;
    key->size++;
}

/* Two bytes without 0 and 1, which end the key and its levels. */
static void put_pair(struct key_writer *key, unsigned value)
{
    put(key, 2 + value / 254 % 254);
    put(key, 2 + value % 254);
}

int sort_key(const struct sort_rule *rule, BYTE *to, int room, const WCHAR *text, size_t count)
{
    struct key_writer key = {to, room, 0};
    struct sort_walk walk;
    uint32_t weight;
    int used;

    sort_walk_init(&walk, rule, text, count);
    while ((weight = next_primary(&walk))) put_pair(&key, weight);
    put(&key, 1);
    used = key.size;
    if (!rule->ignore_marks) { /* the common weight at the end says nothing */
        sort_walk_init(&walk, rule, text, count);
        while ((weight = next_secondary(&walk))) {
            put(&key, 2 + weight);
            if (weight != rule->table->common) used = key.size;
        }
        key.size = used;
    }
    put(&key, 1);
    used = key.size;
    sort_walk_init(&walk, rule, text, count);
    while ((weight = sort_walk_next(&walk))) {
        put(&key, 2 + SORT_TERTIARY(weight));
        if (SORT_TERTIARY(weight) != 2) used = key.size;
    }
    key.size = used;
    put(&key, 1);
    if (!rule->string_sort && !rule->ignore_symbols) {
        size_t at = 0;
        while ((weight = next_special(text, count, &at))) {
            put_pair(&key, weight >> 8);
            put(&key, 2 + (weight & 255));
        }
    }
    put(&key, 0);
    return to && key.size > room ? -1 : key.size;
}

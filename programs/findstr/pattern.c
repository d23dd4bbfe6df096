/* Matching. An expression is a row of items, each a character, '.', a class or a position, and perhaps '*' behind it. */
#include "pattern.h"

bool pattern_has_meta(const WCHAR *text)
{
    for (; *text; text++) {
        if (*text == '\\' && text[1]) {
            if (text[1] == '<' || text[1] == '>') return true;
            text++;
        } else if (wcschr(L".*^$[", *text)) {
            return true;
        }
    }
    return false;
}

static WCHAR fold(const struct pattern *pattern, WCHAR c)
{
    return pattern->ignore_case ? towlower(c) : c;
}

static bool is_word(WCHAR c)
{
    return (c >= '0' && c <= '9') || c == '_' || iswalpha(c);
}

/* Behind the item at `at`. */
static const WCHAR *behind(const WCHAR *at)
{
    if (*at == '\\' && at[1]) return at + 2;
    if (*at != '[') return at + 1;
    const WCHAR *end = at + 1;
    if (*end == '^') end++;
    if (*end == ']') end++;
    while (*end && *end != ']') end += *end == '\\' && end[1] ? 2 : 1;
    return *end ? end + 1 : at + 1;
}

static bool in_class(const struct pattern *pattern, const WCHAR *at, const WCHAR *end, WCHAR c)
{
    bool negated = false, found = false, first = true;

    at++;
    if (*at == '^') {
        negated = true;
        at++;
    }
    for (; at < end - 1; first = false) {
        WCHAR low = *at == '\\' && !first && at + 1 < end - 1 ? *++at : *at, high = low;
        at++;
        if (*at == '-' && at + 1 < end - 1) {
            high = at[1] == '\\' && at + 2 < end - 1 ? at[2] : at[1];
            at += at[1] == '\\' && at + 2 < end - 1 ? 3 : 2;
        }
        if (c >= low && c <= high) found = true;
        if (pattern->ignore_case && ((towlower(c) >= low && towlower(c) <= high) || (towupper(c) >= low && towupper(c) <= high)))
            found = true;
    }
    return found != negated;
}

static bool item_matches(const struct pattern *pattern, const WCHAR *at, const WCHAR *end, WCHAR c)
{
    if (*at == '.') return true;
    if (*at == '[' && end > at + 1) return in_class(pattern, at, end, c);
    if (*at == '\\' && end == at + 2) at++;
    return fold(pattern, *at) == fold(pattern, c);
}

static bool match(const struct pattern *pattern, const WCHAR *at, const WCHAR *line, size_t position, size_t length, bool to_end)
{
    while (*at) {
        const WCHAR *next = behind(at);
        if (*at == '^' && at == pattern->text) {
            if (position) return false;
            at = next;
            continue;
        }
        if (*at == '$' && !at[1]) return position == length;
        if (*at == '\\' && (at[1] == '<' || at[1] == '>')) {
            bool before = position && is_word(line[position - 1]), after = position < length && is_word(line[position]);
            if (at[1] == '<' ? before || !after : !before || after) return false;
            at = next;
            continue;
        }
        if (*next == '*') {
            size_t most = position;
            while (most < length && item_matches(pattern, at, next, line[most])) most++;
            for (;; most--) {
                if (match(pattern, next + 1, line, most, length, to_end)) return true;
                if (most == position) return false;
            }
        }
        if (position == length || !item_matches(pattern, at, next, line[position])) return false;
        position++;
        at = next;
    }
    return !to_end || position == length;
}

static bool literal_at(const struct pattern *pattern, const WCHAR *line, size_t length, bool to_end)
{
    size_t position = 0;

    for (const WCHAR *at = pattern->text; *at; at++, position++) {
        if (*at == '\\' && (at[1] == '\\' || at[1] == '"')) at++;
        if (position == length || fold(pattern, *at) != fold(pattern, line[position])) return false;
    }
    return !to_end || position == length;
}

bool pattern_matches(const struct pattern *pattern, const WCHAR *line, size_t length, bool at_begin, bool at_end)
{
    if (!*pattern->text) return false;
    for (size_t start = 0; start <= length; start++) {
        if (pattern->regular ? match(pattern, pattern->text, line, start, length, at_end)
                             : literal_at(pattern, line + start, length - start, at_end))
            return true;
        if (at_begin) break;
    }
    return false;
}

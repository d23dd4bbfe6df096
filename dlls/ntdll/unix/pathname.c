/* File names between UTF-16 with backslashes and UTF-8 with slashes, and their comparison. */
#include "path.h"

#include <string.h>
#include "host.h"

/* Characters that Linux allows in names and Windows does not are shown in the private use area, U+F000 added, as
 * Microsoft's Services for Unix and WSL do; so every file can be opened, and what Windows wrote reads back. */
static bool is_forbidden(unsigned c)
{
    return c < 0x20 || c == '"' || c == '*' || c == ':' || c == '<' || c == '>' || c == '?' || c == '\\' ||
           c == '|';
}

static bool is_private_escape(WCHAR c)
{
    return c > 0xf000 && c <= 0xf07c && is_forbidden(c - 0xf000);
}

int path_name_from_unix(WCHAR *to, int room, const char *from, int bytes)
{
    int i = 0, used = 0;
    while (i < bytes) {
        unsigned char c = from[i];
        if (c < 0x80) {
            if (used >= room)
                return -1;
            to[used++] = c == '/' ? '\\' : is_forbidden(c) ? 0xf000 + c : c;
            i++;
        } else {
            int end = i, got;
            while (end < bytes && (unsigned char)from[end] >= 0x80)
                end++;
            got = utf16_from_utf8(to + used, room - used, from + i, end - i);
            if (got < 0)
                return -1;
            used += got;
            i = end;
        }
    }
    return used;
}

int path_name_to_unix(char *to, int room, const WCHAR *from, int units, bool *trailing_slash)
{
    int i = 0, used = 0, component = 0; /* where the current component starts in `to` */
    int component_units = 0;

    if (trailing_slash)
        *trailing_slash = false;
    while (i < units) {
        WCHAR c = from[i];
        if (c == '\\') {
            int length = used - component;
            if (!length && i)
                return -2;
            if ((length == 1 && to[component] == '.') ||
                (length == 2 && to[component] == '.' && to[component + 1] == '.'))
                return -2;
            if (i + 1 == units && i) {
                if (trailing_slash)
                    *trailing_slash = true;
                break;
            }
            if (used >= room)
                return -1;
            to[used++] = '/';
            component = used;
            component_units = 0;
            i++;
        } else if (c == ':') {
            /* a stream: only the unnamed one */
            static const WCHAR data[] = L"::$DATA", index[] = L":$I30:$INDEX_ALLOCATION";
            if (path_names_equal(from + i, units - i, data, 7) || path_names_equal(from + i, units - i, index, 23))
                break;
            return -2;
        } else if (c < 0x80) {
            if (is_forbidden(c) || c == '/')
                return -2;
            if (used >= room)
                return -1;
            to[used++] = c;
            i++;
            component_units++;
        } else if (is_private_escape(c)) {
            if (used >= room)
                return -1;
            to[used++] = c - 0xf000;
            i++;
            component_units++;
        } else {
            int end = i, got;
            while (end < units && from[end] >= 0x80 && !is_private_escape(from[end]))
                end++;
            got = utf8_from_utf16(to + used, room - used, from + i, end - i);
            if (got < 0)
                return -1;
            used += got;
            component_units += end - i;
            i = end;
        }
        if (component_units > 255)
            return -2;
    }
    if ((used - component == 1 && to[component] == '.') ||
        (used - component == 2 && to[component] == '.' && to[component + 1] == '.'))
        return -2;
    return used;
}

/* Latin, Greek, Cyrillic, Armenian and full-width letters: those with a simple mapping by rule. */
static WCHAR upcase_by_rule(WCHAR c)
{
    if (c < 0x100)
        return c == 0xb5 ? 0x39c : c == 0xff ? 0x178 : c >= 0xe0 && c != 0xf7 && c != 0xdf ? c - 32 : c;
    if (c < 0x180) {
        if (c == 0x131)
            return 'I';
        if (c == 0x17f)
            return 'S';
        if (c == 0x130 || c == 0x138 || c == 0x149 || c == 0x178)
            return c;
        if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
            return c & 1 ? c : c - 1;
        return c & 1 ? c - 1 : c;
    }
    if (c >= 0x1cd && c <= 0x1dc)
        return c & 1 ? c : c - 1;
    if ((c >= 0x1de && c <= 0x1ef) || (c >= 0x1f8 && c <= 0x21f) || (c >= 0x222 && c <= 0x233))
        return c & 1 ? c - 1 : c;
    if (c >= 0x370 && c < 0x400) {
        if (c >= 0x3b1 && c <= 0x3cb)
            return c == 0x3c2 ? 0x3a3 : c - 32;
        if (c == 0x3ac)
            return 0x386;
        if (c >= 0x3ad && c <= 0x3af)
            return c - 37;
        if (c == 0x3cc)
            return 0x38c;
        if (c == 0x3cd || c == 0x3ce)
            return c - 63;
        if (c >= 0x3d8 && c <= 0x3ef)
            return c & 1 ? c - 1 : c;
        return c;
    }
    if (c >= 0x400 && c < 0x530) {
        if (c >= 0x430 && c <= 0x44f)
            return c - 32;
        if (c >= 0x450 && c <= 0x45f)
            return c - 80;
        if ((c >= 0x460 && c <= 0x481) || (c >= 0x48a && c <= 0x4bf) || c >= 0x4d0)
            return c & 1 ? c - 1 : c;
        if (c >= 0x4c1 && c <= 0x4ce)
            return c & 1 ? c : c - 1;
        return c == 0x4cf ? 0x4c0 : c;
    }
    if (c >= 0x561 && c <= 0x586)
        return c - 48;
    if (c >= 0x1e00 && c <= 0x1eff && !(c >= 0x1e96 && c <= 0x1e9f))
        return c & 1 ? c - 1 : c;
    if (c >= 0x2170 && c <= 0x217f)
        return c - 16;
    if (c >= 0x24d0 && c <= 0x24e9)
        return c - 26;
    if (c >= 0xff41 && c <= 0xff5a)
        return c - 32;
    return c;
}

WCHAR path_upcase(WCHAR unit)
{
    if (unit < 0x80)
        return unit >= 'a' && unit <= 'z' ? unit - 32 : unit;
    return upcase_by_rule(unit);
}

bool path_names_equal(const WCHAR *a, int a_units, const WCHAR *b, int b_units)
{
    int i;
    if (a_units != b_units)
        return false;
    for (i = 0; i < a_units; i++)
        if (a[i] != b[i] && path_upcase(a[i]) != path_upcase(b[i]))
            return false;
    return true;
}

/* Character classes of the C locale. */
#include "ntdll.h"
#include <ctype.h>

#undef isalpha
#undef iswalpha
#undef isupper
#undef iswupper
#undef islower
#undef iswlower
#undef isdigit
#undef iswdigit
#undef isxdigit
#undef iswxdigit
#undef isalnum
#undef iswalnum
#undef isspace
#undef iswspace
#undef isprint
#undef iswprint
#undef isgraph
#undef iswgraph
#undef ispunct
#undef iswpunct
#undef iscntrl
#undef iswcntrl
#undef iswctype
#undef iswascii
#undef __isascii
#undef __toascii
#undef __iscsym
#undef __iscsymf
#undef _tolower
#undef _toupper

#define CLASS(name, condition)                                                                                     \
    static inline bool class_##name(int c) { return condition; }                                                   \
    int __cdecl is##name(int c) { return class_##name(c); }                                                        \
    int __cdecl isw##name(wint_t c) { return class_##name(c); }

CLASS(upper, c - 'A' < 26u)
CLASS(lower, c - 'a' < 26u)
CLASS(alpha, (c | 32) - 'a' < 26u)
CLASS(digit, c - '0' < 10u)
CLASS(xdigit, c - '0' < 10u || (c | 32) - 'a' < 6u)
CLASS(alnum, c - '0' < 10u || (c | 32) - 'a' < 26u)
CLASS(space, c == ' ' || c - '\t' < 5u)
CLASS(print, c - 0x20 < 0x5fu)
CLASS(graph, c - 0x21 < 0x5eu)
CLASS(punct, c - 0x21 < 0x5eu && !(c - '0' < 10u || (c | 32) - 'a' < 26u))
CLASS(cntrl, (unsigned)c < 0x20 || c == 0x7f)

int __cdecl iswctype(wint_t c, wctype_t type)
{
    unsigned bits = 0;

    if (iswupper(c)) bits |= _UPPER | _ALPHA;
    if (iswlower(c)) bits |= _LOWER | _ALPHA;
    if (iswdigit(c)) bits |= _DIGIT;
    if (iswxdigit(c)) bits |= _HEX;
    if (iswspace(c)) bits |= _SPACE;
    if (iswpunct(c)) bits |= _PUNCT;
    if (iswcntrl(c)) bits |= _CONTROL;
    if (c == ' ') bits |= _BLANK;
    return bits & type;
}

int __cdecl iswascii(wint_t c)
{
    return c < 0x80;
}
int __cdecl __isascii(int c)
{
    return (unsigned)c < 0x80;
}
int __cdecl __toascii(int c)
{
    return c & 0x7f;
}
int __cdecl __iscsym(int c)
{
    return isalnum(c) || c == '_';
}
int __cdecl __iscsymf(int c)
{
    return isalpha(c) || c == '_';
}
int __cdecl tolower(int c)
{
    return c - 'A' < 26u ? c + 32 : c;
}
int __cdecl toupper(int c)
{
    return c - 'a' < 26u ? c - 32 : c;
}
int __cdecl _tolower(int c)
{
    return c + 32;
}
int __cdecl _toupper(int c)
{
    return c - 32;
}
wint_t __cdecl towlower(wint_t c)
{
    return RtlDowncaseUnicodeChar(c);
}
wint_t __cdecl towupper(wint_t c)
{
    return RtlUpcaseUnicodeChar(c);
}

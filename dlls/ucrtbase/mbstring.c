/* Multibyte strings: bytes and pairs of bytes by the multibyte code page, which is the ANSI one at the start.
 * Reference: "_mbsrchr", "_ismbblead", "_setmbcp". */
#include "crt.h"

static BOOL is_lead(unsigned c)
{
    return c <= 0xff && IsDBCSLeadByte((BYTE)c);
}

CRTAPI int _ismbblead(unsigned c)
{
    return is_lead(c) ? 4 : 0;
}

/* The last place of character C, which is two bytes when above 255. */
CRTAPI unsigned char *_mbsrchr(const unsigned char *text, unsigned c)
{
    unsigned char *found = NULL;

    REQUIRE(text, EINVAL, NULL);
    for (;; text++) {
        unsigned current = *text;
        const unsigned char *at = text;
        if (is_lead(current) && text[1]) current = current << 8 | *++text;
        if (current == c) found = (unsigned char *)at;
        if (!*text) return found;
    }
}

CRTAPI unsigned char *_mbschr(const unsigned char *text, unsigned c)
{
    REQUIRE(text, EINVAL, NULL);
    for (;; text++) {
        unsigned current = *text;
        const unsigned char *at = text;
        if (is_lead(current) && text[1]) current = current << 8 | *++text;
        if (current == c) return (unsigned char *)at;
        if (!*text) return NULL;
    }
}

CRTAPI unsigned char *_mbsinc(const unsigned char *text)
{
    REQUIRE(text, EINVAL, NULL);
    return (unsigned char *)text + (is_lead(*text) && text[1] ? 2 : 1);
}

CRTAPI size_t _mbslen(const unsigned char *text)
{
    size_t count = 0;

    REQUIRE(text, EINVAL, INT_MAX);
    for (; *text; count++) text += is_lead(*text) && text[1] ? 2 : 1;
    return count;
}

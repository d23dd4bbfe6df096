/* String functions that exist for char and wchar_t alike; string.c and wcstring.c include this with
 *
 *     CHAR, UCHAR     the character and its unsigned twin
 *     F(n, w)         picks the narrow or the wide name
 */

CRTAPI CHAR *F(strcpy, wcscpy)(CHAR *dest, const CHAR *source)
{
    CHAR *to = dest;

    while ((*to++ = *source++)) {}
    return dest;
}

CRTAPI CHAR *F(strcat, wcscat)(CHAR *dest, const CHAR *source)
{
    F(strcpy, wcscpy)(dest + F(strlen, wcslen)(dest), source);
    return dest;
}

CRTAPI size_t F(strnlen, wcsnlen)(const CHAR *text, size_t size)
{
    size_t length = 0;

    while (length < size && text[length]) length++;
    return length;
}

#ifndef FERRY_MSVCRT
CRTAPI size_t F(__strncnt, __wcsncnt)(const CHAR *text, size_t size)
{
    return F(strnlen, wcsnlen)(text, size);
}
#endif

CRTAPI CHAR *F(strncpy, wcsncpy)(CHAR *dest, const CHAR *source, size_t count)
{
    size_t i = 0;

    for (; i < count && source[i]; i++) dest[i] = source[i];
    for (; i < count; i++) dest[i] = 0;
    return dest;
}

CRTAPI CHAR *F(strncat, wcsncat)(CHAR *dest, const CHAR *source, size_t count)
{
    CHAR *to = dest + F(strlen, wcslen)(dest);

    while (count-- && *source) *to++ = *source++;
    *to = 0;
    return dest;
}

CRTAPI int F(strncmp, wcsncmp)(const CHAR *first, const CHAR *second, size_t count)
{
    for (; count; first++, second++, count--) {
        UCHAR_T a = *first, b = *second;
        if (a != b) return a < b ? -1 : 1;
        if (!a) break;
    }
    return 0;
}

CRTAPI CHAR *F(strrchr, wcsrchr)(const CHAR *text, F(int, wchar_t) value)
{
    const CHAR *found = NULL;

    do {
        if (*text == (CHAR)value) found = text;
    } while (*text++);
    return (CHAR *)found;
}

CRTAPI size_t F(strspn, wcsspn)(const CHAR *text, const CHAR *set)
{
    size_t length = 0;

    for (; text[length]; length++) {
        const CHAR *p = set;
        while (*p && *p != text[length]) p++;
        if (!*p) break;
    }
    return length;
}

CRTAPI size_t F(strcspn, wcscspn)(const CHAR *text, const CHAR *set)
{
    size_t length = 0;

    for (; text[length]; length++)
        for (const CHAR *p = set; *p; p++)
            if (*p == text[length]) return length;
    return length;
}

CRTAPI CHAR *F(strpbrk, wcspbrk)(const CHAR *text, const CHAR *set)
{
    text += F(strcspn, wcscspn)(text, set);
    return *text ? (CHAR *)text : NULL;
}

CRTAPI CHAR *F(strstr, wcsstr)(const CHAR *text, const CHAR *part)
{
    size_t length = F(strlen, wcslen)(part);

    if (!length) return (CHAR *)text;
    while ((text = F(strchr, wcschr)(text, *part))) {
        if (!F(strncmp, wcsncmp)(text, part, length)) return (CHAR *)text;
        text++;
    }
    return NULL;
}

CRTAPI CHAR *F(strtok_s, wcstok_s)(CHAR *text, const CHAR *set, CHAR **next)
{
    REQUIRE(next && set && (text || *next), EINVAL, NULL);
    if (!text) text = *next;
    text += F(strspn, wcsspn)(text, set);
    if (!*text) {
        *next = text;
        return NULL;
    }
    *next = text + F(strcspn, wcscspn)(text, set);
    if (**next) *(*next)++ = 0;
    return text;
}

#if !WIDE
CRTAPI CHAR *strtok(CHAR *text, const CHAR *set)
{
    struct thread_data *data = thread_data();

    if (!text && !data->strtok_next) return NULL;
    return strtok_s(text, set, &data->strtok_next);
}
#elif defined(FERRY_MSVCRT)
CRTAPI CHAR *wcstok(CHAR *text, const CHAR *set)
{
    struct thread_data *data = thread_data();

    if (!text && !data->wcstok_next) return NULL;
    return wcstok_s(text, set, &data->wcstok_next);
}
#else
/* The UCRT's has C99's third parameter; without it the state is the thread's. */
CRTAPI CHAR *wcstok(CHAR *text, const CHAR *set, CHAR **next)
{
    if (!next) next = &thread_data()->wcstok_next;
    if (!text && !*next) return NULL;
    return wcstok_s(text, set, next);
}
#endif

CRTAPI CHAR *F(_strdup, _wcsdup)(const CHAR *text)
{
    size_t size;
    CHAR *copy;

    if (!text) return NULL;
    size = (F(strlen, wcslen)(text) + 1) * sizeof(CHAR);
    copy = malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

CRTAPI CHAR *F(_strrev, _wcsrev)(CHAR *text)
{
    size_t length = F(strlen, wcslen)(text);

    for (size_t i = 0; i < length / 2; i++) {
        CHAR c = text[i];
        text[i] = text[length - 1 - i];
        text[length - 1 - i] = c;
    }
    return text;
}

CRTAPI CHAR *F(_strset, _wcsset)(CHAR *text, F(int, wchar_t) value)
{
    for (CHAR *p = text; *p; p++) *p = (CHAR)value;
    return text;
}

CRTAPI CHAR *F(_strnset, _wcsnset)(CHAR *text, F(int, wchar_t) value, size_t count)
{
    for (CHAR *p = text; *p && count--; p++) *p = (CHAR)value;
    return text;
}

/* ---- secure ones: the buffer is emptied on failure ---- */

#define REQUIRE_EMPTY(condition, error)                                                                                 \
    do {                                                                                                                \
        if (!(condition)) {                                                                                             \
            *dest = 0;                                                                                                  \
            REQUIRE(condition, error, error);                                                                           \
        }                                                                                                               \
    } while (0)

CRTAPI errno_t F(strcpy_s, wcscpy_s)(CHAR *dest, size_t size, const CHAR *source)
{
    size_t length;

    REQUIRE(dest && size, EINVAL, EINVAL);
    REQUIRE_EMPTY(source, EINVAL);
    length = F(strnlen, wcsnlen)(source, size);
    REQUIRE_EMPTY(length < size, ERANGE);
    memmove(dest, source, (length + 1) * sizeof(CHAR));
    return 0;
}

CRTAPI errno_t F(strncpy_s, wcsncpy_s)(CHAR *dest, size_t size, const CHAR *source, size_t count)
{
    size_t length;

    if (!count && !dest && !size) return 0;
    REQUIRE(dest && size, EINVAL, EINVAL);
    if (!count) {
        *dest = 0;
        return 0;
    }
    REQUIRE_EMPTY(source, EINVAL);
    if (count == (size_t)-1) {
        length = F(strnlen, wcsnlen)(source, size);
        if (length >= size) {
            memcpy(dest, source, (size - 1) * sizeof(CHAR));
            dest[size - 1] = 0;
            return STRUNCATE;
        }
    } else {
        length = F(strnlen, wcsnlen)(source, min(count, size));
        REQUIRE_EMPTY(length < size, ERANGE);
    }
    memcpy(dest, source, length * sizeof(CHAR));
    dest[length] = 0;
    return 0;
}

CRTAPI errno_t F(strncat_s, wcsncat_s)(CHAR *dest, size_t size, const CHAR *source, size_t count)
{
    size_t used, length;

    if (!count && !dest && !size) return 0;
    REQUIRE(dest && size, EINVAL, EINVAL);
    if (count) REQUIRE_EMPTY(source, EINVAL);
    used = F(strnlen, wcsnlen)(dest, size);
    REQUIRE_EMPTY(used < size, EINVAL);
    if (!count) return 0;
    length = F(strnlen, wcsnlen)(source, count == (size_t)-1 ? size : min(count, size));
    if (length >= size - used) {
        if (count == (size_t)-1) {
            memcpy(dest + used, source, (size - used - 1) * sizeof(CHAR));
            dest[size - 1] = 0;
            return STRUNCATE;
        }
        REQUIRE_EMPTY(FALSE, ERANGE);
    }
    memcpy(dest + used, source, length * sizeof(CHAR));
    dest[used + length] = 0;
    return 0;
}

CRTAPI errno_t F(strcat_s, wcscat_s)(CHAR *dest, size_t size, const CHAR *source)
{
    size_t used, length;

    REQUIRE(dest && size, EINVAL, EINVAL);
    REQUIRE_EMPTY(source, EINVAL);
    used = F(strnlen, wcsnlen)(dest, size);
    REQUIRE_EMPTY(used < size, EINVAL);
    length = F(strnlen, wcsnlen)(source, size);
    REQUIRE_EMPTY(length < size - used, ERANGE);
    memcpy(dest + used, source, (length + 1) * sizeof(CHAR));
    return 0;
}

CRTAPI errno_t F(_strset_s, _wcsset_s)(CHAR *dest, size_t size, F(int, wchar_t) value)
{
    REQUIRE(dest && size, EINVAL, EINVAL);
    REQUIRE_EMPTY(F(strnlen, wcsnlen)(dest, size) < size, EINVAL);
    F(_strset, _wcsset)(dest, value);
    return 0;
}

CRTAPI errno_t F(_strnset_s, _wcsnset_s)(CHAR *dest, size_t size, F(int, wchar_t) value, size_t count)
{
    if (!count && !dest && !size) return 0;
    REQUIRE(dest && size, EINVAL, EINVAL);
    REQUIRE_EMPTY(F(strnlen, wcsnlen)(dest, size) < size, EINVAL);
    F(_strnset, _wcsnset)(dest, value, count);
    return 0;
}

/* ---- case, by the locale ---- */

CRTAPI int F(_stricmp_l, _wcsicmp_l)(const CHAR *first, const CHAR *second, _locale_t locale)
{
    REQUIRE(first && second, EINVAL, INT_MAX);
    return F(_strnicmp_l, _wcsnicmp_l)(first, second, INT_MAX, locale);
}

CRTAPI int F(_stricmp, _wcsicmp)(const CHAR *first, const CHAR *second)
{
    REQUIRE(first && second, EINVAL, INT_MAX);
    return F(_strnicmp_l, _wcsnicmp_l)(first, second, INT_MAX, NULL);
}

CRTAPI int F(_strnicmp, _wcsnicmp)(const CHAR *first, const CHAR *second, size_t count)
{
    return F(_strnicmp_l, _wcsnicmp_l)(first, second, count, NULL);
}

#define CASE_FUNCTIONS(name, convert)                                                                                   \
    CRTAPI errno_t name##_s_l(CHAR *dest, size_t size, _locale_t locale)                                                \
    {                                                                                                                   \
        struct crt_locale *current = crt_locale(locale);                                                                \
        REQUIRE(dest && size, EINVAL, EINVAL);                                                                          \
        REQUIRE_EMPTY(F(strnlen, wcsnlen)(dest, size) < size, EINVAL);                                                  \
        for (; *dest; dest++) *dest = convert(current, *dest);                                                          \
        return 0;                                                                                                       \
    }                                                                                                                   \
    CRTAPI errno_t name##_s(CHAR *dest, size_t size)                                                                    \
    {                                                                                                                   \
        return name##_s_l(dest, size, NULL);                                                                            \
    }                                                                                                                   \
    CRTAPI CHAR *name##_l(CHAR *text, _locale_t locale)                                                                 \
    {                                                                                                                   \
        REQUIRE(text, EINVAL, NULL);                                                                                    \
        name##_s_l(text, (size_t)-1, locale);                                                                           \
        return text;                                                                                                    \
    }                                                                                                                   \
    CRTAPI CHAR *name(CHAR *text)                                                                                       \
    {                                                                                                                   \
        return name##_l(text, NULL);                                                                                    \
    }

/* Environment variables: two tables, narrow and wide, made when first needed and kept in step with the process's.
 * Reference: "getenv, _wgetenv", "_putenv, _wputenv", "getenv_s", "_dupenv_s". */
#include "crt.h"

CRTDATA char **_environ;
CRTDATA wchar_t **_wenviron;
static char **initial;
static wchar_t **initial_wide;

static wchar_t **table_from_system(void)
{
    wchar_t *block = GetEnvironmentStringsW(), *at, **table;
    int count = 0;

    if (!block) return NULL;
    for (at = block; *at; at += wcslen(at) + 1) count += *at != '='; /* current folders of drives are hidden */
    table = malloc((count + 1) * sizeof(*table));
    if (table) {
        count = 0;
        for (at = block; *at; at += wcslen(at) + 1)
            if (*at != '=' && (table[count] = _wcsdup(at))) count++;
        table[count] = NULL;
    }
    FreeEnvironmentStringsW(block);
    return table;
}

static char **narrow_table(wchar_t **wide)
{
    int count = 0;
    char **table;

    while (wide[count]) count++;
    table = malloc((count + 1) * sizeof(*table));
    if (!table) return NULL;
    count = 0;
    for (; *wide; wide++)
        if ((table[count] = crt_narrow(*wide))) count++;
    table[count] = NULL;
    return table;
}

wchar_t **crt_wide_environment(void)
{
    if (!_wenviron) _wenviron = initial_wide = table_from_system();
    return _wenviron;
}

static char **narrow_environment(void)
{
    if (!_environ && crt_wide_environment()) _environ = initial = narrow_table(_wenviron);
    return _environ;
}

void environment_init(void)
{
    narrow_environment();
}

CRTAPI char ***__p__environ(void)
{
    narrow_environment();
    return &_environ;
}

CRTAPI wchar_t ***__p__wenviron(void)
{
    crt_wide_environment();
    return &_wenviron;
}

#ifndef FERRY_MSVCRT
CRTAPI int _initialize_narrow_environment(void)
{
    return narrow_environment() ? 0 : -1;
}

CRTAPI int _initialize_wide_environment(void)
{
    return crt_wide_environment() ? 0 : -1;
}

CRTAPI char **_get_initial_narrow_environment(void)
{
    narrow_environment();
    return initial;
}

CRTAPI wchar_t **_get_initial_wide_environment(void)
{
    crt_wide_environment();
    return initial_wide;
}
#endif

static int narrow_index(const char *name, size_t length)
{
    for (int i = 0; _environ && _environ[i]; i++)
        if (!_strnicmp(_environ[i], name, length) && _environ[i][length] == '=') return i;
    return -1;
}

static int wide_index(const wchar_t *name, size_t length)
{
    for (int i = 0; _wenviron && _wenviron[i]; i++)
        if (!_wcsnicmp(_wenviron[i], name, length) && _wenviron[i][length] == '=') return i;
    return -1;
}

CRTAPI char *getenv(const char *name)
{
    size_t length;
    int at;
    char *value;

    REQUIRE(name, EINVAL, NULL);
    _lock(LOCK_ENV);
    length = strlen(name);
    at = narrow_environment() && length ? narrow_index(name, length) : -1;
    value = at < 0 ? NULL : _environ[at] + length + 1;
    _unlock(LOCK_ENV);
    return value;
}

CRTAPI wchar_t *_wgetenv(const wchar_t *name)
{
    size_t length;
    int at;
    wchar_t *value;

    REQUIRE(name, EINVAL, NULL);
    _lock(LOCK_ENV);
    length = wcslen(name);
    at = crt_wide_environment() && length ? wide_index(name, length) : -1;
    value = at < 0 ? NULL : _wenviron[at] + length + 1;
    _unlock(LOCK_ENV);
    return value;
}

/* One entry of a table of pointers set, added or removed. Old entries are not freed: programs keep what getenv gave. */
static BOOL set_entry(void ***table, int at, void *entry)
{
    int count = 0;

    while ((*table)[count]) count++;
    if (!entry) {
        if (at >= 0) memmove(&(*table)[at], &(*table)[at + 1], (count - at) * sizeof(void *));
        return TRUE;
    }
    if (at >= 0) {
        (*table)[at] = entry;
        return TRUE;
    }
    void **more = malloc((count + 2) * sizeof(void *)); /* main's environ may still be in use */
    if (!more) return FALSE;
    memcpy(more, *table, count * sizeof(void *));
    more[count] = entry;
    more[count + 1] = NULL;
    *table = more;
    return TRUE;
}

/* NAME=VALUE, an empty value removes. VALUE NULL: NAME holds both. */
static int put(const wchar_t *name, const wchar_t *value)
{
    const wchar_t *equals = wcschr(name, '=');
    size_t length = value ? wcslen(name) : equals ? (size_t)(equals - name) : 0, total;
    wchar_t *entry = NULL, *key;
    char *narrow = NULL;
    int result = -1;

    if (!value && (!equals || !length)) {
        errno = EINVAL;
        return -1;
    }
    if (value && (!length || equals)) {
        errno = EINVAL;
        return -1;
    }
    if (!value) value = equals + 1;
    total = length + wcslen(value) + 2;
    key = malloc((length + 1) * sizeof(wchar_t));
    if (!key) return -1;
    memcpy(key, name, length * sizeof(wchar_t));
    key[length] = 0;
    _lock(LOCK_ENV);
    if (!crt_wide_environment() || !narrow_environment()) goto out;
    if (*value) {
        entry = malloc(total * sizeof(wchar_t));
        if (!entry) goto out;
        wcscpy(entry, key);
        entry[length] = '=';
        wcscpy(entry + length + 1, value);
        narrow = crt_narrow(entry);
        if (!narrow) {
            free(entry);
            goto out;
        }
    }
    char *narrow_key = crt_narrow(key);
    if (!narrow_key) goto out;
    int narrow_at = narrow_index(narrow_key, strlen(narrow_key));
    free(narrow_key);
    if (!set_entry((void ***)&_wenviron, wide_index(key, length), entry) ||
        !set_entry((void ***)&_environ, narrow_at, narrow))
        goto out;
    if (!SetEnvironmentVariableW(key, *value ? value : NULL) && *value) {
        errno = EINVAL;
        goto out;
    }
    result = 0;
out:
    _unlock(LOCK_ENV);
    free(key);
    return result;
}

CRTAPI int _wputenv(const wchar_t *assignment)
{
    REQUIRE(assignment, EINVAL, -1);
    return put(assignment, NULL);
}

CRTAPI int _putenv(const char *assignment)
{
    wchar_t *wide;
    int result;

    REQUIRE(assignment, EINVAL, -1);
    wide = crt_wide(assignment);
    if (!wide) return -1;
    result = put(wide, NULL);
    free(wide);
    return result;
}

CRTAPI errno_t _wputenv_s(const wchar_t *name, const wchar_t *value)
{
    REQUIRE(name && value, EINVAL, EINVAL);
    return put(name, value) ? errno : 0;
}

CRTAPI errno_t _putenv_s(const char *name, const char *value)
{
    wchar_t *wide_name, *wide_value;
    errno_t result = ENOMEM;

    REQUIRE(name && value, EINVAL, EINVAL);
    wide_name = crt_wide(name);
    wide_value = crt_wide(value);
    if (wide_name && wide_value) result = put(wide_name, wide_value) ? errno : 0;
    free(wide_name);
    free(wide_value);
    return result;
}

#define SECURE(CHAR, get_s, dup_s, get, length_of)                                                                      \
    CRTAPI errno_t get_s(size_t *needed, CHAR *buffer, size_t size, const CHAR *name)                                   \
    {                                                                                                                   \
        const CHAR *value;                                                                                              \
        size_t length;                                                                                                  \
        REQUIRE(needed, EINVAL, EINVAL);                                                                                \
        *needed = 0;                                                                                                    \
        REQUIRE((buffer && size) || (!buffer && !size), EINVAL, EINVAL);                                                \
        if (buffer) *buffer = 0;                                                                                        \
        REQUIRE(name, EINVAL, EINVAL);                                                                                  \
        value = get(name);                                                                                              \
        if (!value) return 0;                                                                                           \
        length = length_of(value) + 1;                                                                                  \
        *needed = length;                                                                                               \
        if (!size) return 0;                                                                                            \
        if (length > size) return ERANGE;                                                                               \
        memcpy(buffer, value, length * sizeof(CHAR));                                                                   \
        return 0;                                                                                                       \
    }                                                                                                                   \
    CRTAPI errno_t dup_s(CHAR **buffer, size_t *count, const CHAR *name)                                                \
    {                                                                                                                   \
        const CHAR *value;                                                                                              \
        size_t length;                                                                                                  \
        REQUIRE(buffer, EINVAL, EINVAL);                                                                                \
        *buffer = NULL;                                                                                                 \
        if (count) *count = 0;                                                                                          \
        REQUIRE(name, EINVAL, EINVAL);                                                                                  \
        value = get(name);                                                                                              \
        if (!value) return 0;                                                                                           \
        length = length_of(value) + 1;                                                                                  \
        *buffer = malloc(length * sizeof(CHAR));                                                                        \
        if (!*buffer) return ENOMEM;                                                                                    \
        memcpy(*buffer, value, length * sizeof(CHAR));                                                                  \
        if (count) *count = length;                                                                                     \
        return 0;                                                                                                       \
    }

SECURE(char, getenv_s, _dupenv_s, getenv, strlen)
SECURE(wchar_t, _wgetenv_s, _wdupenv_s, _wgetenv, wcslen)

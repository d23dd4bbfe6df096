/* Command line to argv, and the calls that start-up code makes. Reference: "Parsing C command-line arguments". */
#include "crt.h"

CRTDATA char *_acmdln;
CRTDATA wchar_t *_wcmdln;
CRTDATA int __argc;
CRTDATA char **__argv;
CRTDATA wchar_t **__wargv;
CRTDATA char *_pgmptr;
CRTDATA wchar_t *_wpgmptr;
CRTDATA int _fmode;
int crt_app_type;

#ifdef FERRY_MSVCRT
CRTDATA unsigned _osver, _winver, _winmajor, _winminor, _osplatform;
CRTDATA int _fileinfo = -1;
CRTDATA int _adjust_fdiv;
#endif

#define SPACE(c) ((c) == ' ' || (c) == '\t')

/* Splits LINE. With ARGV NULL it only counts: *ARGC arguments, *SIZE characters with their zeros. */
static void split(const wchar_t *line, wchar_t **argv, wchar_t *text, int *argc, size_t *size)
{
    int count = 0;
    size_t used = 0;
    BOOL quoted = FALSE;

#define PUT(c)                                                                                                          \
    do {                                                                                                                \
        if (argv) text[used] = (c);                                                                                     \
        used++;                                                                                                         \
    } while (0)
#define START()                                                                                                         \
    do {                                                                                                                \
        if (argv) argv[count] = text + used;                                                                            \
        count++;                                                                                                        \
    } while (0)

    /* The program's name: quotes group, a backslash is itself. */
    START();
    for (; *line && (quoted || !SPACE(*line)); line++) {
        if (*line == '"') quoted = !quoted;
        else PUT(*line);
    }
    PUT(0);
    for (;;) {
        while (SPACE(*line)) line++;
        if (!*line) break;
        START();
        quoted = FALSE;
        for (;;) {
            unsigned slashes = 0;
            BOOL copy = TRUE;
            while (*line == '\\') line++, slashes++;
            if (*line == '"') {
                if (!(slashes & 1)) {
                    if (quoted && line[1] == '"') { /* two quotes inside quotes are one */
                        line++;
                    } else {
                        copy = FALSE;
                        quoted = !quoted;
                    }
                }
                slashes /= 2;
            }
            while (slashes--) PUT('\\');
            if (!*line || (!quoted && SPACE(*line))) break;
            if (copy) PUT(*line);
            line++;
        }
        PUT(0);
    }
    if (argv) argv[count] = NULL;
    *argc = count;
    *size = used;
#undef PUT
#undef START
}

/* ---- wild cards ---- */

struct list {
    wchar_t **items;
    int count;
    BOOL failed;
};

static void list_add(struct list *list, wchar_t *item)
{
    if (!(list->count & 63)) {
        wchar_t **more = realloc(list->items, (list->count + 65) * sizeof(*more));
        if (!more) {
            list->failed = TRUE;
            return;
        }
        list->items = more;
    }
    list->items[list->count++] = item;
    list->items[list->count] = NULL;
}

static void expand(struct list *list, wchar_t *argument)
{
    WIN32_FIND_DATAW data;
    size_t folder = 0;
    BOOL found = FALSE;
    HANDLE search;
    int first = list->count;

    for (size_t i = 0; argument[i]; i++)
        if (argument[i] == '\\' || argument[i] == '/' || argument[i] == ':') folder = i + 1;
    search = FindFirstFileW(argument, &data);
    if (search != INVALID_HANDLE_VALUE) {
        do {
            wchar_t *item;
            if (!wcscmp(data.cFileName, L".") || !wcscmp(data.cFileName, L"..")) continue;
            item = malloc((folder + wcslen(data.cFileName) + 1) * sizeof(wchar_t));
            if (!item) break;
            memcpy(item, argument, folder * sizeof(wchar_t));
            wcscpy(item + folder, data.cFileName);
            list_add(list, item);
            found = TRUE;
        } while (FindNextFileW(search, &data));
        FindClose(search);
    }
    if (!found) {
        list_add(list, argument);
        return;
    }
    for (int i = first + 1; i < list->count; i++) { /* sorted, as a directory of NTFS lists them */
        wchar_t *item = list->items[i];
        int j = i;
        for (; j > first && _wcsicmp(list->items[j - 1], item) > 0; j--) list->items[j] = list->items[j - 1];
        list->items[j] = item;
    }
}

static wchar_t **expand_all(wchar_t **argv, int *argc)
{
    struct list list = { 0 };

    list_add(&list, argv[0]);
    for (int i = 1; i < *argc; i++) {
        if (wcspbrk(argv[i], L"*?")) expand(&list, argv[i]);
        else list_add(&list, argv[i]);
    }
    if (list.failed) return argv;
    *argc = list.count;
    return list.items;
}

static int wide_arguments(BOOL wild)
{
    size_t size;
    int count;
    wchar_t **argv;

    if (__wargv) return 0;
    split(*_wcmdln ? _wcmdln : _wpgmptr, NULL, NULL, &count, &size);
    argv = malloc((count + 1) * sizeof(*argv) + size * sizeof(wchar_t));
    if (!argv) return -1;
    split(*_wcmdln ? _wcmdln : _wpgmptr, argv, (wchar_t *)(argv + count + 1), &count, &size);
    if (wild) argv = expand_all(argv, &count);
    __argc = count;
    __wargv = argv;
    return 0;
}

static int narrow_arguments(BOOL wild)
{
    char **argv;

    if (__argv) return 0;
    if (wide_arguments(wild)) return -1;
    argv = malloc((__argc + 1) * sizeof(*argv));
    if (!argv) return -1;
    for (int i = 0; i < __argc; i++)
        if (!(argv[i] = crt_narrow(__wargv[i]))) return -1;
    argv[__argc] = NULL;
    __argv = argv;
    return 0;
}

void startup_init(void)
{
    static wchar_t path[MAX_PATH + 1];

    _wcmdln = GetCommandLineW();
    GetModuleFileNameW(NULL, path, MAX_PATH);
    path[MAX_PATH] = 0;
    _wpgmptr = path;
    _acmdln = crt_narrow(_wcmdln);
    _pgmptr = crt_narrow(path);
    environment_init();
#ifdef FERRY_MSVCRT
    FERRY_PEB *peb = ferry_peb();
    _winmajor = peb->OSMajorVersion;
    _winminor = peb->OSMinorVersion;
    _winver = _winmajor << 8 | _winminor;
    _osver = peb->OSBuildNumber;
    _osplatform = peb->OSPlatformId;
#endif
}

CRTAPI void __set_app_type(int type)
{
    crt_app_type = type;
}

CRTAPI void _set_app_type(int type)
{
    crt_app_type = type;
}

CRTAPI int _query_app_type(void)
{
    return crt_app_type;
}

typedef void(__cdecl *initializer)(void);
typedef int(__cdecl *checked_initializer)(void);

CRTAPI void _initterm(initializer *first, initializer *last)
{
    for (; first < last; first++)
        if (*first) (*first)();
}

CRTAPI int _initterm_e(checked_initializer *first, checked_initializer *last)
{
    int result = 0;

    for (; first < last && !result; first++)
        if (*first) result = (*first)();
    return result;
}

CRTAPI errno_t _set_fmode(int mode)
{
    REQUIRE(mode == _O_TEXT || mode == _O_BINARY || mode == _O_WTEXT, EINVAL, EINVAL);
    _fmode = mode;
    return 0;
}

CRTAPI errno_t _get_fmode(int *mode)
{
    REQUIRE(mode, EINVAL, EINVAL);
    *mode = _fmode;
    return 0;
}

CRTAPI errno_t _get_pgmptr(char **path)
{
    REQUIRE(path, EINVAL, EINVAL);
    *path = _pgmptr;
    return 0;
}

CRTAPI errno_t _get_wpgmptr(wchar_t **path)
{
    REQUIRE(path, EINVAL, EINVAL);
    *path = _wpgmptr;
    return 0;
}

#define ADDRESS(type, name, function)                                                                                   \
    CRTAPI type *function(void)                                                                                         \
    {                                                                                                                   \
        return &name;                                                                                                   \
    }

extern int _commode;
ADDRESS(int, __argc, __p___argc)
ADDRESS(char **, __argv, __p___argv)
ADDRESS(wchar_t **, __wargv, __p___wargv)
ADDRESS(char *, _acmdln, __p__acmdln)
ADDRESS(wchar_t *, _wcmdln, __p__wcmdln)
ADDRESS(char *, _pgmptr, __p__pgmptr)
ADDRESS(wchar_t *, _wpgmptr, __p__wpgmptr)
ADDRESS(int, _fmode, __p__fmode)
ADDRESS(int, _commode, __p__commode)

#ifdef FERRY_MSVCRT
ADDRESS(unsigned, _osver, __p__osver)
ADDRESS(unsigned, _winver, __p__winver)
ADDRESS(unsigned, _winmajor, __p__winmajor)
ADDRESS(unsigned, _winminor, __p__winminor)
ADDRESS(int, _fileinfo, __p__fileinfo)

CRTDATA char **__initenv;
CRTDATA wchar_t **__winitenv;
ADDRESS(char **, __initenv, __p___initenv)
ADDRESS(wchar_t **, __winitenv, __p___winitenv)

struct startup_info {
    int new_mode;
};
int _set_new_mode(int mode);
wchar_t **crt_wide_environment(void);

/* Since Windows Vista it returns 0, or -1 when memory runs out. */
CRTAPI int __getmainargs(int *argc, char ***argv, char ***environment, int wild, struct startup_info *info)
{
    if (narrow_arguments(wild)) return -1;
    *argc = __argc;
    *argv = __argv;
    *environment = __initenv = _environ;
    if (info) _set_new_mode(info->new_mode);
    return 0;
}

CRTAPI int __wgetmainargs(int *argc, wchar_t ***argv, wchar_t ***environment, int wild, struct startup_info *info)
{
    if (wide_arguments(wild)) return -1;
    *argc = __argc;
    *argv = __wargv;
    *environment = __winitenv = crt_wide_environment();
    if (info) _set_new_mode(info->new_mode);
    return 0;
}

CRTAPI void __lconv_init(void)
{
    extern struct lconv *localeconv(void);
    struct lconv *conv = localeconv();
    conv->int_frac_digits = conv->frac_digits = conv->p_cs_precedes = conv->p_sep_by_space = (char)UCHAR_MAX;
    conv->n_cs_precedes = conv->n_sep_by_space = conv->p_sign_posn = conv->n_sign_posn = (char)UCHAR_MAX;
}
#else
/* _crt_argv_mode: no arguments, as they are, wild cards expanded */
CRTAPI errno_t _configure_narrow_argv(int mode)
{
    REQUIRE(mode >= 0 && mode <= 2, EINVAL, EINVAL);
    return mode && narrow_arguments(mode == 2) ? ENOMEM : 0;
}

CRTAPI errno_t _configure_wide_argv(int mode)
{
    REQUIRE(mode >= 0 && mode <= 2, EINVAL, EINVAL);
    return mode && wide_arguments(mode == 2) ? ENOMEM : 0;
}

/* What follows the program's name, for WinMain. */
CRTAPI wchar_t *_get_wide_winmain_command_line(void)
{
    wchar_t *at = _wcmdln;
    BOOL quoted = FALSE;

    for (; *at > ' ' || (*at && quoted); at++)
        if (*at == '"') quoted = !quoted;
    while (*at && *at <= ' ') at++;
    return at;
}

CRTAPI char *_get_narrow_winmain_command_line(void)
{
    unsigned char *at = (unsigned char *)_acmdln;
    BOOL quoted = FALSE;

    for (; *at > ' ' || (*at && quoted); at++) {
        if (*at == '"') quoted = !quoted;
        if (IsDBCSLeadByte(*at) && at[1]) at++;
    }
    while (*at && *at <= ' ') at++;
    return (char *)at;
}

CRTAPI void __initialize_lconv_for_unsigned_char(void)
{
}
#endif

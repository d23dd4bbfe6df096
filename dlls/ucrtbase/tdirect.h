/* Files and folders by name, for one width of the name; direct.c and wdirect.c include this with CHAR, WIDE, F(n, w). */

#if WIDE
#define WITH_WIDE(path, wide, body)                                                                                     \
    const wchar_t *wide = path;                                                                                         \
    body;
#else
#define WITH_WIDE(path, wide, body)                                                                                     \
    wchar_t *wide = crt_wide(path);                                                                                     \
    if (!wide) return -1;                                                                                               \
    body;                                                                                                               \
    free(wide);
#endif

CRTAPI errno_t F(_access_s, _waccess_s)(const CHAR *path, int mode)
{
    DWORD attributes;

    REQUIRE(path && !(mode & ~6), EINVAL, EINVAL);
    WITH_WIDE(path, wide, attributes = GetFileAttributesW(wide));
    if (attributes == INVALID_FILE_ATTRIBUTES) {
        _dosmaperr(GetLastError());
        return errno;
    }
    if (attributes & FILE_ATTRIBUTE_DIRECTORY) return 0;
    if ((attributes & FILE_ATTRIBUTE_READONLY) && (mode & 2)) {
        *__doserrno() = ERROR_ACCESS_DENIED;
        errno = EACCES;
        return EACCES;
    }
    return 0;
}

CRTAPI int F(_access, _waccess)(const CHAR *path, int mode)
{
    return F(_access_s, _waccess_s)(path, mode) ? -1 : 0;
}

CRTAPI int F(_chmod, _wchmod)(const CHAR *path, int mode)
{
    DWORD attributes;
    int result;

    REQUIRE(path, EINVAL, -1);
    WITH_WIDE(path, wide, {
        attributes = GetFileAttributesW(wide);
        if (attributes != INVALID_FILE_ATTRIBUTES) {
            attributes = mode & 0200 ? attributes & ~FILE_ATTRIBUTE_READONLY : attributes | FILE_ATTRIBUTE_READONLY;
            result = crt_status(SetFileAttributesW(wide, attributes));
        } else {
            result = crt_status(FALSE);
        }
    });
    return result;
}

#define BY_NAME(name, CALL)                                                                                             \
    CRTAPI int name(const CHAR *path)                                                                                   \
    {                                                                                                                   \
        int result;                                                                                                     \
        REQUIRE(path, EINVAL, -1);                                                                                      \
        WITH_WIDE(path, wide, result = crt_status(CALL));                                                               \
        return result;                                                                                                  \
    }

BY_NAME(F(_unlink, _wunlink), DeleteFileW(wide))
BY_NAME(F(remove, _wremove), DeleteFileW(wide))
BY_NAME(F(_mkdir, _wmkdir), CreateDirectoryW(wide, NULL))
BY_NAME(F(_rmdir, _wrmdir), RemoveDirectoryW(wide))
BY_NAME(F(_chdir, _wchdir), crt_change_folder(wide))

CRTAPI int F(rename, _wrename)(const CHAR *from, const CHAR *to)
{
    int result;

    REQUIRE(from && to, EINVAL, -1);
#if WIDE
    result = crt_status(MoveFileExW(from, to, MOVEFILE_COPY_ALLOWED));
#else
    wchar_t *wide_from = crt_wide(from), *wide_to = crt_wide(to);
    if (wide_from && wide_to) result = crt_status(MoveFileExW(wide_from, wide_to, MOVEFILE_COPY_ALLOWED));
    else result = -1;
    free(wide_from);
    free(wide_to);
#endif
    return result;
}

/* Text WIDE into BUFFER of SIZE characters, or into a new one of at least SIZE. */
static CHAR *deliver(const wchar_t *wide, CHAR *buffer, size_t size)
{
#if WIDE
    size_t needed = wcslen(wide) + 1;
#else
    size_t needed = WideCharToMultiByte(crt_path_code_page(), 0, wide, -1, NULL, 0, NULL, NULL);
#endif
    if (!buffer) {
        size = max(size, needed);
        buffer = malloc(size * sizeof(CHAR));
        if (!buffer) return NULL;
    }
    if (needed > size) {
        errno = ERANGE;
        return NULL;
    }
#if WIDE
    memcpy(buffer, wide, needed * sizeof(CHAR));
#else
    WideCharToMultiByte(crt_path_code_page(), 0, wide, -1, buffer, (int)needed, NULL, NULL);
#endif
    return buffer;
}

CRTAPI CHAR *F(_getdcwd, _wgetdcwd)(int drive, CHAR *buffer, int size)
{
    wchar_t path[MAX_PATH * 4], name[4] = L"A:.";

    REQUIRE(size >= 0 && (!buffer || size > 0), EINVAL, NULL);
    if (drive) {
        REQUIRE(drive >= 1 && drive <= 26, EACCES, NULL);
        name[0] += (wchar_t)(drive - 1);
        if (GetDriveTypeW((wchar_t[]){ name[0], ':', '\\', 0 }) < DRIVE_REMOVABLE) {
            *__doserrno() = ERROR_INVALID_DRIVE;
            REQUIRE(FALSE, EACCES, NULL);
        }
        if (!GetFullPathNameW(name, ARRAYSIZE(path), path, NULL)) {
            _dosmaperr(GetLastError());
            return NULL;
        }
    } else if (!GetCurrentDirectoryW(ARRAYSIZE(path), path)) {
        _dosmaperr(GetLastError());
        return NULL;
    }
    return deliver(path, buffer, size);
}

CRTAPI CHAR *F(_getcwd, _wgetcwd)(CHAR *buffer, int size)
{
    return F(_getdcwd, _wgetdcwd)(0, buffer, size);
}

CRTAPI CHAR *F(_fullpath, _wfullpath)(CHAR *buffer, const CHAR *path, size_t size)
{
    wchar_t full[4096];
    DWORD length;

    if (!path || !*path) return F(_getcwd, _wgetcwd)(buffer, (int)min(size, INT_MAX));
    REQUIRE(!buffer || size, EINVAL, NULL);
#if WIDE
    length = GetFullPathNameW(path, ARRAYSIZE(full), full, NULL);
#else
    wchar_t *wide = crt_wide(path);
    if (!wide) return NULL;
    length = GetFullPathNameW(wide, ARRAYSIZE(full), full, NULL);
    free(wide);
#endif
    if (!length || length >= ARRAYSIZE(full)) {
        _dosmaperr(length ? ERROR_FILENAME_EXCED_RANGE : GetLastError());
        return NULL;
    }
    return deliver(full, buffer, buffer ? size : 0);
}

/* ---- paths in parts ---- */

static errno_t copy_part(CHAR *to, size_t size, const CHAR *from, size_t length)
{
    if (!to) return 0;
    if (length >= size) return ERANGE;
    memcpy(to, from, length * sizeof(CHAR));
    to[length] = 0;
    return 0;
}

CRTAPI errno_t F(_splitpath_s, _wsplitpath_s)(const CHAR *path, CHAR *drive, size_t drive_size, CHAR *dir, size_t dir_size,
                                              CHAR *name, size_t name_size, CHAR *extension, size_t extension_size)
{
    const CHAR *at, *last = NULL, *dot = NULL, *end;
    size_t drive_length = 0;

    REQUIRE(path && !drive == !drive_size && !dir == !dir_size && !name == !name_size && !extension == !extension_size,
            EINVAL, EINVAL);
    if (path[0] && path[1] == ':') drive_length = 2;
    at = path + drive_length;
    for (end = at; *end; end++) {
#if !WIDE
        if (crt_is_lead(crt_locale(NULL), (unsigned char)*end) && end[1]) {
            end++;
            continue;
        }
#endif
        if (*end == '/' || *end == '\\') last = end + 1, dot = NULL;
        else if (*end == '.') dot = end;
    }
    if (!last) last = at;
    if (!dot) dot = end;
    if (copy_part(drive, drive_size, path, drive_length) || copy_part(dir, dir_size, at, last - at) ||
        copy_part(name, name_size, last, dot - last) || copy_part(extension, extension_size, dot, end - dot)) {
        if (drive) *drive = 0;
        if (dir) *dir = 0;
        if (name) *name = 0;
        if (extension) *extension = 0;
        REQUIRE(FALSE, ERANGE, ERANGE);
    }
    return 0;
}

CRTAPI void F(_splitpath, _wsplitpath)(const CHAR *path, CHAR *drive, CHAR *dir, CHAR *name, CHAR *extension)
{
    F(_splitpath_s, _wsplitpath_s)(path, drive, drive ? 3 : 0, dir, dir ? 256 : 0, name, name ? 256 : 0, extension,
                                   extension ? 256 : 0);
}

CRTAPI errno_t F(_makepath_s, _wmakepath_s)(CHAR *path, size_t size, const CHAR *drive, const CHAR *dir, const CHAR *name,
                                            const CHAR *extension)
{
    CHAR *at = path, *end = path + size;

#define ADD(c)                                                                                                          \
    do {                                                                                                                \
        if (at >= end - 1) {                                                                                            \
            *path = 0;                                                                                                  \
            REQUIRE(FALSE, ERANGE, ERANGE);                                                                             \
        }                                                                                                               \
        *at++ = (c);                                                                                                    \
    } while (0)
    REQUIRE(path && size, EINVAL, EINVAL);
    if (drive && *drive) {
        ADD(*drive);
        ADD(':');
    }
    if (dir && *dir) {
        while (*dir) ADD(*dir++);
        if (at[-1] != '/' && at[-1] != '\\') ADD('\\');
    }
    if (name)
        while (*name) ADD(*name++);
    if (extension && *extension) {
        if (*extension != '.') ADD('.');
        while (*extension) ADD(*extension++);
    }
    *at = 0;
    return 0;
#undef ADD
}

CRTAPI void F(_makepath, _wmakepath)(CHAR *path, const CHAR *drive, const CHAR *dir, const CHAR *name, const CHAR *extension)
{
    F(_makepath_s, _wmakepath_s)(path, MAX_PATH, drive, dir, name, extension);
}

/* The file in the current folder or in one of the folders that VARIABLE lists. */
CRTAPI errno_t F(_searchenv_s, _wsearchenv_s)(const CHAR *file, const CHAR *variable, CHAR *result, size_t size)
{
    const CHAR *list;
    CHAR path[MAX_PATH * 2];

    REQUIRE(result && size, EINVAL, EINVAL);
    *result = 0;
    REQUIRE(file && variable, EINVAL, EINVAL);
    if (!*file) {
        errno = ENOENT;
        return ENOENT;
    }
    if (!F(_access, _waccess)(file, 0)) return F(_fullpath, _wfullpath)(result, file, size) ? 0 : errno;
    list = F(getenv, _wgetenv)(variable);
    while (list && *list) {
        size_t length = 0;
        BOOL quoted = FALSE;
        for (; *list && (*list != ';' || quoted); list++) {
            if (*list == '"') quoted = !quoted;
            else if (length < ARRAYSIZE(path) - 2) path[length++] = *list;
        }
        if (*list) list++;
        if (!length) continue;
        if (path[length - 1] != '\\' && path[length - 1] != '/' && path[length - 1] != ':') path[length++] = '\\';
        if (length + F(strlen, wcslen)(file) >= ARRAYSIZE(path)) continue;
        F(strcpy, wcscpy)(path + length, file);
        if (F(_access, _waccess)(path, 0)) continue;
        length = F(strlen, wcslen)(path);
        if (length >= size) {
            REQUIRE(FALSE, ERANGE, ERANGE);
        }
        memcpy(result, path, (length + 1) * sizeof(CHAR));
        return 0;
    }
    errno = ENOENT;
    return ENOENT;
}

CRTAPI void F(_searchenv, _wsearchenv)(const CHAR *file, const CHAR *variable, CHAR *result)
{
    F(_searchenv_s, _wsearchenv_s)(file, variable, result, MAX_PATH);
}

/* ---- names of temporary files ---- */

/* The six X at the end become a letter and five digits of the process: the first such name that is no file. */
CRTAPI errno_t F(_mktemp_s, _wmktemp_s)(CHAR *pattern, size_t size)
{
    size_t length;
    unsigned id = GetCurrentProcessId();
    CHAR *at;

    REQUIRE(pattern && size, EINVAL, EINVAL);
    length = F(strnlen, wcsnlen)(pattern, size);
    if (length >= size || length < 6) {
        *pattern = 0;
        REQUIRE(FALSE, EINVAL, EINVAL);
    }
    at = pattern + length - 6;
    for (int i = 0; i < 6; i++)
        if (at[i] != 'X') {
            *pattern = 0;
            REQUIRE(FALSE, EINVAL, EINVAL);
        }
    for (int i = 5; i; i--, id /= 10) at[i] = (CHAR)('0' + id % 10);
    for (CHAR letter = 'a'; letter <= 'z'; letter++) {
        int kept = errno;
        *at = letter;
        if (F(_access, _waccess)(pattern, 0)) {
            errno = kept;
            return 0;
        }
    }
    *pattern = 0;
    errno = EEXIST;
    return EEXIST;
}

CRTAPI CHAR *F(_mktemp, _wmktemp)(CHAR *pattern)
{
    REQUIRE(pattern, EINVAL, NULL);
    return F(_mktemp_s, _wmktemp_s)(pattern, F(strlen, wcslen)(pattern) + 1) ? NULL : pattern;
}

static CHAR *numbered(CHAR *buffer, size_t size, const CHAR *folder, const CHAR *prefix)
{
    size_t length = F(strlen, wcslen)(folder), prefix_length = F(strlen, wcslen)(prefix);

    if (length + prefix_length + 24 > size) return NULL;
    memcpy(buffer, folder, length * sizeof(CHAR));
    if (length && buffer[length - 1] != '\\' && buffer[length - 1] != '/') buffer[length++] = '\\';
    memcpy(buffer + length, prefix, prefix_length * sizeof(CHAR));
    length += prefix_length;
    for (int tries = 0; tries < 0x7fff; tries++) {
        unsigned number = crt_next_temporary(), id = GetCurrentProcessId();
        CHAR *at = buffer + length;
        int kept = errno;
        do *at++ = (CHAR)("0123456789abcdefghijklmnopqrstuv"[id % 32]);
        while (id /= 32);
        *at++ = '.';
        do *at++ = (CHAR)("0123456789abcdefghijklmnopqrstuv"[number % 32]);
        while (number /= 32);
        *at = 0;
        if (F(_access, _waccess)(buffer, 0)) {
            errno = kept;
            return buffer;
        }
    }
    errno = EEXIST;
    return NULL;
}

CRTAPI CHAR *F(_tempnam, _wtempnam)(const CHAR *folder, const CHAR *prefix)
{
    static const CHAR tmp[] = { 'T', 'M', 'P', 0 }, none[] = { 0 };
    const CHAR *chosen = F(getenv, _wgetenv)(tmp);
    CHAR *buffer = malloc(MAX_PATH * 2 * sizeof(CHAR)), temporary[MAX_PATH];

    if (!buffer) return NULL;
    if (!chosen || F(_access, _waccess)(chosen, 0)) chosen = folder;
    if (!chosen || F(_access, _waccess)(chosen, 0)) {
        if (!F(GetTempPathA, GetTempPathW)(MAX_PATH, temporary)) *temporary = 0;
        chosen = temporary;
    }
    if (numbered(buffer, MAX_PATH * 2, chosen, prefix ? prefix : none)) return buffer;
    free(buffer);
    return NULL;
}

CRTAPI errno_t F(tmpnam_s, _wtmpnam_s)(CHAR *buffer, size_t size)
{
    static const CHAR prefix[] = { 's', 0 };
    CHAR folder[MAX_PATH], name[MAX_PATH * 2];
    size_t length;

    REQUIRE(buffer && size, EINVAL, EINVAL);
    *buffer = 0;
#ifdef FERRY_MSVCRT
    folder[0] = '\\';
    folder[1] = 0;
#else
    if (!F(GetTempPathA, GetTempPathW)(MAX_PATH, folder)) *folder = 0;
#endif
    if (!numbered(name, ARRAYSIZE(name), folder, prefix)) return errno;
    length = F(strlen, wcslen)(name);
    REQUIRE(length < size, ERANGE, ERANGE);
    memcpy(buffer, name, (length + 1) * sizeof(CHAR));
    return 0;
}

CRTAPI CHAR *F(tmpnam, _wtmpnam)(CHAR *buffer)
{
    static CHAR own[MAX_PATH];

    if (!buffer) buffer = own;
    return F(tmpnam_s, _wtmpnam_s)(buffer, MAX_PATH) ? NULL : buffer;
}

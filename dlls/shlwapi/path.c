/* shlwapi.h: paths as text. The functions that write work in place, in a buffer of MAX_PATH characters. */
#include "shlwapi_private.h"

static bool is_letter(WCHAR c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_slash(WCHAR c)
{
    return c == '\\' || c == '/';
}

BOOL WINAPI PathIsUNCW(const WCHAR *path)
{
    if (!path || path[0] != '\\' || path[1] != '\\') return FALSE;
    if (path[2] != '?') return TRUE;
    return path[3] == '\\' && (path[4] | 0x20) == 'u' && (path[5] | 0x20) == 'n' && (path[6] | 0x20) == 'c' && path[7] == '\\';
}

BOOL WINAPI PathIsRelativeW(const WCHAR *path)
{
    if (!path || !*path) return TRUE;
    return path[0] != '\\' && !(is_letter(path[0]) && path[1] == ':');
}

/* Behind "C:\", "\\server\share\", "\": NULL for a relative path. */
WCHAR *WINAPI PathSkipRootW(const WCHAR *path)
{
    if (!path || !*path) return NULL;
    if (path[0] == '\\' && path[1] == '\\') {
        const WCHAR *at = path + 2;
        if (*at == '?' && at[1] == '\\') {
            at += 2;
            if (is_letter(at[0]) && at[1] == ':') return (WCHAR *)(at[2] == '\\' ? at + 3 : at + 2);
            if (!PathIsUNCW(path)) return NULL;
            at += 4;
        }
        for (int parts = 0; parts < 2; parts++) {
            while (*at && *at != '\\') at++;
            if (*at) at++;
            else break;
        }
        return (WCHAR *)at;
    }
    if (path[0] == '\\') return (WCHAR *)path + 1;
    if (is_letter(path[0]) && path[1] == ':') return path[2] == '\\' ? (WCHAR *)path + 3 : NULL;
    return NULL;
}

/* "\", "C:\", "\\server", "\\server\share" */
BOOL WINAPI PathIsRootW(const WCHAR *path)
{
    if (!path || !*path) return FALSE;
    if (path[0] == '\\') {
        int parts = 0;
        if (!path[1]) return TRUE;
        if (path[1] != '\\') return FALSE;
        for (const WCHAR *at = path + 2; *at; at++)
            if (*at == '\\' && (++parts > 1 || !at[1])) return FALSE;
        return TRUE;
    }
    return is_letter(path[0]) && path[1] == ':' && path[2] == '\\' && !path[3];
}

/* True if something was removed. */
BOOL WINAPI PathRemoveFileSpecW(WCHAR *path)
{
    WCHAR *end = path, *at = path;

    if (!path) return FALSE;
    if (*at == '\\') end = ++at; /* of a root or UNC path keep what stands first */
    if (*at == '\\') end = ++at;
    for (; *at; at++) {
        if (*at == '\\') end = at;
        if (*at == ':') {
            end = at + 1;
            if (at[1] == '\\') end++, at++;
        }
    }
    if (!*end) return FALSE;
    *end = 0;
    return TRUE;
}

BOOL WINAPI PathStripToRootW(WCHAR *path)
{
    if (!path) return FALSE;
    while (!PathIsRootW(path))
        if (!PathRemoveFileSpecW(path)) return FALSE;
    return TRUE;
}

/* `to` has MAX_PATH characters. Resolves "." and ".."; FALSE, and an empty string, if the result is too long. */
BOOL WINAPI PathCanonicalizeW(WCHAR *to, const WCHAR *path)
{
    WCHAR *out = to, *root;
    const WCHAR *at = path, *skip;

    if (to) *to = 0;
    if (!to || !path) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    skip = PathSkipRootW(path);
    if (wcslen(path) >= MAX_PATH) {
        SetLastError(ERROR_FILENAME_EXCED_RANGE);
        return FALSE;
    }
    while (at < skip) *out++ = *at++;
    root = out;
    while (*at) {
        const WCHAR *end = at;
        while (*end && *end != '\\') end++;
        SIZE_T length = end - at;
        if (length == 1 && at[0] == '.') {
            if (!*end && out > root) out--; /* and the backslash before it */
        } else if (length == 2 && at[0] == '.' && at[1] == '.') {
            if (out > root) out--;
            while (out > root && out[-1] != '\\') out--;
            if (!*end && out > root) out--;
        } else {
            memcpy(out, at, length * sizeof(WCHAR));
            out += length;
            if (*end) *out++ = '\\';
        }
        at = *end ? end + 1 : end;
    }
    *out = 0;
    if (out == to) { /* nothing left is the root */
        to[0] = '\\';
        to[1] = 0;
    } else if (out - to == 2 && to[1] == ':') {
        to[2] = '\\';
        to[3] = 0;
    }
    return TRUE;
}

static WCHAR *no_path(WCHAR *to)
{
    *to = 0;
    return NULL;
}

/* `to` may be `folder`. NULL, and an empty string, if the result does not fit into MAX_PATH characters. */
WCHAR *WINAPI PathCombineW(WCHAR *to, const WCHAR *folder, const WCHAR *file)
{
    WCHAR text[MAX_PATH];
    SIZE_T length = 0, more;

    if (!to) return NULL;
    if (!folder && !file) return no_path(to);
    if (!file) file = L"";
    more = wcslen(file);
    if (folder && *folder && PathIsRelativeW(file)) {
        length = wcslen(folder);
    } else if (folder && *folder && file[0] == '\\' && !PathIsUNCW(file)) {
        WCHAR root[MAX_PATH]; /* on the folder's drive */
        length = wcslen(folder);
        if (length >= MAX_PATH) return no_path(to);
        memcpy(root, folder, (length + 1) * sizeof(WCHAR));
        if (!PathStripToRootW(root)) root[0] = 0;
        length = wcslen(root);
        if (length + 1 + more >= MAX_PATH) return no_path(to);
        memcpy(text, root, length * sizeof(WCHAR));
        if (length && text[length - 1] == '\\') length--;
        memcpy(text + length, file, (more + 1) * sizeof(WCHAR));
        return PathCanonicalizeW(to, text) ? to : NULL;
    }
    if (length + 1 + more >= MAX_PATH) return no_path(to);
    memcpy(text, folder, length * sizeof(WCHAR));
    if (length && more && text[length - 1] != '\\') text[length++] = '\\';
    memcpy(text + length, file, (more + 1) * sizeof(WCHAR));
    return PathCanonicalizeW(to, text) ? to : NULL;
}

BOOL WINAPI PathAppendW(WCHAR *path, const WCHAR *more)
{
    if (!path || !more) return FALSE;
    if (!PathIsUNCW(more))
        while (*more == '\\') more++;
    return PathCombineW(path, path, more) != NULL;
}

/* The end of the text; NULL if there is no room. */
WCHAR *WINAPI PathAddBackslashW(WCHAR *path)
{
    SIZE_T length = path ? wcslen(path) : MAX_PATH;

    if (length >= MAX_PATH) return NULL;
    if (!length || path[length - 1] == '\\') return path + length;
    if (length + 1 >= MAX_PATH) return NULL;
    path[length++] = '\\';
    path[length] = 0;
    return path + length;
}

WCHAR *WINAPI PathFindExtensionW(const WCHAR *path)
{
    const WCHAR *found = NULL;

    if (!path) return NULL;
    for (; *path; path++) {
        if (*path == '\\' || *path == ' ') found = NULL;
        else if (*path == '.') found = path;
    }
    return (WCHAR *)(found ? found : path);
}

/* Behind the last divider that something follows. */
WCHAR *WINAPI PathFindFileNameW(const WCHAR *path)
{
    const WCHAR *found = path;

    for (; path && *path; path++)
        if ((is_slash(*path) || *path == ':') && path[1] && !is_slash(path[1])) found = path + 1;
    return (WCHAR *)found;
}

void WINAPI PathStripPathW(WCHAR *path)
{
    WCHAR *name = PathFindFileNameW(path);

    if (name != path) memmove(path, name, (wcslen(name) + 1) * sizeof(WCHAR));
}

void WINAPI PathRemoveExtensionW(WCHAR *path)
{
    if (path) *PathFindExtensionW(path) = 0;
}

BOOL WINAPI PathRenameExtensionW(WCHAR *path, const WCHAR *extension)
{
    WCHAR *at = PathFindExtensionW(path);
    SIZE_T length;

    if (!path || !extension) return FALSE;
    length = wcslen(extension);
    if (at - path + length >= MAX_PATH) return FALSE;
    memcpy(at, extension, (length + 1) * sizeof(WCHAR));
    return TRUE;
}

BOOL WINAPI PathFileExistsW(const WCHAR *path)
{
    return path && GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

/* FILE_ATTRIBUTE_DIRECTORY, as Windows has it, or FALSE. */
BOOL WINAPI PathIsDirectoryW(const WCHAR *path)
{
    DWORD attributes = path ? GetFileAttributesW(path) : INVALID_FILE_ATTRIBUTES;

    return attributes == INVALID_FILE_ATTRIBUTES ? FALSE : (BOOL)(attributes & FILE_ATTRIBUTE_DIRECTORY);
}

/* Takes off the quotes around a path; TRUE if there were any. */
BOOL WINAPI PathUnquoteSpacesW(WCHAR *path)
{
    SIZE_T length = path ? wcslen(path) : 0;

    if (length < 2 || path[0] != '"' || path[length - 1] != '"') return FALSE;
    memmove(path, path + 1, (length - 2) * sizeof(WCHAR));
    path[length - 2] = 0;
    return TRUE;
}

/* winver.h: version resources of files.
 *
 * A block is the resource as it lies in the file, which is UTF-16, followed by "FE2X" and as many bytes again, where
 * VerQueryValueA puts texts that it converts; GetFileVersionInfoSize counts that room.
 */
#define _VERSION_
#define VERSIONAPI
#include "ferry/ntapi.h"
#include <winver.h>
#include <stdbool.h>

void *__cdecl memcpy(void *to, const void *from, size_t size);
void *__cdecl memset(void *to, int value, size_t size);

#define ANSI_MARK 0x58324546 /* "FE2X" */

/* A node: length of it all, length of the value (WCHARs for text), 1 for text, name, value, children; each aligned to
 * four bytes. */
struct node {
    WORD length, value_length, type;
    WCHAR name[];
};

static DWORD align4(DWORD value)
{
    return (value + 3) & ~3u;
}

static DWORD name_length(const struct node *node, DWORD room)
{
    DWORD length = 0;

    while (sizeof(*node) + (length + 1) * sizeof(WCHAR) <= room && node->name[length]) length++;
    return length;
}

static DWORD value_offset(const struct node *node)
{
    return align4((DWORD)sizeof(*node) + (name_length(node, node->length) + 1) * sizeof(WCHAR));
}

static DWORD children_offset(const struct node *node)
{
    DWORD bytes = node->type ? node->value_length * sizeof(WCHAR) : node->value_length;

    return align4(value_offset(node) + bytes);
}

static bool same_name(const struct node *node, const WCHAR *name, DWORD length)
{
    if (name_length(node, node->length) != length) return false;
    for (DWORD i = 0; i < length; i++)
        if (node->name[i] != name[i] && RtlUpcaseUnicodeChar(node->name[i]) != RtlUpcaseUnicodeChar(name[i])) return false;
    return true;
}

static const struct node *find_child(const struct node *node, const WCHAR *name, DWORD length)
{
    DWORD at = children_offset(node);

    while (at + sizeof(*node) <= node->length) {
        const struct node *child = (const struct node *)((const BYTE *)node + at);
        if (child->length < sizeof(*child) || child->length > node->length - at) return NULL;
        if (same_name(child, name, length)) return child;
        at += align4(child->length);
    }
    return NULL;
}

/* ---- from the file ---- */

static HMODULE open_version(const WCHAR *name, DWORD flags, HRSRC *resource)
{
    HMODULE module = LoadLibraryExW(name, NULL, LOAD_LIBRARY_AS_DATAFILE);

    *resource = NULL;
    if (!module) return NULL;
    if (!(*resource = FindResourceW(module, MAKEINTRESOURCEW(VS_VERSION_INFO), (LPCWSTR)VS_FILE_INFO))) {
        DWORD error = GetLastError();
        FreeLibrary(module);
        SetLastError(error == ERROR_RESOURCE_DATA_NOT_FOUND ? ERROR_RESOURCE_DATA_NOT_FOUND : ERROR_RESOURCE_TYPE_NOT_FOUND);
        return NULL;
    }
    return module;
}

/* Bytes of the whole block for a resource of `size`. */
static DWORD block_size(DWORD size)
{
    return align4(size) * 2 + 4;
}

DWORD WINAPI GetFileVersionInfoSizeExW(DWORD flags, LPCWSTR name, LPDWORD handle)
{
    HRSRC resource;
    HMODULE module;
    DWORD size;

    if (handle) *handle = 0;
    if (!name || !*name) {
        SetLastError(name ? ERROR_BAD_PATHNAME : ERROR_INVALID_PARAMETER);
        return 0;
    }
    if (!(module = open_version(name, flags, &resource))) return 0;
    size = SizeofResource(module, resource);
    FreeLibrary(module);
    SetLastError(ERROR_SUCCESS);
    return block_size(size);
}

DWORD WINAPI GetFileVersionInfoSizeW(LPCWSTR name, LPDWORD handle)
{
    return GetFileVersionInfoSizeExW(FILE_VER_GET_LOCALISED, name, handle);
}

/* Copies what fits; the block is cut then (winver.h reference: GetFileVersionInfo, dwLen). */
BOOL WINAPI GetFileVersionInfoExW(DWORD flags, LPCWSTR name, DWORD handle, DWORD size, LPVOID data)
{
    HRSRC resource;
    HMODULE module;
    DWORD have;
    void *from;

    if (!data || !name) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return FALSE;
    }
    if (!(module = open_version(name, flags, &resource))) return FALSE;
    have = SizeofResource(module, resource);
    from = LoadResource(module, resource);
    if (from) {
        memcpy(data, from, have < size ? have : size);
        DWORD mark = ANSI_MARK;
        if (size >= align4(have) + 4) memcpy((BYTE *)data + align4(((struct node *)data)->length), &mark, 4);
    }
    FreeLibrary(module);
    if (from) SetLastError(ERROR_SUCCESS);
    return from != NULL;
}

BOOL WINAPI GetFileVersionInfoW(LPCWSTR name, DWORD handle, DWORD size, LPVOID data)
{
    return GetFileVersionInfoExW(FILE_VER_GET_LOCALISED, name, handle, size, data);
}

static WCHAR *wide(const char *text)
{
    UNICODE_STRING string;
    ANSI_STRING ansi;

    RtlInitAnsiString(&ansi, text);
    if (!text || RtlAnsiStringToUnicodeString(&string, &ansi, TRUE) < 0) return NULL;
    return string.Buffer;
}

DWORD WINAPI GetFileVersionInfoSizeExA(DWORD flags, LPCSTR name, LPDWORD handle)
{
    WCHAR *text = wide(name);
    DWORD size = GetFileVersionInfoSizeExW(flags, text, handle), error = GetLastError();

    if (text) RtlFreeHeap(GetProcessHeap(), 0, text);
    SetLastError(error);
    return size;
}

DWORD WINAPI GetFileVersionInfoSizeA(LPCSTR name, LPDWORD handle)
{
    return GetFileVersionInfoSizeExA(FILE_VER_GET_LOCALISED, name, handle);
}

BOOL WINAPI GetFileVersionInfoExA(DWORD flags, LPCSTR name, DWORD handle, DWORD size, LPVOID data)
{
    WCHAR *text = wide(name);
    BOOL result = GetFileVersionInfoExW(flags, text, handle, size, data);
    DWORD error = GetLastError();

    if (text) RtlFreeHeap(GetProcessHeap(), 0, text);
    SetLastError(error);
    return result;
}

BOOL WINAPI GetFileVersionInfoA(LPCSTR name, DWORD handle, DWORD size, LPVOID data)
{
    return GetFileVersionInfoExA(FILE_VER_GET_LOCALISED, name, handle, size, data);
}

/* ---- queries ---- */

static const struct node *find_node(const void *block, const WCHAR *path)
{
    const struct node *node = block;

    if (!node || node->length < sizeof(*node)) return NULL;
    while (*path) {
        const WCHAR *end;
        if (*path == '\\') {
            path++;
            continue;
        }
        for (end = path; *end && *end != '\\'; end++) {}
        if (!(node = find_child(node, path, (DWORD)(end - path)))) return NULL;
        path = end;
    }
    return node;
}

/* Length in WCHARs for text, in bytes for binary data. The memory is the block's. */
BOOL WINAPI VerQueryValueW(LPCVOID block, LPCWSTR path, LPVOID *value, PUINT length)
{
    const struct node *node;

    if (!block) return FALSE;
    if (!path) path = L"\\";
    if (!(node = find_node(block, path))) {
        if (length) *length = 0;
        SetLastError(ERROR_RESOURCE_TYPE_NOT_FOUND);
        return FALSE;
    }
    *value = (BYTE *)node + (value_offset(node) < node->length || node->value_length ? value_offset(node) : node->length);
    if (length) *length = node->value_length;
    return TRUE;
}

/* Text is converted into the room behind the resource, at the place that mirrors its own. */
BOOL WINAPI VerQueryValueA(LPCVOID block, LPCSTR path, LPVOID *value, PUINT length)
{
    const struct node *root = block, *node;
    WCHAR *text = wide(path ? path : "\\");
    BYTE *room = (BYTE *)block + align4(root->length);
    UINT count = 0;
    BOOL result = text && VerQueryValueW(block, text, value, &count);

    if (result && (node = find_node(block, text)) && node->type && *(DWORD *)room == ANSI_MARK) {
        DWORD offset = (DWORD)((BYTE *)*value - (BYTE *)block);
        char *to = (char *)room + 4 + offset;
        ULONG written = 0;
        /* A WCHAR becomes at most the two bytes that it had. */
        RtlUnicodeToMultiByteN(to, count * sizeof(WCHAR), &written, *value, count * sizeof(WCHAR));
        *value = to;
        count = written;
    }
    if (length) *length = count;
    if (text) RtlFreeHeap(GetProcessHeap(), 0, text);
    return result;
}

/* winuser.h: LoadString. String tables hold 16 counted strings a block. */
#include "user32.h"

static const WCHAR *find_string(HINSTANCE module, UINT id, WORD *length)
{
    LDR_RESOURCE_INFO path = {.Type = (ULONG_PTR)RT_STRING, .Name = (LOWORD(id) >> 4) + 1};
    void *base = module ? (void *)((ULONG_PTR)module & ~(ULONG_PTR)3) : ferry_peb()->ImageBaseAddress;
    const IMAGE_RESOURCE_DATA_ENTRY *entry;
    void *data;
    ULONG size;

    if (LdrFindResource_U(base, &path, 3, &entry) < 0 || LdrAccessResource(base, entry, &data, &size) < 0) return NULL;
    const WCHAR *at = data, *end = at + size / sizeof(WCHAR);
    for (unsigned i = id & 15; i && at < end; i--) at += *at + 1;
    if (at >= end || at + 1 + *at > end) return NULL;
    *length = *at;
    return at + 1;
}

/* With `room` 0 the buffer gets a pointer to the text in the resource, which has no terminator. */
int WINAPI LoadStringW(HINSTANCE module, UINT id, WCHAR *buffer, int room)
{
    WORD length;
    const WCHAR *text;

    if (!buffer || room < 0) return 0;
    text = find_string(module, id, &length);
    if (!room) {
        *(const WCHAR **)buffer = text;
        return text ? length : 0;
    }
    if (!text) {
        buffer[0] = 0;
        return 0;
    }
    if (length >= room) length = (WORD)(room - 1);
    memcpy(buffer, text, length * sizeof(WCHAR));
    buffer[length] = 0;
    return length;
}

int WINAPI LoadStringA(HINSTANCE module, UINT id, char *buffer, int room)
{
    WORD length = 0;
    const WCHAR *text;
    int size = 0;

    if (!buffer || room <= 0) return room ? 0 : -1;
    text = find_string(module, id, &length);
    /* as many whole characters as fit */
    while (text && length && (size = WideCharToMultiByte(CP_ACP, 0, text, length, NULL, 0, NULL, NULL)) >= room) length--;
    if (!text || !length) size = 0;
    else WideCharToMultiByte(CP_ACP, 0, text, length, buffer, room - 1, NULL, NULL);
    buffer[size] = 0;
    return size;
}

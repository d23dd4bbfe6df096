/* Information on objects, as 32-bit programs ask for it. */
#include <stdlib.h>
#include <string.h>

#include "ferry/syscall_table.h"
#include "virtual.h"
#include "wow_query.h"

#define CLASS_NAME 1
#define CLASS_TYPE 2
#define CLASS_TYPES 3

/* A structure that starts with a UNICODE_STRING whose text lies at its end: `wide` bytes, `narrow` on the other side. */
#define TYPE_TAIL(wide) ((wide) - sizeof(UNICODE_STRING))

/* OBJECT_TYPE_INFORMATION: the string, then nothing that is wider on the host. Bytes used in `to`. */
static ULONG type_to32(unsigned char *to, uint32_t address, const unsigned char *from, ULONG fixed, ULONG *used)
{
    UNICODE_STRING name;
    UNICODE_STRING_32 narrow;
    ULONG narrow_fixed = fixed - sizeof(UNICODE_STRING) + sizeof(UNICODE_STRING_32);

    memcpy(&name, from, sizeof(name));
    narrow.Length = name.Length;
    narrow.MaximumLength = name.MaximumLength;
    narrow.Buffer = address + narrow_fixed;
    memcpy(to, &narrow, sizeof(narrow));
    memcpy(to + sizeof(narrow), from + sizeof(name), TYPE_TAIL(fixed));
    memcpy(to + narrow_fixed, from + fixed, name.MaximumLength);
    *used = (ULONG)((fixed + name.MaximumLength + 7) & ~7ul);
    return (narrow_fixed + name.MaximumLength + 3) & ~3u;
}

#define TYPE_FIXED 0x68u /* sizeof OBJECT_TYPE_INFORMATION on the host */

static NTSTATUS query_types(HANDLE handle, ULONG class, unsigned char *buffer, ULONG length, ULONG *returned)
{
    _Alignas(16) unsigned char wide[8192], narrow[8192];
    ULONG size = 0, at = class == CLASS_TYPES ? 8 : 0, out = class == CLASS_TYPES ? 4 : 0;
    NTSTATUS status = sys_NtQueryObject(handle, class, wide, sizeof(wide), &size);

    if (status) return status;
    memcpy(narrow, wide, out);
    while (at + TYPE_FIXED <= size) {
        ULONG used;
        out += type_to32(narrow + out, (uint32_t)(uintptr_t)buffer + out, wide + at, TYPE_FIXED, &used);
        at += used;
    }
    if (returned) *returned = out;
    if (length < out) return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(buffer, narrow, out);
    return STATUS_SUCCESS;
}

NTSTATUS wow_NtQueryObject(HANDLE Handle, ULONG ObjectInformationClass, void *ObjectInformation,
                           ULONG ObjectInformationLength, ULONG *ReturnLength)
{
    static const struct wow_class classes[] = { WOW_STRING_CLASS(CLASS_NAME) };
    struct wow_query query;
    NTSTATUS status;

    if (ObjectInformationClass == CLASS_TYPE || ObjectInformationClass == CLASS_TYPES)
        return query_types(Handle, ObjectInformationClass, ObjectInformation, ObjectInformationLength, ReturnLength);
    if (!wow_query_begin(&query, classes, WOW_COUNT(classes), ObjectInformationClass, ObjectInformation,
                         ObjectInformationLength))
        return STATUS_NO_MEMORY;
    status = sys_NtQueryObject(Handle, ObjectInformationClass, query.data, query.length, &query.returned);
    return wow_query_end(&query, status, ReturnLength);
}

/* One entry a time: the list's strings follow all of its structures. */
NTSTATUS wow_NtQueryDirectoryObject(HANDLE DirectoryHandle, void *Buffer, ULONG Length, BOOLEAN ReturnSingleEntry,
                                    BOOLEAN RestartScan, ULONG *Context, ULONG *ReturnLength)
{
    enum { ENTRY = 2 * sizeof(UNICODE_STRING_32), MAX = 4096 };
    struct {
        UNICODE_STRING name, type;
        WCHAR text[2048];
    } *wide = malloc(sizeof(*wide));
    UNICODE_STRING_32 *entries = malloc((MAX + 1) * ENTRY);
    WCHAR *strings = malloc(Length + sizeof(WCHAR));
    ULONG context = *Context, count = 0, text = 0, used = ENTRY;
    NTSTATUS status = wide && entries && strings ? STATUS_SUCCESS : STATUS_NO_MEMORY;

    while (!status && count < MAX) {
        ULONG next = context, size = 0, bytes;
        status = sys_NtQueryDirectoryObject(DirectoryHandle, wide, sizeof(*wide), TRUE, RestartScan && !count, &next, &size);
        if (status) break;
        bytes = wide->name.MaximumLength + wide->type.MaximumLength;
        if (used + ENTRY + bytes > Length) {
            if (ReturnLength && !count) *ReturnLength = used + ENTRY + bytes;
            status = count ? STATUS_MORE_ENTRIES : STATUS_BUFFER_TOO_SMALL;
            break;
        }
        for (int i = 0; i < 2; i++) {
            const UNICODE_STRING *from = i ? &wide->type : &wide->name;
            entries[count * 2 + i] = (UNICODE_STRING_32){ from->Length, from->MaximumLength, text };
            memcpy((char *)strings + text, from->Buffer, from->MaximumLength);
            text += from->MaximumLength;
        }
        used += ENTRY + bytes;
        context = next;
        count++;
        if (ReturnSingleEntry) break;
    }
    if (status == STATUS_NO_MORE_ENTRIES && count) status = STATUS_SUCCESS;
    if (NT_SUCCESS(status) && count) {
        uint32_t at = (uint32_t)(uintptr_t)Buffer + (count + 1) * ENTRY;
        for (ULONG i = 0; i < 2 * count; i++) entries[i].Buffer += at;
        memset(entries + 2 * count, 0, ENTRY);
        if (!virtual_write(Buffer, entries, (count + 1) * ENTRY) || !virtual_write(WOW_POINTER(at), strings, text))
            status = STATUS_ACCESS_VIOLATION;
    }
    free(wide);
    free(entries);
    free(strings);
    if (NT_SUCCESS(status) && count) {
        *Context = context;
        if (ReturnLength) *ReturnLength = used;
    }
    return status;
}

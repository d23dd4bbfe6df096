/* API sets: api-ms-win-* and ext-* names to the DLLs that implement them, by the schema in PEB.ApiSetMap. */
#include "ldr.h"

typedef struct {
    ULONG Version, Size, Flags, Count, EntryOffset, HashOffset, HashFactor;
} API_SET_NAMESPACE;
typedef struct {
    ULONG Flags, NameOffset, NameLength, HashedLength, ValueOffset, ValueCount;
} API_SET_NAMESPACE_ENTRY;
typedef struct {
    ULONG Hash, Index;
} API_SET_HASH_ENTRY;
typedef struct {
    ULONG Flags, NameOffset, NameLength, ValueOffset, ValueLength;
} API_SET_VALUE_ENTRY;

static inline WCHAR lower(WCHAR c)
{
    return c - 'A' < 26u ? c + 32 : c;
}

static bool has_prefix(const UNICODE_STRING *name)
{
    const WCHAR *text = name->Buffer;

    if (name->Length < 5 * sizeof(WCHAR) || text[3] != '-') return false;
    WCHAR a = lower(text[0]), b = lower(text[1]), c = lower(text[2]);
    return (a == 'a' && b == 'p' && c == 'i') || (a == 'e' && b == 'x' && c == 't');
}

static const API_SET_NAMESPACE_ENTRY *find(const char *map, const WCHAR *text, SIZE_T units)
{
    const API_SET_NAMESPACE *head = (const void *)map;
    const API_SET_HASH_ENTRY *hashes = (const void *)(map + head->HashOffset);
    ULONG hash = 0, low = 0, high = head->Count;

    for (SIZE_T i = 0; i < units; i++) hash = hash * head->HashFactor + lower(text[i]);
    while (low < high) {
        ULONG middle = (low + high) / 2;
        if (hash < hashes[middle].Hash) high = middle;
        else if (hash > hashes[middle].Hash) low = middle + 1;
        else {
            const API_SET_NAMESPACE_ENTRY *entry = (const API_SET_NAMESPACE_ENTRY *)(map + head->EntryOffset) + hashes[middle].Index;
            const WCHAR *name = (const WCHAR *)(map + entry->NameOffset);
            if (entry->HashedLength != units * sizeof(WCHAR)) return NULL;
            for (SIZE_T i = 0; i < units; i++)
                if (lower(text[i]) != name[i]) return NULL;
            return entry;
        }
    }
    return NULL;
}

/* The name without ".dll" and without the last "-N". */
static const API_SET_NAMESPACE_ENTRY *find_name(const char *map, const UNICODE_STRING *name)
{
    SIZE_T units = name->Length / sizeof(WCHAR);

    if (!has_prefix(name)) return NULL;
    if (units > 4 && !_wcsnicmp(name->Buffer + units - 4, L".dll", 4)) units -= 4;
    while (units && name->Buffer[units - 1] != '-') units--;
    return units > 1 ? find(map, name->Buffer, units - 1) : NULL;
}

bool apiset_resolve(const UNICODE_STRING *name, const UNICODE_STRING *importer, UNICODE_STRING *host)
{
    const char *map = ferry_peb()->ApiSetMap;
    const API_SET_NAMESPACE_ENTRY *entry = find_name(map, name);

    if (!entry) return false;
    const API_SET_VALUE_ENTRY *value = (const void *)(map + entry->ValueOffset);
    host->Buffer = (WCHAR *)(map + value->ValueOffset);
    host->Length = host->MaximumLength = entry->ValueCount ? (USHORT)value->ValueLength : 0;
    return true;
}

/* Is the set there, with a host? The name as IsApiSetImplemented gets it. */
NTSTATUS NTAPI ApiSetQueryApiSetPresence(const UNICODE_STRING *name, BOOLEAN *present)
{
    UNICODE_STRING host;

    *present = apiset_resolve(name, NULL, &host) && host.Length;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI ApiSetQueryApiSetPresenceEx(const UNICODE_STRING *name, BOOLEAN *in_schema, BOOLEAN *present)
{
    UNICODE_STRING host;

    *in_schema = apiset_resolve(name, NULL, &host);
    *present = *in_schema && host.Length;
    return STATUS_SUCCESS;
}

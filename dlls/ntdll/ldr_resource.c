/* Resources: the directory in three levels (type, name, language), message tables. */
#include "ntdll.h"

/* A handle with bit 0 or 1 set is a file mapped as data or as an image for its resources. */
static bool is_datafile(const void *handle)
{
    return (ULONG_PTR)handle & 1;
}

static IMAGE_RESOURCE_DIRECTORY *root_of(void *handle, ULONG *size)
{
    return RtlImageDirectoryEntryToData(handle, TRUE, IMAGE_DIRECTORY_ENTRY_RESOURCE, size);
}

struct tree {
    const char *root;
    ULONG size;
};

static const IMAGE_RESOURCE_DIRECTORY *directory_at(const struct tree *tree, ULONG offset)
{
    if (offset > tree->size || tree->size - offset < sizeof(IMAGE_RESOURCE_DIRECTORY)) return NULL;
    const IMAGE_RESOURCE_DIRECTORY *directory = (const void *)(tree->root + offset);
    ULONG entries = directory->NumberOfNamedEntries + directory->NumberOfIdEntries;
    if ((tree->size - offset - sizeof(*directory)) / sizeof(IMAGE_RESOURCE_DIRECTORY_ENTRY) < entries) return NULL;
    return directory;
}

static const IMAGE_RESOURCE_DIRECTORY_ENTRY *find_id(const IMAGE_RESOURCE_DIRECTORY *directory, USHORT id)
{
    const IMAGE_RESOURCE_DIRECTORY_ENTRY *entries =
        (const IMAGE_RESOURCE_DIRECTORY_ENTRY *)(directory + 1) + directory->NumberOfNamedEntries;
    int low = 0, high = directory->NumberOfIdEntries;

    while (low < high) {
        int middle = (low + high) / 2;
        if (entries[middle].Id == id) return &entries[middle];
        if (entries[middle].Id < id) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

/* Names are stored in upper case and sorted so. */
static const IMAGE_RESOURCE_DIRECTORY_ENTRY *find_name(const struct tree *tree, const IMAGE_RESOURCE_DIRECTORY *directory,
                                                       const WCHAR *name)
{
    const IMAGE_RESOURCE_DIRECTORY_ENTRY *entries = (const IMAGE_RESOURCE_DIRECTORY_ENTRY *)(directory + 1);
    SIZE_T units = wcslen(name);

    for (int i = 0; i < directory->NumberOfNamedEntries; i++) {
        ULONG offset = entries[i].NameOffset;
        if (offset > tree->size - sizeof(WCHAR) * 2) continue;
        const IMAGE_RESOURCE_DIR_STRING_U *text = (const void *)(tree->root + offset);
        if (text->Length != units || (tree->size - offset) / sizeof(WCHAR) <= units) continue;
        if (!RtlCompareUnicodeStrings(text->NameString, units, name, units, TRUE)) return &entries[i];
    }
    return NULL;
}

static const IMAGE_RESOURCE_DIRECTORY_ENTRY *find_entry(const struct tree *tree, const IMAGE_RESOURCE_DIRECTORY *directory,
                                                        ULONG_PTR name)
{
    if (name >> 16) return find_name(tree, directory, (const WCHAR *)name);
    return find_id(directory, (USHORT)name);
}

static const IMAGE_RESOURCE_DIRECTORY_ENTRY *find_language(const IMAGE_RESOURCE_DIRECTORY *directory, LANGID wanted)
{
    const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry;
    LANGID user = LANGIDFROMLCID(ferry_teb()->CurrentLocale);
    LANGID tries[] = { wanted, PRIMARYLANGID(wanted) ? MAKELANGID(PRIMARYLANGID(wanted), SUBLANG_NEUTRAL) : wanted,
                       user, MAKELANGID(PRIMARYLANGID(user), SUBLANG_NEUTRAL),
                       MAKELANGID(PRIMARYLANGID(user), SUBLANG_DEFAULT), MAKELANGID(LANG_NEUTRAL, SUBLANG_NEUTRAL),
                       MAKELANGID(LANG_ENGLISH, SUBLANG_NEUTRAL), MAKELANGID(LANG_ENGLISH, SUBLANG_DEFAULT) };
    ULONG first = 0;

    for (; first < ARRAY_SIZE(tries); first++) {
        if (first >= 2 && PRIMARYLANGID(wanted) != LANG_NEUTRAL) return NULL; /* an explicit language stands alone */
        if ((entry = find_id(directory, tries[first]))) return entry;
    }
    /* Neutral was asked for: any will do. */
    if (directory->NumberOfNamedEntries + directory->NumberOfIdEntries)
        return (const IMAGE_RESOURCE_DIRECTORY_ENTRY *)(directory + 1);
    return NULL;
}

/* `level` names are given: 0 to 3. */
static NTSTATUS find(void *handle, const LDR_RESOURCE_INFO *info, ULONG level, const void **result, bool want_directory)
{
    struct tree tree;
    const IMAGE_RESOURCE_DIRECTORY *directory;
    const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry = NULL;

    *result = NULL;
    if (!handle) handle = ferry_peb()->ImageBaseAddress;
    tree.root = (const char *)root_of(handle, &tree.size);
    if (!tree.root) return STATUS_RESOURCE_DATA_NOT_FOUND;
    if (!(directory = directory_at(&tree, 0))) return STATUS_INVALID_IMAGE_FORMAT;
    for (ULONG i = 0; i < level; i++) {
        switch (i) {
        case 0:
            if (!(entry = find_entry(&tree, directory, info->Type))) return STATUS_RESOURCE_TYPE_NOT_FOUND;
            break;
        case 1:
            if (!(entry = find_entry(&tree, directory, info->Name))) return STATUS_RESOURCE_NAME_NOT_FOUND;
            break;
        default:
            if (!(entry = find_language(directory, (LANGID)info->Language))) return STATUS_RESOURCE_LANG_NOT_FOUND;
        }
        bool last = i + 1 == level;
        if (!entry->DataIsDirectory) {
            if (!last || want_directory) return STATUS_RESOURCE_DATA_NOT_FOUND;
            ULONG offset = entry->OffsetToData;
            if (offset > tree.size || tree.size - offset < sizeof(IMAGE_RESOURCE_DATA_ENTRY)) return STATUS_INVALID_IMAGE_FORMAT;
            *result = tree.root + offset;
            return STATUS_SUCCESS;
        }
        if (!(directory = directory_at(&tree, entry->OffsetToDirectory))) return STATUS_INVALID_IMAGE_FORMAT;
    }
    if (!want_directory) return STATUS_RESOURCE_DATA_NOT_FOUND;
    *result = directory;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI LdrFindResource_U(void *handle, const LDR_RESOURCE_INFO *info, ULONG level,
                                 const IMAGE_RESOURCE_DATA_ENTRY **entry)
{
    if (!info && level) return STATUS_INVALID_PARAMETER;
    return find(handle, info, level, (const void **)entry, false);
}

NTSTATUS NTAPI LdrFindResourceEx_U(ULONG flags, void *handle, const LDR_RESOURCE_INFO *info, ULONG level,
                                   const IMAGE_RESOURCE_DATA_ENTRY **entry)
{
    return LdrFindResource_U(handle, info, level, entry);
}

NTSTATUS NTAPI LdrFindResourceDirectory_U(void *handle, const LDR_RESOURCE_INFO *info, ULONG level,
                                          const IMAGE_RESOURCE_DIRECTORY **directory)
{
    if (!info && level) return STATUS_INVALID_PARAMETER;
    return find(handle, info, level, (const void **)directory, true);
}

/* The bytes of a resource; *data and *size may be NULL. */
NTSTATUS NTAPI LdrAccessResource(void *handle, const IMAGE_RESOURCE_DATA_ENTRY *entry, void **data, ULONG *size)
{
    ULONG ignored;

    if (!handle) handle = ferry_peb()->ImageBaseAddress;
    if (!entry || !root_of(handle, &ignored)) return STATUS_RESOURCE_DATA_NOT_FOUND;
    if (data) {
        void *base = (void *)((ULONG_PTR)handle & ~(ULONG_PTR)3);
        if (is_datafile(handle)) *data = RtlImageRvaToVa(RtlImageNtHeader(base), base, entry->OffsetToData, NULL);
        else *data = (char *)base + entry->OffsetToData;
    }
    if (size) *size = entry->Size;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI LdrLoadAlternateResourceModule(void *handle, void **module)
{
    *module = NULL;
    return STATUS_RESOURCE_DATA_NOT_FOUND;
}

static ULONG_PTR entry_name(const struct tree *tree, const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry)
{
    return entry->NameIsString ? (ULONG_PTR)(tree->root + entry->NameOffset) : entry->Id;
}

/* All resources below what `info` names in `level` levels. *count: in, the room; out, how many there are. */
NTSTATUS NTAPI LdrEnumResources(void *handle, const LDR_RESOURCE_INFO *info, ULONG level, ULONG *count,
                                LDR_ENUM_RESOURCE_INFO *resources)
{
    struct tree tree;
    ULONG room = *count, found = 0;

    *count = 0;
    if (!handle) handle = ferry_peb()->ImageBaseAddress;
    tree.root = (const char *)root_of(handle, &tree.size);
    if (!tree.root) return STATUS_RESOURCE_DATA_NOT_FOUND;
    const IMAGE_RESOURCE_DIRECTORY *types = directory_at(&tree, 0);
    if (!types) return STATUS_INVALID_IMAGE_FORMAT;
#define EACH(entry, directory)                                                                                     \
    for (const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry = (const void *)(directory + 1),                              \
                                              *entry##_end = entry + directory->NumberOfNamedEntries + directory->NumberOfIdEntries; \
         entry < entry##_end; entry++)
    EACH(type, types) {
        if (level > 0 && type != find_entry(&tree, types, info->Type)) continue;
        const IMAGE_RESOURCE_DIRECTORY *names = type->DataIsDirectory ? directory_at(&tree, type->OffsetToDirectory) : NULL;
        if (!names) continue;
        EACH(name, names) {
            if (level > 1 && name != find_entry(&tree, names, info->Name)) continue;
            const IMAGE_RESOURCE_DIRECTORY *languages = name->DataIsDirectory ? directory_at(&tree, name->OffsetToDirectory) : NULL;
            if (!languages) continue;
            EACH(language, languages) {
                if (level > 2 && language->Id != (USHORT)info->Language) continue;
                if (language->DataIsDirectory) continue;
                if (found < room) {
                    const IMAGE_RESOURCE_DATA_ENTRY *data = (const void *)(tree.root + language->OffsetToData);
                    LDR_ENUM_RESOURCE_INFO *out = &resources[found];
                    out->Type = entry_name(&tree, type);
                    out->Name = entry_name(&tree, name);
                    out->Language = language->Id;
                    out->Size = data->Size;
                    out->Reserved = 0;
                    LdrAccessResource(handle, data, &out->Data, NULL);
                }
                found++;
            }
        }
    }
#undef EACH
    *count = found;
    return found > room ? STATUS_INFO_LENGTH_MISMATCH : STATUS_SUCCESS;
}

/* ---- message tables ---- */

/* `type`: 11 (RT_MESSAGETABLE). STATUS_MESSAGE_NOT_FOUND. */
NTSTATUS NTAPI RtlFindMessage(void *handle, ULONG type, ULONG language, ULONG id, MESSAGE_RESOURCE_ENTRY **message)
{
    LDR_RESOURCE_INFO info = { type, 1, language };
    const IMAGE_RESOURCE_DATA_ENTRY *entry;
    void *data;
    ULONG size;
    NTSTATUS status = LdrFindResource_U(handle, &info, 3, &entry);

    if (status < 0) return status;
    if ((status = LdrAccessResource(handle, entry, &data, &size)) < 0) return status;
    const MESSAGE_RESOURCE_DATA *table = data;
    if (size < sizeof(ULONG) || (size - sizeof(ULONG)) / sizeof(MESSAGE_RESOURCE_BLOCK) < table->NumberOfBlocks)
        return STATUS_INVALID_IMAGE_FORMAT;
    for (ULONG i = 0; i < table->NumberOfBlocks; i++) {
        const MESSAGE_RESOURCE_BLOCK *block = &table->Blocks[i];
        if (id < block->LowId || id > block->HighId) continue;
        ULONG offset = block->OffsetToEntries;
        for (ULONG at = block->LowId;; at++) {
            if (offset > size - sizeof(MESSAGE_RESOURCE_ENTRY)) return STATUS_INVALID_IMAGE_FORMAT;
            MESSAGE_RESOURCE_ENTRY *text = (MESSAGE_RESOURCE_ENTRY *)((char *)data + offset);
            if (text->Length < 4 || text->Length > size - offset) return STATUS_INVALID_IMAGE_FORMAT;
            if (at == id) {
                *message = text;
                return STATUS_SUCCESS;
            }
            offset += text->Length;
        }
    }
    return STATUS_MESSAGE_NOT_FOUND;
}

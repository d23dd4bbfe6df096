/* The list of modules: entries, look-up by name and by address. */
#include "ldr.h"

struct module *module_hash[HASH_SIZE];
struct module *main_module, *ntdll_module;

/* ---- which module holds an address: a sorted table read without a lock, under a sequence count ---- */

struct range {
    ULONG_PTR start, end;
    FERRY_LDR_ENTRY *entry;
};

static struct range first_ranges[512];
static struct range *volatile ranges = first_ranges;
static volatile LONG range_count;
static LONG range_room = ARRAY_SIZE(first_ranges);
static volatile LONG range_sequence;

FERRY_LDR_ENTRY *ldr_entry_of(const void *address)
{
    ULONG_PTR at = (ULONG_PTR)address;

    for (;;) {
        LONG sequence = __atomic_load_n(&range_sequence, __ATOMIC_ACQUIRE);
        struct range *table = ranges;
        LONG low = 0, high = range_count;
        FERRY_LDR_ENTRY *found = NULL;
        while (low < high) {
            LONG middle = (low + high) / 2;
            if (at < table[middle].start) high = middle;
            else if (at >= table[middle].end) low = middle + 1;
            else {
                found = table[middle].entry;
                break;
            }
        }
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (!(sequence & 1) && sequence == range_sequence) return found;
        YieldProcessor();
    }
}

static NTSTATUS range_insert(FERRY_LDR_ENTRY *entry)
{
    struct range range = { (ULONG_PTR)entry->DllBase, (ULONG_PTR)entry->DllBase + entry->SizeOfImage, entry };
    struct range *table = ranges;
    LONG at = range_count;

    if (range_count == range_room) {
        /* The old table stays: someone may be reading it. It happens at 512, 1024, … modules. */
        if (!(table = heap_allocate(range_room * 2 * sizeof(*table)))) return STATUS_NO_MEMORY;
        memcpy(table, ranges, range_count * sizeof(*table));
        range_room *= 2;
    }
    InterlockedIncrement(&range_sequence);
    for (; at && table[at - 1].start > range.start; at--) table[at] = table[at - 1];
    table[at] = range;
    ranges = table;
    range_count++;
    InterlockedIncrement(&range_sequence);
    return STATUS_SUCCESS;
}

static void range_remove(FERRY_LDR_ENTRY *entry)
{
    LONG at = 0;

    while (at < range_count && ranges[at].entry != entry) at++;
    if (at == range_count) return;
    InterlockedIncrement(&range_sequence);
    for (; at + 1 < range_count; at++) ranges[at] = ranges[at + 1];
    range_count--;
    InterlockedIncrement(&range_sequence);
}

/* ---- entries ---- */

static ULONG name_hash(const UNICODE_STRING *name)
{
    ULONG hash = 0;

    for (int i = 0; i < name->Length / (int)sizeof(WCHAR); i++) hash = hash * 65599 + RtlUpcaseUnicodeChar(name->Buffer[i]);
    return hash;
}

struct module *module_by_base_name(const UNICODE_STRING *name)
{
    struct module *module = module_hash[name_hash(name) % HASH_SIZE];

    while (module && !RtlEqualUnicodeString(&module->entry.BaseDllName, name, TRUE)) module = module->hash_next;
    return module;
}

struct module *module_by_full_name(const UNICODE_STRING *name)
{
    LIST_ENTRY *head = &ferry_peb()->Ldr->InLoadOrderModuleList;

    for (LIST_ENTRY *at = head->Flink; at != head; at = at->Flink) {
        struct module *module = (struct module *)at;
        if (RtlEqualUnicodeString(&module->entry.FullDllName, name, TRUE)) return module;
    }
    return NULL;
}

struct module *module_by_handle(const void *handle)
{
    FERRY_LDR_ENTRY *entry = ldr_entry_of(handle);

    return entry && entry->DllBase == handle ? module_of_entry(entry) : NULL;
}

bool range_in_image(const struct module *module, ULONG rva, ULONG size)
{
    return rva && rva < module->entry.SizeOfImage && size <= module->entry.SizeOfImage - rva;
}

/* Keeps the addresses of the export tables if they lie inside the image. */
static void read_exports(struct module *module)
{
    IMAGE_DATA_DIRECTORY *directory = &module->nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT];

    if (module->nt->OptionalHeader.NumberOfRvaAndSizes <= IMAGE_DIRECTORY_ENTRY_EXPORT || !directory->Size ||
        !range_in_image(module, directory->VirtualAddress, sizeof(IMAGE_EXPORT_DIRECTORY)))
        return;
    const IMAGE_EXPORT_DIRECTORY *exports = (const void *)(module->base + directory->VirtualAddress);
    ULONG limit = module->entry.SizeOfImage / sizeof(ULONG);
    if (exports->NumberOfFunctions > limit || exports->NumberOfNames > limit ||
        !range_in_image(module, exports->AddressOfFunctions, exports->NumberOfFunctions * sizeof(ULONG)))
        return;
    module->functions = (const void *)(module->base + exports->AddressOfFunctions);
    module->function_count = exports->NumberOfFunctions;
    module->ordinal_base = exports->Base;
    module->exports_start = directory->VirtualAddress;
    module->exports_end = directory->VirtualAddress + directory->Size;
    if (exports->NumberOfNames && range_in_image(module, exports->AddressOfNames, exports->NumberOfNames * sizeof(ULONG)) &&
        range_in_image(module, exports->AddressOfNameOrdinals, exports->NumberOfNames * sizeof(USHORT))) {
        module->names = (const void *)(module->base + exports->AddressOfNames);
        module->ordinals = (const void *)(module->base + exports->AddressOfNameOrdinals);
        module->name_count = exports->NumberOfNames;
    }
}

/* Enters a mapped image into the lists. The name is copied. */
NTSTATUS module_create(void *base, const UNICODE_STRING *full_name, struct module **result)
{
    FERRY_PEB_LDR_DATA *ldr = ferry_peb()->Ldr;
    IMAGE_NT_HEADERS *nt = RtlImageNtHeader(base);
    struct module *module;
    UNICODE_STRING base_name = *full_name;

    if (!nt) return STATUS_INVALID_IMAGE_FORMAT;
    if (!(module = heap_allocate_zeroed(sizeof(*module) + full_name->Length + sizeof(WCHAR)))) return STATUS_NO_MEMORY;
    module->nt = nt;
    module->base = base;
    FERRY_LDR_ENTRY *entry = &module->entry;
    entry->DllBase = base;
    entry->SizeOfImage = nt->OptionalHeader.SizeOfImage;
    if (nt->OptionalHeader.AddressOfEntryPoint)
        entry->EntryPoint = (char *)base + nt->OptionalHeader.AddressOfEntryPoint;
    entry->TimeDateStamp = nt->FileHeader.TimeDateStamp;
    entry->OriginalBase = nt->OptionalHeader.ImageBase;
    entry->FullDllName.Buffer = (WCHAR *)(module + 1);
    entry->FullDllName.Length = full_name->Length;
    entry->FullDllName.MaximumLength = full_name->Length + sizeof(WCHAR);
    memcpy(entry->FullDllName.Buffer, full_name->Buffer, full_name->Length);
    int start = full_name->Length / sizeof(WCHAR);
    while (start && entry->FullDllName.Buffer[start - 1] != '\\' && entry->FullDllName.Buffer[start - 1] != '/') start--;
    base_name.Buffer = entry->FullDllName.Buffer + start;
    base_name.Length = (USHORT)(full_name->Length - start * sizeof(WCHAR));
    base_name.MaximumLength = base_name.Length + sizeof(WCHAR);
    entry->BaseDllName = base_name;
    entry->BaseNameHashValue = name_hash(&base_name);
    entry->ReferenceCount = 1;
    entry->ObsoleteLoadCount = 1;
    if (nt->FileHeader.Characteristics & IMAGE_FILE_DLL) entry->Flags |= LDRP_IMAGE_DLL;
    NtQuerySystemTime(&entry->LoadTime);
    InitializeListHead(&entry->HashLinks);
    InitializeListHead(&entry->NodeModuleLink);
    read_exports(module);

    NTSTATUS status = range_insert(entry);
    if (status < 0) {
        heap_free(module);
        return status;
    }
    InsertTailList(&ldr->InLoadOrderModuleList, &entry->InLoadOrderLinks);
    InsertTailList(&ldr->InMemoryOrderModuleList, &entry->InMemoryOrderLinks);
    InitializeListHead(&entry->InInitializationOrderLinks);
    struct module **bucket = &module_hash[entry->BaseNameHashValue % HASH_SIZE];
    while (*bucket) bucket = &(*bucket)->hash_next; /* the one that came first is found first */
    *bucket = module;
    *result = module;
    return STATUS_SUCCESS;
}

void module_destroy(struct module *module)
{
    void *base = module->entry.DllBase;

    range_remove(&module->entry);
    RemoveEntryList(&module->entry.InLoadOrderLinks);
    RemoveEntryList(&module->entry.InMemoryOrderLinks);
    RemoveEntryList(&module->entry.InInitializationOrderLinks);
    for (struct module **at = &module_hash[module->entry.BaseNameHashValue % HASH_SIZE]; *at; at = &(*at)->hash_next)
        if (*at == module) {
            *at = module->hash_next;
            break;
        }
    heap_free(module->needs.list);
    heap_free(module);
    NtUnmapViewOfSection(NtCurrentProcess(), base);
}

NTSTATUS module_needs(struct module *module, struct module *dependency)
{
    struct dependencies *needs = &module->needs;

    if (module == dependency) return STATUS_SUCCESS;
    for (ULONG i = 0; i < needs->count; i++)
        if (needs->list[i] == dependency) return STATUS_SUCCESS;
    if (needs->count == needs->room) {
        ULONG room = needs->room ? needs->room * 2 : 8;
        struct module **list = heap_allocate(room * sizeof(*list));
        if (!list) return STATUS_NO_MEMORY;
        if (needs->count) memcpy(list, needs->list, needs->count * sizeof(*list));
        heap_free(needs->list);
        needs->list = list;
        needs->room = room;
    }
    needs->list[needs->count++] = dependency;
    return STATUS_SUCCESS;
}

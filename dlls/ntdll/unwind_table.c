/* x86_64: function tables, of modules and of code made at run time (winnt.h: RtlAddFunctionTable and relatives). */
#ifdef __x86_64__
#include "unwind.h"

enum table_kind { TABLE_SORTED, TABLE_UNSORTED, TABLE_CALLBACK };

struct dynamic_table {
    struct dynamic_table *next;
    enum table_kind kind;
    ULONG64 base, low, high; /* low and high: addresses that it covers */
    const void *identifier;  /* the table, or what the caller named a callback's */
    RUNTIME_FUNCTION *functions;
    ULONG count, maximum;
    PGET_RUNTIME_FUNCTION_CALLBACK callback;
    void *context;
};

static struct dynamic_table *tables;
static RTL_SRWLOCK tables_lock;

static RUNTIME_FUNCTION *find_sorted(RUNTIME_FUNCTION *functions, ULONG count, ULONG offset)
{
    ULONG low = 0, high = count;

    while (low < high) {
        ULONG middle = (low + high) / 2;
        if (offset < functions[middle].BeginAddress) high = middle;
        else if (offset >= functions[middle].EndAddress) low = middle + 1;
        else return &functions[middle];
    }
    return NULL;
}

static RUNTIME_FUNCTION *find_dynamic(ULONG64 pc, ULONG64 *base)
{
    PGET_RUNTIME_FUNCTION_CALLBACK callback = NULL;
    RUNTIME_FUNCTION *found = NULL;
    void *context = NULL;

    if (!__atomic_load_n(&tables, __ATOMIC_ACQUIRE)) return NULL;
    RtlAcquireSRWLockShared(&tables_lock);
    for (struct dynamic_table *table = tables; table && !found && !callback; table = table->next) {
        if (pc < table->low || pc >= table->high) continue;
        *base = table->base;
        if (table->kind == TABLE_SORTED) {
            found = find_sorted(table->functions, table->count, (ULONG)(pc - table->base));
        } else if (table->kind == TABLE_UNSORTED) {
            for (ULONG i = 0; i < table->count && !found; i++)
                if (pc - table->base >= table->functions[i].BeginAddress &&
                    pc - table->base < table->functions[i].EndAddress)
                    found = &table->functions[i];
        } else {
            callback = table->callback;
            context = table->context;
        }
    }
    RtlReleaseSRWLockShared(&tables_lock);
    return callback ? callback(pc, context) : found;
}

/* winnt.h: RtlLookupFunctionTable style. The sorted table of the module that holds `pc`. */
RUNTIME_FUNCTION *NTAPI RtlLookupFunctionTable(ULONG64 pc, ULONG64 *base, ULONG *size)
{
    FERRY_LDR_ENTRY *entry = ldr_entry_of((void *)pc);
    IMAGE_NT_HEADERS64 *nt;
    IMAGE_DATA_DIRECTORY *directory;

    if (!entry) return NULL;
    *base = (ULONG64)entry->DllBase;
    nt = (IMAGE_NT_HEADERS64 *)(*base + ((IMAGE_DOS_HEADER *)*base)->e_lfanew);
    directory = &nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXCEPTION];
    if (nt->OptionalHeader.NumberOfRvaAndSizes <= IMAGE_DIRECTORY_ENTRY_EXCEPTION || !directory->VirtualAddress)
        return NULL;
    *size = directory->Size;
    return (RUNTIME_FUNCTION *)(*base + directory->VirtualAddress);
}

/* winnt.h: RtlLookupFunctionEntry. The history table is not used: the look-up is short without. */
RUNTIME_FUNCTION *NTAPI RtlLookupFunctionEntry(ULONG64 pc, ULONG64 *base, UNWIND_HISTORY_TABLE *history)
{
    ULONG size = 0;
    RUNTIME_FUNCTION *function;

    *base = 0;
    function = RtlLookupFunctionTable(pc, base, &size);
    if (function) function = find_sorted(function, size / sizeof(*function), (ULONG)(pc - *base));
    else if (!*base) function = find_dynamic(pc, base);
    if (function && function->UnwindData & RUNTIME_FUNCTION_INDIRECT)
        function = (RUNTIME_FUNCTION *)(*base + (function->UnwindData & ~RUNTIME_FUNCTION_INDIRECT));
    return function;
}

/* ---- tables of code made at run time ---- */

static bool add_table(const struct dynamic_table *from, void **handle)
{
    struct dynamic_table *table = heap_allocate(sizeof(*table));

    if (!table) return false;
    *table = *from;
    RtlAcquireSRWLockExclusive(&tables_lock);
    table->next = tables;
    __atomic_store_n(&tables, table, __ATOMIC_RELEASE);
    RtlReleaseSRWLockExclusive(&tables_lock);
    if (handle) *handle = table;
    return true;
}

static bool delete_table(const void *identifier, const struct dynamic_table *handle)
{
    struct dynamic_table **at, *table = NULL;

    RtlAcquireSRWLockExclusive(&tables_lock);
    for (at = &tables; *at; at = &(*at)->next)
        if (handle ? *at == handle : (*at)->identifier == identifier) break;
    if ((table = *at)) *at = table->next;
    RtlReleaseSRWLockExclusive(&tables_lock);
    heap_free(table);
    return table != NULL;
}

/* The caller keeps the table, which need not be sorted, until RtlDeleteFunctionTable. */
BOOLEAN CDECL RtlAddFunctionTable(RUNTIME_FUNCTION *functions, ULONG count, ULONG64 base)
{
    struct dynamic_table table = { .base = base, .low = ~0ull, .identifier = functions, .functions = functions,
                                   .count = count, .maximum = count };

    for (ULONG i = 0; i < count; i++) {
        if (i && functions[i].BeginAddress < functions[i - 1].BeginAddress) table.kind = TABLE_UNSORTED;
        table.low = min(table.low, base + functions[i].BeginAddress);
        table.high = max(table.high, base + functions[i].EndAddress);
    }
    return add_table(&table, NULL);
}

BOOLEAN CDECL RtlDeleteFunctionTable(RUNTIME_FUNCTION *functions)
{
    return delete_table(functions, NULL);
}

/* identifier: its two low bits set, as the reference asks; else FALSE. */
BOOLEAN CDECL RtlInstallFunctionTableCallback(ULONG64 identifier, ULONG64 base, ULONG length,
                                              PGET_RUNTIME_FUNCTION_CALLBACK callback, void *context,
                                              const WCHAR *out_of_process_dll)
{
    struct dynamic_table table = { .kind = TABLE_CALLBACK, .base = base, .low = base, .high = base + length,
                                   .identifier = (void *)identifier, .callback = callback, .context = context };

    if ((identifier & 3) != 3) return FALSE;
    return add_table(&table, NULL);
}

/* A sorted table that may grow up to `maximum` entries; the handle names it to the two functions below. */
ULONG NTAPI RtlAddGrowableFunctionTable(void **handle, RUNTIME_FUNCTION *functions, ULONG count, ULONG maximum,
                                        ULONG_PTR low, ULONG_PTR high)
{
    struct dynamic_table table = { .kind = TABLE_SORTED, .base = low, .low = low, .high = high,
                                   .functions = functions, .count = count, .maximum = maximum };

    if (count > maximum || high <= low) return STATUS_INVALID_PARAMETER;
    return add_table(&table, handle) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

void NTAPI RtlGrowFunctionTable(void *handle, ULONG count)
{
    struct dynamic_table *table = handle;

    RtlAcquireSRWLockExclusive(&tables_lock);
    if (count > table->count && count <= table->maximum) table->count = count;
    RtlReleaseSRWLockExclusive(&tables_lock);
}

void NTAPI RtlDeleteGrowableFunctionTable(void *handle)
{
    delete_table(NULL, handle);
}

#endif
